"""Circuit breaker for sessions and participants whose requests crash the CRDT engine.

A first crash may be chance and costs no more than a reconnect. From then on the session has an
engine process of its own; a session or a participant with too many crashes is refused for a while.
"""

from __future__ import annotations

from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.limits import Limits

from .token_bucket import TokenBucket


class SessionUnavailable(ArenaError):
    """A session crashed the engine so often that it stays closed for a while."""

    code = "session-unavailable"


class CircuitBreaker:
    """Counts crashes by session and participant, from the start of the server."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        #: By session and participant; participant None is for the whole session.
        self._left: dict[tuple[str, str | None], TokenBucket] = {}

    def broke(self, session: str, participant: str | None = None) -> None:
        """Count a crash at a participant's request, or (None) when the session was opened."""
        limits = self._limits
        self._take(session, None, limits.session_recovery, limits.session_failures)
        if participant is not None:
            recovery, failures = limits.participant_recovery, limits.participant_failures
            self._take(session, participant, recovery, failures)

    def apart(self, session: str) -> bool:
        """Whether the session gets an engine process of its own."""
        return (session, None) in self._left

    def rests(self, session: str) -> bool:
        """Whether the session must not be opened now."""
        return self._spent(session, None)

    def barred(self, session: str, participant: str | None) -> bool:
        """Whether the participant is refused in the session now."""
        return participant is not None and self._spent(session, participant)

    def _take(self, session: str, participant: str | None, recovery: float, failures: int) -> None:
        fresh = TokenBucket(1 / max(recovery, 0.001), failures)
        self._left.setdefault((session, participant), fresh).take(1)

    def _spent(self, session: str, participant: str | None) -> bool:
        bucket = self._left.get((session, participant))
        return bucket is not None and bucket.left < 1
