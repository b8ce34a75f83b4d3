"""Rounds of typing: each server in turn, fresh each time, under the same load."""

from __future__ import annotations

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.load import generator, servers
from benchmarks.load.generator import Result

#: The loads. In each room one participant types, with a cursor after each key, as editors do; the
#: others of the room receive that. The rate is in keys a second.
LOADS: dict[str, dict[str, float]] = {
    "interview": {"rooms": 20, "clients": 4, "rate": 8, "cursors": 1},
    "pairs": {"rooms": 100, "clients": 2, "rate": 6, "cursors": 1},
    "watch": {"rooms": 1, "clients": 60, "rate": 8, "cursors": 1},
}

#: Results by load and server.
Measured = dict[tuple[str, str], list[Result]]


def alternately(
    scenario: str, loads: Mapping[str, Mapping[str, float]], names: Sequence[str], rounds: int
) -> Measured:
    """Put each server in turn under each load, `rounds` times."""
    measured: Measured = defaultdict(list)
    for _ in range(rounds):
        for load, settings in loads.items():
            for name in names:
                with (
                    tempfile.TemporaryDirectory() as home,
                    servers.running(name, Path(home)) as target,
                ):
                    measured[load, name].append(generator.run(target, scenario, settings))
    return measured


def typing(loads: Iterable[str], names: Sequence[str], rounds: int) -> Measured:
    """Let clients type at each server, `rounds` times each."""
    return alternately("type", {load: LOADS[load] for load in loads}, names, rounds)


def middle(results: Iterable[Result], what: str) -> float:
    """The median of a value."""
    return statistics.median(float(each[what]) for each in results)


def ratios(measured: Measured, load: str, name: str, other: str, what: str) -> list[float]:
    """A value of a server divided by that of another, of each round."""
    pairs = zip(measured[load, name], measured[load, other], strict=True)
    return [one[what] / two[what] for one, two in pairs]
