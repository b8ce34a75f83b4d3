"""Broadcast: sends entries, presence and checks to the connections that may see them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from arena_ext.protocol.frames import PresenceMessage, PresenceState, SyncMessage
from arena_ext.protocol.wire import Audience, Dialect, Document, Sync
from arena_ext.session.model import Edit, Entry, Event, Participant
from arena_ext.session.permissions import Role

from .connection import Connection, tell_all
from .presence import Presence
from .snapshot import snapshot
from .state import State
from .text_view import TextView

#: After these events, JSON clients get the whole roster.
_ROSTER_CHANGES = {
    "participant-joined",
    "participant-left",
    "participant-removed",
    "role-changed",
}


class Broadcast:
    """The connections of a room, and their cursors."""

    def __init__(self, state: State, url: str) -> None:
        self.connections: set[Connection] = set()
        self._state = state
        #: The address at which people join the session.
        self._url = url
        self._presence: Presence[Connection] = Presence()
        self._text_view = TextView(
            state.replica(Document.PAD),
            self._presence,
            lambda: state.session.main,
            lambda: [each for each in self.connections if each.dialect is Dialect.JSON],
            state.limits,
        )

    def of(self, participant: str) -> list[Connection]:
        """The connections of a participant."""
        return [each for each in self.connections if each.participant == participant]

    def _participant(self, connection: Connection) -> Participant:
        return self._state.session.participants[connection.participant]

    def renew(self, participant: Participant) -> None:
        """Show a participant, whose role has changed, with the new role."""
        self._presence.renew(participant)

    def leave(self, connection: Connection) -> None:
        """Remove a connection and its cursors."""
        self.connections.discard(connection)
        self._relay(self._presence.leave(connection), connection)

    def send_state(self, connection: Connection) -> None:
        """Send a connection the session as its participant may see it. Raises `EngineFailed`."""
        if connection.reads_events:
            connection.outbox.send_text(snapshot(self._state, self._url, connection.participant))

    # --- entries ------------------------------------------------------------------------------

    def _may_see(self, connection: Connection, audience: Audience) -> bool:
        if audience is Audience.INTERVIEWERS:
            return self._participant(connection).role is Role.INTERVIEWER
        return audience is Audience.EVERYONE

    def show_edit(self, entry: Entry, edit: Edit, source: Connection | None) -> None:
        """Send an edit to all connections that may see it, except the one that it came from."""
        frame = SyncMessage(edit.document, Sync.UPDATE, edit.update).encode()
        for each in self.connections:
            if each is source or not self._may_see(each, entry.audience):
                continue
            if each.dialect is Dialect.ARENA or (
                each.dialect is Dialect.YJS and edit.document is Document.PAD
            ):
                each.outbox.send_frame(frame)
        if edit.document is Document.PAD:
            self._text_view.text_changed(entry.participant, source)

    def show_check(self, check: SyncMessage) -> None:
        """Send the check of a document to our pages that may see it."""
        in_notes = check.document is Document.NOTES
        audience = Audience.INTERVIEWERS if in_notes else Audience.EVERYONE
        for each in tuple(self.connections):
            if each.dialect is Dialect.ARENA and self._may_see(each, audience):
                each.outbox.send_frame(check.encode())

    def show_event(self, entry: Entry, event: Event, source: Connection | None) -> None:
        """Send an event to all connections that may see it and do not have it yet."""
        message = {
            "type": event.type,
            "payload": event.payload,
            "seq": entry.seq,
            "at": entry.at,
        }
        texts: dict[Dialect, bytes] = {}
        for each in tuple(self.connections):
            heard = each is source or entry.seq <= each.since
            if each.reads_events and not heard and self._may_see(each, entry.audience):
                if each.dialect not in texts:
                    text = json.dumps(self._in_full(message, each), ensure_ascii=False)
                    texts[each.dialect] = text.encode()
                each.outbox.send_text(texts[each.dialect])
        if event.type in _ROSTER_CHANGES:
            bots = [each for each in self.connections if each.dialect is Dialect.JSON]
            unaware = [each for each in bots if entry.seq > each.since]
            tell_all(unaware, "presence-update", {"users": self._state.session.users()})
        if event.type == "main-file-changed":
            self._text_view.text_changed(entry.participant, None)

    def _in_full(self, message: dict[str, Any], connection: Connection) -> dict[str, Any]:
        """Add the output of its run to a result for a JSON client; our pages got that in chunks."""
        payload = message["payload"]
        if message["type"] != "execution-result" or connection.dialect is not Dialect.JSON:
            return message
        run = self._state.session.runs.get(payload["runId"])
        output = payload["output"] or (run.output() if run is not None else "")
        return {**message, "payload": {**payload, "output": output}}

    # --- presence ---------------------------------------------------------------------------------

    def update_presence(self, connection: Connection, message: PresenceMessage) -> None:
        """Take the cursors that a connection sends, and send them to the others."""
        participant = self._participant(connection)
        holds = self._state.holds(participant.id)
        mine = [each for each in message.states if holds(each.client)]
        heard = self._presence.update(connection, participant, mine)
        self._relay(heard, connection)
        self._text_view.presence_changed()

    def move_cursor(self, connection: Connection, cursor: Mapping[str, int]) -> None:
        """Put the cursor of a JSON client at a line and column. Raises `EngineFailed`."""
        participant = self._participant(connection)
        line, column = int(cursor["line"]), int(cursor["column"])  # in JSON, 1.0 is an integer too
        main = self._state.session.main
        unit = self._state.replica(Document.PAD).unit_at(line, column, main)
        state = self._presence.move(connection, participant, connection.client, main, unit)
        self._relay([state], connection)
        self._text_view.cursor_moved(participant.id, line, column, connection)

    def _relay(self, states: Sequence[PresenceState], source: Connection) -> None:
        for shown in states:
            self._state.show(source.participant, shown.client, shown=shown.state is not None)
        if states:
            frame = PresenceMessage(states).encode()
            for each in self.connections:
                if each.reads_frames and each is not source:
                    each.outbox.send_frame(frame)

    def send_presence(self, connection: Connection) -> None:
        """Send a connection all cursors."""
        states = self._presence.states()
        if states:
            connection.outbox.send_frame(PresenceMessage(states).encode())
