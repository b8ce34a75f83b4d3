"""The WebSocket handler: handshake, frames in and out, close codes and pings of one connection."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from arena_ext.crdt.replica import TextFull
from arena_ext.limits.quotas import TooMany
from arena_ext.protocol.contract import CLIENT_EVENTS
from arena_ext.protocol.errors import ArenaError, EngineFailed, Invalid
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_FRAME, MAX_ID
from arena_ext.protocol.schemas import check_shape
from arena_ext.protocol.wire import TOKEN_PREFIX, Close, Dialect
from arena_ext.rooms.connection import Connection
from arena_ext.rooms.credentials import Credentials
from arena_ext.rooms.room import Room
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Action, Role, can

from .base import ArenaHandler
from .errors import answer_to

_log = logging.getLogger(__name__)


class SocketHandler(ArenaHandler, WebSocketHandler, JupyterHandler):
    """`<base_url>arena/ws/<session>`: one connection.

    The authority is a participant token in the subprotocol list, or in `join-session`; never a
    cookie. So a page of another origin that opens a socket has no rights.
    """

    room: Room | None = None
    connection: Connection | None = None
    _counted = False

    # --- handshake ----------------------------------------------------------------------------

    async def prepare(self, **_: Any) -> None:
        """Let everybody open a socket; the token is checked after the handshake."""
        await super().prepare(_redirect_to_login=False)

    @property
    def offered_token(self) -> str | None:
        """The token in the subprotocol list."""
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        for each in map(str.strip, offered.split(",")):
            if each.startswith(TOKEN_PREFIX):
                return each.removeprefix(TOKEN_PREFIX)
        return None

    @allow_unauthenticated
    async def get(self, *args: str, **kwargs: str) -> None:
        """Upgrade to a WebSocket."""
        await super().get(*args, **kwargs)

    def check_origin(self, origin_to_satisfy_tornado: str = "") -> bool:
        """Same origin, or one that the server's `allow_origin` allows."""
        return JupyterHandler.check_origin(self, origin_to_satisfy_tornado)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Select the first known dialect; never echo a token."""
        known = [each for each in subprotocols if each in set(Dialect)]
        return known[0] if known else None

    @property
    def max_message_size(self) -> int:
        """Bytes of one assembled message."""
        return MAX_FRAME

    @property
    def ping_interval(self) -> float:
        """Seconds between pings."""
        return self.services.limits.ping_interval

    @property
    def ping_timeout(self) -> float:
        """Seconds until a pong must have arrived."""
        return self.services.limits.ping_timeout

    def get_compression_options(self) -> None:
        """No compression: a compressed bomb of 2 MB costs seconds."""
        return

    async def open(self, session: str) -> None:
        """Check the credentials; only then is anything allocated for the client."""
        self.set_nodelay(True)  # a keystroke is a small packet that must not wait
        self._session = session
        #: Sizes of the messages that are being sent, and the sum of all but the first.
        self._unsent: deque[int] = deque()
        self._behind = 0
        self._closing = False
        self._dialect = Dialect(self.selected_subprotocol or Dialect.JSON)
        self._counted = True
        try:
            self.services.quotas.open_socket(self.address)
            if self._dialect is not Dialect.JSON:
                self._attach(*await self._participant({"username": "Guest"}, self.offered_token))
                return
            if self.offered_token is not None:
                await self.services.admission.recognise(self._session, self.offered_token)
        except ArenaError as error:
            if not self._close_for(error):
                raise
        else:
            timeout = self.services.limits.join_timeout
            self._deadline = asyncio.get_running_loop().call_later(timeout, self._too_late)

    def _close_for(self, error: ArenaError) -> bool:
        """Close with the code for `error`; False if no such error closes a connection."""
        code = answer_to(error).close
        if code is not None:
            self.close(code)
        return code is not None

    def _too_late(self) -> None:
        if self.connection is None:
            self.close(Close.JOIN_TIMEOUT)

    def _attach(self, room: Room, participant: Participant) -> None:
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
        if self.ws_connection is None or self.ws_connection.is_closing():
            return  # the client left during the check
        try:
            interviewer = participant.role is Role.INTERVIEWER
            if not waits:
                self.services.quotas.count_socket(room, participant.id, interviewer=interviewer)
        except TooMany as error:
            self._close_for(error)
            return
        # The budget of the participant, not of the socket: a new socket after a flood gets no new
        # budget.
        self.budget = self.services.quotas.of_participant(participant.id)
        self.room = room
        self.connection = Connection(self, self._dialect, participant.id, self.budget.charge)
        if waits:
            room.waiting_room.wait(self.connection)
            return
        try:
            room.connect(self.connection)
        except EngineFailed:
            room.crash()

    # --- incoming messages ----------------------------------------------------------------------

    async def on_message(self, message: str | bytes) -> None:
        """Pass a message to the room; one that breaks the protocol ends the connection."""
        await self.charged(self._receive(message))

    def on_ping(self, data: bytes) -> None:
        """Count a ping as a frame; Tornado answers it."""
        if not self._closing and self._floods(len(data)):
            self.close(Close.FLOOD)

    async def _receive(self, message: str | bytes) -> None:
        if self._closing:
            return
        joined = self.room is not None or len(message) <= self.services.limits.join_message_bytes
        if not joined or self._floods(len(message)):
            self.close(Close.FLOOD)
            return
        try:
            if isinstance(message, str):
                await self._on_event(message)
            elif self._dialect is Dialect.JSON:
                raise Malformed("this subprotocol has no binary frames")
            elif self.room is not None and self.connection is not None:
                self.room.receive_frame(self.connection, message)
        except (Malformed, TextFull) as error:
            _log.warning("closing a connection of session %s: %s", self._session[:6], error)
            self._close_for(error)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 - pyo3's PanicException is no Exception
            # Tornado drops the connection for an Exception only; after anything else it would stay
            # open and never be read again.
            _log.exception("a message could not be handled")
            self.close(Close.MALFORMED)
        # Tornado reads on without a pause: the other clients need a turn in between.
        await asyncio.sleep(0)

    def _floods(self, size: int) -> bool:
        budget = self.budget
        return budget is not None and (
            budget.exhausted or not (budget.frames.take(1) and budget.bytes.take(size))
        )

    async def _on_event(self, text: str) -> None:
        read = self._read_event(text)
        if read is None:
            return
        kind, payload, event = read
        if self._dialect is Dialect.YJS:
            raise Malformed("this subprotocol has no text frames")
        if kind == "join-session":
            await self._join(payload, event)
        elif self.room is None or self.connection is None:
            self._error("not-joined", "send join-session first", event)
        elif kind == "leave-session":
            self.close(Close.NORMAL)
        else:
            self.room.receive_event(self.connection, kind, payload, event)

    def _read_event(self, text: str) -> tuple[str, dict[str, Any], str | None] | None:
        """The type, payload and id of an event; None, after an `error` event, for anything else."""
        event = None
        try:
            envelope = json.loads(text)
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

    async def _join(self, payload: Mapping[str, Any], event: str | None) -> None:
        if self.connection is not None:
            self._error("invalid", "you have joined already", event)
            return
        token = payload.get("token", self.offered_token)
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
        if token is not None:
            return await self.services.admission.resume(self._session, token)
        room, caller = await self.services.admission.authenticate(self._session, Credentials())
        # Open access: the id of an earlier participant lets its holder be that participant again;
        # it is worth no more than the session's id.
        earlier = room.session.participants.get(payload.get("userId", ""))
        gone = earlier is not None and earlier.id in room.session.removed
        if earlier is not None and earlier.role is caller.role and not gone:
            return room, earlier
        room, participant, _ = await self.join(
            self._session, payload["username"], Credentials(), None
        )
        return room, participant

    def on_close(self) -> None:
        """Close the connection in the room, and release its quota."""
        self._closing = True
        if self._counted:
            self.services.quotas.close_socket(self.address)
        if self.room is not None and self.connection is not None:
            left = self.close_code == Close.NORMAL
            self.room.disconnect(self.connection, left=left)

    # --- outgoing messages: the Outbox of a `Connection` ----------------------------------------

    def send_frame(self, frame: bytes) -> None:
        """Send a binary frame."""
        self._send(frame, binary=True)

    def send_event(self, message: Mapping[str, Any]) -> None:
        """Send a text frame."""
        self.send_text(json.dumps(message, ensure_ascii=False).encode())

    def send_text(self, text: bytes) -> None:
        """Send JSON text as a text frame."""
        self._send(text, binary=False)

    def _send(self, data: bytes, *, binary: bool) -> None:
        if self._closing:
            return
        behind = self._behind + len(data) if self._unsent else 0
        if behind > self.services.limits.queue_bytes:
            self.close(Close.TOO_SLOW)
            return
        self._unsent.append(len(data))
        self._behind = behind
        try:
            sent = self.write_message(data, binary=binary)
        except WebSocketClosedError:
            self._closing = True
            return
        sent.add_done_callback(self._sent)

    def _sent(self, done: asyncio.Future[None]) -> None:
        self._unsent.popleft()
        self._behind = max(0, self._behind - self._unsent[0]) if self._unsent else 0
        if not done.cancelled() and done.exception() is not None:
            self._closing = True

    def _error(self, code: str, message: str, event: str | None = None) -> None:
        about = {} if event is None else {"id": event}
        self.send_event({"type": "error", "payload": {"code": code, "message": message, **about}})

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close with a named code; messages that arrive later are ignored."""
        self._closing = True
        super().close(code, reason or (Close(code).name.lower() if code else None))
