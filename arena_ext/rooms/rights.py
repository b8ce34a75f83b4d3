"""Applies changes of rights to the connections that are open."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from arena_ext.protocol.wire import Close
from arena_ext.session.model import Event, Participant
from arena_ext.session.permissions import Action, Status, can

from .broadcast import Broadcast
from .connection import Connection
from .cursors import Cursors
from .roster import Roster
from .state import State
from .sync import DocumentSync
from .waiting_room import WaitingRoom


class Rights:
    """Closes, informs and synchronises connections after an event that changes rights.

    `connect` brings a connection into the room that an interviewer has admitted.
    """

    def __init__(
        self,
        state: State,
        broadcast: Broadcast,
        cursors: Cursors,
        sync: DocumentSync,
        roster: Roster,
        waiting_room: WaitingRoom,
        connect: Callable[[Connection], None],
    ) -> None:
        self._state = state
        self._broadcast = broadcast
        self._cursors = cursors
        self._sync = sync
        self._roster = roster
        self._waiting_room = waiting_room
        self._connect = connect

    def apply(self, event: Event) -> None:
        """Apply an event that is stored and folded. Raises `EngineFailed`."""
        session = self._state.session
        match event.type:
            case "session-locked" if not session.locked:
                self._resume(self._broadcast.connections)
            case "session-ended":
                self._end()
            case "role-changed":
                self._change_role(session.participants[event.payload["userId"]])
            case "participant-removed":
                self._remove(event.payload["userId"])
            case "participant-renamed":
                self._cursors.renew(session.participants[event.payload["userId"]])
            case "entry-admitted" if "seat" in event.payload:
                self._move(event.payload["userId"], event.payload["seat"])
            case "entry-admitted":
                self._admit(event.payload["userId"])
            case "entry-declined":
                self._waiting_room.close_for(event.payload["userId"], Close.DECLINED)

    def _change_role(self, participant: Participant) -> None:
        mine = self._broadcast.of(participant.id)
        self._cursors.renew(participant)
        for each in mine:
            # An interviewer also sees the guests who wait for admission, and has the numbers of the
            # log; everybody else has numbers of their own.
            each.since = self._state.session.seq
            self._broadcast.send_state(each)
        if can(participant.role, Action.WRITE_PAD, self._state.session.status):
            self._resume(mine)

    def _remove(self, participant: str) -> None:
        self._roster.end_grace(participant)
        for each in self._broadcast.of(participant):
            each.outbox.close(Close.REMOVED)

    def _admit(self, participant: str) -> None:
        connection = self._waiting_room.open_for(participant)
        if connection is None:
            return
        if len(self._broadcast.connections) >= self._state.limits.sockets_per_room:
            connection.outbox.close(Close.FLOOD)  # it tries again until there is a place
            return
        self._connect(connection)
        if connection.reads_frames:
            # The client's questions were not answered while it waited.
            self._sync.send_everything(connection)

    def _move(self, guest: str, seat: str) -> None:
        """A participant goes on on another device: its page connects again, as that participant."""
        self._waiting_room.close_for(guest, Close.GOING_AWAY)
        for each in self._broadcast.of(seat):
            each.outbox.close(Close.REPLACED)

    def _resume(self, connections: Iterable[Connection]) -> None:
        """Writing is allowed again: ask the clients for the edits that were refused meanwhile."""
        for each in connections:
            if each.reads_frames:
                self._sync.ask(each)
                each.welcome()

    def _end(self) -> None:
        self._waiting_room.close(Close.ENDED)
        for each in tuple(self._broadcast.connections):
            role = self._state.caller(each.participant).role
            if not can(role, Action.READ_PAD, Status.ENDED):
                each.outbox.close(Close.ENDED)
