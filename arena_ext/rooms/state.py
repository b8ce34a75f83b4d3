"""The state of a session: its log, folded. Events become facts, and edits become texts."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator

from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import decode
from arena_ext.crdt.validation import Holds
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_CLIENTS_EACH, Limits
from arena_ext.protocol.wire import Document
from arena_ext.session.fold import fold
from arena_ext.session.model import Edit, Entry, Session
from arena_ext.session.permissions import Caller, Role

from . import checkpoint
from .checkpoint import Cut, Restored
from .encoded import EncodedState


class State:
    """A session's facts and texts, the holders of client ids, and the ids of events so far."""

    def __init__(self, session: str, process: EngineProcess, limits: Limits) -> None:
        self.limits = limits
        self.session = Session(session)
        self.encoded = EncodedState()
        self._replicas = {document: Replica(document, process) for document in Document}
        #: The holder of each client id, which is the first participant who wrote under it: nobody
        #: else may write under it. And the number of client ids of each participant.
        self._holders: dict[int, str | None] = {}
        self._held: Counter[str | None] = Counter()
        #: The participant of each client id under which a cursor was shown, and nothing written
        #: yet: nobody else may use it either. And the number of these ids of each participant.
        self._claims: dict[int, str] = {}
        self._claimed: Counter[str] = Counter()
        #: Per author, the ids of their events, oldest first: each event is taken once.
        self._events: defaultdict[str | None, dict[str, None]] = defaultdict(dict)

    @property
    def alive(self) -> bool:
        """Whether its documents can be used."""
        return all(replica.alive for replica in self._replicas.values())

    @property
    def refused(self) -> frozenset[bytes]:
        """Edits at which the engine failed after they were taken."""
        return frozenset[bytes]().union(*(each.refused for each in self._replicas.values()))

    def role(self, participant: str) -> Role:
        """The current role of a participant."""
        return self.session.participants[participant].role

    def caller(self, participant: str) -> Caller:
        """A participant with their current role."""
        return Caller(participant, self.role(participant))

    def replica(self, document: Document) -> Replica:
        """The text of a document."""
        return self._replicas[document]

    def load(self, entry: Entry) -> None:
        """Fold an entry of the log, and load its edit. Raises `Malformed`, or `EngineFailed`."""
        self._fold(entry)
        if isinstance(entry.body, Edit):
            update = decode(entry.body.update)
            self._replicas[entry.body.document].load(update)
            self.hold(entry.participant, update.clients)

    def fold(self, entry: Entry) -> None:
        """Fold an entry whose edit the replica has applied already."""
        self._fold(entry)
        if not isinstance(entry.body, Edit):
            run = self.session.runs.get(entry.body.payload.get("runId", ""))
            if run is not None:
                deque(self.encoded.note(run), maxlen=0)

    def _fold(self, entry: Entry) -> None:
        fold(self.session, entry)
        if not isinstance(entry.body, Edit) and entry.body.id is not None:
            self._remember(entry.participant, entry.body.id)

    def encode(self) -> Iterator[int]:
        """Encode what was loaded, in short steps."""
        return self.encoded.steps(self.session.runs.values())

    def _remember(self, author: str | None, event: str) -> None:
        self._events[author][event] = None
        if sum(map(len, self._events.values())) > self.limits.event_ids_kept:
            # An author of very many events displaces only their own ids.
            most = max(self._events.values(), key=len)
            del most[next(iter(most))]

    def serve(self) -> None:
        """Make the loaded texts ready to be read. Raises `EngineFailed`."""
        for replica in self._replicas.values():
            replica.serve()

    def taken(self, author: str | None, event: str | None) -> bool:
        """Whether an author's event of this id was taken already."""
        return event is not None and event in self._events.get(author, ())

    def hold(self, participant: str | None, clients: Iterable[int]) -> None:
        """Reserve for a participant the client ids that have no holder yet."""
        for client in clients:
            if client not in self._holders:
                self._holders[client] = participant
                self._held[participant] += 1
            claimant = self._claims.pop(client, None)
            if claimant is not None:
                self._claimed[claimant] -= 1

    def claim(self, participant: str, client: int) -> bool:
        """Reserve a client id under which a participant's cursor is shown, for the session's life.

        False where it belongs to somebody else, or the participant has claimed too many.
        """
        if self.taken_by_another(participant, client):
            return False
        if client not in self._holders and client not in self._claims:
            if self._claimed[participant] >= MAX_CLIENTS_EACH:
                return False
            self._claims[client] = participant
            self._claimed[participant] += 1
        return True

    def taken_by_another(self, participant: str | None, client: int) -> bool:
        """Whether a client id belongs to somebody else than `participant`, or to the server."""
        if client in self._holders:
            return self._holders[client] != participant
        if any(client == each.client_id for each in self._replicas.values()):
            return True
        return self._claims.get(client, participant) != participant

    def holds(self, participant: str | None) -> Holds:
        """A function that says whether one update of `participant` may write under a client id."""
        more: set[int] = set()

        def may(client: int) -> bool:
            if self.taken_by_another(participant, client):
                return False
            if client not in self._holders:
                more.add(client)
                if self._held[participant] + len(more) > MAX_CLIENTS_EACH:
                    raise Malformed("too many client ids")
            return True

        return may

    def roots(self, document: Document) -> Collection[str]:
        """The roots of a document's texts beside its main one."""
        return self.session.roots if document is Document.PAD else ()

    # --- checkpoints ------------------------------------------------------------------------

    def cut(self) -> Cut:
        """The state of this moment, for a checkpoint. Raises `EngineFailed`."""
        events = {author: list(ids) for author, ids in self._events.items()}
        return checkpoint.cut(self.session, self._replicas, self._holders, self._claims, events)

    def restore(self, restored: Restored) -> None:
        """Begin from a checkpoint. Raises `Malformed`."""
        self.session = restored.session
        for document, update in restored.updates.items():
            self._replicas[document].load(decode(update))
        self._holders.update(restored.holders)
        self._held.update(restored.holders.values())
        self._claims.update(restored.claims)
        self._claimed.update(restored.claims.values())
        for author, ids in restored.events.items():
            self._events[author] = dict.fromkeys(ids)
