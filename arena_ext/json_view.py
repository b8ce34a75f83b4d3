"""What JSON clients see of the CRDT: whole text, and cursors by line and column.

Both cost work in proportion to the text, so they are told at once, and then at most every
`CODE_UPDATE_INTERVAL`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from .connection import Connection
from .native_process import Broken
from .presence import Presence
from .protocol import CODE_UPDATE_INTERVAL
from .replica import Replica


class JsonView:
    """Tells the JSON clients of a room how the pad's main text and the cursors in it change."""

    def __init__(
        self,
        pad: Replica,
        presence: Presence[Connection],
        main: Callable[[], str],
        clients: Callable[[], Sequence[Connection]],
    ) -> None:
        self._pad = pad
        self._presence = presence
        #: The root of the main file.
        self._main = main
        self._clients = clients
        self._timer: asyncio.TimerHandle | None = None
        self._told_at = 0.0
        self._author: str | None = None
        #: Clients that have not been told of the latest text.
        self._stale: set[Connection] = set()
        #: Per participant id, the line and column that were told last.
        self._cursors: dict[str, tuple[int, int]] = {}

    def text_changed(self, author: str | None, source: Connection | None) -> None:
        """The pad, or which file is its main one, was changed by `author`, perhaps a client."""
        self._author = author
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
        for each in self._clients():
            if each is not source:
                each.tell("cursor-update", payload)

    def _schedule(self) -> None:
        if self._timer is None and self._clients():
            loop = asyncio.get_running_loop()
            at = max(loop.time(), self._told_at + CODE_UPDATE_INTERVAL)
            self._timer = loop.call_at(at, self._tell)

    def _tell(self) -> None:
        self._timer = None
        self._told_at = asyncio.get_running_loop().time()
        clients = self._clients()
        main = self._main()
        try:
            self._tell_all(clients, main, self._pad.text(main))
        except Broken:
            return  # the room is being given up, and all come back to a fresh one

    def _tell_all(self, clients: Sequence[Connection], main: str, text: str) -> None:
        payload = {"userId": self._author, "code": text}
        for each in clients:
            if each in self._stale:
                each.tell("code-update", payload)
        self._stale.clear()
        speakers = {each.participant for each in clients}
        for participant, unit in self._presence.heads(main).items():
            if participant not in speakers:
                at = self._pad.line_and_column(unit, main)
                if self._cursors.get(participant) != at:
                    self.cursor_moved(participant, *at)
