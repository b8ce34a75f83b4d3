"""Consistency checks: a page compares its texts with a fingerprint of the server's stored texts.

The server sends and the pages compare, so a lying page harms no other page. A fingerprint is
computed once for all pages, and only where a document has changed and a page is connected.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

from arena_ext.crdt.updates import decode_state_vector
from arena_ext.protocol.errors import EngineFailed
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import MAIN_FILE, NOTES, Document, Sync

from .broadcast import Broadcast
from .journal import Journal
from .state import State


def fingerprint(state: State, document: Document) -> bytes:
    """The SHA-256 of a document's state vector and of each of its texts that is not empty."""
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
    """Sends the check of a document `check_interval` seconds after it was scheduled.

    A check is sent after the last entry that it includes and before the next one, so that a page
    without edits in flight compares exactly the same entries.
    """

    def __init__(
        self, state: State, journal: Journal, broadcast: Broadcast, crash: Callable[[], None]
    ) -> None:
        #: Gives the room up.
        self._crash = crash
        self._state = state
        self._journal = journal
        self._broadcast = broadcast
        self._timers: dict[Document, asyncio.TimerHandle] = {}
        #: Checks that wait until the entry with this `seq`, the last that each includes, is stored.
        self._waiting: list[tuple[int, SyncMessage]] = []

    def schedule(self, document: Document) -> None:
        """Check a document that has changed, or that a page asks about."""
        if document not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[document] = loop.call_later(
                self._state.limits.check_interval, self._compute, document
            )

    def entry_shown(self) -> None:
        """One more entry is stored and shown: send the checks that waited for it."""
        while self._waiting and self._waiting[0][0] <= self._journal.stored_seq:
            self._broadcast.show_check(self._waiting.pop(0)[1])

    def stop(self) -> None:
        """Compute no more checks: the room is closed, or no page is connected."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _compute(self, document: Document) -> None:
        del self._timers[document]
        try:
            check = SyncMessage(document, Sync.CHECK, fingerprint(self._state, document))
        except EngineFailed:
            self._crash()
            return
        self._waiting.append((self._state.session.seq, check))
        self.entry_shown()
