"""Calls for the tests of rights: calls for interviewers only, and changes of a role."""

from __future__ import annotations

from typing import Any

from tests.support.people import Person

#: Calls for interviewers only; `{ada}` is the candidate, `{will}` is in the waiting room.
INTERVIEWERS_ONLY: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"title": "mine"}),
    ("PATCH", "", {"question": "mine"}),
    ("PATCH", "", {"locked": True}),
    ("PATCH", "", {"askToEnter": False}),
    ("PATCH", "", {"ended": True}),
    ("GET", "/invites", None),
    ("POST", "/invites", {"role": "interviewer"}),
    ("PATCH", "/users/{ada}", {"role": "interviewer"}),
    ("PATCH", "/users/{oz}", {"role": "interviewer"}),
    ("DELETE", "/users/{ada}", None),
    ("DELETE", "/users/{oz}", {"revokeInvite": True}),
    ("POST", "/users/{will}/admit", None),
    ("POST", "/users/{will}/decline", None),
    ("PATCH", "/users/nobody", {"role": "observer"}),
    ("DELETE", "/users/nobody", None),
    ("POST", "/users/nobody/admit", None),
    ("GET", "/recording", None),
    ("DELETE", "", None),
]


async def ask(
    host: Person, stranger: Person, session: str, name: str, **options: Any
) -> tuple[str, str]:
    """Ask for admission; returns the participant's id and token."""
    invite = await host.invite(session, "candidate", **options)
    body = {"userName": name, "invite": invite}
    asked = await stranger.fetch("POST", f"sessions/{session}/join", body)
    assert asked.status == 202, asked.text
    assert set(asked.json) == {"token"}
    invites = (await host.fetch("GET", f"sessions/{session}/invites")).json
    return str(invites[-1]["usedBy"][-1]["id"]), str(asked.json["token"])


async def change_role(host: Person, session: str, user: str, role: str) -> None:
    answer = await host.fetch("PATCH", f"sessions/{session}/users/{user}", {"role": role})
    assert answer.status == 200, answer.text
    assert answer.json["role"] == role
