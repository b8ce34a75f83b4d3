"""What is remembered of sessions, and of people in them, at whose request native code broke.

It can have been chance once. So the first time costs nobody more than a reconnect; but the session
has a process of its own from then on, and whoever breaks that one is turned away for a while.
"""

from __future__ import annotations

from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.limits import Limits

from .token_bucket import TokenBucket


class SessionUnavailable(ArenaError):
    """A session broke native code so often that it is not opened for a while."""

    code = "session-unavailable"


class CircuitBreaker:
    """Counts, while the server runs."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        #: Of sessions (participant None), and of participants in them.
        self._left: dict[tuple[str, str | None], TokenBucket] = {}

    def broke(self, session: str, participant: str | None = None) -> None:
        """Native code broke at a request of somebody in a session, or when that was opened."""
        limits = self._limits
        self._take(session, None, limits.session_recovery, limits.session_failures)
        if participant is not None:
            recovery, failures = limits.participant_recovery, limits.participant_failures
            self._take(session, participant, recovery, failures)

    def apart(self, session: str) -> bool:
        """Whether a session is to have a process of its own."""
        return (session, None) in self._left

    def rests(self, session: str) -> bool:
        """Whether a session is not to be opened now."""
        return self._spent(session, None)

    def barred(self, session: str, participant: str | None) -> bool:
        """Whether somebody is turned away from a session now."""
        return participant is not None and self._spent(session, participant)

    def _take(self, session: str, participant: str | None, recovery: float, failures: int) -> None:
        fresh = TokenBucket(1 / max(recovery, 0.001), failures)
        self._left.setdefault((session, participant), fresh).take(1)

    def _spent(self, session: str, participant: str | None) -> bool:
        budget = self._left.get((session, participant))
        return budget is not None and budget.left < 1
