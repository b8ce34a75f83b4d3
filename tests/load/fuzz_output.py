"""Hostile output of runs: a session's state stays within its limits, whatever pieces come."""

from __future__ import annotations

import random
from typing import Any

from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.limits import (
    CHUNK_COST,
    MAX_CHUNK,
    MAX_CHUNKS,
    MAX_OUTPUT,
    OUTPUT_KEPT,
    RUNS_KEPT,
)
from arena_ext.protocol.schemas import check_shape
from arena_ext.protocol.wire import Audience
from arena_ext.session.commands import decide
from arena_ext.session.fold import fold
from arena_ext.session.model import Entry, Event, Participant, Session
from arena_ext.session.permissions import Caller, Role
from tests.load.fuzz_case import Figures, timed

#: Events of one session.
OUTPUTS = 100
EVE = "eve"


def output_round(seed: int, figures: Figures) -> None:
    """Runs and their output in one session; raises AssertionError with the seed on a failure."""
    chance = random.Random(seed)
    session = Session("s")
    session.participants[EVE] = Participant(EVE, "Eve", "#000000", Role.CANDIDATE)
    for number in range(OUTPUTS):
        run = f"r{chance.randrange(1 + number // 10)}"
        kind, payload = made_report(chance, run)
        with timed(seed, figures, "output") as case:
            try:
                checked = check_shape(kind, payload)
                event = decide(session, Caller(EVE, Role.CANDIDATE), kind, checked, None)
            except ArenaError:
                case.outcome = "output refused"
                continue
            fold(session, Entry(session.seq + 1, 1, EVE, Audience.EVERYONE, event))
            case.outcome = "output taken"
        _check(seed, session, event)


def _check(seed: int, session: Session, event: Event) -> None:
    runs = session.runs.values()
    chunks = [chunk for run in runs for chunk in run.chunks]
    assert len(runs) <= RUNS_KEPT, f"seed {seed}: too many runs"
    assert len(chunks) <= OUTPUT_KEPT // CHUNK_COST, f"seed {seed}: too many chunks"
    assert all(chunk["data"] for chunk in chunks), f"seed {seed}: an empty chunk"
    assert sum(len(chunk["data"]) for chunk in chunks) <= OUTPUT_KEPT, f"seed {seed}: {event.type}"
    assert all(run.output_size <= MAX_OUTPUT + MAX_CHUNK for run in runs), f"seed {seed}: output"


def made_report(chance: random.Random, run: str) -> tuple[str, dict[str, Any]]:
    """An event about a run that an attacker might send."""
    match chance.randrange(12):
        case 0:
            return "execute-code", {"runId": run, "language": "python", "code": "x"}
        case 1:
            return "input-request", {"runId": run, "prompt": chance.choice(["", "?", "x" * 9000])}
        case 2:
            return "input-reply", {"runId": run, "text": chance.choice([None, "", "x" * 9000])}
        case 3 if chance.random() < 0.2:
            end = {"error": chance.choice([None, "x"]), "output": chance.choice(["", "x" * 99_999])}
            return "execution-result", {"runId": run, **end}
    return "execution-output", {"runId": run, "chunks": made_chunks(chance)}


def made_chunks(chance: random.Random) -> list[dict[str, str]]:
    """Pieces of output: many or few, empty, tiny or long, on one stream or alternating."""
    kinds = chance.choice([
        [{"stream": "stdout"}],
        [{"stream": "stdout"}, {"stream": "stderr"}],
        [{"stream": "stdout"}, {"mime": "text/html"}, {"stream": "stdin"}],
        [{"mime": "text/html"}],
        [{"mime": f"text/{'x' * 90}"}],
    ])  # fmt: skip
    texts = chance.choice([[""], ["x"], ["\u0001"], ["x", "é😀", ""], ["x" * 127], ["x" * 60_000]])
    count = chance.choice([0, 1, 2, MAX_CHUNKS, MAX_CHUNKS, MAX_CHUNKS, MAX_CHUNKS + 1])
    if len(texts[0]) > 1000:
        count = min(count, 3)
    return [{**kinds[number % len(kinds)], "data": chance.choice(texts)} for number in range(count)]
