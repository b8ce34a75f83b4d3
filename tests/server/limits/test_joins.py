"""Attempts to join: failures of some do not shut out others, and each costs the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arena_ext.session.model import Invite
from tests.support.people import Person


async def test_a_good_link_opens_after_any_number_of_bad_ones_at_the_same_address(
    stranger: Person, guest: Callable[[str], Person], host: Person
) -> None:
    session = await host.session()
    secret = await host.invite(session, maxUses=1)
    where = f"sessions/{session}/join"
    guesses = [
        *[{"userName": "Eve", "invite": "guessed"}] * 62,
        *[{"userName": "Eve"}] * 3,  # without any secret
    ]
    answers = [await stranger.fetch("POST", where, each) for each in guesses]
    elsewhere = await stranger.fetch("POST", "sessions/none/join", guesses[0])
    token = await guest("guessed").fetch("POST", where, {"userName": "Eve"})
    for each in (answers[-1], elsewhere, token):
        assert each.status == 429
        assert each.json == {"error": "too many failed joins from your address within a minute"}
    assert {each.status for each in answers[:60]} == {403}
    _, ada = await stranger.join(session, "Ada", secret)
    back = await guest(ada).fetch("POST", where, {"userName": "Ada"})
    assert back.status == 200


async def test_a_join_looks_at_one_invite_however_many_there_are(
    stranger: Person, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await host.session()
    secrets = [await host.invite(session) for _ in range(20)]
    looked: list[str] = []
    valid = Invite.valid

    def counted(invite: Invite, now: int, uses: int) -> bool:
        looked.append(invite.id)
        return valid(invite, now, uses)

    monkeypatch.setattr(Invite, "valid", counted)
    await stranger.join(session, "Ada", secrets[-1])
    assert len(looked) == 1
    body = {"userName": "Eve", "invite": "guessed"}
    assert (await stranger.fetch("POST", f"sessions/{session}/join", body)).status == 403
    assert len(looked) == 1
