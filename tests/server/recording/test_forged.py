"""Forged recordings with a valid hash chain are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from arena_ext.protocol.limits import CHUNK_COST, MAX_RECORDED_PARTICIPANTS, OUTPUT_KEPT
from arena_ext.recording.format import MAX_LINE
from arena_ext.session.fold import fold
from arena_ext.session.model import Session
from tests.support.recordings import ABOUT, converted, rejection, sealed, texts

BEGIN: dict[str, Any] = {"seq": 1, "digest": "0" * 64}


# --- forged, with a valid hash chain --------------------------------------------------------------


def line(seq: int, to: str = "everyone", by: Any = "p", at: Any = 1, **body: Any) -> dict[str, Any]:
    return {"seq": seq, "at": at, "by": by, "to": to, **body}


def event(kind: str, payload: Any, seq: int = 2, **more: Any) -> dict[str, Any]:
    return line(seq, event={"type": kind, "payload": payload}, **more)


def edit(update: str, seq: int = 2, document: str = "pad", **more: Any) -> dict[str, Any]:
    return line(seq, edit={"document": document, "update": update}, **more)


#: Client 5 inserts "a" into the text `code`.
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
    "a new name of nobody": event(
        "participant-renamed", {"userId": "x", "from": "Ada", "username": "Eve"}
    ),
    "the place of nobody": event("entry-requested", {**JOINED, "seat": "x"}, to="interviewers"),
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
    """Control: an import that refuses everything would pass the next test."""
    lines = [BEGIN, event("participant-joined", JOINED), edit(GOOD_EDIT, 3)]
    found = converted(sealed(ABOUT, lines))
    assert texts(found.entries)[-1] == {"pad:code": "a"}
    assert len(found.entries) == 3


@pytest.mark.parametrize("name", FORGED)
def test_what_no_room_would_write_is_refused(name: str) -> None:
    why = rejection(sealed(ABOUT, [BEGIN, FORGED[name]]))
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
    assert rejection(sealed(about, [BEGIN])) is not None


def test_an_answer_to_a_guest_gives_the_place_that_was_asked_for_and_no_other() -> None:
    guest = {**JOINED, "userId": "g", "seat": "p"}
    lines = [
        BEGIN,
        event("participant-joined", JOINED),
        event("participant-joined", {**JOINED, "userId": "q"}, 3),
        event("entry-requested", guest, 4, to="interviewers"),
    ]
    answer = {"userId": "g", "by": None, "seat": "p"}
    converted(sealed(ABOUT, [*lines, event("entry-admitted", answer, 5, to="interviewers")]))
    for other in ({"seat": "q"}, {"seat": None}):
        forged = {key: value for key, value in {**answer, **other}.items() if value or key == "by"}
        ends = event("entry-admitted", forged, 5, to="interviewers")
        assert "another place" in str(rejection(sealed(ABOUT, [*lines, ends])))


def test_too_many_people_are_refused() -> None:
    most = MAX_RECORDED_PARTICIPANTS + 3
    quotas = [event("participant-joined", {**JOINED, "userId": f"p{n}"}, n) for n in range(2, most)]
    assert "too many people" in str(rejection(sealed(ABOUT, [BEGIN, *quotas])))


def test_too_many_people_who_were_declined_are_refused() -> None:
    quotas: list[dict[str, Any]] = []
    for number in range(MAX_RECORDED_PARTICIPANTS + 1):
        person = {**JOINED, "userId": f"p{number}"}
        for kind in ("entry-requested", "entry-declined"):
            payload = person if kind == "entry-requested" else {"userId": person["userId"]}
            quotas.append(event(kind, payload, len(quotas) + 2))
    assert "too many people" in str(rejection(sealed(ABOUT, [BEGIN, *quotas])))


def test_a_run_of_very_many_chunks_is_folded_within_the_bounds() -> None:
    start = {"userId": "p", "runId": "r", "language": "python", "code": ""}
    chunks = [{"mime": "text/html", "data": ""}, *[{"mime": "text/html", "data": "x"}] * 255]
    output = {"userId": "p", "runId": "r", "chunks": chunks}
    entries = [
        event("execute-code", start, 2),
        *(event("execution-output", output, seq) for seq in range(3, 60)),
    ]
    found = converted(sealed(ABOUT, [BEGIN, *entries]))
    session = Session("s")
    for entry in found.entries:
        fold(session, entry)
    assert 0 < len(session.runs["r"].chunks) <= OUTPUT_KEPT // CHUNK_COST


@pytest.mark.parametrize("metadata", [None, [], {}, {"arena": 1}, {"arena": {"recording": [1]}}])
def test_a_notebook_without_a_recording_is_refused(metadata: Any) -> None:
    notebook = {"nbformat": 4, "metadata": metadata, "cells": []}
    assert rejection(json.dumps(notebook).encode()) == "there is no recording in this notebook"
