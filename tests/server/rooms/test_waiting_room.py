"""The waiting room: guests wait until an interviewer admits them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.people import Person
from tests.support.rights import ask, change_role


async def test_who_waits_hears_nothing_until_they_are_let_in(
    host: Person,
    stranger: Person,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    session, here = interview.session, f"sessions/{interview.session}"
    _, host_token = await host.join(session, "Host")
    boss = await connect_json(session, host_token)
    state = await boss.join()
    assert (state["askToEnter"], state["waiting"]) == (False, [])
    oz = await connect_json(session, interview.observer_token)
    assert not {"askToEnter", "waiting"} & set(await oz.join())
    assert (await host.fetch("PATCH", here, {"askToEnter": True})).status == 200
    assert (await boss.expect("entry-changed"))["askToEnter"] is True

    will_id, token = await ask(host, stranger, session, "Ada")
    request = await boss.expect("entry-requested")
    assert (request["userId"], request["username"]) == (will_id, "Ada (2)")
    bot_id, bot_token = await ask(host, stranger, session, "Bot")
    provider_id, provider_token = await ask(host, stranger, session, "Provider")
    editor = await connect_arena(session, token)
    bot = await connect_json(session, bot_token)
    await bot.send("join-session", {"username": "Bot"})
    provider = await connect_arena(session, provider_token, dialect="y.v1")
    for each in (editor, bot):
        assert await each.expect("waiting") == {}
    await interview.candidate.fetch("PUT", f"{here}/code", {"code": "secret"})
    await interview.candidate.fetch("PUT", f"{here}/language", {"language": "python"})
    await oz.expect("language-updated")
    await bot.send("code-change", {"changes": "mine"})
    await editor.send_raw(b"\x00\x00\x01\x00")  # sync step 1
    await editor.send("language-change", {"language": "javascript"})
    for each in (editor, bot):
        assert (await each.expect("error"))["code"] == "waiting"
        assert {event["type"] for event in each.events} == {"waiting", "error"}
    assert (editor.frames, editor.text, provider.text) == ([], "", "")
    users = (await host.fetch("GET", f"{here}/users")).json
    assert not {will_id, bot_id, provider_id} & {each["id"] for each in users}
    assert await host.code(session) == "secret"

    for guest in (will_id, bot_id, provider_id):
        assert (await host.fetch("POST", f"{here}/users/{guest}/admit")).status == 204
    for each, guest in ((editor, will_id), (bot, bot_id)):
        admitted = await each.expect("session-state")
        assert admitted["user"]["id"] == guest
        assert admitted["session"]["code"] == "secret"
    for each in (editor, provider):
        await each.expect_text("secret")
    await editor.insert(0, "no ")
    await provider.expect_text("no secret")
    assert (await boss.expect("entry-admitted"))["userId"] == will_id
    await oz.until(lambda: will_id in {e["userId"] for e in oz.payloads("participant-joined")})
    assert not [each for each in oz.events if each["type"].startswith("entry-")]


async def test_who_is_declined_is_told_and_their_token_is_worth_nothing(
    host: Person, stranger: Person, guest: Callable[[str], Person], connect_arena: ConnectArena
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    await host.fetch("PATCH", here, {"askToEnter": True})
    user, token = await ask(host, stranger, session, "Eve")
    eve = await connect_arena(session, token)
    await eve.expect("waiting")
    body = {"revokeInvite": True}
    assert (await host.fetch("POST", f"{here}/users/{user}/decline", body)).status == 204
    await eve.expect_close(Close.DECLINED)
    assert (await guest(token).fetch("POST", f"{here}/join", {"userName": "Eve"})).status == 404
    await (await connect_arena(session, token)).expect_close(Close.REFUSED)
    (invite,) = (await host.fetch("GET", f"{here}/invites")).json
    assert (invite["revoked"], invite["usedBy"]) == (True, [{"id": user, "name": "Eve"}])
    for answer in ("admit", "decline"):
        assert (await host.fetch("POST", f"{here}/users/{user}/{answer}")).status == 404


async def test_who_was_let_in_while_away_comes_straight_in(
    host: Person, stranger: Person, connect_arena: ConnectArena
) -> None:
    session = await host.session()
    await host.fetch("PATCH", f"sessions/{session}", {"askToEnter": True})
    user, token = await ask(host, stranger, session, "Ada")
    assert (await host.fetch("POST", f"sessions/{session}/users/{user}/admit")).status == 204
    ada = await connect_arena(session, token)
    assert (await ada.expect("session-state"))["user"]["id"] == user


async def test_interviewers_and_who_is_in_already_need_not_ask(
    host: Person, stranger: Person, interview: Interview
) -> None:
    here = f"sessions/{interview.session}"
    await host.fetch("PATCH", here, {"askToEnter": True})
    await stranger.join(
        interview.session, "Boss", await host.invite(interview.session, "interviewer")
    )
    await host.join(interview.session, "Host")
    again = await interview.candidate.fetch("POST", f"{here}/join", {"userName": "Ada"})
    assert (again.status, again.json["user"]["id"]) == (200, interview.candidate_id)


async def test_a_bare_id_does_not_get_past_the_waiting_room(
    stranger: Person,
    guest: Callable[[str], Person],
    arena: ArenaApp,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    arena.services.admission.open_access = True
    created = (await stranger.fetch("POST", "sessions", {})).json
    session, here = created["id"], f"sessions/{created['id']}"
    _, boss = await stranger.join(session, "Ana", created["invite"])
    ben, _ = await stranger.join(session, "Ben")
    assert (await guest(boss).fetch("PATCH", here, {"askToEnter": True})).status == 200
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/users", None),
        ("PUT", "/code", {"code": "mine"}),
        ("POST", "/leave", {"userId": ben}),
    ):
        assert (await stranger.fetch(method, here + path, body)).status == 404
    await (await connect_arena(session)).expect_close(Close.REFUSED)
    bot = await connect_json(session)
    await bot.send("join-session", {"username": "Ben", "userId": ben})
    await bot.expect_close(Close.REFUSED)
    asked = await stranger.fetch("POST", f"{here}/join", {"userName": "Ben"})
    assert asked.status == 202


@pytest.mark.limits(max_waiting=2)
async def test_only_so_many_wait_and_the_end_sends_them_away(
    host: Person, stranger: Person, connect_json: ConnectJson
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    await host.fetch("PATCH", here, {"askToEnter": True})
    secret = await host.invite(session)
    body = {"userName": "Eve", "invite": secret}
    answers = [await stranger.fetch("POST", f"{here}/join", body) for _ in range(3)]
    assert [each.status for each in answers] == [202, 202, 429]
    full = "too many people wait to be let in; try again in a minute"
    assert answers[2].json == {"error": full}
    (invite,) = (await host.fetch("GET", f"{here}/invites")).json
    assert [each["name"] for each in invite["usedBy"]] == ["Eve", "Eve (2)"]
    eve = await connect_json(session, answers[0].json["token"])
    await eve.send("join-session", {"username": "Eve"})
    await eve.expect("waiting")
    assert (await host.fetch("PATCH", here, {"ended": True})).status == 200
    await eve.expect_close(Close.ENDED)


async def test_a_new_interviewer_hears_who_waits(
    host: Person, stranger: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    session = interview.session
    await host.fetch("PATCH", f"sessions/{session}", {"askToEnter": True})
    user, _ = await ask(host, stranger, session, "Will")
    ada = await connect_json(session, interview.candidate_token)
    assert "waiting" not in await ada.join()
    await change_role(host, session, interview.candidate_id, "interviewer")
    state = await ada.expect("session-state")
    assert [each["id"] for each in state["waiting"]] == [user]
