"""What is remembered of sessions, and of people in them, at whose request native code broke.

It can have been chance once. So the first time costs nobody more than a reconnect; but the session
has a process of its own from then on, and whoever breaks that one is turned away for a while.
"""

from __future__ import annotations

from arena_ext.protocol.errors import ArenaError

from .token_bucket import TokenBucket

#: How often a session may break native code at once, and seconds until it may once more.
SESSION_BREAKS, SESSION_RESTS = 5, 60.0
#: The same for a participant.
PARTICIPANT_BREAKS, PARTICIPANT_RESTS = 2, 600.0


class SessionUnavailable(ArenaError):
    """A session broke native code so often that it is not opened for a while."""

    code = "session-unavailable"


class CircuitBreaker:
    """Counts, while the server runs."""

    def __init__(self) -> None:
        #: Of sessions (participant None), and of participants in them.
        self._left: dict[tuple[str, str | None], TokenBucket] = {}

    def broke(self, session: str, participant: str | None = None) -> None:
        """Native code broke at a request of somebody in a session, or when that was opened."""
        self._take(session, None, TokenBucket(1 / SESSION_RESTS, SESSION_BREAKS))
        if participant is not None:
            self._take(session, participant, TokenBucket(1 / PARTICIPANT_RESTS, PARTICIPANT_BREAKS))

    def apart(self, session: str) -> bool:
        """Whether a session is to have a process of its own."""
        return (session, None) in self._left

    def rests(self, session: str) -> bool:
        """Whether a session is not to be opened now."""
        return self._spent(session, None)

    def barred(self, session: str, participant: str | None) -> bool:
        """Whether somebody is turned away from a session now."""
        return participant is not None and self._spent(session, participant)

    def _take(self, session: str, participant: str | None, fresh: TokenBucket) -> None:
        self._left.setdefault((session, participant), fresh).take(1)

    def _spent(self, session: str, participant: str | None) -> bool:
        budget = self._left.get((session, participant))
        return budget is not None and budget.left < 1
