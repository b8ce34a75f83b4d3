"""The journal of a room: appends entries to the log, and keeps checkpoints of the folded state.

Safety: `on_stored` is called for an entry only after the log has stored it, and for the entries of
a session in the order of their `seq`.

Liveness: each entry is followed by `on_stored`, or by `on_lost` where the log cannot take it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeAlias

from arena_ext.protocol.wire import Audience
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.session.permissions import Role
from arena_ext.storage.log import Checkpoint, Log, resolve

from . import checkpoint
from .checkpoint import Cut, Restored
from .connection import Connection, Receipt
from .state import State

_log = logging.getLogger(__name__)

#: An entry that the log has not stored yet, its connection, and what is to be acknowledged then.
_Pending: TypeAlias = tuple[Entry, Connection | None, Receipt | None]


class Journal:
    """The write path of one session.

    `on_stored` gets an entry, and the connection that it came from if that connection has it
    already. `on_lost` is called after another process has written to this session's log, or has
    deleted it.
    """

    def __init__(
        self,
        log: Log,
        state: State,
        on_stored: Callable[[Entry, Connection | None], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._log = log
        self._state = state
        self._on_stored = on_stored
        self._on_lost = on_lost
        #: The `seq` of the last entry that the log has stored, and the entries still to be stored.
        self.stored_seq = 0
        self._pending: deque[_Pending] = deque()
        #: The futures that callers wait for, by the `seq` of their entries.
        self._awaited: dict[int, asyncio.Future[None]] = {}
        #: The number of stored entries that are for everyone.
        self.stored_shared = 0
        #: The `seq` at which the next checkpoint is due, and the weight of the entries since the
        #: last one.
        self._checkpoint_at = checkpoint.EVERY
        self._since_checkpoint = 0
        #: The storing of the last checkpoint.
        self._keeping: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether the log has stored any entry of this session."""
        return self.stored_seq > 0

    @property
    def pending(self) -> bool:
        """Whether entries wait to be stored."""
        return bool(self._pending)

    @property
    def latest(self) -> asyncio.Future[None] | None:
        """Done when all entries recorded so far are stored, or refused; None where all are."""
        return self._future(self._pending[-1][0].seq) if self._pending else None

    # --- opening a session --------------------------------------------------------------------

    def restore(self, restored: Restored) -> None:
        """Begin from a checkpoint of the log. Raises `Malformed`."""
        self._state.restore(restored)
        self.stored_seq = restored.session.seq
        self.stored_shared = restored.session.shared
        self._checkpoint_at = self.stored_seq + checkpoint.EVERY

    def replay(self, entries: Iterable[Entry]) -> None:
        """Load entries of the log. Raises `Malformed`, or `EngineFailed`."""
        for entry in entries:
            self._state.load(entry)
            self.stored_seq = entry.seq
            self._since_checkpoint += checkpoint.weight(entry.body)
        self.stored_shared = self._state.session.shared
        self._state.serve()

    # --- writing ------------------------------------------------------------------------------

    def record(
        self,
        author: str | None,
        body: Edit | Event,
        audience: Audience = Audience.EVERYONE,
        source: Connection | None = None,
        receipt: Receipt | None = None,
    ) -> asyncio.Future[None]:
        """Append an entry, as `write` does; for callers that wait until it is stored.

        The future that it returns is done after that; it raises `Conflict` where the log is lost.
        """
        self.write(author, body, audience, source, receipt)
        return self._future(self._state.session.seq)

    def write(
        self,
        author: str | None,
        body: Edit | Event,
        audience: Audience = Audience.EVERYONE,
        source: Connection | None = None,
        receipt: Receipt | None = None,
    ) -> None:
        """Append an entry. Once it is stored, call `on_stored`, then acknowledge `receipt`."""
        entry = Entry(self._state.session.seq + 1, time.time_ns() // 10**6, author, audience, body)
        self._state.fold(entry)
        self._pending.append((entry, source, receipt))
        self._log.append(self._state.session.id, entry, self._appended)
        self._since_checkpoint += checkpoint.weight(body)
        if entry.seq >= self._checkpoint_at or self._since_checkpoint >= checkpoint.MOST:
            self.keep_checkpoint()

    def _future(self, seq: int) -> asyncio.Future[None]:
        """Done when the pending entry `seq` is stored, or refused."""
        future = self._awaited.get(seq)
        if future is None:
            future = self._awaited[seq] = asyncio.get_running_loop().create_future()
        return future

    def keep_checkpoint(self) -> asyncio.Task[None]:
        """Store the folded state of now, so that this session is opened faster next time.

        The task that it returns is done when the log has the checkpoint.
        """
        self._checkpoint_at = self._state.session.seq + checkpoint.EVERY
        self._since_checkpoint = 0
        self._keeping = asyncio.create_task(self._keep(self._state.cut(), self._keeping))
        return self._keeping

    async def _keep(self, cut: Cut, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])  # so that the later one stays
        state = await asyncio.to_thread(checkpoint.dump, cut)
        self._log.checkpoint(self._state.session.id, Checkpoint(cut.seq, state))

    def acknowledge(self, receipt: Receipt) -> None:
        """Settle a message of a connection, and send `saved` to it if its count has grown."""
        connection = receipt.connection
        if connection.settle(receipt) and connection.reads_events:
            interviews = self._state.role(connection.participant) is Role.INTERVIEWER
            seq = self.stored_seq if interviews else self.stored_shared
            connection.saved(seq)

    def _appended(self, error: Exception | None) -> None:
        """The log has stored the first of the pending entries, or has refused it."""
        entry, source, receipt = self._pending.popleft()
        try:
            if error is None:
                self._stored(entry, source, receipt)
            else:
                session = self._state.session.id
                _log.warning("session %s was written to or deleted by another process", session)
                self._on_lost()
        finally:
            future = self._awaited.pop(entry.seq, None) if self._awaited else None
            if future is not None:
                resolve(future, error)
                if not future.cancelled():
                    future.exception()  # not all callers look at it

    def _stored(self, entry: Entry, source: Connection | None, receipt: Receipt | None) -> None:
        self.stored_seq = entry.seq
        self.stored_shared += entry.audience is Audience.EVERYONE
        began = time.perf_counter()
        self._on_stored(entry, source)
        if source is not None:
            source.pay(time.perf_counter() - began)
        if receipt is not None:
            self.acknowledge(receipt)
