"""Readiness: whether interviews can be held on this server now."""

from __future__ import annotations

import asyncio
import time

from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.protocol.errors import EngineGone
from arena_ext.storage.log import Log

#: Seconds that each part may take to show that it works; an orchestrator asks again.
_DEADLINE = 2.0
#: Seconds for which an answer holds, however many ask.
_HOLDS = 1.0


class Readiness:
    """Whether interviews can be held now: they are stored, and the CRDT engine is up.

    It writes to the database and starts the engine, so it asks at most once in `_HOLDS` seconds.
    """

    def __init__(self, log: Log, engines: EnginePool) -> None:
        self._log = log
        self._engines = engines
        self._asked: asyncio.Task[str | None] | None = None
        self._at = 0.0

    async def obstacle(self) -> str | None:
        """The reason why this server is not ready, for anybody; None if it is."""
        old = self._asked is None or (self._asked.done() and time.monotonic() > self._at + _HOLDS)
        if self._asked is None or old:
            self._asked = asyncio.create_task(self._ask())
        # Shielded: a caller who goes away takes no answer from the others.
        return await asyncio.shield(self._asked)

    async def _ask(self) -> str | None:
        storing, engine = await asyncio.gather(self._stores(), self._computes())
        self._at = time.monotonic()
        return storing or engine

    async def _stores(self) -> str | None:
        try:
            await asyncio.wait_for(self._log.probe(), _DEADLINE)
        except TimeoutError:
            return "interviews cannot be stored now"
        return None

    async def _computes(self) -> str | None:
        try:
            await asyncio.wait_for(self._engines.shared(), _DEADLINE)
        except (TimeoutError, EngineGone):
            return "the CRDT engine is not up"
        return None
