"""The WebSocket protocol of one connection: from bytes to messages, and from messages to bytes.

It is an asyncio protocol, because the calls and futures of Tornado's WebSocket for each message
cost several times as much as the message.
"""

from __future__ import annotations

import asyncio
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from functools import lru_cache, partial
from time import perf_counter
from typing import Any, cast

from arena_ext.crdt.replica import TextFull
from arena_ext.limits.quotas import TooMany
from arena_ext.limits.scheduler import charged, delay
from arena_ext.limits.work_budget import WorkBudget
from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_FRAME
from arena_ext.protocol.wire import Close

from .errors import answer_to
from .framing import Assembler, Message, Opcode, close_frame, frame
from .services import Services

_log = logging.getLogger(__name__)

#: Seconds for which the messages of one client are handled before others have a turn.
_SLICE = 0.002
#: Seconds until the client's answer to a close frame must have arrived.
_CLOSING = 5.0
#: Bytes that are sent before the end of the turn.
_AT_ONCE = 2**16
#: A short message as a frame. The last ones are remembered, because many sockets send the same.
_SHORT = 4096
_binary = lru_cache(4)(partial(frame, Opcode.BINARY))


class WebSocketProtocol(asyncio.Protocol, ABC):
    """One connection; a subclass says what its messages mean.

    The messages of a turn of the event loop leave in one write.
    """

    __slots__ = (
        *("_address", "_assembler", "_behind", "_budget", "_closing", "_deaf", "_first", "_heard"),
        *("_joined", "_left", "_loop", "_out", "_queue_bytes", "_sending", "_services", "_size"),
        *("_task", "_timer", "_transport", "_uncharged"),
    )

    def __init__(self, services: Services, address: str, budget: WorkBudget | None) -> None:
        self._services = services
        self._address = address
        #: The budget that its work is charged to; None for a login, before it has joined.
        self._budget = budget
        #: Seconds of work from before the budget was known.
        self._uncharged = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._assembler = Assembler(MAX_FRAME)
        #: Whether it may send long messages.
        self._joined = False
        #: The work that the next message waits for: joining, or a delay of a client over budget.
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        #: Whether all that arrives is dropped, after a message that broke the protocol.
        self._deaf = False
        #: Whether the client closed it on purpose.
        self._left = False
        #: Whether anything has arrived since the last ping; and the timer of pings, or of the end.
        self._heard = True
        self._timer: asyncio.TimerHandle | None = None
        #: Frames that leave at the end of this turn, and their bytes.
        self._out: list[bytes] = []
        self._size = 0
        #: Whether the transport has unsent bytes; and the size of the write that they began with.
        self._behind = False
        self._first = 0
        self._queue_bytes = services.limits.queue_bytes
        #: The sockets that have something to send in this turn.
        self._sending = services.sockets.sending

    @abstractmethod
    async def _begin(self) -> None:
        """Check the credentials, before the first message is handled."""

    @abstractmethod
    def _receive_binary(self, payload: bytes) -> None:
        """Handle a binary message. Raises `Malformed` or `TextFull`."""

    @abstractmethod
    def _receive_text(self, text: bytes) -> None:
        """Handle a text message. Raises `Malformed` or `TextFull`."""

    @abstractmethod
    def _gone(self) -> None:
        """The connection is lost or closed."""

    # --- its beginning and its end ------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Check the credentials; only then is anything allocated for the client."""
        # Not an assertion: the transports of uvloop are of no such class.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=0)
        self._services.sockets.opened(self)
        self._timer = self._loop.call_later(self._services.limits.ping_interval, self._ping)
        try:
            self._services.quotas.open_socket(self._address)
        except TooMany as error:
            self._close_for(error)
        else:
            self._wait_for(self._charged(self._begin()))

    def connection_lost(self, _: Exception | None) -> None:
        """Release what it holds."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        # Its task goes on: others may wait for the same, such as the opening of the room.
        self._services.sockets.gone(self)
        self._services.quotas.close_socket(self._address)
        self._gone()

    def close(self, code: Close) -> None:
        """Close with a named code; messages that arrive later are ignored."""
        if self._closing:
            return
        self._left = code is Close.NORMAL
        self._finish(close_frame(code, code.name.lower()))

    @property
    def closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._closing

    def _finish(self, last: bytes) -> None:
        """Send a close frame, and wait for the client's, which may be on its way."""
        self._queue(last)
        self._closing = True
        self.flush()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(_CLOSING, self._transport.abort)

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def _close_for(self, error: ArenaError) -> bool:
        """Close with the code for `error`; False if no such error closes a connection."""
        code = answer_to(error).close
        if code is not None:
            self.close(code)
        return code is not None

    def _ping(self) -> None:
        self._heard = False
        self._queue(frame(Opcode.PING, b""))
        self._timer = self._loop.call_later(self._services.limits.ping_timeout, self._missed)

    def _missed(self) -> None:
        if not self._heard:
            self._transport.abort()  # a client that is gone answers no close frame either
            return
        limits = self._services.limits
        rest = max(0.0, limits.ping_interval - limits.ping_timeout)
        self._timer = self._loop.call_later(rest, self._ping)

    # --- incoming messages ----------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take bytes that arrived, and handle the messages that they complete."""
        self._heard = True
        if self._deaf:
            return
        self._assembler.feed(data)
        if self._task is None:
            self._work()

    def _work(self) -> None:
        """Handle the messages that have arrived, until the client's slice of time is over."""
        began = perf_counter()
        some = over = False
        try:
            while not over and self._task is None and self._next():
                some, over = True, perf_counter() - began > _SLICE
        except (Malformed, TextFull) as error:
            if not self._closing:
                _log.warning("closing a connection of %s: %s", self._address, error)
            self._deaf = True
            self._close_for(error)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 - pyo3's PanicException is no Exception
            _log.exception("a message could not be handled")
            self.close(Close.MALFORMED)
        seconds = self._charge(perf_counter() - began)
        if some and self._task is None and (over or seconds is not None):
            wait = self._services.quotas.wait_for_turn
            self._wait_for(asyncio.sleep(0) if seconds is None else delay(seconds, wait))

    def _wait_for(self, work: Coroutine[Any, Any, None]) -> None:
        """Handle no message before `work` is done."""
        self._transport.pause_reading()
        self._task = self._loop.create_task(work)
        self._task.add_done_callback(self._go_on)

    async def _charged(self, work: Coroutine[Any, Any, None]) -> None:
        await charged(work, self._charge, self._services.quotas.wait_for_turn)

    def _go_on(self, done: asyncio.Task[None]) -> None:
        self._task = None
        if done.cancelled():
            return
        if (error := done.exception()) is not None:
            _log.error("a connection could not join", exc_info=error)
            self.close(Close.MALFORMED)
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._work()

    def _charge(self, seconds: float) -> float | None:
        if self._budget is None:
            self._uncharged += seconds
            return None
        earlier, self._uncharged = self._uncharged, 0.0
        return self._budget.charge(earlier + seconds)

    def _next(self) -> bool:
        """Handle the next message; False where there is none. Raises `Malformed` or `TextFull`."""
        assembler = self._assembler
        message = assembler.next()
        frames, assembler.frames = assembler.frames, 0
        size = 0 if message is None else len(message.payload)
        joined = self._joined or size <= self._services.limits.join_message_bytes
        budget = self._budget
        if (frames and budget is not None and budget.floods(frames, size)) or not joined:
            self.close(Close.FLOOD)
        if message is not None:
            self._handle(message)
        return message is not None

    def _handle(self, message: Message) -> None:
        opcode, payload = message
        if opcode == Opcode.CLOSE:
            self._closed(payload)
        elif self._closing:
            return
        elif opcode == Opcode.BINARY:
            self._receive_binary(payload)
        elif opcode == Opcode.TEXT:
            self._receive_text(payload)
        elif opcode == Opcode.PING:
            self._queue(frame(Opcode.PONG, payload))

    def _closed(self, payload: bytes) -> None:
        """The client closes the connection, or answers our close frame."""
        if not self._closing:
            self._left = payload[:2] == Close.NORMAL.to_bytes(2, "big")
            self._finish(frame(Opcode.CLOSE, payload[:2]))
        self._transport.close()

    # --- outgoing messages: the Outbox of a `Connection` ----------------------------------------

    def send_frame(self, message: bytes) -> None:
        """Send a binary message.

        It is called for each receiver of each key, so it calls little itself.
        """
        if self._closing:
            return
        out = self._out
        if not out:
            if not self._sending:
                self._services.sockets.flush_soon()
            self._sending.append(self)
        data = _binary(message) if len(message) < _SHORT else frame(Opcode.BINARY, message)
        out.append(data)
        self._size += len(data)
        if self._size > _AT_ONCE:
            self.flush()

    def send_event(self, message: Mapping[str, Any]) -> None:
        """Send JSON as a text message."""
        self.send_text(json.dumps(message, ensure_ascii=False).encode())

    def send_text(self, text: bytes) -> None:
        """Send JSON text as a text message."""
        self._queue(frame(Opcode.TEXT, text))

    def _queue(self, data: bytes) -> None:
        """Send a frame with the others of this turn."""
        if self._closing:
            return
        if not self._out:
            if not self._sending:
                self._services.sockets.flush_soon()
            self._sending.append(self)
        self._out.append(data)
        self._size += len(data)
        if self._size > _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Send what waits. A client that does not read what was sent before is let go."""
        if not self._out or self._transport.is_closing():
            return
        data, self._size = b"".join(self._out), 0
        self._out.clear()
        was_behind = self._behind
        self._transport.write(data)
        if not was_behind:
            self._first = len(data)
        elif self._transport.get_write_buffer_size() > self._first + self._queue_bytes:
            self.close(Close.TOO_SLOW)

    def pause_writing(self) -> None:
        """The client has not read all that was sent."""
        self._behind = True

    def resume_writing(self) -> None:
        """The client has read all that was sent."""
        self._behind = False
