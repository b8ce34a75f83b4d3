"""REST: participants join and leave a session."""

from __future__ import annotations

from typing import Any

import pytest

from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectJson, Interview
from tests.support.answers import refusal
from tests.support.people import Person


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


@pytest.mark.limits(reload_grace=600.0)
async def test_a_client_that_leaves_on_purpose_is_off_the_roster_at_once(
    interview: Interview, connect_json: ConnectJson
) -> None:
    watcher = await connect_json(interview.session, interview.observer_token)
    await watcher.join()
    for ask in (True, False):
        bot = await connect_json(interview.session, interview.candidate_token)
        await bot.join()
        if ask:
            await bot.send("leave-session", {})
            await bot.expect_close(Close.NORMAL)
        else:
            await bot.close(Close.NORMAL)
        assert await watcher.expect("participant-left") == {"userId": interview.candidate_id}


@pytest.mark.limits(reload_grace=600.0)
async def test_nobody_hears_of_a_page_that_reloads(
    interview: Interview, connect_json: ConnectJson
) -> None:
    watcher = await connect_json(interview.session, interview.observer_token)
    await watcher.join()
    for language in ("javascript", "sql"):
        page = await connect_json(interview.session, interview.candidate_token)
        await page.join()
        await page.send("language-change", {"language": language})
        assert (await watcher.expect("language-updated"))["language"] == language
        await page.close(Close.GOING_AWAY)
    assert watcher.payloads("participant-left") == []
    assert watcher.payloads("participant-joined") == []


async def test_one_leaves_only_for_oneself(host: Person, interview: Interview) -> None:
    here = f"sessions/{interview.session}/leave"
    other = {"userId": interview.observer_id}
    refusal(await interview.candidate.fetch("POST", here, other), 403)
    for body in ({}, {"userId": "nobody"}, {"userId": 7}, {"userId": ""}):
        refusal(await interview.candidate.fetch("POST", here, body), 400)
    users = (await host.fetch("GET", f"sessions/{interview.session}/users")).json
    assert len(users) == 2
