"""Identity: every event has its real author, and no two participants have the same name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.people import Person


async def test_two_tabs_are_one_person(
    host: Person, interview: Interview, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    session = interview.session
    oz = await connect_json(session, interview.observer_token)
    await oz.join()
    first = await connect_arena(session, interview.candidate_token)
    clone = await connect_arena(session, interview.candidate_token)
    await first.settled()
    await clone.settled()
    await first.insert(0, "one ")
    await clone.expect_text("one ")
    await clone.insert(4, "two")
    await first.expect_text("one two")
    users = (await host.fetch("GET", f"sessions/{session}/users")).json
    assert [each["name"] for each in users].count("Ada") == 1
    await clone.close()
    await first.insert(0, "still ")
    await oz.expect_code("still one two")
    assert oz.payloads("participant-left") == []
    await first.close()
    assert (await oz.expect("participant-left"))["userId"] == interview.candidate_id


SPOOFS: list[tuple[str, dict[str, Any]]] = [
    ("language-change", {"language": "python"}),
    ("execute-code", {"runId": "r", "language": "python", "code": "1"}),
    ("execution-output", {"runId": "r", "chunks": [{"stream": "stdout", "data": "1"}]}),
    ("execution-result", {"runId": "r", "output": "", "error": None}),
    ("cursor-move", {"cursor": {"line": 1, "column": 0}}),
    ("code-change", {"changes": "mine"}),
]


async def test_events_are_their_authors_whatever_they_say(
    interview: Interview, connect_json: ConnectJson
) -> None:
    oz = await connect_json(interview.session, interview.observer_token)
    await oz.join()
    ada = await connect_json(interview.session, interview.candidate_token)
    claims = {
        "userId": interview.observer_id,
        "username": "Host",
        "color": "#000000",
        "role": "interviewer",
        "by": interview.observer_id,
        "seq": 1,
    }
    await ada.send("join-session", {**claims, "username": "Host"})
    user = (await ada.expect("session-state"))["user"]
    assert (user["id"], user["name"], user["role"]) == (interview.candidate_id, "Ada", "candidate")
    for kind, payload in SPOOFS:
        await ada.send(kind, {**payload, **claims})
    await ada.settled()
    told = {
        "language-change": "language-updated",
        "cursor-move": "cursor-update",
        "code-change": "code-update",
    }
    for kind, _ in SPOOFS:
        payload = await oz.expect(told.get(kind, kind))
        assert payload["userId"] == interview.candidate_id, kind
        assert not {"username", "color", "role", "by"} & set(payload), kind
    for kind in ("role-changed", "participant-removed", "entry-admitted", "participant-joined"):
        await ada.send(kind, {**claims, "userId": interview.candidate_id})
        assert (await ada.expect("error"))["code"] == "invalid"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Oz", "Oz (2)"),
        ("oZ", "oZ (2)"),
        (" O\u200bz ", "Oz (2)"),
        ("\u202eOz", "Oz (2)"),
        ("Oz\u0000\n", "Oz (2)"),
        ("Oz (2)", "Oz (2)"),
        ("x" * 200, "x" * 64),
        ("<b>Oz</b>", "<b>Oz</b>"),
    ],
)
async def test_names_are_cleaned_and_told_apart(
    host: Person, stranger: Person, interview: Interview, given: str, shown: str
) -> None:
    body = {"userName": given, "invite": await host.invite(interview.session)}
    joined = await stranger.fetch("POST", f"sessions/{interview.session}/join", body)
    assert joined.json["user"]["name"] == shown
