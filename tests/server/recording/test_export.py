"""An interview taken away in one file and brought back: the same, or refused."""

from __future__ import annotations

import asyncio
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
from tornado.httputil import HTTPHeaders

from arena_ext import cli
from arena_ext.app import ArenaApp
from arena_ext.protocol.log_schemas import LOGGED_EVENTS
from arena_ext.protocol.wire import LANGUAGES, MAX_PARTICIPANTS, Audience
from arena_ext.recording import export
from arena_ext.recording import format as recording
from arena_ext.recording.format import MAX_LINE
from arena_ext.session.fold import _FOLDS
from arena_ext.session.model import Edit, Entry, Event
from tests.server.conftest import ConnectArena, Interview
from tests.support.people import Person
from tests.support.recordings import NOW, interview, sealed, take, taken, texts

#: Told only among servers: hashes, owners, and what was withheld.
SERVERS_OWN = {
    *{"session-created", "session-imported", "token-issued"},
    *{"invite-created", "invite-revoked"},
}
ABOUT = {
    "id": "origin",
    "title": "T",
    "language": "python",
    "createdAt": "2026-01-01T00:00:00.000Z",
}
BEGIN: dict[str, Any] = {"seq": 1, "digest": "0" * 64}


# --- there and back -------------------------------------------------------------------------------


@given(st.integers(0, 2**32), st.sampled_from([export.as_lines, export.as_notebook]))
@settings(max_examples=25, deadline=None)
def test_what_comes_back_is_what_was_taken_away(seed: int, make: Any) -> None:
    about, entries = interview(seed)
    back = taken(make(about, entries)).entries
    assert texts(back) == texts(entries)
    mine, theirs = export.story(back), export.story(entries)
    assert mine.runs == theirs.runs
    assert mine.files == theirs.files
    assert mine.session.participants == theirs.session.participants
    assert (mine.session.title, mine.session.language) == (about["title"], about["language"])
    assert mine.session.question == theirs.session.question == about["question"]
    for before, after in zip(entries[1:], back[1:], strict=True):
        if before.audience is not Audience.SERVER:
            assert after == before


def test_what_was_withheld_stays_so_and_says_where_it_comes_from() -> None:
    about, entries = interview(1)
    lines = export.as_lines(about, entries).decode()
    back = taken(lines.encode()).entries
    first = back[0].body
    assert isinstance(first, Event)
    assert first.type == "session-imported"
    assert first.payload["origin"] == about["id"]
    assert first.payload["chain"] == json.loads(lines.splitlines()[-1])["chain"]
    assert (first.payload["importedBy"], first.payload["importedAt"]) == ("Ana", NOW)
    kept_back = [each for each in entries[1:] if each.audience is Audience.SERVER]
    assert kept_back
    for each in kept_back:
        body = back[each.seq - 1].body
        assert isinstance(body, Event)
        digest = recording.digest(recording.to_json(each)).hex()
        assert (body.type, body.payload) == ("entry-withheld", {"digest": digest})
    again = export.as_lines({**about, "id": "new"}, back).decode()
    assert "entry-withheld" not in again
    assert texts(taken(again.encode()).entries) == texts(entries)


def test_every_event_that_folds_has_a_shape() -> None:
    assert set(_FOLDS) - SERVERS_OWN <= set(LOGGED_EVENTS)


RECORDED = interview(7, steps=25)
LINES = export.as_lines(*RECORDED)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_changed_byte_shows(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LINES) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda new: new != LINES[at]))
    assert isinstance(take(LINES[:at] + bytes([byte]) + LINES[at + 1 :]), str)


def test_an_endless_number_is_refused() -> None:
    endless = re.sub(rb'"at":\d+', b'"at":1e999', LINES)
    assert endless != LINES
    assert isinstance(take(endless), str)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_any_missing_or_added_byte_shows(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LINES) - 2))
    assert isinstance(take(LINES[:at] + LINES[at + 1 :]), str)
    assert isinstance(take(LINES[:at] + b" " + LINES[at:]), str)
    assert isinstance(take(LINES[:at]), str)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    assert isinstance(take(data), str)


# --- forged, with a chain that fits ---------------------------------------------------------------


def line(seq: int, to: str = "everyone", by: Any = "p", at: Any = 1, **body: Any) -> dict[str, Any]:
    return {"seq": seq, "at": at, "by": by, "to": to, **body}


def event(kind: str, payload: Any, seq: int = 2, **more: Any) -> dict[str, Any]:
    return line(seq, event={"type": kind, "payload": payload}, **more)


def edit(update: str, seq: int = 2, document: str = "pad", **more: Any) -> dict[str, Any]:
    return line(seq, edit={"document": document, "update": update}, **more)


#: "a" by client 5 in the text `code`.
GOOD_EDIT = "AQEFAAQBBGNvZGUBYQA="
JOINED = {"userId": "p", "username": "Ada", "color": "#1a6fd4", "role": "candidate"}
ENDLESS = json.loads("[" * 500 + "]" * 500)

FORGED = {
    "a token of the server's": event(
        "token-issued", {"userId": "p", "hash": "0" * 64, "login": None}, to="server"
    ),
    "an invite for all": event(
        "invite-created",
        {"invite": "i", "role": "candidate", "label": "", "expiresAt": 2**50, "hash": "0"},
    ),
    "a second beginning": event(
        "session-created", {"owner": "eve", "title": "", "language": "python"}
    ),
    "a second import": event(
        "session-imported",
        {"owner": "eve", "title": "", "language": "python", "importedAt": 1},
    ),
    "an event of ours that only a server sees": event("participant-joined", JOINED, to="server"),
    "an unknown event": event("launch", {}),
    "a role that there is not": event("participant-joined", {**JOINED, "role": "admin"}),
    "a name that is not seen": event("participant-joined", {**JOINED, "username": "\u200b"}),
    "a name the wrong way round": event("participant-joined", {**JOINED, "username": "\u202eadA"}),
    "a name that a terminal obeys": event("participant-joined", {**JOINED, "username": "\x1b[2J"}),
    "a run that takes longer than any number": event(
        "execution-result",
        {
            "userId": "p",
            "runId": "r",
            "output": "",
            "error": None,
            "status": "ok",
            "durationMs": 10**400,
        },
    ),
    "a line that is too long": event("session-ended", {"userId": None, "x": "y" * MAX_LINE}),
    "a colour with style in it": event("participant-joined", {**JOINED, "color": "red;x:y"}),
    "too little": event("participant-joined", {"userId": "p"}),
    "a payload that is none": event("session-ended", [["a", "b"]]),
    "a number that JSON has not": event("session-locked", {"userId": None, "locked": float("nan")}),
    "half a character": event("title-updated", {"userId": None, "title": "\ud800"}),
    "half a character for a name": event("session-ended", {"userId": None}, by="\ud800"),
    "nested": event("session-ended", {"userId": None, "x": ENDLESS}),
    "somebody who is a list": event("session-ended", {"userId": None}, by=["p"]),
    "before all time": event("session-ended", {"userId": None}, at=-1),
    "after all time": event("session-ended", {"userId": None}, at=10**18),
    "a time that is text": event("session-ended", {"userId": None}, at="soon"),
    "another's text": event("file-added", {"userId": None, "name": "a.py", "root": "code"}),
    "a path": event("file-added", {"userId": None, "name": "../a.py", "root": "code/2"}),
    "a file that is not": event(
        "main-file-changed", {"userId": None, "name": "a.py", "root": "code/9"}
    ),
    "no base64": edit("%%%"),
    "no update": edit("AAAA"),
    "a nested any": edit("AQEFAAgBBGNvZGUBdQF1AXUBdQA="),
    "another root": edit("AQEFAAQBBWNvZGUyAWEA"),
    "notes for everybody": edit("AQEFAAQBBW5vdGVzAWEA", document="notes"),
    "the pad for interviewers": edit(GOOD_EDIT, to="interviewers"),
    "a document that is not": edit(GOOD_EDIT, document="attic"),
    "neither": line(2, thing={}),
    "an audience that is not": edit(GOOD_EDIT, to="all"),
    "a digest that is short": {"seq": 2, "digest": "00"},
    "a digest that is none": {"seq": 2, "digest": 7},
}


def test_a_forged_recording_that_a_room_might_have_written_is_taken() -> None:
    """Else the next test would pass on anything."""
    lines = [BEGIN, event("participant-joined", JOINED), edit(GOOD_EDIT, 3)]
    found = taken(sealed(ABOUT, lines))
    assert texts(found.entries)[-1] == {"pad:code": "a"}
    assert len(found.entries) == 3


@pytest.mark.parametrize("name", FORGED)
def test_what_no_room_would_write_is_refused(name: str) -> None:
    why = take(sealed(ABOUT, [BEGIN, FORGED[name]]))
    assert isinstance(why, str)
    assert len(why) < 500


@pytest.mark.parametrize(
    "about",
    [
        {},
        {**ABOUT, "title": "x" * 9999},
        {**ABOUT, "title": 7},
        {**ABOUT, "language": "cobol"},
        {**ABOUT, "language": ["python"]},
        {**ABOUT, "createdAt": "yesterday"},
        {**ABOUT, "createdAt": "2026-01-01T00:00:00"},
        {**ABOUT, "createdAt": 7},
        {**ABOUT, "id": None},
    ],
)
def test_a_first_line_that_says_nothing_is_refused(about: dict[str, Any]) -> None:
    assert isinstance(take(sealed(about, [BEGIN])), str)


def test_a_crowd_is_refused() -> None:
    most = 2 * MAX_PARTICIPANTS + 3
    crowd = [event("participant-joined", {**JOINED, "userId": f"p{n}"}, n) for n in range(2, most)]
    assert "too many people" in str(take(sealed(ABOUT, [BEGIN, *crowd])))


@pytest.mark.parametrize("metadata", [None, [], {}, {"arena": 1}, {"arena": {"recording": [1]}}])
def test_a_notebook_without_a_recording_is_refused(metadata: Any) -> None:
    notebook = {"nbformat": 4, "metadata": metadata, "cells": []}
    assert take(json.dumps(notebook).encode()) == "there is no recording in this notebook"


# --- the files ------------------------------------------------------------------------------------


def code_entries(code: str, *more: Event) -> list[Entry]:
    """A short log whose one run has the code `code`."""
    created = Event("session-created", {"owner": "o", "title": "T", "language": "python"})
    bodies: list[tuple[Audience, Edit | Event]] = [(Audience.SERVER, created)]
    started = {"userId": "p", "runId": "r", "language": "python", "code": code}
    bodies += [(Audience.EVERYONE, each) for each in (Event("execute-code", started), *more)]
    return [Entry(n, 1000 * n, "p", to, body) for n, (to, body) in enumerate(bodies, 1)]


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_a_notebook_is_valid_and_has_all_there_was(seed: int) -> None:
    about, entries = interview(seed)
    told = export.story(entries)
    notebook: dict[str, Any] = json.loads(export.as_notebook(about, entries))
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
    notebook = json.loads(export.as_notebook({"id": "s"}, code_entries("1", output)))
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
    notebook = json.loads(export.as_notebook({"id": "s"}, entries))
    nbformat.validate(notebook)
    assert notebook["metadata"]["kernelspec"]["language"] == language


@given(st.text(alphabet="~`<>ab \n\t"))
def test_a_question_in_a_notebook_is_a_block_of_code(question: str) -> None:
    """From the first fence to the last, and no line between them closes it."""
    asked = Event("question-changed", {"userId": "p", "question": question})
    notebook = json.loads(export.as_notebook({"id": "s"}, code_entries("1", asked)))
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
    shown = re.sub(r"&#(\d+);", "", export.plain(text))
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
    assert [run.code for run in export.story(entries).runs] == [str(n) for n in range(60)]


def test_a_run_with_the_id_of_another_is_a_run_of_its_own() -> None:
    result = {"userId": "p", "output": "", "error": None, "durationMs": 1, "status": "ok"}
    again = [
        Event("execution-result", {**result, "runId": "r"}),
        Event("execute-code", {"userId": "p", "runId": "r", "language": "python", "code": "two"}),
        Event("execution-result", {**result, "runId": "r", "status": "error", "error": "no"}),
    ]
    entries = code_entries("one", *again)
    told = [(run.code, run.status) for run in export.story(entries).runs]
    assert told[-2:] == [("one", "ok"), ("two", "error")]


def test_a_zip_has_each_file_once_under_a_name_that_is_no_path() -> None:
    about, entries = interview(4, steps=120)
    told = export.story(entries)
    assert len(told.files) > 1
    with zipfile.ZipFile(io.BytesIO(export.as_zip(about, entries))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[-2:] == ["runs.txt", "recording.jsonl"]
        question = told.session.question
        assert len(set(names)) == len(names) == len(told.files) + 2 + bool(question)
        contents = [archive.read(name).decode() for name in names[:-2]]
        assert contents == [*told.files.values(), *([question] if question else [])]
        assert archive.read("recording.jsonl") == export.as_lines(about, entries)
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
    assert export._safe(name) == safe


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


# --- over the wire --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", export.FORMATS)
async def test_interviewers_export_and_nobody_else(
    host: Person,
    stranger: Person,
    interview: Interview,
    built: Path,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (built / "replay.html").write_text("<script>%RECORDING%</script>")
    monkeypatch.setattr(export, "REPLAY", built / "replay.html")
    title = 'A "title"; x=ü/../\\ <b>'
    await host.fetch("PATCH", f"sessions/{interview.session}", {"title": title})
    await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "print(1)"})
    path = f"sessions/{interview.session}/export?format={kind}"
    answer = await host.fetch("GET", path)
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="A-title-x-u-b.{kind}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == export.FORMATS[kind].content_type
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert b"print(1)" in answer.body or kind in ("html", "jsonl", "zip")
    assert b'"hash"' not in answer.body
    for person, status in ((interview.candidate, 403), (interview.observer, 403), (stranger, 404)):
        assert (await person.fetch("GET", path)).status == status


async def test_an_unknown_format_is_refused(host: Person, interview: Interview) -> None:
    for query in ("", "?format=", "?format=exe"):
        answer = await host.fetch("GET", f"sessions/{interview.session}/export{query}")
        assert answer.status == 400
        assert "ipynb, zip, html, jsonl" in answer.json["error"]


@pytest.mark.parametrize("storage", ["sqlite", "memory"])
@pytest.mark.parametrize("kind", ["jsonl", "ipynb"])
async def test_an_interview_comes_back_over_the_wire(
    host: Person, interview: Interview, connect_arena: ConnectArena, kind: str
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    await ada.settled()
    await ada.insert(0, "print('héllo 😀')")
    await ada.settled()
    path = f"sessions/{interview.session}"
    result = {"output": "héllo 😀\n", "error": None}
    assert (await interview.candidate.fetch("POST", f"{path}/execute", result)).status == 200
    exported = (await host.fetch("GET", f"{path}/export?format={kind}")).body
    answer = await host.fetch(
        "POST", "sessions/import", exported, {"Content-Type": "application/octet-stream"}
    )
    assert answer.status == 201, answer.text
    copy = answer.json
    assert copy["id"] != interview.session
    assert (copy["code"], copy["status"]) == ("print('héllo 😀')", "ended")
    assert copy["id"] in {each["id"] for each in (await host.fetch("GET", "sessions")).json}
    # The copy is to be read: by its owner, and by nobody who was there.
    path = f"sessions/{copy['id']}"
    for method, what, body in (
        ("PUT", "/code", {"code": "mine"}),
        ("PUT", "/language", {"language": "python"}),
        ("POST", "/execute", {"output": "mine"}),
        ("POST", "/invites", {"role": "candidate"}),
        ("PATCH", "", {"ended": False, "title": "mine"}),
    ):
        refused = await host.fetch(method, path + what, body)
        assert refused.status in (403, 409), f"{method} {what}"
    assert (await interview.candidate.fetch("GET", path)).status == 404
    recorded = (await host.fetch("GET", f"{path}/recording")).text
    session, entries = recording.parse(recorded)
    assert session["title"] == copy["title"]
    assert any(each.participant == interview.candidate_id for each in entries)
    assert (await host.fetch("DELETE", path)).status == 204


async def test_only_a_login_imports(
    host: Person, stranger: Person, interview: Interview, guest: Any
) -> None:
    exported = (await host.fetch("GET", f"sessions/{interview.session}/export?format=jsonl")).body
    sort = {"Content-Type": "application/octet-stream"}
    for person in (stranger, interview.candidate, interview.observer):
        answer = await person.fetch("POST", "sessions/import", exported, sort)
        assert answer.status == 403
    _, token = await host.join(interview.session, "Host")
    answer = await guest(token).fetch("POST", "sessions/import", exported, sort)
    assert answer.status == 403
    assert len((await host.fetch("GET", "sessions")).json) == 1


async def test_a_changed_recording_is_refused_with_a_reason(host: Person) -> None:
    changed = LINES.replace(b'"at":', b'"at": ', 1)
    answer = await host.fetch(
        "POST", "sessions/import", changed, {"Content-Type": "application/octet-stream"}
    )
    assert answer.status == 400
    assert answer.json == {"error": "the recording was changed after it was made, or is cut off"}
    assert (await host.fetch("GET", "sessions")).json == []


async def test_a_session_that_was_imported_is_there_after_a_restart(
    arena: ArenaApp, host: Person
) -> None:
    answer = await host.fetch(
        "POST", "sessions/import", LINES, {"Content-Type": "application/octet-stream"}
    )
    copy = answer.json
    room = await arena.rooms.get(copy["id"])
    assert room is not None
    room.crash()
    assert (await host.fetch("GET", f"sessions/{copy['id']}")).json == copy
    assert copy["code"] == RECORDED[0]["code"]


# --- the command line -----------------------------------------------------------------------------


async def test_the_command_line_exports_checks_and_imports(
    arena: ArenaApp, interview: Interview, host: Person, capsysbinary: Any, tmp_path: Path
) -> None:
    database = Path(arena.database)
    await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "print(1)"})

    def command(*arguments: str) -> tuple[int, bytes, str]:
        status = cli.main(list(arguments), database)
        said = capsysbinary.readouterr()
        return status, said.out, said.err.decode()

    file = tmp_path / "a.ipynb"
    status, out, _ = command("export", interview.session, "--format", "ipynb")
    assert status == 0
    file.write_bytes(out)
    assert command("check", str(file))[:2] == (0, f"{file}  ok\n".encode())
    status, out, _ = await asyncio.to_thread(command, "import", str(file))
    assert status == 0
    copy = out.decode().split()[-1].rstrip(".")
    assert command("check", copy)[:2] == (0, f"{copy}  ok\n".encode())
    answer = await host.fetch("GET", f"sessions/{copy}")
    assert (answer.json["code"], answer.json["status"]) == ("print(1)", "ended")
    file.write_bytes(LINES.replace(b"Ben", b"Bob"))
    status, out, _ = command("check", str(file))
    assert status == 1
    assert b"DAMAGED" in out
    status, _, err = command("import", str(file))
    assert status == 1
    assert "was not imported" in err
    assert command("import", str(tmp_path / "nowhere"))[0] == 1


def test_headers_are_headers() -> None:
    """What the tests above read is one header, not what a title made of it."""
    name = export.file_name("a\r\nSet-Cookie: x", export.FORMATS["zip"])
    headers = HTTPHeaders({"Content-Disposition": f'attachment; filename="{name}"'})
    assert list(headers) == ["Content-Disposition"]
