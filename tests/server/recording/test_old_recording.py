"""A recording made before the tree was split into folders still opens with the same state.

`made-before-the-rooms.state.json` is the state to which the code of that time folded it. Only one
thing has changed since: the interviewers' document `desk` is now called `notes`, so the hash chain
was computed again. `src/playback/old-recording.test.ts` has the same for browsers.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arena_ext.session.fold import fold
from arena_ext.session.model import Entry, Session
from tests.support.recordings import converted, parsed, texts


@pytest.fixture
def recording(repository: Path) -> bytes:
    return (repository / "tests" / "recordings" / "made-before-the-rooms.jsonl").read_bytes()


@pytest.fixture
def state(repository: Path) -> dict[str, object]:
    path = repository / "tests" / "recordings" / "made-before-the-rooms.state.json"
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return found


def folded(entries: list[Entry]) -> dict[str, object]:
    session = Session("s")
    for entry in entries:
        fold(session, entry)
    return {
        "texts": texts(entries)[-1],
        "language": session.language,
        "title": session.title,
        "question": session.question,
        "status": session.status,
        "seq": session.seq,
        "files": [file.as_json() for file in session.files],
        "main": session.main,
        "participants": [each.as_json() for each in session.participants.values()],
        "runs": [
            {
                "id": run.id,
                "participant": run.participant,
                "language": run.language,
                "status": run.status,
                "output": sum(len(chunk["data"]) for chunk in run.chunks),
                "error": run.error,
            }
            for run in session.runs.values()
        ],
    }


def test_it_is_imported_and_folds_to_the_same_state(
    recording: bytes, state: dict[str, object]
) -> None:
    assert folded(converted(recording).entries) == state


def test_its_entries_are_imported_unchanged(recording: bytes) -> None:
    _, entries = parsed(recording.decode())
    _first, *imported = converted(recording).entries
    shown = {entry.seq: entry for entry in entries}
    assert [shown.get(entry.seq, entry) for entry in imported] == imported
    assert len(imported) == 187
