"""The room: a session's live half. Independent of transport: no Tornado in here.

Safety: nobody is shown an entry before the log has stored it, so nothing that anyone has seen can
be lost; and every entry was allowed, by the state of the session at the moment it came.

Liveness: what a client sends is answered, by `saved`, by `error`, by a request to sync again, or by
a close code.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
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
from arena_ext.session.permissions import Action, Caller, Denied, Role, Status, can
from arena_ext.storage.log import Checkpoint, Log

from . import checkpoint
from .broadcast import Broadcast
from .connection import Connection, Receipt
from .consistency import Consistency
from .snapshot import session_json, snapshot
from .state import State
from .sync import DocumentSync
from .waiting_room import WaitingRoom

_log = logging.getLogger(__name__)

_TOLD_TO_ALL = {"file-add", "file-rename", "file-delete", "file-main"}


def _as_payload(participant: Participant) -> dict[str, Any]:
    user = participant.as_json()
    return {"userId": user.pop("id"), "username": user.pop("name"), **user}


class Room:
    """One session: its fold, its replicas, and who is connected."""

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
    ) -> None:
        self._state = State(session, process, limits)
        self._process = process
        self._breaker = circuit_breaker
        self._broadcast = Broadcast(self._state)
        self._consistency = Consistency(
            self._state, lambda: self._stored_seq, self._broadcast.show_check
        )
        self._sync = DocumentSync(self._state, self.record, self._handled, self._consistency.due)
        #: Those who wait to be let in: not in `connections`, so nothing of the room reaches them.
        self.waiting_room = WaitingRoom()
        self.closed = False
        self._healthy = healthy
        #: When the last connection left, seconds of `time.monotonic`.
        self.idle_since = time.monotonic()
        self._log = log
        self._url = url
        self._grace: dict[str, asyncio.TimerHandle] = {}
        self._checkpoint_at = checkpoint.EVERY
        #: What the entries since the last one hold.
        self._since_checkpoint = 0
        #: The last entry that the log has acknowledged, and how many it has not.
        self._stored_seq = 0
        self._unstored = 0
        #: Done when all that was recorded so far is stored, or refused.
        self.latest: asyncio.Future[None] | None = None

    @property
    def session(self) -> Session:
        """What is so in this session now."""
        return self._state.session

    @property
    def alive(self) -> bool:
        """Whether it was not given up, and its texts can be used."""
        return not self.closed and self._state.alive

    @property
    def connections(self) -> set[Connection]:
        """The open connections of those who are in."""
        return self._broadcast.connections

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

    # --- the log --------------------------------------------------------------------------

    def restore(self, kept: Checkpoint) -> None:
        """Begin from a checkpoint of the log instead of from nothing. Raises `StaleCheckpoint`."""
        self._state.restore(kept)
        self._stored_seq = kept.seq
        self._checkpoint_at = kept.seq + checkpoint.EVERY

    def fold(self, entries: Iterable[Entry]) -> None:
        """Take in entries of the log while the room is being opened. Raises `EngineFailed`."""
        for entry in entries:
            self._state.load(entry)
            self._stored_seq = entry.seq
            self._since_checkpoint += checkpoint.weight(entry.body)
        self._state.serve()

    def record(
        self,
        author: str | None,
        body: Edit | Event,
        audience: Audience = Audience.EVERYONE,
        source: Connection | None = None,
        then: Callable[[], None] | None = None,
    ) -> asyncio.Future[None]:
        """Append an entry; once it is stored, show it to all but `source`, then call `then`.

        The future that it returns is done after that; it raises `Conflict` where the room is over.
        """
        entry = Entry(self.session.seq + 1, time.time_ns() // 10**6, author, audience, body)
        self._state.fold(entry)
        self._unstored += 1
        stored = self._log.append(self.session.id, entry)
        stored.add_done_callback(partial(self._stored, entry, source, then))
        self.latest = stored
        self._since_checkpoint += checkpoint.weight(body)
        if entry.seq >= self._checkpoint_at or self._since_checkpoint >= checkpoint.MOST:
            self.keep_checkpoint()
        return stored

    @property
    def begun(self) -> bool:
        """Whether the log has stored anything of it."""
        return self._stored_seq > 0

    @property
    def idle(self) -> bool:
        """Whether nobody is connected and nothing waits to be stored."""
        return not self.connections and not self.waiting_room and not self._unstored

    def keep_checkpoint(self) -> None:
        """Write down what the log folds into, for whoever opens this session next."""
        self._checkpoint_at = self.session.seq + checkpoint.EVERY
        self._since_checkpoint = 0
        self._log.checkpoint(self.session.id, self._state.checkpoint())

    def _stored(
        self,
        entry: Entry,
        source: Connection | None,
        then: Callable[[], None] | None,
        stored: asyncio.Future[None],
    ) -> None:
        self._unstored -= 1
        if stored.cancelled() or stored.exception() is not None:
            _log.warning("session %s was written to or deleted elsewhere", self.session.id)
            self.crash()
            return
        self._stored_seq = entry.seq
        began = time.perf_counter()
        try:
            self._show(entry, source)
        except EngineFailed:
            self.crash()
        if source is not None:
            source.pay(time.perf_counter() - began)
        if then is not None:
            then()

    def _show(self, entry: Entry, source: Connection | None) -> None:
        if isinstance(entry.body, Edit):
            self._broadcast.show_edit(entry, entry.body, source)
            if self.connections:
                self._consistency.due(entry.body.document)
        else:
            self._broadcast.show_event(entry, entry.body, source)
            self._change_rights(entry.body)
        self._consistency.entry_shown()

    def storing(self, *, ok: bool) -> None:
        """Tell everybody that what they do can, or cannot, be stored for now."""
        self._healthy = ok
        for each in self.connections:
            if each.reads_events:
                each.tell("storage", {"ok": ok})

    def crash(self) -> None:
        """Give the room up: everybody comes back to a fresh one, folded from the log."""
        self.closed = True
        self.close(Close.GOING_AWAY)

    def _break(self, participant: str | None, source: Connection | None = None) -> None:
        """Native code broke at what somebody asked for: the first time may be chance."""
        _log.exception("native code broke at a request of %s in %s", participant, self.session.id)
        self._breaker.broke(self.session.id, participant)
        if source is not None and self.barred(participant):
            source.outbox.close(Close.MALFORMED)
        self.crash()

    def barred(self, participant: str | None) -> bool:
        """Whether somebody is turned away for now, because native code broke at their requests."""
        return self._breaker.barred(self.session.id, participant)

    def close(self, code: Close) -> None:
        """Close all sockets."""
        self._consistency.stop()
        self.waiting_room.close(code)
        for connection in tuple(self.connections):
            connection.outbox.close(code)

    # --- joining and leaving ----------------------------------------------------------------

    def add_to_roster(self, participant: Participant, source: Connection | None = None) -> None:
        """Put someone on the roster; without a connection they leave it after `join_grace`."""
        self._end_grace(participant.id)
        if participant.id not in self.session.present:
            joined = Event("participant-joined", _as_payload(participant))
            self.record(participant.id, joined, source=source)
        if source is None and not self.connections_of(participant.id):
            self._grace[participant.id] = asyncio.get_running_loop().call_later(
                self._state.limits.join_grace, self.remove_from_roster, participant.id
            )

    def remove_from_roster(self, participant: str) -> None:
        """Take someone off the roster."""
        self._end_grace(participant)
        if participant in self.session.present:
            self.record(participant, Event("participant-left", {"userId": participant}))

    def request_entry(self, participant: Participant) -> None:
        """Ask the interviewers to let someone in. Raises `Denied` where too many ask."""
        if len(self.session.waiting) >= self._state.limits.max_waiting:
            raise Denied("too many people wait to be let in")
        event = Event("entry-requested", _as_payload(participant))
        self.record(participant.id, event, Audience.INTERVIEWERS)

    def sockets(self, participant: str | None = None) -> int:
        """How many sockets are open, of all or of one participant, those at the door among them."""
        everyone = (*self.connections, *self.waiting_room)
        return sum(participant in (None, each.participant) for each in everyone)

    def connect(self, connection: Connection) -> None:
        """Let a connection in: it gets the snapshot, the others hear of its participant."""
        self.connections.add(connection)
        self.add_to_roster(self.participant(connection.participant), connection)
        connection.since = self.session.seq
        self._tell_state(connection)
        if connection.reads_events and not self._healthy:
            connection.tell("storage", {"ok": False})
        if connection.reads_frames:
            self._sync.ask(connection)
            self._broadcast.send_presence(connection)

    def disconnect(self, connection: Connection) -> None:
        """The connection is gone; its participant leaves unless another one is open."""
        self.waiting_room.leave(connection)
        if connection not in self.connections:
            return
        self._broadcast.leave(connection)
        self.idle_since = time.monotonic()
        if self.closed:
            return
        if not self.connections:
            self._consistency.stop()
        if not self.connections_of(connection.participant):
            self.remove_from_roster(connection.participant)

    def connections_of(self, participant: str) -> list[Connection]:
        """The open connections of a participant."""
        return self._broadcast.of(participant)

    def _end_grace(self, participant: str) -> None:
        timer = self._grace.pop(participant, None)
        if timer is not None:
            timer.cancel()

    def _tell_state(self, connection: Connection) -> None:
        if connection.reads_events:
            told = snapshot(self._state, self._url, connection.participant)
            connection.tell("session-state", told)

    # --- what clients send: events ------------------------------------------------------------

    def receive_event(
        self, connection: Connection, kind: str, payload: dict[str, Any], event: str | None
    ) -> None:
        """Handle an event whose payload has the right shape."""
        if not self._heard(connection):
            connection.refuse("waiting", "you have not been let in", event)
            return
        caller = self.caller(connection)
        if kind == "cursor-move":
            with suppress(EngineFailed), self._asked_by(caller.participant, connection):
                self._broadcast.move_cursor(connection, payload["cursor"])
            return
        done = partial(self._handled, connection, connection.received())
        try:
            if self.act(caller, kind, payload, event, connection, done) is None:
                done()
        except EngineFailed:
            return  # and the room was given up
        except (Denied, Invalid) as error:
            connection.refuse(error.code, str(error), event)
            done()
        except TextFull:
            connection.refuse("text-full", "the text is at its limit", event)
            done()

    def act(
        self,
        caller: Caller,
        kind: str,
        payload: Mapping[str, Any],
        event: str | None = None,
        source: Connection | None = None,
        then: Callable[[], None] | None = None,
    ) -> asyncio.Future[None] | None:
        """Do what an event asks for. Raises `Denied`, `Invalid`, `TextFull` or `EngineFailed`.

        Returns what `record` does, or None where there was nothing to do.
        """
        with self._asked_by(caller.participant, source):
            if self.barred(caller.participant):
                raise Denied("what you sent broke the server; try again later")
            body = self._body(caller, kind, payload, event)
        if body is None:
            return None
        # What became of a file, its author hears like everybody else: the root is in it.
        heard = None if kind in _TOLD_TO_ALL else source
        about_entry = isinstance(body, Event) and body.type.startswith("entry-")
        audience = Audience.INTERVIEWERS if about_entry else Audience.EVERYONE
        return self.record(caller.participant, body, audience, source=heard, then=then)

    def _body(
        self, caller: Caller, kind: str, payload: Mapping[str, Any], event: str | None
    ) -> Edit | Event | None:
        """What goes into the log for an event; None where it was taken already or is no change."""
        if self._state.taken(caller.participant, event):
            return None
        if kind != "code-change":
            return decide(self.session, caller, kind, payload, event)
        caller.demand(Action.WRITE_PAD, self.session.status)
        pad = self._state.replica(Document.PAD)
        change = pad.set_text(payload["changes"], self.session.main)
        return None if change is None else Edit(Document.PAD, change)

    @contextmanager
    def _asked_by(self, participant: str | None, source: Connection | None) -> Iterator[None]:
        """Do what somebody asks for; where native code breaks at it, give the room up."""
        try:
            yield
        except EngineGone:
            self.crash()
            raise
        except EngineFailed:
            self._break(participant, source)
            raise

    def _heard(self, connection: Connection) -> bool:
        """Whether what a connection says counts: not at the door, nor once removed."""
        return connection in self.connections and connection.participant not in self.session.removed

    def caller(self, connection: Connection) -> Caller:
        """Who a connection speaks for, with the role that they have now."""
        return self._state.caller(connection.participant)

    def _handled(self, connection: Connection, receipt: Receipt) -> None:
        if connection.settle(receipt) and connection.reads_events:
            saved = {"seq": self._stored_seq, "count": connection.handled}
            connection.tell("saved", saved)

    # --- what clients send: frames --------------------------------------------------------------

    def receive_frame(self, connection: Connection, data: bytes) -> None:
        """Handle a binary frame. Raises `Malformed` or `TextFull`, which end the connection."""
        message = frames.decode(data)
        if not self._heard(connection):
            return
        if isinstance(message, PresenceMessage):
            self._broadcast.update_presence(connection, message)
        elif isinstance(message, PresenceQuery):
            self._broadcast.send_presence(connection)
        else:
            ours = message.document is not Document.PAD or message.kind is Sync.CHECK
            if connection.dialect is Dialect.YJS and ours:
                raise Malformed("this subprotocol has the pad only, and no checks")
            try:
                with self._asked_by(connection.participant, connection):
                    self._sync.receive(connection, message)
            except EngineFailed:
                return  # and the room was given up

    # --- what changes of rights do to open sockets ---------------------------------------------

    def _change_rights(self, event: Event) -> None:
        """Make a change of rights felt on open sockets."""
        if event.type == "session-locked" and not self.session.locked:
            self._welcome_back(self.connections)
        elif event.type == "session-ended":
            self._close_the_doors()
        elif event.type == "role-changed":
            self._change_role(self.participant(event.payload["userId"]))
        elif event.type == "participant-removed":
            self._end_grace(event.payload["userId"])
            for each in self.connections_of(event.payload["userId"]):
                each.outbox.close(Close.REMOVED)
        elif event.type == "entry-admitted":
            for each in self.waiting_room.open_for(event.payload["userId"]):
                self.connect(each)
                if each.reads_frames:
                    # What it asked for while it waited was not heard.
                    self._sync.send_everything(each)
        elif event.type == "entry-declined":
            self.waiting_room.close_for(event.payload["userId"], Close.DECLINED)

    def _change_role(self, participant: Participant) -> None:
        mine = self.connections_of(participant.id)
        self._broadcast.renew(participant)
        if participant.role is Role.INTERVIEWER:
            for each in mine:
                # There is more to know now: who waits to be let in.
                each.since = self.session.seq
                self._tell_state(each)
        if can(participant.role, Action.WRITE_PAD, self.session.status):
            self._welcome_back(mine)

    def _welcome_back(self, connections: Iterable[Connection]) -> None:
        """Writing is allowed again: what was refused meanwhile comes by a sync."""
        for each in connections:
            if each.reads_frames:
                self._sync.ask(each)
                each.welcome()

    def _close_the_doors(self) -> None:
        self.waiting_room.close(Close.ENDED)
        for each in tuple(self.connections):
            role = self.participant(each.participant).role
            if not can(role, Action.READ_PAD, Status.ENDED):
                each.outbox.close(Close.ENDED)
