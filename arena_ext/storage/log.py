"""The Log port: append-only storage of the entries of sessions.

Safety: an entry that `append` has acknowledged is in every later `load` until `delete`. Entries of
one session are acknowledged in the order of their `seq`.

Liveness: while entries cannot be stored, nothing is acknowledged and nothing is dropped; as soon as
storing works again, all of them are stored in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

from arena_ext.protocol.errors import ArenaError
from arena_ext.session.model import Entry
from arena_ext.storage.rows import Columns

#: The prefix of the id of an unfinished import; an id in an address never has it.
UNFINISHED = "unfinished:"


def unfinished(session: str) -> str:
    """The id under which an import is stored until `Log.finish`."""
    return f"{UNFINISHED}{session}"


class DatabaseUnusable(ArenaError):
    """The database cannot be opened; the message names the file and says why."""

    code = "database-unusable"

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"Arena cannot open its database {path}: {reason}.")


class Conflict(ArenaError):
    """Another process has written to this session's log, or deleted it: open it again."""

    code = "conflict"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state that the entries up to `seq` fold into, as the room serialised it."""

    seq: int
    state: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """The last checkpoint of a session, and the entries after it."""

    checkpoint: Checkpoint | None
    entries: Sequence[Entry]


#: Gets the outcome of an append: None once the entry is stored, or `Conflict`.
Done: TypeAlias = Callable[[Exception | None], None]


class Log(Protocol):
    """Append-only logs, one per session."""

    def append(self, session: str, entry: Entry, done: Done) -> None:
        """Keep `entry`; `done` gets the outcome, later, on the event loop.

        Outcomes come in the order in which their entries were appended.
        """
        ...

    def checkpoint(self, session: str, checkpoint: Checkpoint) -> None:
        """Keep `checkpoint` in place of the one before, after all entries appended so far."""
        ...

    def finish(self, session: str, checkpoint: Checkpoint) -> asyncio.Future[None]:
        """Turn the entries appended under `unfinished(session)` into `session`, with a checkpoint.

        Until the future resolves there is no such session; raises `Conflict` where the import is
        gone.
        """
        ...

    async def load(self, session: str) -> Loaded | None:
        """The last checkpoint and later entries of `session`, or None. Raises `LogError`."""
        ...

    async def read(self, session: str) -> Sequence[Entry]:
        """All entries of `session` in order. Raises `LogError`."""
        ...

    async def columns(self, session: str, after: int, count: int) -> Sequence[Columns]:
        """The entries of `session` after `after` in order, `count` at most. Raises `LogError`.

        They are fewer than `count`, but at least one, where they are long.
        """
        ...

    async def end(self, session: str) -> tuple[int, bytes | None]:
        """The `seq` of the last entry, and the link of the hash chain that is stored with it.

        0 where there is no entry, and None where no link is stored. Raises `LogError`.
        """
        ...

    async def sessions(self, owner: str | None = None) -> Sequence[str]:
        """The ids of all finished sessions, or of those that began as `owner`'s, oldest first."""
        ...

    async def delete(self, session: str) -> None:
        """Remove `session`: it cannot be read any more; its last traces are removed soon after."""
        ...

    def size(self) -> int:
        """Bytes of its files; 0 in memory."""
        ...

    async def probe(self) -> None:
        """Return once something could be stored now; waits as long as nothing can."""
        ...

    async def close(self) -> None:
        """Finish the work in progress, and free all resources."""
        ...


def append(log: Log, session: str, entry: Entry) -> asyncio.Future[None]:
    """Append `entry`; the future resolves once it is stored, or raises `Conflict`."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    log.append(session, entry, partial(resolve, future))
    return future


def resolve(future: asyncio.Future[None], error: Exception | None) -> None:
    """Give a future its outcome, unless it was cancelled."""
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


class NotStored(ArenaError):
    """An entry could not be stored in time; it may still be stored later."""

    code = "not-stored"


async def stored(entry: asyncio.Future[None] | None, seconds: float) -> None:
    """Wait until an entry is stored; raises `NotStored` after so many `seconds`."""
    if entry is not None:
        try:
            await asyncio.wait_for(asyncio.shield(entry), seconds)
        except (TimeoutError, Conflict):
            raise NotStored from None
