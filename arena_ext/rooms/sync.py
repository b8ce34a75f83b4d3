"""DocumentSync: what a connection and the texts of its room ask and tell each other, in frames."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import authors
from arena_ext.crdt.validation import MissingDependency
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_GAPS
from arena_ext.protocol.wire import Audience, Dialect, Document, Sync
from arena_ext.rooms.journal import Record
from arena_ext.session.model import Edit, Event
from arena_ext.session.permissions import Action, can

from .connection import Connection, Receipt
from .state import State

_log = logging.getLogger(__name__)

_READ = {Document.PAD: Action.READ_PAD, Document.NOTES: Action.READ_NOTES}
_WRITE = {Document.PAD: Action.WRITE_PAD, Document.NOTES: Action.WRITE_NOTES}
#: An update with nothing in it: nothing to store, nothing to allow.
_EMPTY = b"\x00\x00"


class DocumentSync:
    """Answers questions and takes edits, of whoever may ask and write now.

    `settle` tells a connection that something it sent is dealt with; `due`, that somebody may have
    another text than is stored.
    """

    def __init__(
        self,
        state: State,
        record: Record,
        settle: Callable[[Connection, Receipt], None],
        due: Callable[[Document], None],
    ) -> None:
        self._state = state
        self._record = record
        self._settle = settle
        self._due = due

    def receive(self, connection: Connection, message: SyncMessage) -> None:
        """Handle a message. Raises `Malformed`, `TextFull` or `EngineFailed`."""
        if message.kind in (Sync.STEP1, Sync.CHECK):
            self._answer(connection, message)
        else:
            self._edit(connection, message)

    def ask(self, connection: Connection, *documents: Document) -> None:
        """Ask for what a connection has and we lack, of the documents that it may write."""
        for document in documents or tuple(Document):
            if document is not Document.PAD and connection.dialect is Dialect.YJS:
                continue
            if self._may(connection, _WRITE[document]):
                self._send(connection, document, Sync.STEP1, self._replica(document).state_vector())

    def send_everything(self, connection: Connection) -> None:
        """Send the pad unasked."""
        self._send(connection, Document.PAD, Sync.STEP2, self._replica(Document.PAD).since(b"\x00"))

    def _answer(self, connection: Connection, question: SyncMessage) -> None:
        """Send a client what it lacks, if it may read that."""
        document = question.document
        if not self._may(connection, _READ[document]):
            connection.refuse("denied", "you may not read this document")
            return
        update = self._replica(document).since(question.payload)
        self._send(connection, document, Sync.STEP2, update)
        if question.kind is Sync.CHECK:
            self._differs(connection, document)
        self._due(document)

    def _edit(self, connection: Connection, message: SyncMessage) -> None:
        document, empty = message.document, message.payload == _EMPTY
        reads = self._may(connection, _READ[document])
        if reads and not empty and not self._may(connection, _WRITE[document]):
            connection.deny()
            connection.refuse("denied", "you may not write now")
            return
        done = partial(self._settle, connection, connection.received())
        if not reads:
            # No change of rights will make it welcome.
            connection.refuse("denied", "you may not read this document")
        elif not empty and self._take(connection, message, done):
            return
        done()

    def _take(self, connection: Connection, message: SyncMessage, done: Callable[[], None]) -> bool:
        """Store an edit, and then call `done`; false where there is nothing to store."""
        participant, document = connection.participant, message.document
        try:
            change = self._replica(document).apply(
                message.payload, self._state.holds(participant), self._state.roots(document)
            )
        except MissingDependency:
            connection.gaps += 1
            if connection.gaps > MAX_GAPS:
                raise Malformed("its edits build on what nobody has") from None
            self.ask(connection, document)
            return False
        connection.gaps = 0
        if change is None:
            return False
        self._state.hold(participant, authors(change))
        if message.kind is Sync.STEP2 and document is Document.PAD:
            # It was made before, and comes all at once: nobody is to take it for a paste.
            caught_up = Event("typing-caught-up", {"userId": participant})
            self._record(participant, caught_up, Audience.EVERYONE, connection)
        audience = Audience.EVERYONE if document is Document.PAD else Audience.INTERVIEWERS
        self._record(participant, Edit(document, change), audience, connection, done)
        return True

    def _differs(self, connection: Connection, document: Document) -> None:
        """A page has another text: whatever it has and we lack, it is to send."""
        if not connection.differed:
            connection.differed = True
            _log.warning("a page in %s had another %s", self._state.session.id, document)
        self.ask(connection, document)

    def _may(self, connection: Connection, action: Action) -> bool:
        role = self._state.caller(connection.participant).role
        return can(role, action, self._state.session.status)

    def _replica(self, document: Document) -> Replica:
        return self._state.replica(document)

    @staticmethod
    def _send(connection: Connection, document: Document, kind: Sync, payload: bytes) -> None:
        connection.outbox.send_frame(SyncMessage(document, kind, payload).encode())
