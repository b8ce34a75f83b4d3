"""Invites: role, lifetime and reuse of a link; its secret is stored nowhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.limits import INVITE_EXPIRES
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.people import Person

#: The real clock that Arena uses, before a test replaces it.
NOW = time.time_ns


class Clock:
    """The server's clock; a test can set it forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> int:
        return NOW() + int(self.ahead * 10**9)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the clock forward: `clock.ahead = 3600` seconds."""
    clock = Clock()
    monkeypatch.setattr(time, "time_ns", clock)
    return clock


@pytest.mark.parametrize("role", ["interviewer", "candidate", "observer"])
async def test_an_invite_gives_its_role(
    host: Person, stranger: Person, guest: Callable[[str], Person], role: str
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    body = {"userName": "Ada", "invite": await host.invite(session, role)}
    joined = (await stranger.fetch("POST", f"{here}/join", body)).json
    assert joined["user"]["role"] == role
    ada = guest(joined["token"])
    writes = await ada.fetch("PUT", f"{here}/code", {"code": "x"})
    assert (writes.status == 204) is (role != "observer")
    locks = await ada.fetch("PATCH", here, {"locked": True})
    assert (locks.status == 200) is (role == "interviewer")


async def test_a_login_that_comes_by_an_invite_is_what_the_invite_says(
    host: Person, stranger: Person
) -> None:
    session = await host.session()
    body = {"userName": "Host", "invite": await host.invite(session, "observer")}
    joined = await host.fetch("POST", f"sessions/{session}/join", body)
    assert joined.json["user"]["role"] == "observer"


async def test_the_link_is_shown_once_with_its_secret_in_the_fragment(
    host: Person, base: str
) -> None:
    session = await host.session()
    here = f"sessions/{session}/invites"
    created = await host.fetch("POST", here, {"role": "candidate", "label": "for Bob"})
    assert created.status == 201
    invite = created.json
    page, _, secret = invite.pop("url").partition("#")
    assert page == f"http://{base}arena/join/{session}"
    assert len(secret) >= 43, "256 bits"
    assert (invite["role"], invite["label"], invite["revoked"]) == ("candidate", "for Bob", False)
    week = datetime.fromisoformat(invite["expiresAt"]) - datetime.fromisoformat(invite["createdAt"])
    assert abs(week.total_seconds() - INVITE_EXPIRES) < 1
    listed = await host.fetch("GET", here)
    assert listed.json == [invite]
    assert secret not in listed.text


async def test_the_link_has_the_scheme_that_the_browser_sees(host: Person, base: str) -> None:
    """One proxy can end TLS, and a second one behind it then reports plain http to the server."""
    session = await host.session()
    address = base.partition("/")[0]
    body = {"role": "candidate"}
    for origin, scheme in (
        (f"https://{address}", "https"),
        (f"http://{address}", "http"),
        (f"ftp://{address}", "http"),
    ):
        here = f"sessions/{session}/invites"
        created = await host.fetch("POST", here, body, headers={"Origin": origin})
        assert created.json["url"].startswith(f"{scheme}://{base}arena/join/"), origin


async def test_invites_are_the_interviewers_to_make_see_and_revoke(
    host: Person, interview: Interview
) -> None:
    here = f"sessions/{interview.session}/invites"
    before = (await host.fetch("GET", here)).json
    assert [each["role"] for each in before] == ["candidate", "observer"]
    for caller in (interview.candidate, interview.observer):
        assert (await caller.fetch("GET", here)).status == 403
        assert (await caller.fetch("POST", here, {"role": "candidate"})).status == 403
        assert (await caller.fetch("DELETE", f"{here}/{before[0]['id']}")).status == 403
    assert (await host.fetch("GET", here)).json == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"role": "boss"},
        {"role": None},
        {"role": "candidate", "label": "x" * 121},
        {"role": "candidate", "expiresIn": 0},
        {"role": "candidate", "expiresIn": -1},
        {"role": "candidate", "expiresIn": 90 * 86400 + 1},
        {"role": "candidate", "expiresIn": "1"},
        {"role": "candidate", "expiresIn": 1.5},
        {"role": "candidate", "expiresIn": True},
    ],
)
async def test_a_wrong_invite_is_not_made(host: Person, body: dict[str, Any]) -> None:
    session = await host.session()
    answer = await host.fetch("POST", f"sessions/{session}/invites", body)
    assert answer.status == 400
    assert (await host.fetch("GET", f"sessions/{session}/invites")).json == []


async def test_an_invite_opens_until_it_expires(
    host: Person, stranger: Person, clock: Clock
) -> None:
    session = await host.session()
    short = await host.invite(session, expiresIn=60)
    long = await host.invite(session, expiresIn=3600)
    join = f"sessions/{session}/join"
    clock.ahead = 55
    ada = await stranger.fetch("POST", join, {"userName": "Ada", "invite": short})
    assert ada.status == 200
    clock.ahead = 65
    bob = await stranger.fetch("POST", join, {"userName": "Bob", "invite": short})
    assert bob.status == 403
    cleo = await stranger.fetch("POST", join, {"userName": "Cleo", "invite": long})
    assert cleo.status == 200


async def test_who_joined_stays_when_the_invite_expires(
    host: Person, stranger: Person, guest: Callable[[str], Person], clock: Clock
) -> None:
    session = await host.session()
    _, token = await stranger.join(session, "Ada", await host.invite(session, expiresIn=60))
    clock.ahead = 3600
    answer = await guest(token).fetch("PUT", f"sessions/{session}/code", {"code": "x"})
    assert answer.status == 204


async def test_bad_invites_cannot_be_told_apart(
    host: Person, stranger: Person, clock: Clock
) -> None:
    session, other = await host.session(), await host.session()
    expired = await host.invite(session, expiresIn=60)
    revoked = await host.invite(session)
    elsewhere = await host.invite(other)
    good = await host.invite(session)
    listed = (await host.fetch("GET", f"sessions/{session}/invites")).json
    gone = await host.fetch("DELETE", f"sessions/{session}/invites/{listed[1]['id']}")
    assert (gone.status, gone.body) == (204, b"")
    clock.ahead = 120
    answers = [
        await stranger.fetch("POST", f"sessions/{where}/join", {"userName": "Eve", "invite": each})
        for where, each in (
            (session, expired),
            (session, revoked),
            (session, elsewhere),
            (session, "no-such-invite"),
            (session, ""),
            (session, good[:-1]),
            (session, listed[2]["id"]),
            ("no-such-session", good),
        )
    ]
    assert {(each.status, each.text) for each in answers} == {(403, answers[0].text)}
    assert set(answers[0].json) == {"error"}
    assert (await host.fetch("GET", f"sessions/{session}/users")).json == []
    await stranger.join(session, "Ada", good)
    await stranger.join(other, "Ada", elsewhere)


async def test_revoking_says_so_in_the_list_and_is_final(host: Person) -> None:
    session = await host.session()
    await host.invite(session)
    here = f"sessions/{session}/invites"
    (invite,) = (await host.fetch("GET", here)).json
    for _ in range(2):
        assert (await host.fetch("DELETE", f"{here}/{invite['id']}")).status == 204
    assert (await host.fetch("GET", here)).json == [{**invite, "revoked": True}]
    assert (await host.fetch("DELETE", f"{here}/none")).status == 404


async def test_only_hashes_are_kept(
    arena: ArenaApp, host: Person, stranger: Person, connect_json: ConnectJson
) -> None:
    session = await host.session()
    secret = await host.invite(session)
    _, token = await stranger.join(session, "Ada", secret)
    _, host_token = await host.join(session, "Host")
    bot = await connect_json(session, token)
    await bot.join()
    entries = await arena.rooms.log.read(session)
    kept = repr([asdict(entry) for entry in entries])
    assert "invite-created" in kept
    assert "token-issued" in kept
    for each in (secret, token, host_token):
        assert each not in kept
        assert each not in repr(bot.events)


async def test_nobody_hears_of_invites_and_tokens(
    host: Person, stranger: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    _, boss = await stranger.join(
        interview.session, "Boss", await host.invite(interview.session, "interviewer")
    )
    bots = [
        await connect_json(interview.session, token)
        for token in (interview.candidate_token, interview.observer_token, boss)
    ]
    for bot in bots:
        await bot.join()
    await stranger.join(interview.session, "Bob", await host.invite(interview.session))
    for bot in bots:
        await bot.until(
            lambda bot=bot: any(  # type: ignore[misc]
                each["username"] == "Bob" for each in bot.payloads("participant-joined")
            )
        )
        assert not {"invite-created", "token-issued"} & {each["type"] for each in bot.events}
        assert "hash" not in repr(bot.events)


async def test_a_reload_with_the_token_is_the_same_participant(
    host: Person, interview: Interview, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    join = f"sessions/{interview.session}/join"
    again = (await interview.candidate.fetch("POST", join, {"userName": "Somebody else"})).json
    assert again["token"] == interview.candidate_token
    assert again["user"]["id"] == interview.candidate_id
    assert again["user"]["name"] == "Ada", "who one is stays"
    for _ in range(2):
        editor = await connect_arena(interview.session, interview.candidate_token)
        state = await editor.expect("session-state")
        assert state["user"]["id"] == interview.candidate_id
        await editor.close()
    bot = await connect_json(interview.session, interview.candidate_token)
    assert (await bot.join("Ada"))["user"]["id"] == interview.candidate_id
    users = (await host.fetch("GET", f"sessions/{interview.session}/users")).json
    assert [each["name"] for each in users].count("Ada") == 1


async def test_one_invite_lets_several_people_in(host: Person, stranger: Person) -> None:
    session = await host.session()
    secret = await host.invite(session)
    first = await stranger.join(session, "Ada", secret)
    second = await stranger.join(session, "Ada", secret)
    assert first[0] != second[0]
    assert first[1] != second[1]
    users = (await host.fetch("GET", f"sessions/{session}/users")).json
    assert [each["name"] for each in users] == ["Ada", "Ada (2)"]
