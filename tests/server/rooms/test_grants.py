"""No link outlives the rights of the person who made it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectArena
from tests.support.people import Person
from tests.support.rights import change_role


@pytest.mark.parametrize("loss", ["removed", "candidate", "observer"])
async def test_a_link_of_somebody_who_was_an_interviewer_opens_nothing(
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    arena: ArenaApp,
    connect_arena: ConnectArena,
    loss: str,
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    by_host = await host.invite(session)
    boss, boss_token = await stranger.join(
        session, "Boss", await host.invite(session, "interviewer")
    )
    mine = [await guest(boss_token).invite(session, role) for role in ("interviewer", "candidate")]
    invites = (await host.fetch("GET", f"{here}/invites")).json
    made_by = [None, None, *[{"id": boss, "name": "Boss"}] * 2]
    assert [each["createdBy"] for each in invites] == made_by
    _, ada = await stranger.join(session, "Ada", mine[1])

    if loss == "removed":
        assert (await host.fetch("DELETE", f"{here}/users/{boss}")).status == 204
    else:
        await change_role(host, session, boss, loss)
        await change_role(host, session, boss, "interviewer")  # a new role gives no old link back
    for reopened in (False, True):
        if reopened:
            room = await arena.rooms.get(session)
            assert room is not None
            room.crash()
        for secret in mine:
            body = {"userName": "Boss", "invite": secret}
            assert (await stranger.fetch("POST", f"{here}/join", body)).status == 403
        invites = (await host.fetch("GET", f"{here}/invites")).json
        assert [each["revoked"] for each in invites] == [False, False, True, True]
    # The people who came by such a link stay, and the links of others work.
    await (await connect_arena(session, ada)).settled()
    await stranger.join(session, "Ben", by_host)


async def test_an_owner_who_was_removed_comes_back_and_makes_new_links(
    host: Person, stranger: Person, guest: Callable[[str], Person], connect_arena: ConnectArena
) -> None:
    session = await host.session()
    owner, owner_token = await host.join(session, "Host")
    old = await guest(owner_token).invite(session)
    _, boss = await stranger.join(session, "Boss", await host.invite(session, "interviewer"))
    removed = await guest(boss).fetch("DELETE", f"sessions/{session}/users/{owner}")
    assert removed.status == 204
    await (await connect_arena(session, owner_token)).expect_close(Close.REFUSED)
    body = {"userName": "Ada", "invite": old}
    assert (await stranger.fetch("POST", f"sessions/{session}/join", body)).status == 403
    again, _ = await host.join(session, "Host")
    assert again != owner
    await stranger.join(session, "Ada", await host.invite(session))
