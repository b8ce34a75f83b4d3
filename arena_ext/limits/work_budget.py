"""A client's budget of frames, bytes and processor time."""

from __future__ import annotations

import time

from arena_ext.limits.token_bucket import TokenBucket
from arena_ext.protocol.limits import Limits


class WorkBudget:
    """What one may send and cost: frames, bytes, and seconds of the server's time.

    Some of that time is one's own, and nobody waits for it. What one needs beyond it comes out of
    what all have together, so those who need much wait for each other.
    """

    __slots__ = ("_limits", "_long", "_own", "_rests_until", "_shared", "bytes", "frames", "held")

    def __init__(self, own: TokenBucket, shared: TokenBucket, limits: Limits) -> None:
        self._limits = limits
        self.frames = TokenBucket(limits.frame_rate, limits.frame_burst)
        self.bytes = TokenBucket(limits.byte_rate, limits.byte_burst)
        self._own, self._shared = own, shared
        self._long = TokenBucket(limits.long_work_rate, limits.long_work_burst)
        #: When what all have together has made up for what was taken of it here, on the clock.
        self._rests_until = 0.0
        #: Bytes of large bodies that are on their way.
        self.held = 0

    def pay(self, seconds: float) -> float | None:
        """Pay for work that was done; returns for how many seconds no more is to be done.

        None is for who has used little: they do not even wait for their turn.
        """
        self._long.charge(seconds)
        self._own.charge(seconds)
        now, beyond = time.monotonic(), -self._own.left
        if beyond > 0:
            self._own.charge(-beyond)
            # One long step is not to keep all who need more than their own waiting.
            self._shared.charge(min(beyond, self._shared.left + self._limits.shared_work_debt))
            self._rests_until = now + self._shared.wait
        rest = min(max(self._long.wait, self._rests_until - now), self._limits.max_delay)
        if rest > 0:
            return rest
        return None if self._own.more_than_half else 0.0

    @property
    def exhausted(self) -> bool:
        """Whether so much work is owed that resting does not bring it in."""
        return self._long.left < -self._limits.long_work_debt

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is used."""
        budgets = (self.frames, self.bytes, self._own, self._long)
        return not self.held and all(each.untouched for each in budgets)
