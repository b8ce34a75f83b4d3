"""JSON clients complete an interview, alone and together with clients that speak Yjs."""

from __future__ import annotations

import time

import pytest

from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.clients import JsonClient
from tests.support.people import Person

OPEN_ACCESS = pytest.mark.parametrize("open_access", [True])


# --- an interview with JSON clients only --------------------------------------------------------


@pytest.mark.parametrize("dialect", [None, "json.v1"])
@OPEN_ACCESS
async def test_an_interview_with_events_alone(
    stranger: Person, connect_json: ConnectJson, dialect: str | None
) -> None:
    session = await stranger.session(language="python")
    ada, bob = [await connect_json(session, dialect=dialect) for _ in range(2)]
    state = await ada.join("Ada")
    assert state["session"]["language"] == "python"
    assert [user["name"] for user in state["users"]] == ["Ada"]
    ada_id = state["user"]["id"]

    bob_id = (await bob.join("Bob"))["user"]["id"]
    joined = await ada.expect("participant-joined")
    assert (joined["userId"], joined["username"]) == (bob_id, "Bob")
    roster = await ada.expect("presence-update")
    assert [user["name"] for user in roster["users"]] == ["Ada", "Bob"]

    await bob.send("code-change", {"changes": "print('日本 😀')"})
    assert await ada.expect("code-update") == {"userId": bob_id, "code": "print('日本 😀')"}
    await bob.send("cursor-move", {"cursor": {"line": 1, "column": 3}})
    cursor = {"line": 1, "column": 3}
    assert await ada.expect("cursor-update") == {"userId": bob_id, "cursor": cursor}
    await bob.send("language-change", {"language": "javascript"})
    language = {"userId": bob_id, "language": "javascript"}
    assert await ada.expect("language-updated") == language

    run = {"runId": "r1", "language": "javascript", "code": "1"}
    chunks = {"runId": "r1", "chunks": [{"stream": "stdout", "data": "one\n"}]}
    result = {"runId": "r1", "error": None, "durationMs": 3, "status": "ok"}
    await bob.send("execute-code", run)
    await bob.send("execution-output", chunks)
    await bob.send("execution-result", result)
    assert await ada.expect("execute-code") == {"userId": bob_id, **run}
    assert await ada.expect("execution-output") == {"userId": bob_id, **chunks}
    assert await ada.expect("execution-result") == {
        "userId": bob_id,
        "output": "one\n",  # clients that read only the result get the whole output
        **result,
    }
    await bob.settled()

    late = await (await connect_json(session)).join("Cy")
    assert late["session"]["code"] == "print('日本 😀')"
    assert late["runs"][0]["status"] == "ok"
    assert late["runs"][0]["chunks"] == chunks["chunks"]

    await bob.send("leave-session", {"userId": bob_id})
    await bob.expect_close(Close.NORMAL)
    assert await ada.expect("participant-left") == {"userId": bob_id}
    assert ada_id in {user["id"] for user in (await stranger.fetch(*users(session))).json}
    assert bob_id not in {user["id"] for user in (await stranger.fetch(*users(session))).json}


def users(session: str) -> tuple[str, str]:
    return "GET", f"sessions/{session}/users"


@OPEN_ACCESS
async def test_a_run_without_ids_works(stranger: Person, connect_json: ConnectJson) -> None:
    session = await stranger.session()
    ada, bob = [await connect_json(session) for _ in range(2)]
    await ada.join("Ada")
    await bob.join("Bob")
    await bob.send("execute-code", {"language": "python", "code": "1"})
    started = await ada.expect("execute-code")
    await bob.send("execution-result", {"output": "1", "error": None})
    ended = await ada.expect("execution-result")
    assert ended["runId"] == started["runId"]
    assert (ended["output"], ended["status"]) == ("1", "ok")


@OPEN_ACCESS
async def test_an_earlier_join_is_honoured_by_its_id(
    stranger: Person, connect_json: ConnectJson
) -> None:
    session = await stranger.session()
    identity, _ = await stranger.join(session, "Ada")
    client = await connect_json(session)
    state = await client.join("whatever", userId=identity)
    assert (state["user"]["id"], state["user"]["name"]) == (identity, "Ada")
    assert len(state["users"]) == 1


@OPEN_ACCESS
async def test_nobody_becomes_an_interviewer_by_naming_one(
    stranger: Person, connect_json: ConnectJson
) -> None:
    created = (await stranger.fetch("POST", "sessions", {})).json
    host, _ = await stranger.join(created["id"], "Host", created["invite"])
    client = await connect_json(created["id"])
    state = await client.join("Eve", userId=host)
    assert state["user"]["id"] != host
    assert state["user"]["role"] == "candidate"


async def test_a_token_in_the_join_is_as_good_as_in_the_subprotocol(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session, dialect=None)
    state = await client.join("ignored", token=interview.candidate_token)
    assert state["user"]["id"] == interview.candidate_id
    assert state["user"]["name"] == "Ada"


BAD_EVENTS: dict[str, tuple[str, str]] = {
    "not JSON": ("{", "invalid"),
    "not an object": ("[]", "invalid"),
    "too deep": ("[" * 50_000, "invalid"),
    "no such type": ('{"type": "sudo", "payload": {}}', "invalid"),
    "no payload": ('{"type": "code-change"}', "invalid"),
    "a number for a text": ('{"type": "code-change", "payload": {"changes": 1}}', "invalid"),
    "no such language": (
        '{"type": "language-change", "payload": {"language": "cobol"}}',
        "invalid",
    ),
    "a line before the first": (
        '{"type": "cursor-move", "payload": {"cursor": {"line": 0, "column": 0}}}',
        "invalid",
    ),
    "output of no run": (
        '{"type": "execution-output", "payload": {"runId": "none", "chunks": []}}',
        "invalid",
    ),
    "a second join": ('{"type": "join-session", "payload": {"username": "x"}}', "invalid"),
    "a name of the server": (
        '{"type": "session-ended", "payload": {}}',
        "invalid",
    ),
}


async def test_a_bad_event_is_answered_and_the_connection_lives_on(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    other = await connect_json(interview.session, interview.observer_token)
    await other.join()
    await client.join()
    before = len(other.events)
    for name, (message, code) in BAD_EVENTS.items():
        await client.send_raw(message)
        assert (await client.expect("error"))["code"] == code, name
    await client.send("code-change", {"changes": "still here"})
    assert (await other.expect("code-update"))["code"] == "still here"
    assert [event["type"] for event in other.events[before:]] == ["code-update"]


async def test_an_observer_changes_nothing(
    interview: Interview, connect_json: ConnectJson, host: Person
) -> None:
    observer = await connect_json(interview.session, interview.observer_token)
    await observer.join()
    for kind, payload in (
        ("code-change", {"changes": "x"}),
        ("language-change", {"language": "python"}),
        ("execute-code", {"language": "python", "code": "x"}),
        ("execution-result", {"output": "x", "error": None}),
    ):
        await observer.send(kind, payload, id=kind)
        error = await observer.expect("error")
        assert (error["code"], error["id"]) == ("denied", kind)
    session = (await host.fetch("GET", f"sessions/{interview.session}")).json
    assert (session["code"], session["language"]) == ("", "javascript")


async def test_before_it_has_joined_a_client_can_do_nothing(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    await client.send("code-change", {"changes": "x"})
    assert (await client.expect("error"))["code"] == "not-joined"


# --- JSON and Yjs clients together ------------------------------------------------------------


async def test_json_and_crdt_clients_share_one_text(
    interview: Interview, connect_json: ConnectJson, connect_arena: ConnectArena
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    await editor.settled()
    await editor.insert(0, "日本 😀 one")
    assert (await bot.expect("code-update"))["code"] == "日本 😀 one"
    await bot.send("code-change", {"changes": "日本 😀😀 one!"})
    await editor.expect_text("日本 😀😀 one!")
    await editor.insert(4, "é")
    await bot.until(lambda: bot.payloads("code-update")[-1]["code"] == "日本 😀é😀 one!")
    assert editor.text == "日本 😀é😀 one!"


async def test_typing_reaches_json_clients_at_most_ten_times_a_second(
    interview: Interview,
    connect_json: ConnectJson,
    connect_arena: ConnectArena,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    await editor.settled()
    began = time.monotonic()
    for index in range(200):
        await editor.insert(index, "x")
    await bot.until(lambda: bot.payloads("code-update")[-1:] and bot_text(bot) == "x" * 200)
    # 200 keystrokes in one burst: the first update at once, then one every 100 ms.
    assert len(bot.payloads("code-update")) <= 10 * (time.monotonic() - began) + 2


def bot_text(bot: JsonClient) -> str:
    return str(bot.payloads("code-update")[-1]["code"])


async def test_a_second_tab_is_the_same_participant(
    interview: Interview, connect_json: ConnectJson
) -> None:
    tabs = [await connect_json(interview.session, interview.candidate_token) for _ in range(2)]
    states = [await tab.join() for tab in tabs]
    assert states[0]["user"] == states[1]["user"]
    await tabs[0].close()
    await tabs[1].send("language-change", {"language": "python"})
    await tabs[1].settled()
    assert tabs[1].payloads("participant-left") == []
