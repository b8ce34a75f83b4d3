"""The door: connections of people who wait to be let in. They are told that, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from arena_ext.protocol.wire import Close

from .connection import Connection


class WaitingRoom:
    """The connections of those who wait at one room."""

    def __init__(self) -> None:
        self._waiting: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._waiting))

    def wait(self, connection: Connection) -> None:
        """Let a connection wait."""
        self._waiting.add(connection)
        if connection.reads_events:
            connection.tell("waiting", {})

    def leave(self, connection: Connection) -> None:
        """It waits no longer."""
        self._waiting.discard(connection)

    def open_for(self, participant: str) -> list[Connection]:
        """The connections of somebody who was let in; they wait no longer."""
        mine = [each for each in self._waiting if each.participant == participant]
        self._waiting.difference_update(mine)
        return mine

    def close_for(self, participant: str, code: Close) -> None:
        """Send somebody away."""
        for each in self.open_for(participant):
            each.outbox.close(code)

    def close(self, code: Close) -> None:
        """Send everybody away."""
        for each in tuple(self._waiting):
            each.outbox.close(code)
        self._waiting.clear()
