"""Consistency: what our pages are told, to see whether they have the text that is stored.

The server says and the pages compare, so a page that lies harms nobody; and what the server says is
worked out once for everybody, only after something has changed and while somebody is there.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

from arena_ext.crdt.updates import decode_state_vector
from arena_ext.protocol.errors import EngineFailed
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import MAIN_FILE, NOTES, Document, Sync

from .state import State


def fingerprint(state: State, document: Document) -> bytes:
    """The SHA-256 of what has come of each client and of each text that is not empty."""
    replica = state.replica(document)
    clocks = sorted(decode_state_vector(replica.state_vector()).items())
    digest = hashlib.sha256(",".join(f"{client}:{clock}" for client, clock in clocks).encode())
    main = MAIN_FILE if document is Document.PAD else NOTES
    for root in sorted({main, *state.roots(document)}):
        text = replica.text(root).encode()
        if text:
            digest.update(f"\n{root}\n{len(text)}\n".encode() + text)
    return digest.digest()


class Consistency:
    """Calls `tell` with the check of a document, `check_interval` seconds after it became `due`.

    It is told between the entry that it was worked out after and the next one, so that a page that
    has nothing on its way has what the check is of.
    """

    def __init__(
        self, state: State, stored: Callable[[], int], tell: Callable[[SyncMessage], None]
    ) -> None:
        self._state = state
        self._stored = stored
        self._tell = tell
        self._timers: dict[Document, asyncio.TimerHandle] = {}
        #: Checks that wait until the entry that they include is stored.
        self._waiting: list[tuple[int, SyncMessage]] = []

    def due(self, document: Document) -> None:
        """A document has changed, or somebody wants to compare."""
        if document not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[document] = loop.call_later(
                self._state.limits.check_interval, self._work_out, document
            )

    def entry_shown(self) -> None:
        """One more entry is stored and shown."""
        while self._waiting and self._waiting[0][0] <= self._stored():
            self._tell(self._waiting.pop(0)[1])

    def stop(self) -> None:
        """The room is over, or nobody is in it."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _work_out(self, document: Document) -> None:
        del self._timers[document]
        try:
            check = SyncMessage(document, Sync.CHECK, fingerprint(self._state, document))
        except EngineFailed:
            return  # the room is being given up, and all come back to a fresh one
        self._waiting.append((self._state.session.seq, check))
        self.entry_shown()
