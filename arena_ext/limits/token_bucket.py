"""A token bucket: a rate, and what may be saved up."""

from __future__ import annotations

import math
import time


class TokenBucket:
    """A token bucket: `rate` units a second, at most `burst` saved up."""

    __slots__ = ("_burst", "_left", "_rate", "_since")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst, self._left = rate, burst, burst
        self._since = time.monotonic()

    def take(self, units: float) -> bool:
        """Spend `units`; False if there are not that many."""
        if units > self.left:
            return False
        self._left -= units
        return True

    def charge(self, units: float) -> None:
        """Spend `units`, also those that are not there: what is `left` may fall below zero."""
        self._left = self.left - units

    @property
    def wait(self) -> float:
        """Seconds until nothing is owed."""
        return max(0.0, -self.left / self._rate if self._rate else -self.left * math.inf)

    @property
    def left(self) -> float:
        """The units that are there; below zero, those that are owed."""
        self._save()
        return self._left

    @property
    def untouched(self) -> bool:
        """Whether all is there that can be saved up."""
        return self.left >= self._burst

    @property
    def more_than_half(self) -> bool:
        """Whether more than half of it is there."""
        return self.left > self._burst / 2

    def _save(self) -> None:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._since) * self._rate)
        self._since = now
