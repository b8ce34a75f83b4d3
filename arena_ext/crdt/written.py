"""The units that one client has written: how many, their surrogate pairs, their deleted ranges."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, count

from .updates import Struct

#: Of the high byte of a UTF-16 unit, whether the unit is the second half of a surrogate pair.
_SECOND_HALF = bytes(0xDC <= high < 0xE0 for high in range(256))


class Ranges:
    """Ranges of clocks in order; no two overlap or touch. Each takes eight bytes."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts = array("I")
        self._ends = array("I")

    def __len__(self) -> int:
        return len(self._starts)

    def overlap(self, start: int, end: int) -> bool:
        """Whether a clock from `start` on and before `end` is in a range."""
        index = bisect_right(self._ends, start)
        return index < len(self._ends) and self._starts[index] < end

    def add(self, start: int, end: int) -> None:
        """Add the clocks from `start` on and before `end`."""
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last] = array("I", (start,))
        self._ends[first:last] = array("I", (end,))


@dataclass(slots=True)
class Written:
    """The units that one client has written so far."""

    #: The next clock, in UTF-16 units.
    clock: int = 0
    #: Clocks between the two halves of a surrogate pair, in order.
    inside_pairs: array[int] = field(default_factory=lambda: array("I"))
    deleted: Ranges = field(default_factory=Ranges)


def inside_pairs(struct: Struct) -> Iterator[int]:
    """The clocks between the two halves of each surrogate pair of a struct."""
    if struct.text is None or struct.text.isascii():
        return iter(())
    high = struct.text.encode("utf-16-le")[1::2]
    return compress(count(struct.clock), high.translate(_SECOND_HALF))


def has(clocks: Sequence[int], clock: int) -> bool:
    """Whether `clocks`, which are in order, have one."""
    index = bisect_left(clocks, clock)
    return index < len(clocks) and clocks[index] == clock
