"""A server extension that only benchmarks load: how long the event loop was held, at most.

A timer of a millisecond is late by the time for which the loop did something else. The time in
which the operating system ran other processes instead is not the server's, and does not count.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join

TICK = 0.001
PATH = "benchmark/loop"
#: The longest hold, and the longest work of the loop without a pause, seconds.
_longest = _busiest = 0.0


class LoopHandler(JupyterHandler):
    """Answers with the longest hold since the last question, in seconds.

    `busiest` is the longest work in the loop's own thread: the rest of a hold is waiting, for
    another thread or for a file.
    """

    @allow_unauthenticated
    def get(self) -> None:
        """Answer, and begin anew."""
        global _longest, _busiest  # noqa: PLW0603 - there is one loop in a server
        self.finish({"longest": _longest, "busiest": _busiest})
        _longest = _busiest = 0.0


async def _watch() -> None:
    global _longest, _busiest  # noqa: PLW0603
    statistics = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)

    def queued() -> float:
        """The time for which this thread has waited for a processor, seconds."""
        return int(os.pread(statistics, 100, 0).split()[1]) / 1e9

    while True:
        began, waited, worked = time.perf_counter(), queued(), time.thread_time()
        await asyncio.sleep(TICK)
        held = time.perf_counter() - began - TICK - (queued() - waited)
        _longest = max(_longest, held)
        _busiest = max(_busiest, time.thread_time() - worked)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    address = url_path_join(server.base_url, PATH)
    server.web_app.add_handlers(".*", [(address, LoopHandler)])  # type: ignore[no-untyped-call]
    # The coroutine runs as long as the server.
    server.io_loop.add_callback(_watch)
