"""Standard streams of a program: `input` and `sys.stdin`, which ask the page.

Lives in the worker, inside Pyodide, as `arena_streams`.
"""

import contextlib
import io
import sys
from collections.abc import Callable

from arena_state import Worker
from pyodide.ffi import can_run_sync, run_sync


def flush() -> None:
    """Flush stdout and stderr, which a program may have replaced or closed."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def read_line(prompt: str) -> str | None:
    """Read the next line of input, without its line end; None at the end of all input."""
    flush()
    host = Worker.host
    assert host is not None
    answer = host.given(prompt)
    if answer == "?":
        if not host.asks or not can_run_sync():
            raise RuntimeError(
                "nobody can be asked here while a program runs: "
                'put what it is to read into "Input" beforehand'
            )
        answer = untraced(lambda: run_sync(host.ask(prompt)))
    return answer[1:] if answer.startswith("=") else None


def untraced(wait: Callable[[], str]) -> str:
    """Wait with debuggers (`settrace`, `sys.monitoring`) switched off: they see only programs."""
    trace, debugger = sys.gettrace(), sys.monitoring.DEBUGGER_ID
    watched = sys.monitoring.get_tool(debugger) is not None
    events = sys.monitoring.get_events(debugger) if watched else 0
    sys.settrace(None)
    if watched:
        sys.monitoring.set_events(debugger, 0)
    try:
        return wait()
    finally:
        sys.settrace(trace)
        if watched:
            sys.monitoring.set_events(debugger, events)


def ask(prompt: object = "", /) -> str:
    """Stand-in for `input`."""
    line = read_line(str(prompt))
    if line is None:
        raise EOFError("EOF when reading a line")
    return line


class Stdin(io.TextIOBase):
    """Stand-in for `sys.stdin`: lines on demand, until the end of all input."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._rest = ""
        self._ended = False
        self.buffer = StdinBytes(self)

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        if not self._rest and not self._ended:
            line = read_line("")
            self._ended = line is None
            self._rest = "" if line is None else f"{line}\n"
        end = len(self._rest) if size is None or size < 0 else size
        taken, self._rest = self._rest[:end], self._rest[end:]
        return taken

    def read(self, size: int | None = -1, /) -> str:
        wanted = -1 if size is None else size
        read = ""
        while wanted < 0 or len(read) < wanted:
            line = self.readline(-1 if wanted < 0 else wanted - len(read))
            if not line:
                break
            read += line
        return read


class StdinBytes(io.BufferedIOBase):
    """`Stdin` as bytes."""

    def __init__(self, text: Stdin) -> None:
        self._text = text

    def readable(self) -> bool:
        return True

    def readline(self, _: int | None = -1, /) -> bytes:  # type: ignore[override]
        return self._text.readline().encode()

    def read(self, _: int | None = -1, /) -> bytes:
        return self._text.read().encode()
