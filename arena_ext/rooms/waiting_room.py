"""The waiting room: connections of guests who wait for admission.

They get `waiting`, and nothing else of the session.
"""

from __future__ import annotations

from collections.abc import Iterator

from arena_ext.protocol.wire import Close

from .connection import Connection


class WaitingRoom:
    """The waiting connections of one session."""

    def __init__(self) -> None:
        self._waiting: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._waiting))

    def wait(self, connection: Connection) -> None:
        """Add a connection, and tell it that it waits."""
        self._waiting.add(connection)
        if connection.reads_events:
            connection.tell("waiting", {})

    def leave(self, connection: Connection) -> None:
        """Remove a connection whose socket is closed."""
        self._waiting.discard(connection)

    def open_for(self, participant: str) -> list[Connection]:
        """Remove and return the connections of a participant who was admitted."""
        mine = [each for each in self._waiting if each.participant == participant]
        self._waiting.difference_update(mine)
        return mine

    def close_for(self, participant: str, code: Close) -> None:
        """Close the connections of a participant who was not admitted."""
        for each in self.open_for(participant):
            each.outbox.close(code)

    def close(self, code: Close) -> None:
        """Close all connections."""
        for each in tuple(self._waiting):
            each.outbox.close(code)
        self._waiting.clear()
