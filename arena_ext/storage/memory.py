"""The Log in memory, for tests and for servers that store nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from arena_ext.session.model import Entry, Event

from .log import UNFINISHED, Checkpoint, Conflict, Done, Loaded, unfinished
from .rows import Columns, to_columns


class MemoryLog:
    """A Log that lasts as long as the process."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}

    def append(self, session: str, entry: Entry, done: Done) -> None:
        """Keep `entry`; stored at once."""
        entries = self._entries.setdefault(session, []) if entry.seq == 1 else None
        entries = self._entries.get(session) if entries is None else entries
        follows = entries is not None and len(entries) == entry.seq - 1
        if entries is not None and follows:
            entries.append(entry)
        asyncio.get_running_loop().call_soon(done, None if follows else Conflict())

    def checkpoint(self, session: str, checkpoint: Checkpoint) -> None:
        """Ignored: the entries are in memory anyway."""

    def finish(self, session: str, checkpoint: Checkpoint) -> asyncio.Future[None]:  # noqa: ARG002
        """Turn the entries appended under `unfinished(session)` into `session`."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entries = self._entries.pop(unfinished(session), None)
        if entries is None:
            done.set_exception(Conflict())
        else:
            self._entries[session] = entries
            done.set_result(None)
        return done

    async def load(self, session: str) -> Loaded | None:
        """All entries of `session`; there are no checkpoints."""
        entries = await self.read(session)
        return Loaded(None, entries) if entries else None

    async def read(self, session: str) -> Sequence[Entry]:
        """All entries of `session` in order."""
        return tuple(self._entries.get(session, ()))

    async def columns(self, session: str, after: int, count: int) -> Sequence[Columns]:
        """The entries of `session` after `after` in order, `count` at most."""
        return list(map(to_columns, self._entries.get(session, [])[after : after + count]))

    async def end(self, session: str) -> tuple[int, bytes | None]:
        """The `seq` of the last entry; entries in memory have no links."""
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

    def size(self) -> int:
        """There are no files."""
        return 0

    async def probe(self) -> None:
        """Memory can always be written."""

    async def close(self) -> None:
        """Nothing to finish."""


def _began_as(first: Entry) -> object:
    return first.body.payload.get("owner") if isinstance(first.body, Event) else None
