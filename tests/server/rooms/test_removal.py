"""A removed participant is disconnected at once, and cannot come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.people import Person
from tests.support.rights import ask, change_role


async def test_who_is_removed_is_out_at_once_in_every_tab_and_by_every_call(
    host: Person,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    session, here = interview.session, f"sessions/{interview.session}"
    tabs = [
        await connect_arena(session, interview.candidate_token),
        await connect_arena(session, interview.candidate_token),
        await connect_arena(session, interview.candidate_token, dialect="y.v1"),
    ]
    bot = await connect_json(session, interview.candidate_token)
    await bot.join()
    oz = await connect_json(session, interview.observer_token)
    await oz.join()
    removed = await host.fetch("DELETE", f"{here}/users/{interview.candidate_id}")
    assert (removed.status, removed.body) == (204, b"")
    for each in (*tabs, bot):
        await each.expect_close(Close.REMOVED)
    assert (await oz.expect("participant-removed"))["userId"] == interview.candidate_id
    roster = await oz.expect("presence-update")
    assert interview.candidate_id not in {each["id"] for each in roster["users"]}
    # The token is no longer accepted, whether it was stolen or not.
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "/code", {"code": "mine"}),
        ("POST", "/join", {"userName": "Ada"}),
        ("GET", "/users", None),
    ):
        assert (await interview.candidate.fetch(method, here + path, body)).status == 404
    await (await connect_arena(session, interview.candidate_token)).expect_close(Close.REFUSED)
    assert (await host.fetch("DELETE", f"{here}/users/{interview.candidate_id}")).status == 404


@pytest.mark.parametrize("revoke", [False, True])
async def test_the_link_that_they_came_by_goes_with_them_if_told_to(
    host: Person, stranger: Person, revoke: bool
) -> None:
    session = await host.session()
    secret = await host.invite(session)
    user, _ = await stranger.join(session, "Ada", secret)
    body = {"revokeInvite": revoke}
    assert (await host.fetch("DELETE", f"sessions/{session}/users/{user}", body)).status == 204
    again = {"userName": "Ada", "invite": secret}
    back = await stranger.fetch("POST", f"sessions/{session}/join", again)
    assert back.status == (403 if revoke else 200)
    if not revoke:
        assert back.json["user"]["id"] != user


async def test_what_a_removed_person_wrote_and_ran_stays(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    session = interview.session
    await interview.candidate.fetch("PUT", f"sessions/{session}/code", {"code": "mine"})
    await interview.candidate.fetch("POST", f"sessions/{session}/execute", {"output": "1"})
    await host.fetch("DELETE", f"sessions/{session}/users/{interview.candidate_id}")
    oz = await connect_json(session, interview.observer_token)
    state = await oz.join()
    assert state["session"]["code"] == "mine"
    assert [each["userId"] for each in state["runs"]] == [interview.candidate_id]
    assert "Ada" in {each["name"] for each in state["participants"]}
    assert "Ada" not in {each["name"] for each in state["users"]}


async def test_a_bare_id_does_not_bring_a_removed_person_back(
    stranger: Person, guest: Callable[[str], Person], arena: ArenaApp, connect_json: ConnectJson
) -> None:
    arena.services.admission.open_access = True
    created = (await stranger.fetch("POST", "sessions", {})).json
    _, boss = await stranger.join(created["id"], "Ana", created["invite"])
    user, _ = await stranger.join(created["id"], "Ben")
    here = f"sessions/{created['id']}/users/{user}"
    assert (await guest(boss).fetch("DELETE", here)).status == 204
    bot = await connect_json(created["id"])
    assert (await bot.join("Ben", userId=user))["user"]["id"] != user


async def test_rights_survive_a_room_that_is_opened_again(
    host: Person, stranger: Person, guest: Callable[[str], Person], arena: ArenaApp
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    ada, ada_token = await stranger.join(session, "Ada", await host.invite(session))
    ben, ben_token = await stranger.join(session, "Ben", await host.invite(session))
    await change_role(host, session, ada, "observer")
    await host.fetch("DELETE", f"{here}/users/{ben}")
    await host.fetch("PATCH", here, {"askToEnter": True})
    will, will_token = await ask(host, stranger, session, "Will", maxUses=1)
    for checkpoint in (False, True):
        room = await arena.rooms.get(session)
        assert room is not None
        if checkpoint:
            await room.journal.keep_checkpoint()
        room.crash()
        del arena.rooms._live[session]
        assert (await guest(ada_token).fetch("PUT", f"{here}/code", {"code": "x"})).status == 403
        assert (await guest(ben_token).fetch("GET", here)).status == 404
        assert (await guest(will_token).fetch("GET", here)).status == 404
        invites = (await host.fetch("GET", f"{here}/invites")).json
        assert [(each["maxUses"], len(each["usedBy"])) for each in invites] == [
            (None, 1),
            (None, 1),
            (1, 1),
        ]
    assert (await host.fetch("POST", f"{here}/users/{will}/admit")).status == 204
    assert (await guest(will_token).fetch("GET", here)).status == 200
