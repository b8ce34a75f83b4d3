"""REST: sessions are created, listed and read; every answer is checked against the contract."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from traitlets.config import Config

from arena_ext.protocol.limits import MAX_BODY, MAX_QUESTION
from arena_ext.protocol.wire import LANGUAGES
from tests.server.conftest import Interview
from tests.support.answers import UNKNOWN, refusal
from tests.support.logins import PersonsProvider
from tests.support.people import Person

# --- info -------------------------------------------------------------------------------------


async def test_info_says_what_the_caller_may_do(host: Person, stranger: Person) -> None:
    mine = (await host.fetch("GET", "info")).json
    assert mine["languages"] == list(LANGUAGES)
    assert (mine["mayCreate"], mine["mayShare"], mine["openAccess"]) == (True, True, False)
    assert mine["user"]["name"]
    assert "allow_remote_access" in mine["shareHint"]
    theirs = (await stranger.fetch("GET", "info")).json
    assert (theirs["user"], theirs["mayCreate"]) == (None, False)


# --- sessions ---------------------------------------------------------------------------------


async def test_a_new_session_has_the_defaults(host: Person, jp_base_url: str) -> None:
    before = datetime.now(UTC)
    answer = await host.fetch("POST", "sessions", {})
    session = answer.json
    assert answer.status == 201
    assert session == {
        "id": session["id"],
        "createdAt": session["createdAt"],
        "code": "",
        "language": "javascript",
        "title": "Interview",
        "question": "",
        "status": "open",
        "url": f"{jp_base_url}arena/join/{session['id']}",
    }
    # No "-": a terminal treats a leading one as an option, and a double click stops at one.
    assert re.fullmatch("[0-9a-f]{32}", session["id"])
    age = datetime.fromisoformat(session["createdAt"]) - before
    assert -0.01 < age.total_seconds() < 60
    assert len(session["id"]) >= 20, "an id must be too long to guess"


async def test_a_new_session_needs_no_body(host: Person) -> None:
    assert (await host.fetch("POST", "sessions")).status == 201


async def test_a_new_session_takes_language_and_title(host: Person) -> None:
    session = await host.session(language="python", title="  Backend  ")
    answer = await host.fetch("GET", f"sessions/{session}")
    assert (answer.json["language"], answer.json["title"]) == ("python", "Backend")


async def test_a_new_session_takes_a_question(host: Person) -> None:
    session = await host.session(question="# Vowels\n\nCount them.")
    about = (await host.fetch("GET", f"sessions/{session}")).json
    assert about["question"] == "# Vowels\n\nCount them."
    # The recording has it as an entry, like every later question.
    recording = (await host.fetch("GET", f"sessions/{session}/recording")).text
    assert '"question-changed"' in recording.splitlines()[2]


@pytest.mark.parametrize(
    "body",
    [
        {"language": "cobol"},
        {"language": None},
        {"title": "x" * 121},
        {"title": 1},
        {"title": "half an emoji: \ud83d"},
        {"question": "x" * (MAX_QUESTION + 1)},
        {"question": None},
        [],
        b"null",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"title": NaN}',
    ],
    ids=lambda body: repr(body)[:30],
)
async def test_a_body_that_makes_no_sense_creates_nothing(host: Person, body: Any) -> None:
    refusal(await host.fetch("POST", "sessions", body), 400)
    assert (await host.fetch("GET", "sessions")).json == []


async def test_a_huge_body_is_refused(host: Person, interview: Interview) -> None:
    body = b'{"code": "' + b"x" * MAX_BODY + b'"}'
    answer = await host.fetch("PUT", f"sessions/{interview.session}/code", body)
    refusal(answer, 413)


async def test_only_hosts_create_sessions(stranger: Person, interview: Interview) -> None:
    for caller in (stranger, interview.candidate):
        refusal(await caller.fetch("POST", "sessions", {}), 403)


async def test_the_list_has_the_callers_own_newest_first(
    host: Person, stranger: Person, interview: Interview
) -> None:
    newer = await host.session(title="Newer")
    sessions = (await host.fetch("GET", "sessions")).json
    assert {each["id"] for each in sessions} == {newer, interview.session}
    assert [each["createdAt"] for each in sessions] == sorted(
        (each["createdAt"] for each in sessions), reverse=True
    )
    for caller in (stranger, interview.candidate):
        refusal(await caller.fetch("GET", "sessions"), 403)


@pytest.fixture
def persons(jp_server_config: Config) -> Config:
    """A server with accounts, instead of one token for all."""
    jp_server_config.ServerApp.identity_provider_class = PersonsProvider
    return jp_server_config


@pytest.fixture
def cleo(persons: Config, person: Callable[..., Person]) -> Person:
    """A caller with a Jupyter account."""
    return person({"X-Person": "cleo"})


@pytest.fixture
def dan(persons: Config, person: Callable[..., Person]) -> Person:
    """A caller with another Jupyter account."""
    return person({"X-Person": "dan"})


async def test_a_session_belongs_to_the_login_that_made_it(cleo: Person, dan: Person) -> None:
    session = await cleo.session()
    assert (await dan.fetch("GET", "sessions")).json == []
    missing = await dan.fetch("GET", "sessions/no-such-session")
    for method in ("GET", "PATCH", "DELETE"):
        answer = await dan.fetch(method, f"sessions/{session}")
        assert (answer.status, answer.json) == (missing.status, missing.json) == (404, UNKNOWN)
    assert (await dan.fetch("POST", f"sessions/{session}/join", {"userName": "Dan"})).status == 404
    assert (await cleo.fetch("GET", f"sessions/{session}")).status == 200


async def test_a_login_is_the_same_participant_again(cleo: Person) -> None:
    session = await cleo.session()
    first, first_token = await cleo.join(session, "Cleo")
    second, second_token = await cleo.join(session, "Cleo")
    assert first == second
    assert first_token != second_token
    users = (await cleo.fetch("GET", f"sessions/{session}/users")).json
    assert [(each["name"], each["role"]) for each in users] == [("Cleo", "interviewer")]


async def test_everybody_in_it_reads_a_session(host: Person, interview: Interview) -> None:
    answers = [
        await caller.fetch("GET", f"sessions/{interview.session}")
        for caller in (host, interview.candidate, interview.observer)
    ]
    assert [each.status for each in answers] == [200, 200, 200]
    assert answers[0].json == answers[1].json == answers[2].json


CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"locked": True}),
    ("DELETE", "", None),
    ("POST", "/join", {"userName": "Eve"}),
    ("GET", "/users", None),
    ("GET", "/recording", None),
    ("PUT", "/code", {"code": "mine"}),
    ("PUT", "/language", {"language": "python"}),
    ("POST", "/execute", {"output": "mine"}),
    ("POST", "/leave", {"userId": "whoever"}),
    ("GET", "/invites", None),
    ("POST", "/invites", {"role": "interviewer"}),
    ("DELETE", "/invites/whichever", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_unknown_sessions_and_bad_tokens_cannot_be_told_apart(
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    interview: Interview,
    method: str,
    path: str,
    body: Any,
) -> None:
    elsewhere = await host.session()
    _, other_token = await host.join(elsewhere, "Host")
    known, unknown = f"sessions/{interview.session}{path}", f"sessions/none{path}"
    answers = [
        await interview.candidate.fetch(method, unknown, body),
        await stranger.fetch(method, unknown, body),
        await stranger.fetch(method, known, body),
        await guest("no-such-token").fetch(method, known, body),
        await guest("").fetch(method, known, body),
        await guest(other_token).fetch(method, known, body),
        await guest("no-such-token").fetch(method, unknown, body),
    ]
    assert {(each.status, each.text) for each in answers} == {(404, answers[0].text)}
    assert answers[0].json == UNKNOWN
    assert (await host.fetch("GET", f"sessions/{interview.session}")).json["status"] == "open"


# --- every answer -----------------------------------------------------------------------------


async def test_no_answer_is_for_caches_or_guesses(host: Person, stranger: Person) -> None:
    for answer in (
        await host.fetch("GET", "sessions"),
        await stranger.fetch("GET", "sessions"),
        await stranger.fetch("GET", "sessions/none"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Type"].startswith("application/json")


async def test_what_is_no_call_is_no_success(host: Person, stranger: Person) -> None:
    refusal(await host.fetch("DELETE", "sessions"), 405)
    assert (await stranger.fetch("DELETE", "sessions")).status in (403, 405)
    assert (await host.fetch("GET", "nothing")).status == 404
