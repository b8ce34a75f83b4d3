"""Typing under attack against typing in peace, in turn, in one run."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests import attack

#: Keys of each phase.
KEYS = 100


@dataclass(frozen=True)
class Cost:
    """What an attack costs two people who type. Milliseconds; bytes for each hostile connection."""

    quiet: float
    attacked: float
    memory: float
    connections: int


def measure(rounds: int) -> Cost:
    """The 99th of 100 keys, from the writer's socket to the reader's; medians of the rounds."""
    with tempfile.TemporaryDirectory() as home:
        figures = attack.run(Path(home), rounds, KEYS)

    def typical(times: list[float]) -> float:
        parts = [times[start : start + KEYS] for start in range(0, len(times), KEYS)]
        return 1000 * statistics.median(map(attack.p99, parts))

    return Cost(
        typical(figures.quiet), typical(figures.attacked), figures.growth, figures.connections
    )
