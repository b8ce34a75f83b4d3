"""The waiting room: guests who wait for admission.

They get `waiting`, and nothing else of the session. Each has one connection: so the guests of a
full waiting room take no place from the people in the session, however many sockets they open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextvars import Context

from arena_ext.limits.quotas import TooMany
from arena_ext.protocol.wire import Audience, Close
from arena_ext.session.model import Event, Participant
from arena_ext.session.permissions import Status

from .connection import Connection
from .journal import Journal
from .state import State


class WaitingRoom:
    """The queue of one session, and the connections of the guests in it.

    A guest who has no connection for `waiting_grace` seconds leaves the queue.
    """

    def __init__(self, state: State, journal: Journal) -> None:
        self._state = state
        self._journal = journal
        #: Participant id -> connection.
        self._connections: dict[str, Connection] = {}
        #: Participant id -> the timer that ends the time without a connection.
        self._grace: dict[str, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._connections)

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._connections.values()))

    def request_entry(self, participant: Participant) -> None:
        """Ask the interviewers to admit a guest. Raises `TooMany` if too many guests wait."""
        if len(self._state.session.waiting) >= self._state.limits.max_waiting:
            raise TooMany("people wait to be let in; try again in a minute")
        event = Event("entry-requested", participant.as_event())
        self._journal.record(participant.id, event, Audience.INTERVIEWERS)
        self.expect(participant.id)

    def expect(self, participant: str) -> None:
        """Give a guest without a connection some time to open one."""
        self._end_grace(participant)
        self._grace[participant] = asyncio.get_running_loop().call_later(
            self._state.limits.waiting_grace, self._withdraw, participant, context=Context()
        )

    def wait(self, connection: Connection) -> None:
        """Take the connection of a guest in the place of an earlier one; tell it that it waits."""
        self._end_grace(connection.participant)
        earlier = self._connections.get(connection.participant)
        self._connections[connection.participant] = connection
        if earlier is not None:
            earlier.outbox.close(Close.REPLACED)
        if connection.reads_events:
            connection.tell("waiting", {})

    def leave(self, connection: Connection) -> None:
        """Remove a connection whose socket is closed."""
        if self._connections.get(connection.participant) is connection:
            del self._connections[connection.participant]
            self.expect(connection.participant)

    def open_for(self, participant: str) -> Connection | None:
        """Remove and return the connection of a guest who waits no longer, if there is one."""
        self._end_grace(participant)
        return self._connections.pop(participant, None)

    def close_for(self, participant: str, code: Close) -> None:
        """Close the connection of a guest who was not admitted."""
        connection = self.open_for(participant)
        if connection is not None:
            connection.outbox.close(code)

    def close(self, code: Close) -> None:
        """Close all connections; nobody leaves the queue any more."""
        for timer in self._grace.values():
            timer.cancel()
        self._grace.clear()
        for each in self:
            each.outbox.close(code)
        self._connections.clear()

    def _withdraw(self, participant: str) -> None:
        del self._grace[participant]
        session = self._state.session
        if participant in session.waiting and session.status is not Status.ENDED:
            event = Event("entry-withdrawn", {"userId": participant})
            self._journal.record(participant, event, Audience.INTERVIEWERS)

    def _end_grace(self, participant: str) -> None:
        timer = self._grace.pop(participant, None)
        if timer is not None:
            timer.cancel()
