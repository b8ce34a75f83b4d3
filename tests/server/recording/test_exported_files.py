"""The exported files: notebook, archive and page."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_ext.protocol.wire import LANGUAGES, Audience
from arena_ext.recording import export
from arena_ext.recording.archive import _safe, as_zip
from arena_ext.recording.format import as_lines
from arena_ext.recording.history import session_history
from arena_ext.recording.notebook import as_notebook, plain
from arena_ext.session.model import Edit, Entry, Event
from tests.support.recorded import RECORDED
from tests.support.recordings import interview


def code_entries(code: str, *more: Event) -> list[Entry]:
    """A short log with one run of the program `code`."""
    created = Event("session-created", {"owner": "o", "title": "T", "language": "python"})
    bodies: list[tuple[Audience, Edit | Event]] = [(Audience.SERVER, created)]
    started = {"userId": "p", "runId": "r", "language": "python", "code": code}
    bodies += [(Audience.EVERYONE, each) for each in (Event("execute-code", started), *more)]
    return [Entry(n, 1000 * n, "p", to, body) for n, (to, body) in enumerate(bodies, 1)]


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_a_notebook_is_valid_and_has_all_there_was(seed: int) -> None:
    about, entries = interview(seed)
    told = session_history(entries)
    notebook: dict[str, Any] = json.loads(as_notebook(about, entries))
    nbformat.validate(notebook)
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    assert [cells[f"file-{n}"]["source"] for n in range(1, len(told.files) + 1)] == [
        *told.files.values()
    ]
    for number, run in enumerate(told.runs, 1):
        cell = cells[f"run-{number}"]
        assert (cell["source"], cell["execution_count"]) == (run.code, number)
        printed = "".join(each.get("text", "") for each in cell["outputs"])
        assert printed == "".join(each["data"] for each in run.chunks if "stream" in each)
        errors = [each for each in cell["outputs"] if each["output_type"] == "error"]
        assert bool(errors) == (run.error is not None)
    for person in told.session.participants.values():
        assert person.name in cells["summary"]["source"]


def test_a_notebook_has_markup_of_guests_as_text_alone() -> None:
    chunks = [
        {"mime": "text/html", "data": "<img src=x onerror=alert(1)>"},
        {"mime": "application/javascript", "data": "alert(1)"},
        {"mime": "image/png", "data": "iVBORw0KGgo="},
        {"mime": "image/png", "data": '"><script>'},
    ]
    output = Event("execution-output", {"userId": "p", "runId": "r", "chunks": chunks})
    notebook = json.loads(as_notebook({"id": "s"}, code_entries("1", output)))
    run = next(cell for cell in notebook["cells"] if cell["id"] == "run-1")
    assert [list(each["data"]) for each in run["outputs"]] == [
        ["text/plain"],
        ["text/plain"],
        ["image/png"],
        ["text/plain"],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_says_its_language(language: str) -> None:
    created = Event("session-created", {"owner": "o", "title": "T", "language": language})
    entries = [Entry(1, 1, None, Audience.SERVER, created)]
    notebook = json.loads(as_notebook({"id": "s"}, entries))
    nbformat.validate(notebook)
    assert notebook["metadata"]["kernelspec"]["language"] == language


@given(st.text(alphabet="~`<>ab \n\t"))
def test_a_question_in_a_notebook_is_a_block_of_code(question: str) -> None:
    """One fenced block: no line between the first and the last fence closes it."""
    asked = Event("question-changed", {"userId": "p", "question": question})
    notebook = json.loads(as_notebook({"id": "s"}, code_entries("1", asked)))
    cell = notebook["cells"][0]["source"]
    if not question.strip():
        assert "~" not in cell
        return
    head, fence, rest = re.split(r"^(~{3,})markdown\n", cell, maxsplit=1, flags=re.MULTILINE)
    inside, _, _ = rest.partition(f"\n{fence}\n")
    assert head == "# T\n\n"
    assert inside == question.rstrip()
    assert fence not in inside


@given(st.text())
def test_plain_text_in_markdown_has_no_markup(text: str) -> None:
    shown = re.sub(r"&#(\d+);", "", plain(text))
    assert all(
        character.isalnum() or character in " ,_" for character in shown if character < "\x7f"
    )
    assert "_" not in shown


def test_a_run_that_the_room_forgot_is_exported() -> None:
    entries = code_entries("0")
    for number in range(1, 60):
        started = {"userId": "p", "runId": f"r{number}", "language": "python", "code": f"{number}"}
        entry = Entry(number + 2, 1, "p", Audience.EVERYONE, Event("execute-code", started))
        entries.append(entry)
    assert [run.code for run in session_history(entries).runs] == [str(n) for n in range(60)]


def test_a_run_with_the_id_of_another_is_a_run_of_its_own() -> None:
    result = {"userId": "p", "output": "", "error": None, "durationMs": 1, "status": "ok"}
    again = [
        Event("execution-result", {**result, "runId": "r"}),
        Event("execute-code", {"userId": "p", "runId": "r", "language": "python", "code": "two"}),
        Event("execution-result", {**result, "runId": "r", "status": "error", "error": "no"}),
    ]
    entries = code_entries("one", *again)
    told = [(run.code, run.status) for run in session_history(entries).runs]
    assert told[-2:] == [("one", "ok"), ("two", "error")]


def test_a_zip_has_each_file_once_under_a_name_that_is_no_path() -> None:
    about, entries = interview(4, steps=120)
    told = session_history(entries)
    assert len(told.files) > 1
    with zipfile.ZipFile(io.BytesIO(as_zip(about, entries))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[-2:] == ["runs.txt", "recording.jsonl"]
        question = told.session.question
        assert len(set(names)) == len(names) == len(told.files) + 2 + bool(question)
        contents = [archive.read(name).decode() for name in names[:-2]]
        assert contents == [*told.files.values(), *([question] if question else [])]
        assert archive.read("recording.jsonl") == as_lines(about, entries)
        for run in told.runs:
            assert run.code in archive.read("runs.txt").decode()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x", "C__x"),
        ("con.py", "con_.py"),
        (".", ""),
        ("日本 1.py", "日本 1.py"),
    ],
)
def test_names_of_files_on_a_disk(name: str, safe: str) -> None:
    assert _safe(name) == safe


@given(st.text())
def test_a_name_for_a_header_is_one(title: str) -> None:
    name = export.file_name(title, export.FORMATS["ipynb"])
    assert re.fullmatch(r"[\w-]{1,60}\.ipynb", name, re.ASCII)


def test_a_page_has_no_tag_of_a_guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "REPLAY", tmp_path / "replay.html")
    with pytest.raises(export.NotBuilt):
        export.as_page(*RECORDED)
    export.REPLAY.write_text("<title>%TITLE%</title>%NONCE%<script>%RECORDING%</script>")
    evil = "</script><img src=x onerror=alert(1)>%RECORDING%"
    page = export.as_page({"id": "s", "title": evil}, code_entries(evil)).decode()
    assert re.findall(r"</?[a-z]+", page) == ["<title", "</title", "<script", "</script"]
    title, lines = page.split("<script>")
    assert "%RECORDING%" in title
    assert "onerror" in lines
