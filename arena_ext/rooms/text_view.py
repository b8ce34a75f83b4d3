"""What JSON clients see of the CRDT: whole text, and cursors by line and column.

Both cost work in proportion to the text and to how many there are, and nobody is charged for it. So
they are told at once, and then after a pause in proportion to what that has cost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import Id
from arena_ext.protocol.errors import EngineFailed
from arena_ext.protocol.limits import Limits

from .connection import Connection, tell_all
from .presence import Presence

#: No unit has this id.
_NOWHERE = -1, -1


class TextView:
    """Tells the JSON clients of a room how the pad's main text and the cursors in it change."""

    def __init__(
        self,
        pad: Replica,
        presence: Presence[Connection],
        main: Callable[[], str],
        clients: Callable[[], Sequence[Connection]],
        limits: Limits,
    ) -> None:
        self._limits = limits
        self._pad = pad
        self._presence = presence
        #: The root of the main file.
        self._main = main
        self._clients = clients
        self._timer: asyncio.TimerHandle | None = None
        #: When to tell them next, at the earliest.
        self._next = 0.0
        self._author: str | None = None
        #: Clients that have not been told of the latest text.
        self._stale: set[Connection] = set()
        #: Per participant id, the line and column that were told last.
        self._cursors: dict[str, tuple[int, int]] = {}
        #: Per participant id, the unit whose place is known; of nobody once the text has changed.
        self._heads: dict[str, Id | None] = {}

    def text_changed(self, author: str | None, source: Connection | None) -> None:
        """The pad, or which file is its main one, was changed by `author`, perhaps a client."""
        self._author = author
        self._heads.clear()
        self._stale.update(each for each in self._clients() if each is not source)
        self._schedule()

    def presence_changed(self) -> None:
        """A cursor of a binary client has moved."""
        self._schedule()

    def cursor_moved(
        self, participant: str, line: int, column: int, source: Connection | None = None
    ) -> None:
        """Tell all but `source` where a participant's cursor is."""
        self._cursors[participant] = line, column
        payload = {"userId": participant, "cursor": {"line": line, "column": column}}
        others = (each for each in self._clients() if each is not source)
        tell_all(others, "cursor-update", payload)

    def _schedule(self) -> None:
        if self._timer is None and self._clients():
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._next), self._tell)

    def _tell(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        began = loop.time()
        clients = self._clients()
        main = self._main()
        try:
            self._tell_text(clients, main)
            self._tell_cursors(clients, main)
        except EngineFailed:
            return  # the room is being given up, and all come back to a fresh one
        took = loop.time() - began
        limits = self._limits
        self._next = began + max(limits.code_update_interval, limits.code_update_pause * took)

    def _tell_text(self, clients: Sequence[Connection], main: str) -> None:
        stale = [each for each in clients if each in self._stale]
        self._stale.clear()
        if stale:
            payload = {"userId": self._author, "code": self._pad.text(main)}
            tell_all(stale, "code-update", payload)

    def _tell_cursors(self, clients: Sequence[Connection], main: str) -> None:
        """Tell where those are who do not say so themselves, if they or the text have moved."""
        speakers = {each.participant for each in clients}
        heads = {
            participant: unit
            for participant, unit in self._presence.heads(main).items()
            if participant not in speakers
        }
        moved = [
            participant
            for participant, unit in heads.items()
            if self._heads.get(participant, _NOWHERE) != unit
        ]
        self._heads = heads
        if moved:
            places = self._pad.lines_and_columns([heads[each] for each in moved], main)
            for participant, place in zip(moved, places, strict=True):
                if self._cursors.get(participant) != place:
                    self.cursor_moved(participant, *place)
