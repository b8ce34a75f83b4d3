"""The fold, tested with examples that the browser's tests use, too: `tests/fold/*.json`.

An example has the start of a session, the entries that follow, and the expected state.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from arena_ext.protocol.limits import CHUNK_COST, CODE_KEPT, FILES_KEPT, OUTPUT_KEPT
from arena_ext.protocol.wire import Audience
from arena_ext.session.files import File, rejected
from arena_ext.session.fold import _FOLDS, fold
from arena_ext.session.model import Entry, Event, Session

EXAMPLES = Path(__file__).resolve().parents[2] / "fold"
STORIES = sorted(path.stem for path in EXAMPLES.glob("*.json") if path.stem != "names")
#: Events that browsers never receive.
SERVER_ONLY = {
    "session-created",
    "session-imported",
    "invite-created",
    "invite-revoked",
    "token-issued",
}


def read(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def state(session: Session) -> dict[str, Any]:
    """The parts of a session's state that the examples contain."""
    return {
        "title": session.title,
        "question": session.question,
        "language": session.language,
        "status": session.status,
        "files": [file.as_json() for file in session.files],
        "main": session.main,
        "participants": [each.as_json() for each in session.participants.values()],
        "present": sorted(session.present),
        "askToEnter": session.ask_to_enter,
        "waiting": [each.as_json() for each in session.waiting.values()],
        "runs": [run.as_json() for run in session.runs.values()],
    }


@pytest.mark.parametrize("name", STORIES)
def test_the_fold_makes_of_the_entries_what_the_example_says(name: str) -> None:
    example = read(name)
    session = Session("s")
    begin = Event("session-created", {"owner": None, **example["begin"]})
    fold(session, Entry(1, 1, None, Audience.SERVER, begin))
    for each in example["entries"]:
        body = Event(each["type"], each["payload"])
        fold(session, Entry(each["seq"], each["at"], each["by"], Audience.EVERYONE, body))
    untold = {"question": "", "askToEnter": False, "waiting": []}
    assert state(session) == {**untold, **example["state"]}


def test_the_examples_have_every_event_that_folds() -> None:
    told = {each["type"] for name in STORIES for each in read(name)["entries"]}
    assert set(_FOLDS) - SERVER_ONLY <= told


@pytest.mark.parametrize("example", read("names")["names"], ids=lambda each: ascii(each["name"]))
def test_what_a_file_may_be_called(example: dict[str, Any]) -> None:
    files = [File(name, f"code/{at}") for at, name in enumerate(example["files"])]
    assert (rejected(files, example["name"]) is None) is example["ok"]


def test_a_file_may_change_the_case_of_its_own_name() -> None:
    file = File("main.js", "code")
    assert rejected([file], "Main.js", file) is None


def test_the_oldest_runs_lose_their_files_when_all_of_it_is_too_much() -> None:
    session = Session("s")
    half = {"b.py": "x" * (FILES_KEPT // 2)}
    for seq, files in enumerate((half, half, {"c.py": "y"}), 1):
        payload = {"runId": str(seq), "language": "python", "code": "", "files": files}
        body = Event("execute-code", payload)
        fold(session, Entry(seq, seq, "bob", Audience.EVERYONE, body))
    assert [run.files for run in session.runs.values()] == [None, half, {"c.py": "y"}]


def test_the_oldest_runs_are_forgotten_when_all_code_and_errors_are_too_much() -> None:
    session = Session("s")
    half = "x" * (CODE_KEPT // 2)

    def happens(seq: int, kind: str, **payload: Any) -> None:
        entry = Entry(seq, seq, "bob", Audience.EVERYONE, Event(kind, payload))
        fold(session, entry)

    for seq, code in enumerate((half, half, "y"), 1):
        happens(seq, "execute-code", runId=str(seq), language="python", code=code)
    assert list(session.runs) == ["2", "3"]
    result = {"output": "", "error": half, "durationMs": None, "status": "error"}
    happens(4, "execution-result", runId="3", **result)
    assert list(session.runs) == ["3"]
    # The newest run is always kept.
    happens(5, "execute-code", runId="5", language="python", code=half + half + "z")
    assert list(session.runs) == ["5"]


def test_the_oldest_runs_lose_their_output_when_all_have_too_many_chunks() -> None:
    session = Session("s")
    half = OUTPUT_KEPT // CHUNK_COST // 2
    chunks = [{"mime": "text/html", "data": "x"}] * half

    def happens(seq: int, kind: str, **payload: Any) -> None:
        fold(session, Entry(seq, seq, "bob", Audience.EVERYONE, Event(kind, payload)))

    for seq, run in enumerate(("a", "b")):
        happens(2 * seq, "execute-code", runId=run, language="python", code="")
        happens(2 * seq + 1, "execution-output", runId=run, chunks=chunks)
    assert [len(run.chunks) for run in session.runs.values()] == [half, half]
    happens(9, "execution-output", runId="b", chunks=chunks[:1])
    assert [len(run.chunks) for run in session.runs.values()] == [0, half + 1]
    assert [run.trimmed for run in session.runs.values()] == [True, False]


def test_an_event_that_cannot_be_folded_does_not_count() -> None:
    session = Session("s")
    gone = Event("role-changed", {"userId": "nobody", "role": "candidate"})
    with pytest.raises(KeyError):
        fold(session, Entry(1, 1, None, Audience.EVERYONE, gone))
    assert session.seq == 0
