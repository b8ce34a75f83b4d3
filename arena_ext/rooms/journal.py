"""The journal of a room: appends entries to the log, and keeps checkpoints of the folded state.

Safety: `on_stored` is called for an entry only after the log has stored it, and for the entries of
a session in the order of their `seq`.

Liveness: each entry is followed by `on_stored`, or by `on_lost` where the log cannot take it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from functools import partial

from arena_ext.protocol.wire import Audience
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.session.permissions import Role
from arena_ext.storage.log import Checkpoint, Log

from . import checkpoint
from .checkpoint import Cut, Restored
from .connection import Connection, Receipt
from .state import State

_log = logging.getLogger(__name__)


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
        #: The `seq` of the last entry that the log has stored, and how many it has still to store.
        self.stored_seq = 0
        self._pending = 0
        #: The number of stored entries that are for everyone.
        self.stored_shared = 0
        #: Done when all entries recorded so far are stored, or refused.
        self.latest: asyncio.Future[None] | None = None
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
        return self._pending > 0

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
        """Append an entry. Once it is stored, call `on_stored`, then acknowledge `receipt`.

        The future that it returns is done after that; it raises `Conflict` where the log is lost.
        """
        entry = Entry(self._state.session.seq + 1, time.time_ns() // 10**6, author, audience, body)
        self._state.fold(entry)
        self._pending += 1
        stored = self._log.append(self._state.session.id, entry)
        stored.add_done_callback(partial(self._appended, entry, source, receipt))
        self.latest = stored
        self._since_checkpoint += checkpoint.weight(body)
        if entry.seq >= self._checkpoint_at or self._since_checkpoint >= checkpoint.MOST:
            self.keep_checkpoint()
        return stored

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
            interviews = self._state.caller(connection.participant).role is Role.INTERVIEWER
            seq = self.stored_seq if interviews else self.stored_shared
            connection.tell("saved", {"seq": seq, "count": connection.handled})

    def _appended(
        self,
        entry: Entry,
        source: Connection | None,
        receipt: Receipt | None,
        stored: asyncio.Future[None],
    ) -> None:
        self._pending -= 1
        if stored.cancelled() or stored.exception() is not None:
            session = self._state.session.id
            _log.warning("session %s was written to or deleted by another process", session)
            self._on_lost()
            return
        self.stored_seq = entry.seq
        self.stored_shared += entry.audience is Audience.EVERYONE
        began = time.perf_counter()
        self._on_stored(entry, source)
        if source is not None:
            source.pay(time.perf_counter() - began)
        if receipt is not None:
            self.acknowledge(receipt)
