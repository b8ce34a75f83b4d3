"""The socket of a participant: it joins a room, and passes messages between client and room."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from arena_ext.limits.quotas import TooMany
from arena_ext.limits.work_budget import WorkBudget
from arena_ext.protocol.contract import CLIENT_EVENTS
from arena_ext.protocol.errors import ArenaError, EngineFailed, Invalid
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_ID
from arena_ext.protocol.schemas import check_shape
from arena_ext.protocol.wire import Close, Dialect
from arena_ext.rooms.connection import Connection
from arena_ext.rooms.credentials import Credentials
from arena_ext.rooms.room import Room
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Action, Role, can

from .services import Services
from .websocket_protocol import WebSocketProtocol

_log = logging.getLogger(__name__)


class Socket(WebSocketProtocol):
    """One connection of one participant; `dialect` and `token` come from its handshake."""

    __slots__ = ("_connection", "_dialect", "_room", "_session", "_token")

    def __init__(
        self,
        services: Services,
        session: str,
        dialect: Dialect,
        token: str | None,
        address: str,
        budget: WorkBudget | None,
    ) -> None:
        super().__init__(services, address, budget)
        self._session = session
        self._dialect = dialect
        self._token = token
        self._room: Room | None = None
        self._connection: Connection | None = None

    def _gone(self) -> None:
        if self._room is not None and self._connection is not None:
            self._room.disconnect(self._connection, left=self._left)

    def close(self, code: Close) -> None:
        """As `WebSocketProtocol.close`; a client that is refused or cut off is counted."""
        if not self.closing and code not in (Close.NORMAL, Close.GOING_AWAY):
            word = code.name.lower()
            self._services.refusals["socket", word] += 1
            facts = {"session": self._session, "code": word, "ip": self._address}
            _log.info("closed", extra={"facts": facts})
        super().close(code)

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
            self._address, session, name, Credentials(), None, seat=False
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
        self._joined = True
        self._room = room
        self._connection = Connection(self, self._dialect, participant.id, self._budget.charge)
        if waits:
            room.waiting_room.wait(self._connection)
            return
        try:
            room.connect(self._connection)
        except EngineFailed:
            room.crash()

    # --- messages -------------------------------------------------------------------------------

    def _receive_binary(self, payload: bytes) -> None:
        if self._dialect is Dialect.JSON:
            raise Malformed("this subprotocol has no binary frames")
        if self._room is not None and self._connection is not None:
            self._room.receive_frame(self._connection, payload)

    def _receive_text(self, text: bytes) -> None:
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

    def _error(self, code: str, message: str, event: str | None = None) -> None:
        about = {} if event is None else {"id": event}
        self.send_event({"type": "error", "payload": {"code": code, "message": message, **about}})
