"""The state of a session: what its log folds into, events and edits alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import authors
from arena_ext.crdt.validation import Holds
from arena_ext.protocol.limits import MAX_CLIENTS_EACH, Limits
from arena_ext.protocol.wire import Document
from arena_ext.session.fold import fold
from arena_ext.session.model import Edit, Entry, Session
from arena_ext.session.permissions import Caller
from arena_ext.storage.log import Checkpoint

from . import checkpoint


class State:
    """A session's facts and texts, who may write under which client id, and which ids are used."""

    def __init__(self, session: str, process: EngineProcess, limits: Limits) -> None:
        self.limits = limits
        self.session = Session(session)
        self._replicas = {document: Replica(document, process) for document in Document}
        #: Who may write under a client id: whoever wrote first; and how many ids somebody has.
        self._holders: dict[int, str | None] = {}
        self._held: Counter[str | None] = Counter()
        #: Nor does anybody else under one by which somebody is shown, for as long as they are.
        self._shown: dict[int, str] = {}
        #: Ids that authors gave to their events, to take each once; the oldest of each first.
        self._events: defaultdict[str | None, dict[str, None]] = defaultdict(dict)

    @property
    def alive(self) -> bool:
        """Whether its texts can be used."""
        return all(replica.alive for replica in self._replicas.values())

    def caller(self, participant: str) -> Caller:
        """A participant with the role that they have now."""
        return Caller(participant, self.session.participants[participant].role)

    def replica(self, document: Document) -> Replica:
        """The text of a document."""
        return self._replicas[document]

    def load(self, entry: Entry) -> None:
        """Take in an entry of the log: facts, and the text of an edit."""
        self.fold(entry)
        if isinstance(entry.body, Edit):
            self._replicas[entry.body.document].load(entry.body.update)
            self.hold(entry.participant, authors(entry.body.update))

    def fold(self, entry: Entry) -> None:
        """Take in an entry whose edit the replica has made already."""
        fold(self.session, entry)
        if not isinstance(entry.body, Edit) and entry.body.id is not None:
            self._remember(entry.participant, entry.body.id)

    def _remember(self, author: str | None, event: str) -> None:
        self._events[author][event] = None
        if sum(map(len, self._events.values())) > self.limits.event_ids_kept:
            # Who sends very many forgets their own, not those of others.
            most = max(self._events.values(), key=len)
            del most[next(iter(most))]

    def serve(self) -> None:
        """Have what was taken in ready to be shown. Raises `EngineFailed`."""
        for replica in self._replicas.values():
            replica.serve()

    def taken(self, author: str | None, event: str | None) -> bool:
        """Whether an author's event of this id was taken already."""
        return event is not None and event in self._events.get(author, ())

    def hold(self, participant: str | None, clients: Iterable[int]) -> None:
        """Let `participant` alone write under these client ids, where nobody else may yet."""
        for client in clients:
            if client not in self._holders:
                self._holders[client] = participant
                self._held[participant] += 1

    def show(self, participant: str, client: int, *, shown: bool) -> None:
        """Somebody's cursor is shown to the others under a client id, or no longer."""
        if shown:
            self._shown[client] = participant
        else:
            self._shown.pop(client, None)

    def holds(self, participant: str | None) -> Holds:
        """Tells under which client ids `participant` may write, in one update."""
        more: set[int] = set()

        def may(client: int) -> bool:
            if client in self._holders:
                return self._holders[client] == participant
            if self._shown.get(client, participant) != participant:
                return False
            more.add(client)
            return self._held[participant] + len(more) <= MAX_CLIENTS_EACH

        return may

    def roots(self, document: Document) -> Collection[str]:
        """The texts of a document beside its main one."""
        return self.session.roots if document is Document.PAD else ()

    # --- checkpoints ------------------------------------------------------------------------

    def checkpoint(self) -> Checkpoint:
        """All of this as one checkpoint of the log."""
        events = [(author, event) for author, ids in self._events.items() for event in ids]
        state = checkpoint.dump(self.session, self._replicas, self._holders, events)
        return Checkpoint(self.session.seq, state)

    def restore(self, kept: Checkpoint) -> None:
        """Begin from a checkpoint instead of from nothing. Raises `checkpoint.StaleCheckpoint`."""
        was = checkpoint.load(kept.state)
        self.session = was.session
        for document, update in was.updates.items():
            self._replicas[document].load(update)
        self._holders.update(was.holders)
        self._held.update(was.holders.values())
        for author, event in was.events:
            self._events[author][event] = None
