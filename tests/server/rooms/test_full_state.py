"""A session that is full in every respect: no step for it keeps the event loop for long.

Each test counts what one step encodes or reads, because a time would depend on the machine.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from arena_ext.protocol.limits import MAX_CHUNK, MAX_FRAME, MAX_TEXT, Limits
from arena_ext.rooms import checkpoint, encoded
from arena_ext.rooms.snapshot import snapshot
from arena_ext.rooms.state import State
from tests.support.full_state import ANA, full_state
from tests.support.replicas import borrowed

#: Characters of JSON for one of a text: control characters are the worst.
WORST = 6


@pytest.fixture(scope="module")
def full() -> State:
    with borrowed() as process:
        return full_state(process, Limits(max_participants=300, event_ids_kept=2000))


class Spy:
    """Counts the characters of JSON that each call of the library makes or reads."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        dumps, loads = json.dumps, json.loads

        def dump(value: Any, **options: Any) -> str:
            text = dumps(value, **options)
            self.sizes.append(len(text))
            return text

        def load(text: str | bytes) -> Any:
            self.sizes.append(len(text))
            return loads(text)

        patch.setattr(json, "dumps", dump)
        patch.setattr(json, "loads", load)


def test_a_page_is_sent_what_was_encoded_before(
    full: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = json.loads(snapshot(full, "/x", ANA))["payload"]
    assert expected["runs"] == [run.as_json() for run in full.session.runs.values()]
    assert expected["participants"] == [
        each.as_json() for each in full.session.participants.values()
    ]
    spy = Spy(monkeypatch)
    snapshot(full, "/x", ANA)
    code = len(json.dumps(full.replica(next(iter(full._replicas))).text()))
    spy.sizes.pop()
    # What may still grow is encoded each time: the text of the main file, and last chunks.
    assert sum(spy.sizes) < code + WORST * MAX_CHUNK * len(full.session.runs) + MAX_FRAME


def test_a_session_that_was_loaded_is_encoded_in_steps(full: State) -> None:
    full.encoded = encoded.EncodedState()
    steps = list(full.encode())
    assert max(steps) <= encoded.STEP + MAX_TEXT
    assert len(steps) > 5


def test_a_checkpoint_is_written_and_read_in_short_lines(
    full: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = full.cut()
    spy = Spy(monkeypatch)
    kept = checkpoint.dump(cut)
    restored = checkpoint.load(kept)
    assert restored.session == full.session
    assert restored.holders == full._holders
    assert restored.events == {who: list(ids) for who, ids in full._events.items()}
    assert max(spy.sizes) < WORST * (checkpoint.LINE + MAX_CHUNK)
    assert len(kept) > 10 * max(spy.sizes)


def test_a_checkpoint_is_of_one_moment(full: State) -> None:
    cut = full.cut()
    before = checkpoint.dump(cut)
    full.session.title = "later"
    run = next(reversed(full.session.runs.values()))
    run.chunks.append({"stream": "stderr", "data": "later"})
    full.session.tokens["later"] = ANA
    full._events[ANA]["later"] = None
    assert checkpoint.dump(cut) == before
    assert checkpoint.load(before).session != full.session


def test_the_loop_goes_on_while_a_checkpoint_is_written(stage: Any, run: Any) -> None:
    async def scene() -> None:
        ben, inbox = stage.connect(stage.ben)
        stage.room.receive_event(ben, "language-change", {"language": "python"}, None)
        keeping = stage.room.journal.keep_checkpoint()
        stage.room.receive_event(ben, "language-change", {"language": "sql"}, None)
        await asyncio.sleep(0)
        assert not keeping.done()
        await keeping
        assert [each["count"] for each in inbox.of("saved")] == [1, 2]

    run(scene())
