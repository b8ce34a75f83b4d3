"""DocumentSync: the Yjs sync protocol between a connection and the documents of its room.

The messages are those of y-protocols (https://github.com/yjs/y-protocols, `sync.js`): step 1 asks
with a state vector, step 2 answers, and an update is sent without a question. A check, which is
ours, also tells the server that the text of a page differs.
"""

from __future__ import annotations

import logging

from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import Update, decode
from arena_ext.crdt.validation import ClientIdTaken, MissingDependency
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_GAPS, MAX_PARTS
from arena_ext.protocol.wire import Audience, Dialect, Document, Sync
from arena_ext.session.model import Edit, Event
from arena_ext.session.permissions import Action, can, refusal

from .connection import Connection, Receipt
from .consistency import Consistency
from .journal import Journal
from .state import State

_log = logging.getLogger(__name__)

_READ = {Document.PAD: Action.READ_PAD, Document.NOTES: Action.READ_NOTES}
_WRITE = {Document.PAD: Action.WRITE_PAD, Document.NOTES: Action.WRITE_NOTES}
#: An update without content: it needs no right, and is not stored.
_EMPTY = b"\x00\x00"


class DocumentSync:
    """Answers questions and stores edits, as far as the current role of a connection allows it."""

    def __init__(self, state: State, journal: Journal, consistency: Consistency) -> None:
        self._state = state
        self._journal = journal
        self._consistency = consistency

    def receive(self, connection: Connection, message: SyncMessage) -> None:
        """Handle a message. Raises `Malformed`, `TextFull` or `EngineFailed`."""
        if message.kind in (Sync.STEP1, Sync.CHECK):
            self._answer(connection, message)
        else:
            self._edit(connection, message)

    def ask(self, connection: Connection, *documents: Document) -> None:
        """Ask a connection for edits that the server lacks, of the documents that it may write.

        Of all documents by default.
        """
        for document in documents or tuple(Document):
            if document is not Document.PAD and connection.dialect is Dialect.YJS:
                continue
            if self._may(connection, _WRITE[document]):
                self._send(connection, document, Sync.STEP1, self._replica(document).state_vector())

    def send_everything(self, connection: Connection) -> None:
        """Send the whole pad unasked."""
        self._send(connection, Document.PAD, Sync.STEP2, self._replica(Document.PAD).since(b"\x00"))

    def _answer(self, connection: Connection, question: SyncMessage) -> None:
        """Send the edits that a client lacks, if it may read the document."""
        document = question.document
        if not self._may(connection, _READ[document]):
            connection.refuse("denied", "you may not read this document")
            return
        update = self._replica(document).since(question.payload)
        self._send(connection, document, Sync.STEP2, update)
        if question.kind is Sync.CHECK:
            self._differs(connection, document)
        self._consistency.schedule(document)

    def _edit(self, connection: Connection, message: SyncMessage) -> None:
        document, empty = message.document, message.payload == _EMPTY
        writes = self._may(connection, _WRITE[document])
        reads = writes or self._may(connection, _READ[document])
        if reads and not empty and not writes:
            connection.deny()
            caller, status = self._state.caller(connection.participant), self._state.session.status
            connection.refuse("denied", refusal(caller.role, _WRITE[document], status))
            return
        receipt = connection.received()
        if not reads:
            # It is settled at once: the client will not send it again after a change of rights.
            connection.refuse("denied", "you may not read this document")
        elif not empty and self._store(connection, message, receipt):
            return
        self._journal.acknowledge(receipt)

    def _store(self, connection: Connection, message: SyncMessage, receipt: Receipt) -> bool:
        """Apply an edit and record it; false where there is nothing to record."""
        participant, document = connection.participant, message.document
        change = self._apply(connection, document, decode(message.payload, MAX_PARTS))
        if change is None:
            return False
        self._state.hold(participant, change.clients)
        if message.kind is Sync.STEP2 and document is Document.PAD:
            # These edits were made offline and arrive all at once: they must not look like a paste.
            caught_up = Event("typing-caught-up", {"userId": participant})
            self._journal.write(participant, caught_up, source=connection)
        audience = Audience.EVERYONE if document is Document.PAD else Audience.INTERVIEWERS
        edit = Edit(document, change.data)
        self._journal.write(participant, edit, audience, connection, receipt)
        return True

    def _apply(self, connection: Connection, document: Document, update: Update) -> Update | None:
        """The change that an update makes; None if there is none, or if it has to be sent again."""
        holds, roots = self._state.holds(connection.participant), self._state.roots(document)
        try:
            change = self._replica(document).apply(update, holds, roots)
        except ClientIdTaken as taken:
            if not connection.reads_events:
                raise  # a standard provider knows no other client id
            self._count_gap(connection)
            connection.refuse_client(taken.client)
            return None
        except MissingDependency:
            self._count_gap(connection)
            self.ask(connection, document)
            return None
        connection.gaps = 0
        return change

    @staticmethod
    def _count_gap(connection: Connection) -> None:
        connection.gaps += 1
        if connection.gaps > MAX_GAPS:
            raise Malformed("its edits cannot be applied") from None

    def _differs(self, connection: Connection, document: Document) -> None:
        """Ask a page whose text differs from the server's for all edits that the server lacks."""
        if not connection.differed:
            connection.differed = True
            _log.warning("a page in %s had another %s", self._state.session.id, document)
        self.ask(connection, document)

    def _may(self, connection: Connection, action: Action) -> bool:
        role = self._state.role(connection.participant)
        return can(role, action, self._state.session.status)

    def _replica(self, document: Document) -> Replica:
        return self._state.replica(document)

    @staticmethod
    def _send(connection: Connection, document: Document, kind: Sync, payload: bytes) -> None:
        connection.outbox.send_frame(SyncMessage(document, kind, payload).encode())
