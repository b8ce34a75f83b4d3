"""The lines of the benchmark's table."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MARKS = {True: " ✓", False: " ✗", None: ""}


@dataclass(frozen=True)
class Row:
    """A line of the table.

    `kept` is false if it misses what is promised, None if nothing is; `reached` says the same about
    its aim, which may be missed.
    """

    what: str
    value: str
    promise: str = ""
    kept: bool | None = None
    aim: str = ""
    reached: bool | None = None


def spread(values: Sequence[float], form: str) -> str:
    """The median of values, with their range if they differ."""
    low, high = format(min(values), form), format(max(values), form)
    return f"{statistics.median(values):{form}}" + (f" ({low} … {high})" if low != high else "")


@dataclass(frozen=True)
class Bound:
    """A promise about a median, and an aim: at most so much, or at least."""

    promise: float
    aim: float | None = None
    least: bool = False
    unit: str = ""

    def row(self, what: str, values: Sequence[float], form: str = ".2f", doubt: str = "") -> Row:
        """The line for measured values; `doubt` is a mark behind them."""
        middle = statistics.median(values)
        value = spread(values, form) + self.unit + doubt
        held = self._text(self.promise), self._met(middle, self.promise)
        if self.aim is None:
            return Row(what, value, *held)
        return Row(what, value, *held, self._text(self.aim), self._met(middle, self.aim))

    def _text(self, limit: float) -> str:
        return f"{'≥' if self.least else '≤'} {limit:g}{self.unit}"

    def _met(self, value: float, limit: float) -> bool:
        return value >= limit if self.least else value <= limit


def lines(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    head = ["| | measured | promised | aim |", "| --- | ---: | --- | --- |"]
    body = [
        f"| {row.what} | {row.value} | {row.promise}{_MARKS[row.kept]} "
        f"| {row.aim}{_MARKS[row.reached]} |"
        for row in rows
    ]
    return "\n".join([*head, *body]) + "\n"


def machine() -> str:
    """The machine, and how busy it is now, in a few words."""
    return (
        f"{platform.machine()} with {os.cpu_count()} processors, Python "
        f"{platform.python_version()}, load average {os.getloadavg()[0]:.1f} at the start"
    )
