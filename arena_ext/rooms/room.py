"""The room: one live session. It knows nothing of HTTP, so it can be tested without a server.

Safety: an entry is shown only after the log has stored it, so nothing that a participant has seen
can be lost; and every entry was allowed in the state of the session when it arrived.

Liveness: each message of a client is answered: by `saved`, by `error`, by a request to sync again,
or by a close code.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from typing import Any

from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.replica import TextFull
from arena_ext.limits.circuit_breaker import CircuitBreaker
from arena_ext.protocol import frames
from arena_ext.protocol.errors import EngineFailed, EngineGone, Invalid
from arena_ext.protocol.frames import PresenceMessage, PresenceQuery
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Audience, Close, Dialect, Document, Sync
from arena_ext.session.commands import decide
from arena_ext.session.model import Edit, Entry, Event, Participant, Session
from arena_ext.session.permissions import Action, Caller, Denied
from arena_ext.storage.log import Log

from .broadcast import Broadcast
from .connection import SENDING, Connection, Receipt
from .consistency import Consistency
from .cursors import Cursors
from .journal import Journal
from .lifecycle import note_entry
from .presence import read_moved
from .rights import Rights
from .roster import Roster
from .snapshot import session_json
from .state import State
from .sync import DocumentSync
from .tally import Tally
from .waiting_room import WaitingRoom

_log = logging.getLogger(__name__)

#: Events that are also sent to their author, because only the server knows all of their entry: the
#: root of a file, the name that it gave, the time when a run began.
_SHOWN_TO_ALL = {
    "file-add",
    "file-rename",
    "file-delete",
    "file-main",
    "name-change",
    "execute-code",
}


class Room:
    """One session: its state, its journal, and the connections to it."""

    def __init__(
        self,
        session: str,
        log: Log,
        url: str,
        process: EngineProcess,
        circuit_breaker: CircuitBreaker,
        limits: Limits,
        *,
        healthy: bool = True,
        tally: Tally | None = None,
    ) -> None:
        self._url = url
        self._tally = tally or Tally()
        self._state = State(session, process, limits)
        self._circuit_breaker = circuit_breaker
        self.journal = Journal(log, self._state, self._show, self.crash)
        #: The open connections of admitted participants.
        self.connections: set[Connection] = set()
        self._cursors = Cursors(self._state, self.journal, self.connections)
        self._broadcast = Broadcast(self._state, url, self.connections, self._cursors.text_view)
        self._consistency = Consistency(self._state, self.journal, self._broadcast, self.crash)
        self._sync = DocumentSync(self._state, self.journal, self._consistency)
        self.roster = Roster(self._state, self.journal, self._broadcast)
        #: The connections of guests who wait for admission. They are not in `connections`, so they
        #: get nothing of the room.
        self.waiting_room = WaitingRoom(self._state, self.journal)
        self._rights = Rights(
            self._state,
            self._broadcast,
            self._cursors,
            self._sync,
            self.roster,
            self.waiting_room,
            self.connect,
        )
        self.closed = False
        self._healthy = healthy
        self._cursors.storing(ok=healthy)
        #: When the last connection left, seconds of `time.monotonic`.
        self.idle_since = time.monotonic()

    @property
    def session(self) -> Session:
        """The facts of this session as they are now."""
        return self._state.session

    @property
    def alive(self) -> bool:
        """Whether it is open, and its documents can be used."""
        return not self.closed and self._state.alive

    @property
    def refused(self) -> frozenset[bytes]:
        """Edits at which the engine failed after they were taken."""
        return self._state.refused

    @property
    def idle(self) -> bool:
        """Whether no connection is open and no entry waits to be stored."""
        return not self.connections and not self.waiting_room and not self.journal.pending

    def encode(self) -> Iterator[int]:
        """Encode a session that was loaded, so that pages can be sent it; in short steps."""
        return self._state.encode()

    # --- the session as REST sees it ------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        """The contract's `Session`."""
        return session_json(self._state, self._url)

    def text(self) -> str:
        """The text of the main file."""
        return self._state.replica(Document.PAD).text(self.session.main)

    def participant(self, identity: str) -> Participant:
        """A participant by id."""
        return self.session.participants[identity]

    # --- after an entry is stored -----------------------------------------------------------

    def _show(self, entry: Entry, source: Connection | None) -> None:
        try:
            if isinstance(entry.body, Edit):
                self._tally.edit_stored(entry)
                self._broadcast.show_edit(entry, entry.body, source)
                if self.connections:
                    self._consistency.schedule(entry.body.document)
            else:
                note_entry(self.session.id, entry, entry.body)
                self._broadcast.show_event(entry, entry.body, source, self.journal.stored_shared)
                self._rights.apply(entry.body)
            self._cursors.show()
            self._consistency.entry_shown()
            if source is not None:
                source.pay(SENDING * len(self.connections))
        except EngineFailed:
            self.crash()

    def storing(self, *, ok: bool) -> None:
        """Tell all pages whether entries can be stored for now."""
        self._healthy = ok
        self._cursors.storing(ok=ok)
        for each in self.connections:
            if each.reads_events:
                each.tell("storage", {"ok": ok})

    # --- the end of a room ----------------------------------------------------------------------

    def crash(self) -> None:
        """Give the room up: all clients reconnect to a fresh one, which is opened from the log."""
        if self.refused and not self.closed:
            self._circuit_breaker.broke(self.session.id)
        self.closed = True
        self.close(Close.GOING_AWAY)

    def close(self, code: Close) -> None:
        """Close all sockets, and stop all timers."""
        self._consistency.stop()
        self._cursors.stop()
        self.roster.stop()
        self.waiting_room.close(code)
        for connection in tuple(self.connections):
            connection.outbox.close(code)

    def _give_up(
        self, error: EngineFailed, participant: str | None, source: Connection | None
    ) -> None:
        """The engine failed at a request: give the room up, and count the failure."""
        if not isinstance(error, EngineGone):
            _log.error(
                "the engine failed at %s in %s", participant, self.session.id, exc_info=error
            )
            self._circuit_breaker.broke(self.session.id, participant)
            if source is not None and self.barred(participant):
                source.outbox.close(Close.MALFORMED)
        self.crash()

    def barred(self, participant: str | None) -> bool:
        """Whether a participant is refused for now because their requests made the engine fail."""
        return self._circuit_breaker.barred(self.session.id, participant)

    # --- connections --------------------------------------------------------------------------

    def sockets(self, participant: str | None = None) -> int:
        """How many sockets are open, of all or of one participant, without the waiting room."""
        return sum(participant in (None, each.participant) for each in self.connections)

    def connections_of(self, participant: str) -> list[Connection]:
        """The open connections of a participant."""
        return self._broadcast.of(participant)

    def connect(self, connection: Connection) -> None:
        """Let a connection in: it gets the snapshot, and its participant is on the roster."""
        self.connections.add(connection)
        if connection.dialect is Dialect.JSON:
            self._cursors.text_view.clients.add(connection)
        self.roster.add(self.participant(connection.participant), connection)
        connection.since = self.session.seq
        self._broadcast.send_state(connection)
        if connection.reads_events and not self._healthy:
            connection.tell("storage", {"ok": False})
        if connection.reads_frames:
            self._sync.ask(connection)
            self._cursors.show_all(connection)

    def disconnect(self, connection: Connection, *, left: bool = False) -> None:
        """A socket is closed; the roster is told if it was the last one of its participant.

        `left` says that the client closed it on purpose, and not by a reload.
        """
        self.waiting_room.leave(connection)
        if connection not in self.connections:
            return
        self.connections.discard(connection)
        self._cursors.text_view.clients.discard(connection)
        self._cursors.leave(connection)
        self.idle_since = time.monotonic()
        if self.closed:
            return
        if not self.connections:
            self._consistency.stop()
        if not self._broadcast.of(connection.participant):
            self.roster.disconnected(connection.participant, left=left)

    def _is_in(self, connection: Connection) -> bool:
        """Whether a connection may send: not in the waiting room, and not after a removal."""
        return connection in self.connections and connection.participant not in self.session.removed

    def caller(self, connection: Connection) -> Caller:
        """The participant of a connection, with their current role."""
        return self._state.caller(connection.participant)

    # --- events from clients --------------------------------------------------------------------

    def receive_event(
        self, connection: Connection, kind: str, payload: dict[str, Any], event: str | None
    ) -> None:
        """Handle an event whose payload has the right shape."""
        if not self._is_in(connection):
            connection.refuse("waiting", "you have not been let in", event)
            return
        caller = self.caller(connection)
        if kind == "cursor-move":
            try:
                self._cursors.move(connection, payload["cursor"])
            except EngineFailed as error:
                self._give_up(error, caller.participant, connection)
            return
        receipt = connection.received()
        try:
            if self.act(caller, kind, payload, event, connection, receipt) is not None:
                return
        except EngineFailed:
            return  # the room was given up
        except (Denied, Invalid) as error:
            connection.refuse(error.code, str(error), event)
        except TextFull:
            connection.refuse("text-full", "the text is at its limit", event)
        self.journal.acknowledge(receipt)

    def act(
        self,
        caller: Caller,
        kind: str,
        payload: Mapping[str, Any],
        event: str | None = None,
        source: Connection | None = None,
        receipt: Receipt | None = None,
    ) -> asyncio.Future[None] | None:
        """Handle a command. Raises `Denied`, `Invalid`, `TextFull` or `EngineFailed`.

        Returns the result of `Journal.record`, or None where nothing changes.
        """
        if self.barred(caller.participant):
            raise Denied("what you sent broke the server; try again later")
        try:
            body = self._decide(caller, kind, payload, event)
        except EngineFailed as error:
            self._give_up(error, caller.participant, source)
            raise
        if body is None:
            return None
        about_entry = isinstance(body, Event) and body.type.startswith("entry-")
        audience = Audience.INTERVIEWERS if about_entry else Audience.EVERYONE
        made_by = None if kind in _SHOWN_TO_ALL else source
        return self.journal.record(caller.participant, body, audience, made_by, receipt)

    def _decide(
        self, caller: Caller, kind: str, payload: Mapping[str, Any], event: str | None
    ) -> Edit | Event | None:
        """The entry for a command; None where it was handled before, or changes nothing."""
        if self._state.taken(caller.participant, event):
            return None
        if kind != "code-change":
            return decide(self.session, caller, kind, payload, event)
        caller.demand(Action.WRITE_PAD, self.session.status)
        pad = self._state.replica(Document.PAD)
        change = pad.set_text(payload["changes"], self.session.main)
        return None if change is None else Edit(Document.PAD, change.data)

    # --- frames from clients --------------------------------------------------------------------

    def receive_frame(self, connection: Connection, data: bytes) -> None:
        """Handle a binary frame. Raises `Malformed` or `TextFull`, which end the connection."""
        if not self._is_in(connection):
            frames.decode(data)
            return
        moved = read_moved(data)
        if moved is not None and self._cursors.moved(connection, moved):
            return
        message = frames.decode(data)
        if isinstance(message, PresenceMessage):
            self._cursors.update(connection, message)
        elif isinstance(message, PresenceQuery):
            self._cursors.show_all(connection)
        else:
            ours = message.document is not Document.PAD or message.kind is Sync.CHECK
            if connection.dialect is Dialect.YJS and ours:
                raise Malformed("this subprotocol has the pad only, and no checks")
            try:
                self._sync.receive(connection, message)
            except EngineFailed as error:
                self._give_up(error, connection.participant, connection)
