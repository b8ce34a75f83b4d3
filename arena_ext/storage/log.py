"""The Log port: where entries are kept; and the implementation that keeps them in memory.

Safety: an entry that `append` has acknowledged is in every later `load` until `delete`. Entries of
one session are acknowledged in the order of their `seq`.

Liveness: while entries cannot be stored, nothing is acknowledged and nothing is dropped; once they
can be, they are, in order.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from arena_ext.protocol.wire import Audience, Document
from arena_ext.session.model import Edit, Entry, Event

#: What reading an entry, or folding it, raises where it is not what was written.
DAMAGE = (AttributeError, LookupError, RecursionError, TypeError, ValueError)

#: What such an id begins with; no address of a session can have it.
UNFINISHED = "unfinished:"


def unfinished(session: str) -> str:
    """The id under which `session` is written down until `Log.finish`."""
    return f"{UNFINISHED}{session}"


class LogError(Exception):
    """A session could not be read; its log is not to be taken for empty."""


class Conflict(Exception):
    """Somebody else has written to this session's log, or deleted it: open it anew."""


#: An entry as columns, for who reads so many that objects cost too much: seq, at, participant,
#: audience, the document of an edit or None for an event, and an edit's update or an event as JSON.
Columns: TypeAlias = tuple[int, int, str | None, str, str | None, bytes]

#: What the columns may say; several times as fast as asking the classes.
DOCUMENTS = {each.value: each for each in Document}
_AUDIENCES = {each.value: each for each in Audience}


def to_columns(entry: Entry) -> Columns:
    """The columns of an entry."""
    if isinstance(entry.body, Edit):
        document, body = entry.body.document.value, entry.body.update
    else:
        event = {"type": entry.body.type, "payload": entry.body.payload, "id": entry.body.id}
        document, body = None, json.dumps(event).encode()
    return entry.seq, entry.at, entry.participant, entry.audience.value, document, body


def to_entry(columns: Columns) -> Entry:
    """The inverse of `to_columns`; raises `LogError` where the entry is damaged."""
    seq, at, participant, audience, document, body = columns
    try:
        if document is not None:
            edit = Edit(DOCUMENTS[document], body)
            return Entry(seq, at, participant, _AUDIENCES[audience], edit)
        event = json.loads(body)
        told = Event(event["type"], event["payload"], event["id"])
        return Entry(seq, at, participant, _AUDIENCES[audience], told)
    except DAMAGE as error:
        raise LogError(f"entry {seq} is damaged: {error}") from error


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the entries up to `seq` fold into, as the room wrote it down."""

    seq: int
    state: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """What opening a session needs: the last checkpoint, and the entries after it."""

    checkpoint: Checkpoint | None
    entries: Sequence[Entry]


class Log(Protocol):
    """Append-only logs, one per session."""

    def append(self, session: str, entry: Entry) -> asyncio.Future[None]:
        """Keep `entry`; the future resolves once it is stored, or raises `Conflict`."""
        ...

    def checkpoint(self, session: str, checkpoint: Checkpoint) -> None:
        """Keep `checkpoint` in place of the one before, after all entries appended so far."""
        ...

    def finish(self, session: str, checkpoint: Checkpoint) -> asyncio.Future[None]:
        """Make `session` of what was appended as `unfinished(session)`, with its checkpoint.

        Until the future resolves there is no such session; raises `Conflict` where that is gone.
        """
        ...

    async def load(self, session: str) -> Loaded | None:
        """What opening `session` needs; None where there is none. Raises `LogError`."""
        ...

    async def read(self, session: str) -> Sequence[Entry]:
        """All entries of `session` in order. Raises `LogError`."""
        ...

    async def columns(self, session: str, after: int, count: int) -> Sequence[Columns]:
        """The entries of `session` after `after` in order, `count` at most. Raises `LogError`."""
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
        """Remove `session`: nobody reads it any more; the last traces of it go soon after."""
        ...

    async def close(self) -> None:
        """Finish what is under way, and free what is held."""
        ...


class MemoryLog:
    """A Log that lasts as long as the process."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}

    def append(self, session: str, entry: Entry) -> asyncio.Future[None]:
        """Keep `entry`; stored at once."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entries = self._entries.setdefault(session, []) if entry.seq == 1 else None
        entries = self._entries.get(session) if entries is None else entries
        if entries is None or len(entries) != entry.seq - 1:
            stored.set_exception(Conflict())
        else:
            entries.append(entry)
            stored.set_result(None)
        return stored

    def checkpoint(self, session: str, checkpoint: Checkpoint) -> None:
        """Nothing to gain: the entries are in memory anyway."""

    def finish(self, session: str, checkpoint: Checkpoint) -> asyncio.Future[None]:  # noqa: ARG002
        """Make `session` of what was appended as `unfinished(session)`."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entries = self._entries.pop(unfinished(session), None)
        if entries is None:
            done.set_exception(Conflict())
        else:
            self._entries[session] = entries
            done.set_result(None)
        return done

    async def load(self, session: str) -> Loaded | None:
        """What opening `session` needs."""
        entries = await self.read(session)
        return Loaded(None, entries) if entries else None

    async def read(self, session: str) -> Sequence[Entry]:
        """All entries of `session` in order."""
        return tuple(self._entries.get(session, ()))

    async def columns(self, session: str, after: int, count: int) -> Sequence[Columns]:
        """The entries of `session` after `after` in order, `count` at most."""
        return list(map(to_columns, self._entries.get(session, [])[after : after + count]))

    async def end(self, session: str) -> tuple[int, bytes | None]:
        """No link: what is in memory has changed by no accident."""
        return len(self._entries.get(session, ())), None

    async def sessions(self, owner: str | None = None) -> Sequence[str]:
        """The ids of all sessions, or of those that began as `owner`'s, oldest first."""
        return [
            session
            for session, entries in self._entries.items()
            if not session.startswith(UNFINISHED)
            and (owner is None or _began_as(entries[0]) == owner)
        ]

    async def delete(self, session: str) -> None:
        """Forget `session`."""
        self._entries.pop(session, None)

    async def close(self) -> None:
        """Nothing to finish."""


def _began_as(first: Entry) -> object:
    return first.body.payload.get("owner") if isinstance(first.body, Event) else None
