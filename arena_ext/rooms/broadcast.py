"""Broadcast: sends entries and checks to the connections that may see them."""

from __future__ import annotations

import json
from typing import Any

from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import Audience, Dialect, Document, Sync
from arena_ext.session.model import Edit, Entry, Event, Participant
from arena_ext.session.permissions import Role

from .connection import Connection, tell_all
from .snapshot import snapshot
from .state import State
from .text_view import TextView

#: After these events, JSON clients get the whole roster.
_ROSTER_CHANGES = {
    "participant-joined",
    "participant-left",
    "participant-renamed",
    "participant-removed",
    "role-changed",
}


class Broadcast:
    """The connections of a room."""

    def __init__(
        self, state: State, url: str, connections: set[Connection], text_view: TextView
    ) -> None:
        self.connections = connections
        self._state = state
        #: The address at which people join the session.
        self._url = url
        self._text_view = text_view

    def of(self, participant: str) -> list[Connection]:
        """The connections of a participant."""
        return [each for each in self.connections if each.participant == participant]

    def _participant(self, connection: Connection) -> Participant:
        return self._state.session.participants[connection.participant]

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
        everybody = entry.audience is Audience.EVERYONE
        pad = edit.document is Document.PAD
        for each in self.connections:
            if each is source or not (everybody or self._may_see(each, entry.audience)):
                continue
            if each.reads_frames and (pad or each.dialect is Dialect.ARENA):
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
            unaware = [each for each in self._text_view.clients if entry.seq > each.since]
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
