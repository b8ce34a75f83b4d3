"""Counts of the edits that a server has stored since its start, for its operator."""

from __future__ import annotations

import time
from bisect import bisect_left

from arena_ext.session.model import Entry

#: The upper ends of the ranges that delays are counted in, seconds.
DELAYS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Tally:
    """The edits that were stored, and the time from the arrival of each to its storing."""

    __slots__ = ("delays", "edits", "seconds")

    def __init__(self) -> None:
        self.edits = 0
        #: How many edits took as long as each of `DELAYS`, and how many longer than all.
        self.delays = [0] * (len(DELAYS) + 1)
        #: The sum of all delays.
        self.seconds = 0.0

    def edit_stored(self, entry: Entry) -> None:
        """Count an edit; its delay is exact to a millisecond, as the time of an entry is."""
        # A clock that was set back makes no negative delay.
        delay = max(0.0, time.time() - entry.at / 1000)
        self.edits += 1
        self.seconds += delay
        self.delays[bisect_left(DELAYS, delay)] += 1
