"""An invite can be used as often as it allows, and not more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.people import Person


async def test_an_invite_lets_in_as_many_as_it_says(host: Person, stranger: Person) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    secret = await host.invite(session, maxUses=2)
    ada, token = await stranger.join(session, "Ada", secret)
    bob, _ = await stranger.join(session, "Bob", secret)
    body = {"userName": "Eve", "invite": secret}
    assert (await stranger.fetch("POST", f"{here}/join", body)).status == 403
    (invite,) = (await host.fetch("GET", f"{here}/invites")).json
    assert invite["maxUses"] == 2
    assert invite["usedBy"] == [{"id": ada, "name": "Ada"}, {"id": bob, "name": "Bob"}]
    # A join with the participant's token does not count as a use of the invite.
    back = await stranger.fetch("POST", f"{here}/join", {"userName": "A"}, {"X-Arena-Token": token})
    assert back.status == 200
    (same,) = (await host.fetch("GET", f"{here}/invites")).json
    assert same == invite


async def test_an_invite_for_one_is_not_overdrawn_by_asking_at_once(
    host: Person, stranger: Person
) -> None:
    session = await host.session()
    secret = await host.invite(session, maxUses=1)
    body = {"userName": "Eve", "invite": secret}
    answers = await asyncio.gather(
        *(stranger.fetch("POST", f"sessions/{session}/join", body) for _ in range(8))
    )
    assert sorted(each.status for each in answers) == [200] + 7 * [403]


@pytest.mark.parametrize("uses", [0, -1, 1001, 1.5, "1", True])
async def test_a_number_of_uses_that_is_none(host: Person, uses: Any) -> None:
    session = await host.session()
    body = {"role": "candidate", "maxUses": uses}
    assert (await host.fetch("POST", f"sessions/{session}/invites", body)).status == 400
