"""REST as its callers see it; the contract judges every answer on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from traitlets.config import Config

from arena_ext.app import ArenaApp
from arena_ext.protocol import wire as protocol
from arena_ext.protocol.wire import LANGUAGES, MAX_BODY, MAX_QUESTION, MAX_TEXT, Close
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.logins import PersonsProvider
from tests.support.people import Answer, Person

UNKNOWN = {"error": "there is no such session"}


def refusal(answer: Answer, status: int) -> str:
    """What a call was refused with, which has to be this status."""
    assert answer.status == status, f"expected {status}, got {answer.status}: {answer.text}"
    return str(answer.json["error"])


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
    # A terminal takes what begins with "-" for an option, and a double click ends at one.
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
    # Whoever gets the recording has it as an entry, like any later one.
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
    """A server that knows persons, not one secret for all."""
    jp_server_config.ServerApp.identity_provider_class = PersonsProvider
    return jp_server_config


@pytest.fixture
def cleo(persons: Config, person: Callable[..., Person]) -> Person:
    """A Jupyter user."""
    return person({"X-Person": "cleo"})


@pytest.fixture
def dan(persons: Config, person: Callable[..., Person]) -> Person:
    """Another one."""
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


# --- changing and deleting a session ----------------------------------------------------------


async def test_an_interviewer_renames_a_session(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    answer = await host.fetch("PATCH", f"sessions/{interview.session}", {"title": "Round 2"})
    assert (answer.status, answer.json["title"]) == (200, "Round 2")
    assert (await bot.expect("title-updated"))["title"] == "Round 2"


async def test_an_interviewer_changes_the_question(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    here = f"sessions/{interview.session}"
    bot = await connect_json(interview.session, interview.candidate_token)
    assert (await bot.join())["session"]["question"] == ""
    # As long as it may be, of characters that JSON writes with twelve bytes.
    longest = "\N{GRINNING FACE}" * MAX_QUESTION
    for question in ("Count the *vowels*.", longest, ""):
        answer = await host.fetch("PATCH", here, {"question": question})
        assert (answer.status, answer.json["question"]) == (200, question)
        assert (await bot.expect("question-changed"))["question"] == question


async def test_locking_stops_candidates_and_unlocking_lets_them_go_on(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    here = f"sessions/{interview.session}"
    locked = await host.fetch("PATCH", here, {"locked": True})
    assert (locked.status, locked.json["status"]) == (200, "locked")
    assert (await bot.expect("session-locked"))["locked"] is True
    for method, path, body in (
        ("PUT", "code", {"code": "x"}),
        ("PUT", "language", {"language": "python"}),
        ("POST", "execute", {"output": "x"}),
    ):
        answer = await interview.candidate.fetch(method, f"{here}/{path}", body)
        assert "locked" in refusal(answer, 403)
    assert (await host.fetch("PUT", f"{here}/code", {"code": "by the host"})).status == 204
    unlocked = await host.fetch("PATCH", here, {"locked": False})
    assert unlocked.json["status"] == "open"
    assert (await bot.expect("session-locked"))["locked"] is False
    done = await interview.candidate.fetch("PUT", f"{here}/code", {"code": "by Ada"})
    assert done.status == 204
    assert await host.code(interview.session) == "by Ada"


async def test_locking_twice_says_so_once(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    for body in ({"locked": True}, {"locked": True}, {"title": "After"}):
        assert (await host.fetch("PATCH", f"sessions/{interview.session}", body)).status == 200
    await bot.expect("title-updated")
    assert len(bot.payloads("session-locked")) == 1


async def test_an_ended_session_is_over_for_guests_and_stays_readable_for_its_host(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    here = f"sessions/{interview.session}"
    invite = await host.invite(interview.session)
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    await host.fetch("PUT", f"{here}/code", {"code": "the answer"})
    ended = await host.fetch("PATCH", here, {"ended": True})
    assert (ended.status, ended.json["status"]) == (200, "ended")
    await bot.expect_close(Close.ENDED)

    assert (await host.fetch("GET", here)).json["code"] == "the answer"
    for body in ({"title": "x"}, {"question": "x"}, {"ended": True}, {"locked": True}, {}):
        assert refusal(await host.fetch("PATCH", here, body), 409) == "the session has ended"
    for caller in (host, interview.candidate):
        refusal(await caller.fetch("PUT", f"{here}/code", {"code": "x"}), 403)
        refusal(await caller.fetch("PUT", f"{here}/language", {"language": "python"}), 403)
        refusal(await caller.fetch("POST", f"{here}/execute", {"output": "x"}), 403)
        refusal(await caller.fetch("POST", f"{here}/invites", {"role": "candidate"}), 403)
    for path in ("", "/users"):
        refusal(await interview.candidate.fetch("GET", here + path), 403)
    by_invite = {"userName": "Late", "invite": invite}
    refusal(await interview.candidate.fetch("POST", f"{here}/join", by_invite), 409)
    refusal(await interview.candidate.fetch("POST", f"{here}/join", {"userName": "Ada"}), 409)
    assert (await host.fetch("POST", f"{here}/join", {"userName": "Host"})).status == 200
    assert (await host.fetch("GET", here)).json["code"] == "the answer"


@pytest.mark.parametrize(
    "body",
    [{"title": 1}, {"title": "x" * 121}, {"question": 1}, {"locked": "yes"}, {"ended": 1}, []],
)
async def test_a_wrong_change_changes_nothing(
    host: Person, interview: Interview, body: Any
) -> None:
    before = (await host.fetch("GET", f"sessions/{interview.session}")).json
    refusal(await host.fetch("PATCH", f"sessions/{interview.session}", body), 400)
    assert (await host.fetch("GET", f"sessions/{interview.session}")).json == before


async def test_guests_neither_change_nor_delete_a_session(
    host: Person, interview: Interview
) -> None:
    here = f"sessions/{interview.session}"
    before = (await host.fetch("GET", here)).json
    for caller in (interview.candidate, interview.observer):
        for body in ({"title": "mine"}, {"locked": True}, {"ended": True}):
            refusal(await caller.fetch("PATCH", here, body), 403)
        refusal(await caller.fetch("DELETE", here), 403)
    assert (await host.fetch("GET", here)).json == before


async def test_deleting_removes_all_and_hangs_up(
    host: Person, arena: ArenaApp, interview: Interview, connect_json: ConnectJson
) -> None:
    here = f"sessions/{interview.session}"
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    answer = await host.fetch("DELETE", here)
    assert (answer.status, answer.body) == (204, b"")
    await bot.expect_close(Close.REFUSED)
    for caller in (host, interview.candidate):
        assert (await caller.fetch("GET", here)).json == UNKNOWN
        refusal(await caller.fetch("DELETE", here), 404)
    assert (await host.fetch("GET", "sessions")).json == []
    assert list(await arena.rooms.log.sessions()) == []


async def test_the_recording_is_the_interviewers(host: Person, interview: Interview) -> None:
    here = f"sessions/{interview.session}"
    await interview.candidate.fetch("PUT", f"{here}/language", {"language": "python"})
    answer = await host.fetch("GET", f"{here}/recording", headers={"Accept-Encoding": "identity"})
    assert answer.status == 200
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) > 3
    assert "language-updated" in answer.text
    assert interview.candidate_token not in answer.text
    for kind in ("token-issued", "invite-created"):
        assert kind not in answer.text
    for caller in (interview.candidate, interview.observer):
        refusal(await caller.fetch("GET", f"{here}/recording"), 403)


# --- joining and leaving ----------------------------------------------------------------------


async def test_joining_puts_one_on_the_roster_and_everybody_hears(
    host: Person, stranger: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    invite = await host.invite(interview.session)
    body = {"userName": "Bob", "invite": invite}
    answer = await stranger.fetch("POST", f"sessions/{interview.session}/join", body)
    user = answer.json["user"]
    assert answer.json["session"]["id"] == interview.session
    assert (user["name"], user["role"]) == ("Bob", "candidate")
    assert len(answer.json["token"]) >= 43, "256 bits"
    joined = await bot.expect("participant-joined")
    assert (joined["userId"], joined["username"]) == (user["id"], "Bob")
    users = (await host.fetch("GET", f"sessions/{interview.session}/users")).json
    assert [each["name"] for each in users] == ["Ada", "Oz", "Bob"]
    assert users[2] == user


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("\u202eeve", "eve"),
        ("A\u200bda", "Ada (2)"),
        ("ada", "ada (2)"),
        ("李 😀", "李 😀"),
        ("x" * 200, "x" * 64),
        ("<b>Bob</b>", "<b>Bob</b>"),
    ],
)
async def test_names_are_cleaned_and_distinct(
    host: Person, interview: Interview, given: str, shown: str
) -> None:
    body = {"userName": given, "invite": await host.invite(interview.session)}
    answer = await host.fetch("POST", f"sessions/{interview.session}/join", body)
    assert answer.json["user"]["name"] == shown


@pytest.mark.parametrize(
    "body",
    [
        {},
        *({"userName": name} for name in ("", 7, None, " \t", "\u200b\u202e", "x" * 257)),
        {"userName": "\ud800"},
    ],
)
async def test_joining_needs_a_name(host: Person, interview: Interview, body: Any) -> None:
    refusal(await host.fetch("POST", f"sessions/{interview.session}/join", body), 400)
    with_invite = {"invite": await host.invite(interview.session), **body}
    refusal(await host.fetch("POST", f"sessions/{interview.session}/join", with_invite), 400)
    users = (await host.fetch("GET", f"sessions/{interview.session}/users")).json
    assert len(users) == 2


async def test_the_roster_is_for_those_in_the_session(
    interview: Interview, stranger: Person
) -> None:
    users = (await interview.observer.fetch("GET", f"sessions/{interview.session}/users")).json
    assert [(each["id"], each["role"]) for each in users] == [
        (interview.candidate_id, "candidate"),
        (interview.observer_id, "observer"),
    ]
    assert users[0]["color"] != users[1]["color"]
    assert (await stranger.fetch("GET", f"sessions/{interview.session}/users")).status == 404


async def test_leaving_takes_one_off_the_roster_and_hangs_up(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    watcher = await connect_json(interview.session, interview.observer_token)
    await watcher.join()
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    leaving = {"userId": interview.candidate_id}
    answer = await interview.candidate.fetch("POST", f"sessions/{interview.session}/leave", leaving)
    assert (answer.status, answer.body) == (204, b"")
    await bot.expect_close(Close.NORMAL)
    assert await watcher.expect("participant-left") == leaving
    users = (await host.fetch("GET", f"sessions/{interview.session}/users")).json
    assert [each["id"] for each in users] == [interview.observer_id]


async def test_one_leaves_only_for_oneself(host: Person, interview: Interview) -> None:
    here = f"sessions/{interview.session}/leave"
    other = {"userId": interview.observer_id}
    refusal(await interview.candidate.fetch("POST", here, other), 403)
    for body in ({}, {"userId": "nobody"}, {"userId": 7}, {"userId": ""}):
        refusal(await interview.candidate.fetch("POST", here, body), 400)
    users = (await host.fetch("GET", f"sessions/{interview.session}/users")).json
    assert len(users) == 2


# --- code, language, results ------------------------------------------------------------------


async def test_code_put_by_rest_reaches_editors_and_bots_as_a_minimal_edit(
    interview: Interview, connect_json: ConnectJson, connect_arena: ConnectArena
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    for code in ("a😀b漢字c", "a😀B漢字c", "a😁B漢字c", "a😁B漢c", "漢", "", "👩‍👩‍👧 é\r\n"):
        answer = await interview.candidate.fetch(
            "PUT", f"sessions/{interview.session}/code", {"code": code}
        )
        assert (answer.status, answer.body) == (204, b"")
        await editor.expect_text(code)
        told = await bot.expect_code(code)
        assert told["userId"] == interview.candidate_id


async def test_putting_code_leaves_what_others_type_elsewhere(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    await editor.insert(0, "first\nsecond\n")
    await editor.settled()
    here = f"sessions/{interview.session}/code"
    await host.fetch("PUT", here, {"code": "first\nSECOND\n"})
    await editor.insert(0, "// ")  # whether or not the edit has come here yet
    await editor.settled()
    await editor.expect_text("// first\nSECOND\n")
    assert await host.code(interview.session) == "// first\nSECOND\n"


async def test_code_as_long_as_allowed_and_one_byte_more(
    host: Person, interview: Interview
) -> None:
    here = f"sessions/{interview.session}/code"
    assert (await host.fetch("PUT", here, {"code": "x" * MAX_TEXT})).status == 204
    too_much = "x" * (MAX_TEXT - 1) + "é"
    assert refusal(await host.fetch("PUT", here, {"code": too_much}), 413) == "the text is too long"
    refusal(await host.fetch("PUT", here, {"code": "x" * (MAX_TEXT + 1)}), 400)
    assert await host.code(interview.session) == "x" * MAX_TEXT


@pytest.mark.parametrize("body", [{}, {"code": 1}, {"code": None}, {"code": "\ud800"}, b"code"])
async def test_wrong_code_changes_nothing(host: Person, interview: Interview, body: Any) -> None:
    here = f"sessions/{interview.session}/code"
    await host.fetch("PUT", here, {"code": "before"})
    refusal(await interview.candidate.fetch("PUT", here, body), 400)
    assert await host.code(interview.session) == "before"


async def test_the_language_reaches_everybody(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    here = f"sessions/{interview.session}/language"
    answer = await interview.candidate.fetch("PUT", here, {"language": "python"})
    assert (answer.status, answer.body) == (204, b"")
    updated = await bot.expect("language-updated")
    assert updated == {"userId": interview.candidate_id, "language": "python"}
    for body in ({}, {"language": "cobol"}, {"language": ["python"]}):
        refusal(await interview.candidate.fetch("PUT", here, body), 400)
    session = (await host.fetch("GET", f"sessions/{interview.session}")).json
    assert session["language"] == "python"


async def test_a_result_is_relayed_as_it_came(
    interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    result = {"output": "", "error": "NameError: 漢", "timestamp": "2026-03-01T14:05:09Z"}
    here = f"sessions/{interview.session}/execute"
    answer = await interview.candidate.fetch("POST", here, result)
    assert (answer.status, answer.json) == (200, result)
    heard = await bot.expect("execution-result")
    assert heard["userId"] == interview.candidate_id
    assert (heard["output"], heard["error"], heard["status"]) == ("", "NameError: 漢", "error")


async def test_a_result_gets_what_was_left_out(interview: Interview) -> None:
    here = f"sessions/{interview.session}/execute"
    answer = (await interview.candidate.fetch("POST", here, {"output": "42\n"})).json
    assert (answer["output"], answer["error"]) == ("42\n", None)
    age = datetime.now(UTC) - datetime.fromisoformat(answer["timestamp"])
    assert 0 <= age.total_seconds() < 60


async def test_what_a_result_does_not_have_goes_nowhere(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    here = f"sessions/{interview.session}/execute"
    for extra in (
        {"status": "ok\n\n<img src=x onerror=alert(1)>", "durationMs": "long"},
        {"status": {"a": 1}, "runId": "b", "location": ["x"] * 1000},
        {"runId": "b", "userId": interview.observer_id},
    ):
        answer = await interview.candidate.fetch("POST", here, {"output": "x", **extra})
        assert set(answer.json) == {"output", "error", "timestamp"}
        heard = await bot.expect("execution-result")
        assert (heard["status"], heard["durationMs"]) == ("ok", None)
        assert (heard["userId"], "location" in heard) == (interview.candidate_id, False)
        assert heard["runId"] != "b"
    exported = await host.fetch("GET", f"sessions/{interview.session}/export?format=ipynb")
    assert exported.status == 200


async def test_who_only_looks_sends_no_large_body(interview: Interview) -> None:
    odd = json.dumps({"code": [[]] * 100_000, "output": [[]] * 100_000}).encode()
    for method, path in (("PUT", "code"), ("POST", "execute")):
        here = f"sessions/{interview.session}/{path}"
        assert "observer" in refusal(await interview.observer.fetch(method, here, odd), 403)
        refusal(await interview.candidate.fetch(method, here, odd), 400)


async def test_who_sends_too_much_by_rest_has_to_wait(
    interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BYTE_RATE", 1.0)
    here = f"sessions/{interview.session}/execute"
    large = {"output": "😀" * 500_000}
    statuses = [(await interview.candidate.fetch("POST", here, large)).status for _ in range(2)]
    assert statuses == [200, 429]
    assert (await interview.observer.fetch("GET", f"sessions/{interview.session}")).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"output": 1},
        {"output": "", "error": 1},
        {"output": "", "timestamp": []},
        b'{"output": "", "timestamp": NaN}',
        b'{"output": "", "timestamp": 1e999}',
    ],
)
async def test_a_wrong_result_reaches_nobody(
    interview: Interview, connect_json: ConnectJson, body: Any
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    here = f"sessions/{interview.session}/execute"
    refusal(await interview.candidate.fetch("POST", here, body), 400)
    await interview.candidate.fetch("POST", here, {"output": "right"})
    assert (await bot.expect("execution-result"))["output"] == "right"


async def test_observers_only_look(host: Person, interview: Interview) -> None:
    here = f"sessions/{interview.session}"
    before = (await host.fetch("GET", here)).json
    for method, path, body in (
        ("PUT", "code", {"code": "x"}),
        ("PUT", "language", {"language": "python"}),
        ("POST", "execute", {"output": "x"}),
        ("POST", "invites", {"role": "observer"}),
        ("GET", "invites", None),
        ("DELETE", "invites/x", None),
    ):
        answer = await interview.observer.fetch(method, f"{here}/{path}", body)
        assert "observer" in refusal(answer, 403)
    assert (await host.fetch("GET", here)).json == before


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
