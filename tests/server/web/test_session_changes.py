"""REST: sessions are changed, ended, recorded and deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.limits import MAX_QUESTION
from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectJson, Interview
from tests.support.answers import UNKNOWN, refusal
from tests.support.people import Person


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
    # The longest question, of characters that take twelve bytes each in JSON.
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
