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
        if not self.of(connection.participant):
            self._text_view.forget(connection.participant)

    def send_state(self, connection: Connection) -> None:
        """Send a connection the session as its participant may see it. Raises `EngineFailed`."""
        if connection.reads_events:
            connection.outbox.send_text(snapshot(self._state, self._url, connection.participant))

    # --- entries ------------------------------------------------------------------------------

    def _interviews(self, connection: Connection) -> bool:
        return self._participant(connection).role is Role.INTERVIEWER

    def _may_see(self, connection: Connection, audience: Audience) -> bool:
        if audience is Audience.INTERVIEWERS:
            return self._interviews(connection)
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

    def show_event(
        self, entry: Entry, event: Event, source: Connection | None, shared: int
    ) -> None:
        """Send an event to all connections that may see it and do not have it yet.

        `shared` is its number among the entries for everyone: interviewers get the number of the
        log, and others get this one, which does not count what they may not see.
        """
        message = {"type": event.type, "payload": event.payload, "seq": entry.seq, "at": entry.at}
        texts: dict[tuple[Dialect, bool], bytes] = {}
        for each in tuple(self.connections):
            heard = each is source or entry.seq <= each.since
            if each.reads_events and not heard and self._may_see(each, entry.audience):
                kind = each.dialect, self._interviews(each)
                if kind not in texts:
                    numbered = message if self._interviews(each) else {**message, "seq": shared}
                    text = json.dumps(self._in_full(numbered, each), ensure_ascii=False)
                    texts[kind] = text.encode()
                each.outbox.send_text(texts[kind])
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
        mine = [
            each
            for each in message.states
            if each.state is None or self._may_show(connection, each.client)
        ]
        participant = self._participant(connection)
        roots = [each.root for each in self._state.session.files]
        heard = self._presence.update(connection, participant, mine, roots)
        self._relay(heard, connection)
        self._text_view.presence_changed()

    def _may_show(self, connection: Connection, client: int) -> bool:
        """Whether a connection may show presence under a client id; its first showing claims it.

        Observers claim none, as they write nothing; so their presence gives way to a claim.
        """
        participant = self._participant(connection)
        if self._state.taken_by_another(participant.id, client):
            if connection.dialect is Dialect.ARENA:
                connection.refuse_client(client)
            return False
        shown_by = self._presence.shown_by(client)
        if shown_by is not None and shown_by is not connection:
            # A standard provider repeats the presence of others, so it cannot claim their ids.
            observed = self._participant(shown_by).role is Role.OBSERVER
            if not observed or connection.dialect is Dialect.YJS:
                return False
        if participant.role is Role.OBSERVER:
            return True
        if not self._state.claim(participant.id, client):
            return False
        if shown_by is not None and shown_by.participant != participant.id:
            self._relay([self._presence.remove(client)], connection)
        return True

    def move_cursor(self, connection: Connection, cursor: Mapping[str, int]) -> None:
        """Put the cursor of a JSON client at a line and column. Raises `EngineFailed`."""
        participant = self._participant(connection)
        line, column = int(cursor["line"]), int(cursor["column"])  # in JSON, 1.0 is an integer too
        main = self._state.session.main
        unit = self._state.replica(Document.PAD).unit_at(line, column, main)
        if self._state.taken_by_another(participant.id, connection.client):
            self._relay(self._presence.leave(connection), connection)
            connection.take_new_client()
        state = self._presence.move(connection, participant, connection.client, main, unit)
        self._relay([state], connection)
        self._text_view.cursor_moved(participant.id, line, column, connection)

    def _relay(self, states: Sequence[PresenceState], source: Connection) -> None:
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
