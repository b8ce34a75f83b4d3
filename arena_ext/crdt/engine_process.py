"""One engine process: starts it, sends it requests, and kills it when it hangs.

Requests are answered one at a time and block, so that replicas need not be asynchronous; an answer
takes some tens of microseconds. Every wait has a limit.
"""

from __future__ import annotations

import io
import itertools
import logging
import math
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from types import TracebackType

from arena_ext.protocol.errors import EngineFailed, EngineGone

from .engine_protocol import NUMBER, REPLY, REQUEST, Op, Status

_log = logging.getLogger(__name__)

#: The module that the process runs.
MODULE = f"{__package__}.engine"
#: Seconds that an answer may take, and the bytes of a request that add one second: the update of a
#: checkpoint is large.
ANSWER_TIMEOUT, BYTES_A_SECOND = 2.0, 2**20
#: Seconds that a start may take: an interpreter and a library, on a busy machine.
START_TIMEOUT = 30.0
#: Seconds between two checks whether the process hangs. Its death is noticed at once.
WATCH_EVERY = 1.0
#: The longest line of the process's standard error in one message, bytes.
_MAX_LINE = 2000
#: The largest answer, bytes.
_MAX_REPLY = 2**30

#: The environment variables that an interpreter needs to start; none is a secret.
_ENVIRONMENT = (
    *("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME"),
    *("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL"),
)


class EngineProcess:
    """A process. The constructor waits until it answers; raises `EngineGone` if it does not."""

    def __init__(self, on_death: Callable[[EngineProcess], None] = lambda _: None) -> None:
        self.alive = True
        #: Whether it is asked for each edit at once, so that one that it fails at is not stored.
        self.asked_each = False
        #: Seconds of processor time that its answers have taken.
        self.worked = 0.0
        self._on_death = on_death
        self._numbers = itertools.count()
        self._dropped: deque[int] = deque()
        #: Held during a request.
        self._lock = Lock()
        self._deadline = time.monotonic() + START_TIMEOUT
        self._closing = False
        #: Whether the process has ended, or is to end.
        self._ended = Event()
        try:
            self._popen = _start()
        except OSError as error:
            raise EngineGone(f"no engine process: {error}") from None
        assert isinstance(self._popen.stdin, io.FileIO)  # noqa: S101 - for the type checker
        assert isinstance(self._popen.stdout, io.FileIO)  # noqa: S101
        assert isinstance(self._popen.stderr, io.FileIO)  # noqa: S101
        errors = io.BufferedReader(self._popen.stderr)
        Thread(target=self._log_lines, args=(errors,), daemon=True).start()
        self._requests = self._popen.stdin
        self._replies = io.BufferedReader(self._popen.stdout)
        self._watcher = Thread(target=self._watch, name="arena-engine-watch", daemon=True)
        self._watcher.start()
        try:
            with self._lock:
                self._receive()
        except (OSError, EOFError):
            self.close()
            raise EngineGone("the engine process did not start") from None
        finally:
            self._deadline = math.inf

    def __enter__(self) -> EngineProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    def close(self) -> None:
        """End the process; all of its documents can be made again from the log."""
        self._closing = True
        self._popen.kill()
        self._watcher.join()

    def new(self, client_id: int) -> int:
        """Make a document; returns its number. Raises `EngineFailed`."""
        number = next(self._numbers)
        self.ask(Op.NEW, number, data=NUMBER.pack(client_id))
        return number

    def drop(self, number: int) -> None:
        """Forget a document, before the next request. May be called from any thread."""
        self._dropped.append(number)

    def ask(self, op: Op, number: int, root: str = "", data: bytes = b"") -> bytes:
        """Send a request and wait for the answer. Raises `EngineFailed`, or `EngineGone`."""
        with self._lock:
            while self._dropped:
                self._request(Op.DROP, self._dropped.popleft(), b"", b"")
            status, body = self._request(op, number, root.encode(), data)
        if status is not Status.OK:
            raise EngineFailed(f"the engine failed: {body.decode(errors='replace')}")
        return body

    # --- the pipes ----------------------------------------------------------------------------

    def _request(self, op: Op, number: int, root: bytes, data: bytes) -> tuple[Status, bytes]:
        if not self.alive:
            raise EngineGone("the engine process is gone")
        self._deadline = time.monotonic() + ANSWER_TIMEOUT + len(data) / BYTES_A_SECOND
        try:
            self._send(REQUEST.pack(len(root) + len(data), op, number, len(root)) + root + data)
            return self._receive()
        except BrokenPipeError:
            self._give_up()
            raise EngineGone("the engine process is gone") from None
        except (OSError, EOFError, ValueError):
            self._give_up()
            raise EngineFailed(f"the engine process died at a request ({op.name})") from None
        except BaseException:
            self._give_up()  # part of an answer was read, so the pipe is useless
            raise
        finally:
            self._deadline = math.inf

    def _send(self, message: bytes) -> None:
        rest = memoryview(message)
        while rest:
            rest = rest[self._requests.write(rest) :]

    def _receive(self) -> tuple[Status, bytes]:
        length, status, took = REPLY.unpack(self._read(REPLY.size))
        if length > _MAX_REPLY:
            raise EOFError
        body = self._read(length)
        self.worked += took / 1e6
        return Status(status), body

    def _read(self, length: int) -> bytes:
        data = self._replies.read(length)
        if len(data) < length:
            raise EOFError
        return data

    # --- its end ------------------------------------------------------------------------------

    def _give_up(self) -> None:
        self.alive = False
        self._popen.kill()

    def _log_lines(self, errors: io.BufferedReader) -> None:
        """Log all that the process writes to its standard error; its end is that of the process."""
        try:
            with errors:
                while line := errors.readline(_MAX_LINE):
                    if text := line.decode(errors="replace").strip():
                        _log.error("the engine process %d: %s", self.pid, text)
        finally:
            self._ended.set()

    def _watch(self) -> None:
        # Rarely, because a thread that wakes up in vain costs as much as a key.
        while not self._ended.wait(WATCH_EVERY):
            if time.monotonic() > self._deadline:
                _log.error("the engine process %d hangs, and is killed", self.pid)
                break
        self._popen.kill()
        status = self._popen.wait()
        self.alive = False
        with self._lock:  # after a request in progress has failed
            for pipe in (self._requests, self._replies):
                with suppress(OSError):
                    pipe.close()
        if not self._closing:
            _log.error("the engine process %d ended with %d", self.pid, status)
            self._on_death(self)


def _start() -> subprocess.Popen[bytes]:
    """Start an interpreter with the same import path, and few inherited variables."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
        # Neither the working directory nor `.pth` files affect its imports.
        [sys.executable, "-P", "-S", "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env={**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        # Signals from a terminal go to the server only.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
