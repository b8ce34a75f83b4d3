"""A client's budget of frames, bytes and processor time."""

from __future__ import annotations

import time

from arena_ext.limits.token_bucket import TokenBucket
from arena_ext.protocol.limits import Limits


class WorkBudget:
    """The budget of one client: frames, bytes, and seconds of the event loop's time.

    Every client has a small rate of own work, so that a typist never waits. Work beyond that is
    charged to the budget that all clients share, so clients that need much wait for each other.
    """

    __slots__ = ("_limits", "_long", "_own", "_shared", "_shared_until", "bytes", "frames", "held")

    def __init__(self, own: TokenBucket, shared: TokenBucket, limits: Limits) -> None:
        self._limits = limits
        self.frames = TokenBucket(limits.frame_rate, limits.frame_burst)
        self.bytes = TokenBucket(limits.byte_rate, limits.byte_burst)
        self._own, self._shared = own, shared
        self._long = TokenBucket(limits.long_work_rate, limits.long_work_burst)
        #: When the shared budget has recovered from this client's charges, monotonic seconds.
        self._shared_until = 0.0
        #: Bytes of large bodies in transit.
        self.held = 0

    def charge(self, seconds: float) -> float | None:
        """Charge work that was done; returns the delay before the next, in seconds.

        None is for a client that has used little: it does not even wait for its turn.
        """
        self._long.charge(seconds)
        self._own.charge(seconds)
        now, beyond = time.monotonic(), -self._own.left
        if beyond > 0:
            self._own.charge(-beyond)
            # One long slice does not delay all other clients that need more than their own work.
            self._shared.charge(min(beyond, self._shared.left + self._limits.shared_work_debt))
            self._shared_until = now + self._shared.wait
        delay = min(max(self._long.wait, self._shared_until - now), self._limits.max_delay)
        if delay > 0:
            return delay
        return None if self._own.more_than_half_full else 0.0

    @property
    def exhausted(self) -> bool:
        """Whether the client owes so much work that it is rejected instead of delayed."""
        return self._long.left < -self._limits.long_work_debt

    @property
    def full(self) -> bool:
        """Whether nothing of it is used."""
        buckets = (self.frames, self.bytes, self._own, self._long)
        return not self.held and all(each.full for each in buckets)
