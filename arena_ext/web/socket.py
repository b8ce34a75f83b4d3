"""The socket: one WebSocket connection, from the bytes that arrive to the bytes that leave.

It is an asyncio protocol, because the calls and futures of Tornado's WebSocket for each message
cost several times as much as the message.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine, Mapping
from time import perf_counter
from typing import Any

from arena_ext.crdt.replica import TextFull
from arena_ext.limits.quotas import TooMany
from arena_ext.limits.scheduler import charged, delay
from arena_ext.limits.work_budget import WorkBudget
from arena_ext.protocol.contract import CLIENT_EVENTS
from arena_ext.protocol.errors import ArenaError, EngineFailed, Invalid
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_FRAME, MAX_ID
from arena_ext.protocol.schemas import check_shape
from arena_ext.protocol.wire import Close, Dialect
from arena_ext.rooms.connection import Connection
from arena_ext.rooms.credentials import Credentials
from arena_ext.rooms.room import Room
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Action, Role, can

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


class Socket(asyncio.Protocol):
    """One connection: `Dialect` and token come from its handshake.

    The messages of a turn of the event loop leave in one write.
    """

    __slots__ = (
        *(
            "_address",
            "_assembler",
            "_behind",
            "_budget",
            "_closing",
            "_connection",
            "_deaf",
            "_dialect",
        ),
        *(
            "_first",
            "_heard",
            "_left",
            "_loop",
            "_out",
            "_room",
            "_services",
            "_queue_bytes",
            "_session",
            "_size",
        ),
        *("_task", "_timer", "_token", "_transport", "_uncharged"),
    )

    def __init__(
        self,
        services: Services,
        session: str,
        dialect: Dialect,
        token: str | None,
        address: str,
        budget: WorkBudget | None,
    ) -> None:
        self._services = services
        self._session = session
        self._dialect = dialect
        self._token = token
        self._address = address
        #: The budget that its work is charged to; None for a login, before it has joined.
        self._budget = budget
        #: Seconds of work from before the budget was known.
        self._uncharged = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._assembler = Assembler(MAX_FRAME)
        self._room: Room | None = None
        self._connection: Connection | None = None
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

    # --- its beginning and its end ------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Check the credentials; only then is anything allocated for the client."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport
        transport.set_write_buffer_limits(high=0)
        self._services.sockets.opened(self)
        self._timer = self._loop.call_later(self._services.limits.ping_interval, self._ping)
        try:
            self._services.quotas.open_socket(self._address)
        except TooMany as error:
            self._close_for(error)
        else:
            self._wait_for(self._charged(self._begin()))

    def connection_lost(self, _: Exception | None) -> None:
        """Close the connection in the room, and release its quota."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._services.sockets.gone(self)
        self._services.quotas.close_socket(self._address)
        if self._room is not None and self._connection is not None:
            self._room.disconnect(self._connection, left=self._left)

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

    # --- joining ------------------------------------------------------------------------------

    async def _begin(self) -> None:
        try:
            if self._dialect is not Dialect.JSON:
                self._attach(*await self._participant({"username": "Guest"}, self._token))
                return
            if self._token is not None:
                await self._services.admission.recognise(self._session, self._token)
        except ArenaError as error:
            if not self._close_for(error):
                raise
        else:
            self._loop.call_later(self._services.limits.join_timeout, self._too_late)

    def _too_late(self) -> None:
        if self._connection is None:
            self.close(Close.JOIN_TIMEOUT)

    async def _join(self, payload: Mapping[str, Any], event: str | None) -> None:
        if self._connection is not None:
            self._error("invalid", "you have joined already", event)
            return
        token = payload.get("token", self._token)
        try:
            room, participant = await self._participant(payload, token)
        except Invalid as error:
            self._error(error.code, str(error), event)
        except ArenaError as error:
            if not self._close_for(error):
                raise
        else:
            self._attach(room, participant)

    async def _participant(
        self, payload: Mapping[str, Any], token: str | None
    ) -> tuple[Room, Participant]:
        admission, session = self._services.admission, self._session
        if token is not None:
            return await admission.resume(session, token)
        room, caller = await admission.authenticate(session, Credentials())
        # Open access: the id of an earlier participant lets its holder be that participant again;
        # it is worth no more than the session's id.
        earlier = room.session.participants.get(payload.get("userId", ""))
        gone = earlier is not None and earlier.id in room.session.removed
        if earlier is not None and earlier.role is caller.role and not gone:
            return room, earlier
        name = payload["username"]
        room, participant, _ = await self._services.join(
            self._address, session, name, Credentials(), None
        )
        return room, participant

    def _attach(self, room: Room, participant: Participant) -> None:
        if self._closing:
            return  # the client left during the check
        waits = participant.id in room.session.waiting
        if not room.alive:
            self.close(Close.GOING_AWAY)
            return
        if participant.id in room.session.removed:  # during the check
            self.close(Close.REMOVED)
            return
        if not can(participant.role, Action.READ_PAD, room.session.status):
            self.close(Close.ENDED)
            return
        if room.barred(participant.id):
            self.close(Close.MALFORMED)
            return
        quotas = self._services.quotas
        try:
            interviewer = participant.role is Role.INTERVIEWER
            if not waits:
                quotas.count_socket(room, participant.id, interviewer=interviewer)
        except TooMany as error:
            self._close_for(error)
            return
        # The budget of the participant, not of the socket: a new socket after a flood gets no new
        # budget.
        self._budget = quotas.of_participant(participant.id)
        self._room = room
        self._connection = Connection(self, self._dialect, participant.id, self._budget.charge)
        if waits:
            room.waiting_room.wait(self._connection)
            return
        try:
            room.connect(self._connection)
        except EngineFailed:
            room.crash()

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
                _log.warning("closing a connection of session %s: %s", self._session[:6], error)
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
        joined = self._room is not None or size <= self._services.limits.join_message_bytes
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
            if self._dialect is Dialect.JSON:
                raise Malformed("this subprotocol has no binary frames")
            if self._room is not None and self._connection is not None:
                self._room.receive_frame(self._connection, payload)
        elif opcode == Opcode.TEXT:
            self._on_event(payload)
        elif opcode == Opcode.PING:
            self._queue(frame(Opcode.PONG, payload))

    def _closed(self, payload: bytes) -> None:
        """The client closes the connection, or answers our close frame."""
        if not self._closing:
            self._left = payload[:2] == Close.NORMAL.to_bytes(2, "big")
            self._finish(frame(Opcode.CLOSE, payload[:2]))
        self._transport.close()

    def _on_event(self, text: bytes) -> None:
        read = self._read_event(text)
        if read is None:
            return
        kind, payload, event = read
        if self._dialect is Dialect.YJS:
            raise Malformed("this subprotocol has no text frames")
        if kind == "join-session":
            self._wait_for(self._charged(self._join(payload, event)))
        elif self._room is None or self._connection is None:
            self._error("not-joined", "send join-session first", event)
        elif kind == "leave-session":
            self.close(Close.NORMAL)
        else:
            self._room.receive_event(self._connection, kind, payload, event)

    def _read_event(self, text: bytes) -> tuple[str, dict[str, Any], str | None] | None:
        """The type, payload and id of an event; None, after an `error` event, for anything else."""
        event = None
        try:
            envelope = json.loads(text.decode())
            if not isinstance(envelope, dict):
                raise Invalid("expected an object {type, payload}")
            kind, payload = envelope.get("type"), envelope.get("payload")
            given = envelope.get("id")
            if isinstance(given, str) and 0 < len(given) <= MAX_ID:
                event = given
            if not isinstance(kind, str) or kind not in CLIENT_EVENTS:
                raise Invalid(f"there is no event {str(kind)[:40]!r}")
            payload = check_shape(kind, payload)
        except (ValueError, RecursionError):
            self._error("invalid", "expected JSON")
        except Invalid as error:
            self._error(error.code, str(error), event)
        else:
            return kind, payload, event
        return None

    # --- outgoing messages: the Outbox of a `Connection` ----------------------------------------

    def send_frame(self, message: bytes) -> None:
        """Send a binary message."""
        self._queue(frame(Opcode.BINARY, message))

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
            self._services.sockets.flush_later(self)
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

    def _error(self, code: str, message: str, event: str | None = None) -> None:
        about = {} if event is None else {"id": event}
        self.send_event({"type": "error", "payload": {"code": code, "message": message, **about}})
