"""A client's budget of frames, bytes and processor time."""

from __future__ import annotations

import time

from arena_ext.limits.token_bucket import TokenBucket
from arena_ext.protocol.limits import Limits


class WorkBudget:
    """The budget of one client: frames, bytes, and seconds of the event loop's time.

    Every client has a small rate of own work, so that a typist never waits. Work beyond that is
    charged to the budget that all clients share, so clients that need much wait for each other.

    Most clients use little of what they have saved up. So the use is only added up, and charged
    when it reaches the amount that certainly delays nobody.
    """

    __slots__ = (
        *("_free_bytes", "_free_frames", "_free_work", "_limits", "_long", "_own", "_shared"),
        *("_shared_until", "_used_bytes", "_used_frames", "_used_work", "bytes", "frames", "held"),
    )

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
        #: Frames, bytes and seconds that were used and are not charged yet; and the amounts of them
        #: below which nothing has to be charged.
        self._used_frames = self._used_bytes = 0
        self._free_frames = self._free_bytes = 0.0
        self._used_work = self._free_work = 0.0

    def charge(self, seconds: float) -> float | None:
        """Charge work that was done; returns the delay before the next, in seconds.

        None is for a client that has used little: it does not even wait for its turn.
        """
        self._used_work += seconds
        if self._used_work < self._free_work:
            return None
        self._settle_work()
        now, beyond = time.monotonic(), -self._own.left
        if beyond > 0:
            self._own.charge(-beyond)
            # One long slice does not delay all other clients that need more than their own work.
            self._shared.charge(min(beyond, self._shared.left + self._limits.shared_work_debt))
            self._shared_until = now + self._shared.wait
        delay = min(max(self._long.wait, self._shared_until - now), self._limits.max_delay)
        if delay > 0:
            return delay
        if not self._own.more_than_half_full:
            return 0.0
        self._free_work = min(self._own.left - self._own.burst / 2, self._long.left)
        return None

    def floods(self, frames: int, size: int) -> bool:
        """Whether frames of `size` bytes in all are too many. They are charged."""
        self._used_frames += frames
        self._used_bytes += size
        if self._used_frames < self._free_frames and self._used_bytes < self._free_bytes:
            return self._free_work <= 0 and self.exhausted
        self.frames.charge_late(self._used_frames)
        self.bytes.charge_late(self._used_bytes)
        self._used_frames = self._used_bytes = 0
        self._free_frames, self._free_bytes = self.frames.left, self.bytes.left
        return self.exhausted or self._free_frames < 0 or self._free_bytes < 0

    @property
    def exhausted(self) -> bool:
        """Whether the client owes so much work that it is rejected instead of delayed."""
        self._settle_work()
        return self._long.left < -self._limits.long_work_debt

    @property
    def full(self) -> bool:
        """Whether nothing of it is used."""
        self._settle_work()
        used = self._used_frames or self._used_bytes or self.held
        buckets = (self.frames, self.bytes, self._own, self._long)
        return not used and all(each.full for each in buckets)

    def _settle_work(self) -> None:
        used, self._used_work, self._free_work = self._used_work, 0.0, 0.0
        self._long.charge_late(used)
        self._own.charge_late(used)
