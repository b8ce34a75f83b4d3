"""Cursors: takes the presence of the connections of a room, and shows it to the others.

A cursor stands in text that has to be there first. So it is shown with the entries that came before
it, once they are stored; that also costs one write instead of two.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection, Mapping, Sequence

from arena_ext.protocol.frames import MAX_PRESENCE_ENTRIES, PresenceMessage
from arena_ext.protocol.wire import Dialect, Document
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Role

from .connection import SENDING, Connection
from .journal import Journal
from .presence import Entries, Moved, Presence, presence_frame
from .state import State
from .text_view import TextView

#: Connections from which on cursors are shown at most as often as a screen is drawn; and the
#: seconds between two times.
_MANY, _INTERVAL = 16, 0.016


class Cursors:
    """The presence of a room's connections."""

    def __init__(self, state: State, journal: Journal, connections: Collection[Connection]) -> None:
        self._state = state
        self._journal = journal
        self._connections = connections
        self._presence: Presence[Connection] = Presence()
        self.text_view = TextView(
            state.replica(Document.PAD),
            self._presence,
            lambda: state.session.main,
            state.limits,
        )
        #: Entries that were not shown yet, each with the `seq` of the last entry of the log before
        #: it, and the connection that it came from.
        self._due: dict[int, tuple[int, Connection, bytes]] = {}
        #: Whether cursors wait until the entries before them are stored.
        self._wait = True
        self._timer: asyncio.TimerHandle | None = None
        #: The earliest moment of the next showing to many, on the event loop's clock.
        self._next = 0.0

    def _participant(self, connection: Connection) -> Participant:
        return self._state.session.participants[connection.participant]

    def renew(self, participant: Participant) -> None:
        """Show a participant, whose role or name has changed, with the new one."""
        self._presence.renew(participant)

    def leave(self, connection: Connection) -> None:
        """Remove the cursors of a connection that is gone."""
        self._relay(self._presence.leave(connection), connection)
        if not any(each.participant == connection.participant for each in self._connections):
            self.text_view.forget(connection.participant)

    def moved(self, connection: Connection, moved: Moved) -> bool:
        """Take the usual frame of an editor; False where it needs a closer look."""
        if self._participant(connection).role is Role.OBSERVER:
            return False  # its client id may have become somebody else's
        roots = [each.root for each in self._state.session.files]
        entries = self._presence.moved(connection, moved, roots)
        if entries is None:
            return False
        self._relay(entries, connection)
        self.text_view.presence_changed()
        return True

    def update(self, connection: Connection, message: PresenceMessage) -> None:
        """Take the cursors that a connection sends, and show them to the others."""
        mine = [
            each
            for each in message.states
            if each.state is None or self._may_show(connection, each.client)
        ]
        participant = self._participant(connection)
        roots = [each.root for each in self._state.session.files]
        self._relay(self._presence.update(connection, participant, mine, roots), connection)
        self.text_view.presence_changed()

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
            self._relay({client: self._presence.remove(client)}, connection)
        return True

    def move(self, connection: Connection, cursor: Mapping[str, int]) -> None:
        """Put the cursor of a JSON client at a line and column. Raises `EngineFailed`."""
        participant = self._participant(connection)
        line, column = int(cursor["line"]), int(cursor["column"])  # in JSON, 1.0 is an integer too
        main = self._state.session.main
        unit = self._state.replica(Document.PAD).unit_at(line, column, main)
        if self._state.taken_by_another(participant.id, connection.client):
            self._relay(self._presence.leave(connection), connection)
            connection.take_new_client()
        entries = self._presence.move(connection, participant, connection.client, main, unit)
        self._relay(entries, connection)
        self.text_view.cursor_moved(participant.id, line, column, connection)

    def show_all(self, connection: Connection) -> None:
        """Send a connection all cursors."""
        entries = self._presence.entries()
        if entries:
            connection.outbox.send_frame(presence_frame(entries))

    # --- showing to the others --------------------------------------------------------------------

    def _relay(self, entries: Entries, source: Connection) -> None:
        before = self._state.session.seq
        for client, entry in entries.items():
            self._due[client] = before, source, entry
        source.pay(SENDING * len(self._connections))
        if len(self._due) > MAX_PRESENCE_ENTRIES:
            self._show(tuple(self._due))  # so many are not of honest editors
        else:
            self.show()

    def storing(self, *, ok: bool) -> None:
        """Whether entries can be stored; while they cannot, cursors do not wait for them."""
        self._wait = ok
        self.show()

    def show(self) -> None:
        """Show what is due, as far as the entries before it are stored."""
        if not self._due:
            return
        stored = self._journal.stored_seq if self._wait else math.inf
        clients = [client for client, (before, *_) in self._due.items() if before <= stored]
        if not clients or (len(self._connections) >= _MANY and self._too_early()):
            return
        self._show(clients)

    def _too_early(self) -> bool:
        """Whether cursors were shown a moment ago; then they are shown once it is over."""
        loop = asyncio.get_running_loop()
        early = loop.time() < self._next
        if not early:
            self._next = loop.time() + _INTERVAL
        elif self._timer is None:
            self._timer = loop.call_at(self._next, self._late)
        return early

    def _late(self) -> None:
        self._timer = None
        self.show()

    def _show(self, clients: Sequence[int]) -> None:
        """Show what is due of some clients, in frames that every page reads."""
        for start in range(0, len(clients), MAX_PRESENCE_ENTRIES):
            some = clients[start : start + MAX_PRESENCE_ENTRIES]
            self._send([self._due.pop(client)[1:] for client in some])

    def _send(self, due: list[tuple[Connection, bytes]]) -> None:
        """Send entries to all connections but the one that each came from."""
        sources = {source for source, _ in due}
        whole = presence_frame([entry for _, entry in due])
        for each in self._connections:
            if not each.reads_frames:
                continue
            if each not in sources:
                each.outbox.send_frame(whole)
            elif len(sources) > 1:
                others = [entry for source, entry in due if source is not each]
                each.outbox.send_frame(presence_frame(others))

    def stop(self) -> None:
        """Show nothing more: the room is closed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
