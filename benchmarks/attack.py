"""Typing under attack against typing in peace, in turn, in one run."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.load import attack

#: Keys of each phase.
KEYS = 300


@dataclass(frozen=True)
class Cost:
    """What an attack costs two people who type. Milliseconds; bytes for each hostile connection."""

    quiet: float
    attacked: float
    memory: float
    connections: int


def measure(rounds: int) -> Cost:
    """What 99 of 100 keys stay below, from the writer's socket to the reader's, of all rounds."""
    with tempfile.TemporaryDirectory() as home:
        figures = attack.run(Path(home), rounds, KEYS)

    return Cost(
        1000 * attack.p99(figures.quiet),
        1000 * attack.p99(figures.attacked),
        figures.growth,
        figures.connections,
    )
