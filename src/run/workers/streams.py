"""Standard streams of a program: `input` and `sys.stdin`, which ask the page.

Lives in the worker, inside Pyodide, as `arena_streams`.
"""

import builtins
import contextlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

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
    if sys.stdin is stdin and not stdin.has_begun:
        line = read_line(str(prompt))
        if line is not None:
            return line
    else:
        # It is another stream, or a part of this line was read before.
        sys.stdout.write(str(prompt))
        flush()
        text = sys.stdin.readline()
        if text:
            return text.removesuffix("\n")
    raise EOFError("EOF when reading a line")


class StdinBytes(io.BufferedIOBase):
    """Stand-in for `sys.stdin.buffer`: lines on demand, until the end of all input."""

    def __init__(self) -> None:
        self._rest = b""
        self._ended = False

    @property
    def has_begun(self) -> bool:
        """Whether a line was read that is not used up."""
        return bool(self._rest)

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 0

    def readline(self, size: int | None = -1, /) -> bytes:  # type: ignore[override]
        self._fill()
        end = self._rest.find(b"\n") + 1 or len(self._rest)
        return self._take(end if size is None or size < 0 else min(size, end))

    def read(self, size: int | None = -1, /) -> bytes:
        read = b""
        while size is None or size < 0 or len(read) < size:
            some = self.read1(-1 if size is None or size < 0 else size - len(read))
            if not some:
                break
            read += some
        return read

    def read1(self, size: int = -1, /) -> bytes:
        return self.readline(size)

    def _fill(self) -> None:
        if not self._rest and not self._ended:
            line = read_line("")
            self._ended = line is None
            self._rest = b"" if line is None else f"{line}\n".encode(errors="replace")

    def _take(self, size: int) -> bytes:
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


class Stdin(io.TextIOBase):
    """Stand-in for `sys.stdin`: the lines of `StdinBytes` as text."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._rest = ""
        self.buffer = StdinBytes()

    @property
    def has_begun(self) -> bool:
        """Whether a line was read that is not used up."""
        return bool(self._rest or self.buffer.has_begun)

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 0

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        if not self._rest:
            self._rest = self.buffer.readline().decode(errors="replace")
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


read_descriptor = os.read

#: The file of the input of a program that opens its descriptor.
INPUT = Path("/lib/arena_input")


def read(descriptor: int, size: int, /) -> bytes:
    """Stand-in for `os.read`."""
    return stdin.buffer.read1(size) if descriptor == 0 else read_descriptor(descriptor, size)


def put_input_in_file() -> None:
    """Make descriptor 0, which a program opens by itself, a file of all further input."""
    INPUT.write_bytes(stdin.buffer.read())
    descriptor = os.open(INPUT, os.O_RDONLY)
    # It is 0 already where the program has closed that.
    if descriptor != 0:
        os.dup2(descriptor, 0)
        os.close(descriptor)


stdin = Stdin()


def wake() -> None:
    """Set up the files of each new worker, which a snapshot does not have."""
    INPUT.touch()
    device = Path("/dev/stdin")
    device.unlink(missing_ok=True)
    device.symlink_to(INPUT)


def begin() -> None:
    """Begin to read the input of a program."""
    global stdin  # noqa: PLW0603
    stdin = Stdin()
    sys.stdin = stdin


def set_up() -> None:
    """Set up a new interpreter."""
    builtins.input = ask
    os.read = read
