"""The roster of a room: the participants who are present."""

from __future__ import annotations

import asyncio
from contextvars import Context

from arena_ext.session.model import Event, Participant

from .broadcast import Broadcast
from .connection import Connection
from .journal import Journal
from .state import State


class Roster:
    """Records arrivals and departures.

    A participant who has joined over REST is present for `join_grace` seconds; then the participant
    leaves, unless a connection was opened meanwhile. In the same way, a participant whose last
    connection has ended is present for `reload_grace` seconds: a page that reloads, or a short loss
    of the network, is no departure. A running program ended with its page, so its author leaves at
    once: the fold of `participant-left` loses their runs.
    """

    def __init__(self, state: State, journal: Journal, broadcast: Broadcast) -> None:
        self._state = state
        self._journal = journal
        self._broadcast = broadcast
        #: Participant id -> the timer that ends the time without a connection.
        self._grace: dict[str, asyncio.TimerHandle] = {}

    def add(self, participant: Participant, source: Connection | None = None) -> None:
        """Put a participant on the roster; `source` is the connection that was opened, if any."""
        self.end_grace(participant.id)
        if participant.id not in self._state.session.present:
            joined = Event("participant-joined", participant.as_event())
            self._journal.record(participant.id, joined, source=source)
        if source is None and not self._broadcast.of(participant.id):
            self._remove_after(self._state.limits.join_grace, participant.id)

    def disconnected(self, participant: str, *, left: bool) -> None:
        """The last connection of a participant has ended; `left` if on purpose."""
        if left or any(
            run.participant == participant and run.status == "running"
            for run in self._state.session.runs.values()
        ):
            self.remove(participant)
        elif participant in self._state.session.present:
            self._remove_after(self._state.limits.reload_grace, participant)

    def _remove_after(self, seconds: float, participant: str) -> None:
        self.end_grace(participant)
        # In an empty context: that of a request would keep the request for as long.
        self._grace[participant] = asyncio.get_running_loop().call_later(
            seconds, self.remove, participant, context=Context()
        )

    def remove(self, participant: str) -> None:
        """Take a participant off the roster."""
        self.end_grace(participant)
        if participant in self._state.session.present:
            left = Event("participant-left", {"userId": participant})
            self._journal.record(participant, left)

    def end_grace(self, participant: str) -> None:
        """Cancel the timer after which a participant without a connection leaves."""
        timer = self._grace.pop(participant, None)
        if timer is not None:
            timer.cancel()

    def stop(self) -> None:
        """Cancel all timers: the room is closed, and nobody leaves it any more."""
        for participant in tuple(self._grace):
            self.end_grace(participant)
