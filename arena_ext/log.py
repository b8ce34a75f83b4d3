"""The Log port: where entries are kept; and the implementation that keeps them in memory.

Safety: an entry that `append` has acknowledged is in every later `read` until `delete`. Entries of
one session are acknowledged in the order of their `seq`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from .model import Entry


class Log(Protocol):
    """Append-only logs, one per session."""

    def append(self, session: str, entry: Entry) -> asyncio.Future[None]:
        """Keep `entry`; the future resolves once it is stored, or raises why it could not be."""
        ...

    async def read(self, session: str) -> Sequence[Entry]:
        """All entries of `session` in order; none where there is no such session."""
        ...

    async def sessions(self) -> Sequence[str]:
        """The ids of all sessions, oldest first."""
        ...

    async def delete(self, session: str) -> None:
        """Remove `session` and every trace of it."""
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
        self._entries.setdefault(session, []).append(entry)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        stored.set_result(None)
        return stored

    async def read(self, session: str) -> Sequence[Entry]:
        """All entries of `session` in order."""
        return tuple(self._entries.get(session, ()))

    async def sessions(self) -> Sequence[str]:
        """The ids of all sessions, oldest first."""
        return tuple(self._entries)

    async def delete(self, session: str) -> None:
        """Forget `session`."""
        self._entries.pop(session, None)

    async def close(self) -> None:
        """Nothing to finish."""
