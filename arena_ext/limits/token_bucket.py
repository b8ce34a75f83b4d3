"""A token bucket: units that come at a rate and are saved up to a burst."""

from __future__ import annotations

import math
import time


class TokenBucket:
    """A token bucket: `rate` units come per second, and at most `burst` are saved up.

    It starts full. Time is the monotonic clock's.
    """

    __slots__ = ("_left", "_rate", "_since", "burst")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self.burst, self._left = rate, burst, burst
        self._since = time.monotonic()

    def take(self, units: float) -> bool:
        """Spend `units`; False, and nothing is spent, if there are fewer."""
        if units > self.left:
            return False
        self._left -= units
        return True

    def charge(self, units: float) -> None:
        """Spend `units` even if there are fewer: then `left` falls below zero."""
        self._left = self.left - units

    def charge_late(self, units: float) -> None:
        """Charge units that were spent some time ago: what came since then counts after them."""
        self._left -= units
        self._refill()

    @property
    def wait(self) -> float:
        """Seconds until `left` is no longer below zero."""
        return max(0.0, -self.left / self._rate if self._rate else -self.left * math.inf)

    @property
    def left(self) -> float:
        """The units that can be spent; below zero, the units that are owed."""
        self._refill()
        return self._left

    @property
    def full(self) -> bool:
        """Whether the whole burst can be spent."""
        return self.left >= self.burst

    @property
    def more_than_half_full(self) -> bool:
        """Whether more than half of the burst can be spent."""
        return self.left > self.burst / 2

    def _refill(self) -> None:
        now = time.monotonic()
        self._left = min(self.burst, self._left + (now - self._since) * self._rate)
        self._since = now
