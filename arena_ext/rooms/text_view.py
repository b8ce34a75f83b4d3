"""The pad for JSON clients: its whole text, and cursors by line and column.

The work for both is proportional to the text and to the number of cursors, and no client is charged
for it. So the first change is sent at once, and the next one after a pause proportional to that
work.
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

#: An id that no unit has.
_NO_UNIT = -1, -1


class TextView:
    """Sends the main file's text, and the cursors in it, to the JSON clients of a room."""

    def __init__(
        self,
        pad: Replica,
        presence: Presence[Connection],
        main: Callable[[], str],
        limits: Limits,
    ) -> None:
        self._limits = limits
        self._pad = pad
        self._presence = presence
        #: The root of the main file.
        self._main = main
        #: The open connections of JSON clients.
        self.clients: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None
        #: The earliest moment of the next message, on the event loop's clock.
        self._next = 0.0
        self._author: str | None = None
        #: Clients that do not have the latest text.
        self._outdated: set[Connection] = set()
        #: Per participant id, the line and column that were sent last.
        self._cursors: dict[str, tuple[int, int]] = {}
        #: Per participant id, the unit whose line and column are known; cleared by each change.
        self._heads: dict[str, Id | None] = {}

    def text_changed(self, author: str | None, source: Connection | None) -> None:
        """The text, or the choice of the main file, was changed by `author` over `source`."""
        self._heads.clear()
        if not self.clients:
            return
        self._author = author
        self._outdated.update(each for each in self.clients if each is not source)
        self._schedule()

    def forget(self, participant: str) -> None:
        """A participant has no connection any more."""
        self._cursors.pop(participant, None)

    def presence_changed(self) -> None:
        """A cursor of a client that speaks Yjs has moved."""
        self._schedule()

    def cursor_moved(
        self, participant: str, line: int, column: int, source: Connection | None = None
    ) -> None:
        """Send a participant's cursor to all JSON clients but `source`."""
        self._cursors[participant] = line, column
        payload = {"userId": participant, "cursor": {"line": line, "column": column}}
        others = (each for each in self.clients if each is not source)
        tell_all(others, "cursor-update", payload)

    def _schedule(self) -> None:
        if self.clients and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._next), self._tell)

    def _tell(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        began = loop.time()
        clients = tuple(self.clients)
        main = self._main()
        try:
            self._tell_text(clients, main)
            self._tell_cursors(clients, main)
        except EngineFailed:
            return  # the room is being given up, and its clients reconnect to a fresh one
        took = loop.time() - began
        limits = self._limits
        self._next = began + max(limits.code_update_interval, limits.code_update_pause * took)

    def _tell_text(self, clients: Sequence[Connection], main: str) -> None:
        outdated = [each for each in clients if each in self._outdated]
        self._outdated.clear()
        if outdated:
            payload = {"userId": self._author, "code": self._pad.text(main)}
            tell_all(outdated, "code-update", payload)

    def _tell_cursors(self, clients: Sequence[Connection], main: str) -> None:
        """Send cursors that have moved, of participants without a JSON client of their own."""
        speakers = {each.participant for each in clients}
        heads = {
            participant: unit
            for participant, unit in self._presence.heads(main).items()
            if participant not in speakers
        }
        moved = [
            participant
            for participant, unit in heads.items()
            if self._heads.get(participant, _NO_UNIT) != unit
        ]
        self._heads = heads
        if moved:
            places = self._pad.lines_and_columns([heads[each] for each in moved], main)
            for participant, place in zip(moved, places, strict=True):
                if self._cursors.get(participant) != place:
                    self.cursor_moved(participant, *place)
