"""Typing under attack and without an attack, measured alternately in one run."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.load import attack

#: Keys typed in each phase.
KEYS = 300


@dataclass(frozen=True)
class Cost:
    """Delays of two typists, milliseconds, and memory growth for each hostile connection, bytes."""

    quiet: float
    attacked: float
    memory: float
    connections: int


def measure(rounds: int) -> Cost:
    """99th percentile of the delay from the writer's socket to the reader's, over all rounds."""
    with tempfile.TemporaryDirectory() as home:
        figures = attack.run(Path(home), rounds, KEYS)

    return Cost(
        1000 * attack.p99(figures.quiet),
        1000 * attack.p99(figures.attacked),
        figures.growth,
        figures.connections,
    )
