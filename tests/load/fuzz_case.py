"""One case of the fuzzer: its outcome, and whether it exceeded its time limit."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from arena_ext.crdt.replica import Replica, TextFull
from arena_ext.crdt.updates import decode
from arena_ext.crdt.validation import MissingDependency
from arena_ext.protocol.lib0 import Malformed
from tests.support.replicas import applied

#: Limit of one case's processor time, seconds: the server serves no other client meanwhile.
HANG = 0.05


@dataclass
class Figures:
    """The results of a run."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    #: For each kind of case, the longest time: in seconds, and as a share of its limit.
    slowest: dict[str, float] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    #: (update, text) of every round's final state, still to be checked with Yjs; and the number of
    #: those that agreed.
    ends: list[tuple[bytes, str]] = field(default_factory=list)
    agreed: int = 0

    def judge(self) -> None:
        """Check the final states so far with Yjs; raises AssertionError if a text differs."""
        _judged_by_yjs(self.ends)
        self.agreed += len(self.ends)
        self.ends.clear()

    @property
    def hung(self) -> bool:
        """Whether a case exceeded its time limit."""
        return max(self.shares.values()) >= 1


@dataclass
class Case:
    """One case: its outcome, and the seconds that another process worked on it."""

    outcome: str = "?"
    elsewhere: float = 0.0


@contextmanager
def timed(seed: int, figures: Figures, kind: str, may_take: float = HANG) -> Iterator[Case]:
    """Time one case, with the limit `may_take` in seconds, and add it to `figures`."""
    case = Case()
    began = time.thread_time()
    try:
        yield case
    except AssertionError:
        raise
    except BaseException as error:
        raise AssertionError(f"seed {seed}: {error!r}") from error
    took = time.thread_time() - began + case.elsewhere
    figures.slowest[kind] = max(figures.slowest.get(kind, 0), took)
    figures.shares[kind] = max(figures.shares.get(kind, 0), took / may_take)
    figures.outcomes[case.outcome] += 1
    figures.cases += 1


def judged(
    seed: int,
    replica: Replica,
    update: bytes,
    holds: Callable[[int], bool],
    figures: Figures,
    parts: int | None = None,
) -> None:
    """Apply one update as a case; with more than `parts` parts its limit grows in proportion."""
    kind, may_take = "update", HANG
    if parts is not None:
        kind, may_take = "long update", HANG * max(1, _parts(update) / parts)
    with timed(seed, figures, kind, may_take) as case:
        worked = replica._process.worked
        try:
            change = applied(replica, update, holds)
            case.outcome = "nothing new" if change is None else "taken"
        except (Malformed, MissingDependency, TextFull) as refusal:
            case.outcome = type(refusal).__name__
        case.elsewhere = replica._process.worked - worked


def _parts(update: bytes) -> int:
    try:
        decoded = decode(update)
    except Malformed:
        return 0
    return sum(len(block.structs) for block in decoded.blocks) + len(decoded.deletions)


def mutated(chance: random.Random, update: bytes) -> bytes:
    """An honest update with a few bytes changed, removed, duplicated or inserted."""
    data = bytearray(update)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0 if at < len(data):
                data[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
            case 1:
                del data[at : at + chance.randint(1, 5)]
            case 2:
                data[at:at] = chance.randbytes(chance.randint(1, 5))
            case 3:
                data[at:at] = data[max(0, at - chance.randint(1, 9)) : at]
    return bytes(data)


def _judged_by_yjs(ends: list[tuple[bytes, str]]) -> None:
    """Raise AssertionError unless every final state has the same text in Yjs."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert node is not None, "there is no Node to run Yjs in"
    script = Path(__file__).with_name("fuzz_yjs.mjs")
    lines = [
        json.dumps({"update": base64.b64encode(update).decode(), "text": text})
        for update, text in ends
    ]
    verdict = subprocess.run(
        [node, str(script)],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert verdict.stdout.strip() == f"{len(ends)} agree"
