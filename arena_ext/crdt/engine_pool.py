"""A pool of engine processes that are started before they are needed.

All rooms share one, and a spare one can replace it at once; the next spare is started meanwhile, in
a thread. No process is started before the first room needs one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread

from arena_ext.protocol.errors import EngineGone

from .engine_process import EngineProcess

#: Starts of a spare process that may fail in a row before the pool gives up.
_ATTEMPTS = 3


class EnginePool:
    """The engine processes of one server."""

    def __init__(self) -> None:
        #: Called in the event loop after a process has died.
        self.on_death: Callable[[], None] = lambda: None
        #: The process that all rooms share; None until a room asks for it.
        self.process: EngineProcess | None = None
        self._spare: Future[EngineProcess] | None = None
        self._taking = asyncio.Lock()
        self._up: set[EngineProcess] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def shared(self) -> EngineProcess:
        """The process that all rooms share. Raises `EngineGone` where none can be started."""
        self._loop = asyncio.get_running_loop()
        if self.process is not None and self.process.alive:
            return self.process
        async with self._taking:
            if self.process is None or not self.process.alive:
                self.process = await self._take()
            return self.process

    async def own(self) -> EngineProcess:
        """A process for one room, which closes it. Raises `EngineGone`."""
        self._loop = asyncio.get_running_loop()
        async with self._taking:
            process = await self._take()
        process.asked_each = True  # by a session at which an engine has failed
        return process

    def close(self) -> None:
        """End all processes."""
        self._closed = True
        for process in tuple(self._up):
            process.close()

    async def _take(self) -> EngineProcess:
        for _ in range(_ATTEMPTS):
            spare, self._spare = self._spare or self._start(), None
            process = await asyncio.shield(asyncio.wrap_future(spare))
            self._spare = self._start()
            if process.alive:
                return process
        raise EngineGone("engine processes end as soon as they are started")

    def _start(self) -> Future[EngineProcess]:
        future: Future[EngineProcess] = Future()

        def start() -> None:
            try:
                process = EngineProcess(self._died)
            except BaseException as error:  # noqa: BLE001 - raised by the future
                future.set_exception(error)
                return
            self._up.add(process)
            if self._closed:
                process.close()
            future.set_result(process)

        Thread(target=start, name="arena-engine-start", daemon=True).start()
        return future

    def _died(self, process: EngineProcess) -> None:
        self._up.discard(process)
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self.on_death)
