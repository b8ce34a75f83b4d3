"""Asyncio tasks of programs: they are awaited, and their unhandled errors reported.

Lives in the worker, inside Pyodide, as `arena_tasks`.
"""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from contextvars import Context
from typing import Any, Self

from arena_state import Worker
from pyodide import webloop
from pyodide.ffi import can_run_sync, run_sync

run_coroutine = asyncio.run
plain_run_handle = asyncio.Handle._run  # noqa: SLF001
#: With this name, unittest leaves the frames of these modules out of its tracebacks.
__unittest = True
vars(webloop)["__unittest"] = True
suspended_sleep: Any = time.sleep
plain_sleep = suspended_sleep.__wrapped__


class Tasks:
    """The tasks that a program started; they may outlast its main code.

    This is as in a notebook, and as with timers in JavaScript. Tasks that `asyncio.run` leaves are
    cancelled by it, as usual.
    """

    def __init__(self) -> None:
        self._going = set[asyncio.Task[Any]]()
        self._failed: list[asyncio.Task[Any]] = []
        self._raised: list[BaseException] = []
        self._changed = asyncio.Event()
        loop = asyncio.get_event_loop()
        create = type(loop).create_task

        def create_task(*args: Any, **options: Any) -> asyncio.Task[Any]:
            task: asyncio.Task[Any] = create(loop, *args, **options)
            self._going.add(task)
            task.add_done_callback(self._note)
            return task

        loop.create_task = create_task  # type: ignore[method-assign]
        loop.set_exception_handler(self._hear)

    @property
    def unfinished(self) -> bool:
        """Whether `finish` has anything to do."""
        return bool(self._going or self._failed or self._raised)

    async def finish(self) -> BaseException | None:
        """Wait for the remaining tasks; returns the first unhandled error."""
        ours = asyncio.current_task()
        while (error := await self._untaken()) is None and self._going - {ours}:
            await self._changed.wait()
        return error

    async def _untaken(self) -> BaseException | None:
        self._changed.clear()
        # A waiter of a task that failed gets turns to take its error.
        for _ in range(3):
            await asyncio.sleep(0)
        for task in self._failed:
            if is_untaken(task):
                return task.exception()
        return self._raised[0] if self._raised else None

    def _note(self, task: asyncio.Task[Any]) -> None:
        self._going.discard(task)
        if is_untaken(task):
            self._failed.append(task)
        # The last running task is the one that waits for the others.
        if self._failed or len(self._going) <= 1:
            self._changed.set()

    def _hear(self, _: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """Take errors in callbacks, which no code can handle."""
        if isinstance(error := context.get("exception"), BaseException):
            self._raised.append(error)
            self._changed.set()


def run_and_cancel(main: Coroutine[Any, Any, Any], **options: Any) -> Any:
    """Stand-in for `asyncio.run`: tasks that still run when `main` ends are cancelled."""
    before = asyncio.all_tasks(asyncio.get_event_loop())
    try:
        return run_coroutine(main, **options)
    finally:
        cancel_all_but(before)


def cancel_all_but(before: set[asyncio.Task[Any]]) -> None:
    """Cancel the tasks that were not there before, and wait for them."""
    # Where the stack cannot be suspended, they have only begun.
    left = asyncio.all_tasks(asyncio.get_event_loop()) - before if can_run_sync() else set()
    for task in left:
        task.cancel()
    if left:
        run_sync(asyncio.wait(left))


def run_handle(handle: asyncio.Handle) -> None:
    """Stand-in for the method by which the event loop enters Python."""
    Worker.protect()
    plain_run_handle(handle)


def is_untaken(task: asyncio.Task[Any]) -> bool:
    """Whether a task failed, and no code has asked for its error so far."""
    # Asking for the error would mark it as handled.
    return not task.cancelled() and task._log_traceback  # noqa: SLF001


class Runner:
    """Stand-in for `asyncio.Runner`: it runs coroutines in the one event loop that there is."""

    def __init__(self, **_: object) -> None:
        self._loop = asyncio.get_event_loop()
        self._before = asyncio.all_tasks(self._loop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The event loop."""
        return self._loop

    def run(self, main: Coroutine[Any, Any, Any], *, context: Context | None = None) -> Any:
        """Run a coroutine to its end."""
        task = self._loop.create_task(main, context=context)
        return self._loop.run_until_complete(task)

    def close(self) -> None:
        """Cancel the tasks that are left. The loop goes on."""
        cancel_all_but(self._before)


def sleep(seconds: float, /) -> None:
    """Stand-in for `time.sleep`: in a coroutine, it stops the whole program as everywhere."""
    try:
        asyncio.current_task()
    except RuntimeError:
        suspended_sleep(seconds)
    else:
        plain_sleep(seconds)


def set_up() -> None:
    """Set up a new interpreter."""
    asyncio.run = run_and_cancel
    time.sleep = sleep
    asyncio.Handle._run = run_handle  # type: ignore[method-assign]  # noqa: SLF001
    asyncio.Runner = Runner  # type: ignore[assignment,misc]
