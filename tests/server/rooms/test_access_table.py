"""The access table: permissions by role, action and status of the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from arena_ext.app import ArenaApp
from arena_ext.session.permissions import Action, Role, Status, can
from tests.server.conftest import Interview
from tests.support.people import Person
from tests.support.rights import INTERVIEWERS_ONLY, ask

#: Per action, the roles that may do it in an open, a locked and an ended session.
TABLE = {
    Action.READ_PAD: ("ico", "ico", "i"),
    Action.CHANGE_NAME: ("ico", "ico", ""),
    Action.WRITE_PAD: ("ic", "i", ""),
    Action.RUN: ("ic", "i", ""),
    Action.SET_LANGUAGE: ("ic", "i", ""),
    Action.READ_NOTES: ("i", "i", "i"),
    Action.READ_RECORDING: ("i", "i", "i"),
    Action.DELETE: ("i", "i", "i"),
    Action.WRITE_NOTES: ("i", "i", ""),
    Action.INVITE: ("i", "i", ""),
    Action.LOCK: ("i", "i", ""),
    Action.END: ("i", "i", ""),
    Action.REMOVE: ("i", "i", ""),
    Action.CHANGE_ROLE: ("i", "i", ""),
    Action.ADMIT: ("i", "i", ""),
    Action.RENAME: ("i", "i", ""),
    Action.SET_QUESTION: ("i", "i", ""),
}


def test_the_access_table() -> None:
    assert set(TABLE) == set(Action)
    allowed = {
        action: tuple(
            "".join(role.value[0] for role in Role if can(role, action, status))
            for status in (Status.OPEN, Status.LOCKED, Status.ENDED)
        )
        for action in Action
    }
    assert allowed == TABLE


@pytest.mark.parametrize("locked", [False, True], ids=["open", "locked"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    INTERVIEWERS_ONLY,
    ids=[f"{method}{path}-{body}" for method, path, body in INTERVIEWERS_ONLY],
)
async def test_guests_may_not(
    arena: ArenaApp,
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    interview: Interview,
    method: str,
    path: str,
    body: Any,
    locked: bool,
) -> None:
    here = f"sessions/{interview.session}"
    await host.fetch("PATCH", here, {"askToEnter": True, "locked": locked})
    will, waits = await ask(host, stranger, interview.session, "Will")
    room = await arena.rooms.get(interview.session)
    assert room is not None
    filled = path.format(ada=interview.candidate_id, oz=interview.observer_id, will=will)
    before = room.session.seq
    for caller in (interview.candidate, interview.observer):
        assert (await caller.fetch(method, here + filled, body)).status == 403
    assert (await guest(waits).fetch(method, here + filled, body)).status == 404
    assert (await stranger.fetch(method, here + filled, body)).status == 404
    assert room.session.seq == before, "nothing came into the log"
