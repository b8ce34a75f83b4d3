"""Places in a text: lines and columns, and the span in which two texts differ."""

from __future__ import annotations

from .updates import utf16_length


def utf16_prefix(text: str, units: int) -> str:
    """The longest prefix of `text` with at most `units` UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


def end_of(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """The line and column where a text ends that begins at `place`."""
    line, column = place
    _, broken, last = text.rpartition("\n")
    return line + text.count("\n"), (0 if broken else column) + utf16_length(last)


def difference(old: str, new: str) -> tuple[int, int, str]:
    """The span of `old` that becomes `new`, as UTF-8 offsets, and what it is replaced by."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    first = len(old[:start].encode())
    last = first + len(old[start : len(old) - end].encode())
    return first, last, new[start : len(new) - end]


def _common(one: str, other: str) -> int:
    """The length of the common beginning of two texts, in characters."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
