"""The WebSocket over real sockets: dialects, events, close codes."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from arena_ext.app import ArenaApp
from arena_ext.limits import scheduler as pace
from arena_ext.protocol import wire as protocol
from arena_ext.protocol.frames import PresenceMessage, PresenceState, SyncMessage, blob, uint
from arena_ext.protocol.wire import MAX_FRAME, Close, Document, Sync
from arena_ext.rooms import sync as exchange
from arena_ext.storage.log import LogError
from arena_ext.web import websocket
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.server.crdt.test_replica import FORGED, deletion, item
from tests.support.people import PATIENCE, JsonClient, Person

OPEN_ACCESS = pytest.mark.parametrize("open_access", [True])


def update(data: bytes) -> bytes:
    """An edit of the pad as a frame."""
    return SyncMessage(Document.PAD, Sync.UPDATE, data).encode()


async def knock(
    base: str, session: str, token: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket that is open and of which nobody reads."""
    address, _, path = base.partition("/")
    reader, writer = await asyncio.open_connection(*address.split(":"), limit=4096)
    writer.write(
        f"GET /{path}arena/ws/{session} HTTP/1.1\r\nHost: {address}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Sec-WebSocket-Protocol: arena.v1, token.{token}\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    return reader, writer


# --- JSON clients do the whole interview --------------------------------------------------------


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
        "output": "one\n",  # who reads the result alone gets it in full
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


# --- both worlds ------------------------------------------------------------------------------


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
    # 200 keystrokes in one burst: the first at once, then one each 100 ms.
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


# --- close codes ------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["arena.v1", "y.v1"])
@pytest.mark.parametrize("token", [None, "wrong"])
async def test_refused_without_a_good_token(
    interview: Interview, connect_arena: ConnectArena, dialect: str, token: str | None
) -> None:
    for session in (interview.session, "no-such-session"):
        client = await connect_arena(session, token, dialect=dialect)
        await client.expect_close(Close.REFUSED)
        assert (client.events, client.frames) == ([], [])


@pytest.mark.parametrize("dialect", ["arena.v1", "json.v1"])
async def test_a_session_that_cannot_be_read_now_is_not_told_to_be_gone(
    arena: ArenaApp,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
    monkeypatch: pytest.MonkeyPatch,
    dialect: str,
) -> None:
    async def fail(_: str) -> None:
        raise LogError("the database is locked")

    monkeypatch.setattr(arena.rooms, "get", fail)
    connect = connect_json if dialect == "json.v1" else connect_arena
    client = await connect(interview.session, interview.candidate_token, dialect=dialect)
    await client.expect_close(Close.GOING_AWAY)


async def test_refused_to_a_guest_of_another_session(
    host: Person, interview: Interview, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    other = await host.session()
    await (await connect_arena(other, interview.candidate_token)).expect_close(Close.REFUSED)
    bot = await connect_json(other, dialect=None)
    await bot.send("join-session", {"username": "Eve", "token": interview.candidate_token})
    await bot.expect_close(Close.REFUSED)


async def test_a_token_is_never_echoed(interview: Interview, connect_json: ConnectJson) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    assert client.subprotocol == "json.v1"


async def test_nothing_is_allocated_before_the_token_is_checked(
    arena: ArenaApp, interview: Interview, connect_arena: ConnectArena
) -> None:
    room = await arena.rooms.get(interview.session)
    assert room is not None
    before = room.session.seq
    await (await connect_arena(interview.session, "wrong")).expect_close(Close.REFUSED)
    assert (room.session.seq, room.connections) == (before, set())


BROKEN_FRAMES = [b"", b"\x07", b"\x00\x02\x09x", b"\x64\x03foo\x02\x00", b"\x00" + b"\xff" * 20]


@pytest.mark.parametrize("dialect", ["arena.v1", "y.v1"])
async def test_malformed_frames_end_the_connection_and_reach_nobody(
    interview: Interview,
    host: Person,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
    dialect: str,
) -> None:
    other = await connect_json(interview.session, interview.observer_token)
    await other.join()
    honest = await connect_arena(interview.session, interview.candidate_token)
    await honest.settled()
    # Clients 5 and 6 are the candidate's now: nobody else may write under them.
    await honest.send_raw(update(item(5, 0, "a😀b")))
    await honest.send_raw(PresenceMessage([PresenceState(6, 1, {})]).encode())
    await other.expect("code-update")
    _, token = await host.join(interview.session, "Mallory", await host.invite(interview.session))
    for frame in [*BROKEN_FRAMES, *map(update, FORGED.values())]:
        forger = await connect_arena(interview.session, token, dialect=dialect)
        await forger.until(lambda forger=forger: forger.synced)  # type: ignore[misc]
        await forger.send_raw(frame)
        await forger.expect_close(Close.MALFORMED)
    assert await host.code(interview.session) == "a😀b"
    assert len(other.payloads("code-update")) == 1
    await honest.send_raw(update(item(5, 4, "!", origin=(5, 3))))
    assert (await other.expect("code-update"))["code"] == "a😀b!"


async def test_binary_frames_are_not_for_json_clients(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    await client.join()
    await client.send_raw(update(item(5, 0)))
    await client.expect_close(Close.MALFORMED)


async def test_text_frames_and_the_notes_are_not_for_standard_providers(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    for message in (
        json.dumps({"type": "language-change", "payload": {"language": "python"}}),
        SyncMessage(Document.NOTES, Sync.STEP1, b"\x00").encode(),
    ):
        client = await connect_arena(interview.session, interview.candidate_token, dialect="y.v1")
        await client.send_raw(message)
        await client.expect_close(Close.MALFORMED)


async def test_a_message_over_the_limit_ends_the_connection(
    interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.send_raw(b"\x00" * (MAX_FRAME + 1))
    await client.until(lambda: client.closed)
    # Tornado's own: the message was not even assembled.
    assert client.close_code in (None, Close.TOO_LARGE)


async def test_edits_that_build_on_what_never_comes_end_the_connection(
    interview: Interview,
    host: Person,
    connect_arena: ConnectArena,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "MAX_GAPS", 3)
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    future = [deletion(99, 0, 1), item(5, 7, "x"), item(5, 0, "x", origin=(9, 9))]
    for number in range(3):  # whoever is heard in between may begin again
        for each in future:
            await client.send_raw(update(each))
        await client.send_raw(
            update(item(6, number, "y", origin=(6, number - 1) if number else None))
        )
    async with asyncio.timeout(PATIENCE):
        while await host.code(interview.session) != "yyy":
            assert not client.closed
    for each in (*future, future[0]):
        await client.send_raw(update(each))
    await client.expect_close(Close.MALFORMED)


async def test_the_text_has_a_limit(
    interview: Interview, connect_arena: ConnectArena, host: Person
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    step = "x" * 200_000
    for clock in range(0, 5 * len(step), len(step)):
        origin = (5, clock - 1) if clock else None
        await client.send_raw(update(item(5, clock, step, origin=origin)))
    await client.send_raw(update(item(5, 5 * len(step), step, origin=(5, 5 * len(step) - 1))))
    await client.expect_close(Close.TEXT_FULL)
    assert len(await host.code(interview.session)) == 5 * len(step)


async def test_a_flood_ends_the_connection(
    interview: Interview, connect_arena: ConnectArena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "FRAME_RATE", 0.1)
    monkeypatch.setattr(protocol, "FRAME_BURST", 50.0)
    client = await connect_arena(interview.session, interview.candidate_token)
    with suppress(WebSocketClosedError):
        for _ in range(500):
            await client.ask()
    await client.expect_close(Close.FLOOD)


async def test_a_flood_of_bytes_ends_the_connection(
    interview: Interview, connect_arena: ConnectArena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BYTE_RATE", 1.0)
    monkeypatch.setattr(protocol, "BYTE_BURST", 10_000.0)
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.send_raw(json.dumps({"type": "x" * 20_000}))
    await client.expect_close(Close.FLOOD)


async def test_a_flood_of_pings_ends_the_connection(
    interview: Interview, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "FRAME_RATE", 0.1)
    monkeypatch.setattr(protocol, "FRAME_BURST", 50.0)
    reader, writer = await knock(base, interview.session, interview.candidate_token)
    writer.write(b"\x89\x80\x00\x00\x00\x00" * 100)
    async with asyncio.timeout(PATIENCE):
        received = await reader.read(-1)
    assert b"\x88" in received  # a frame that closes, with its code
    assert Close.FLOOD.to_bytes(2, "big") in received
    writer.close()


async def test_small_messages_that_cost_much_end_the_connection(
    interview: Interview, connect_json: ConnectJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LONG_WORK_RATE", 0.0)
    monkeypatch.setattr(protocol, "LONG_WORK_BURST", 0.05)
    monkeypatch.setattr(protocol, "MOST_REST", 0.0)
    monkeypatch.setattr(protocol, "MOST_DEBT", 0.0)
    client = await connect_json(interview.session, interview.candidate_token)
    await client.join()
    await client.send("code-change", {"changes": "x = 1\n" * 2000})
    with suppress(WebSocketClosedError):
        for _ in range(1000):
            await client.send("cursor-move", {"cursor": {"line": 1000, "column": 2}})
    await client.expect_close(Close.FLOOD)
    # Another connection is no way round it, and neither are calls.
    called = await interview.candidate.fetch("GET", f"sessions/{interview.session}")
    assert called.status == 429
    with pytest.raises(HTTPClientError, match="429"):
        await connect_json(interview.session, interview.candidate_token)
    assert (await interview.observer.fetch("GET", f"sessions/{interview.session}")).status == 200


async def test_who_costs_much_waits_and_nobody_else_does(
    interview: Interview, connect_json: ConnectJson, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting, rested = asyncio.Event(), asyncio.Event()

    async def rest(_: float) -> None:
        resting.set()
        await rested.wait()

    monkeypatch.setattr(pace, "sleep", rest)
    monkeypatch.setattr(protocol, "LONG_WORK_BURST", 0.0)
    rested.set()
    client = await connect_json(interview.session, interview.candidate_token)
    await client.join()
    rested.clear()
    resting.clear()
    for code in ("one", "two"):
        await client.send("code-change", {"changes": code})
    await resting.wait()
    here = f"sessions/{interview.session}"
    assert (await host.fetch("PUT", f"{here}/language", {"language": "python"})).status == 204
    assert await host.code(interview.session) != "two"
    rested.set()
    await client.settled()
    assert await host.code(interview.session) == "two"


async def test_who_waits_keeps_nobody_from_coming_in(
    interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting, rested = asyncio.Event(), asyncio.Event()
    rests = 0

    async def rest(_: float) -> None:
        nonlocal rests
        rests += 1
        if rests > 1:  # at the door, past the first wait
            resting.set()
            await rested.wait()

    monkeypatch.setattr(pace, "sleep", rest)
    here = f"sessions/{interview.session}"
    with monkeypatch.context() as poor:
        poor.setattr(protocol, "LONG_WORK_BURST", 0.0)
        waiting = asyncio.create_task(interview.candidate.fetch("GET", here))
        await resting.wait()
    assert (await interview.observer.fetch("GET", here)).status == 200
    rested.set()
    assert (await waiting).status == 200


async def test_who_was_closed_out_for_a_flood_comes_back_to_what_was_left(
    interview: Interview, connect_arena: ConnectArena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "FRAME_RATE", 0.001)
    monkeypatch.setattr(protocol, "FRAME_BURST", 20.0)
    client = await connect_arena(interview.session, interview.candidate_token)
    with suppress(WebSocketClosedError):
        for _ in range(100):
            await client.ask()
    await client.expect_close(Close.FLOOD)
    again = await connect_arena(interview.session, interview.candidate_token)
    await again.expect_close(Close.FLOOD)
    # Nobody else pays for it.
    await (await connect_arena(interview.session, interview.observer_token)).settled()


async def test_events_of_a_wrong_shape_cost_too(
    interview: Interview, connect_json: ConnectJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LONG_WORK_RATE", 0.0)
    monkeypatch.setattr(protocol, "LONG_WORK_BURST", 0.05)
    monkeypatch.setattr(protocol, "MOST_REST", 0.0)
    monkeypatch.setattr(protocol, "MOST_DEBT", 0.0)
    client = await connect_json(interview.session, interview.candidate_token)
    await client.join()
    with suppress(WebSocketClosedError):
        for _ in range(50):
            await client.send_raw("[" + "[]," * 60_000 + "1]")
    await client.expect_close(Close.FLOOD)


async def test_who_has_not_joined_says_little(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session)
    await client.send_raw("[" + "[]," * 2000 + "1]")
    await client.expect_close(Close.FLOOD)


async def test_a_client_that_reads_too_slowly_is_let_go(
    interview: Interview, connect_arena: ConnectArena, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MAX_QUEUE", 20_000)
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    await editor.insert(0, "x" * 200_000)
    await editor.settled()
    reader, writer = await knock(base, interview.session, interview.observer_token)
    ask = SyncMessage(Document.PAD, Sync.STEP1, b"\x00").encode()
    for _ in range(100):
        writer.write(bytes((0x82, 0x80 | len(ask), 0, 0, 0, 0)) + ask)
    await writer.drain()
    await editor.expect("participant-left")
    # One answer of any size may be on its way, beside what the network holds; no second one.
    assert len(await reader.read()) < 100 * 200_000
    writer.close()


async def test_who_is_let_go_for_reading_slowly_is_told_so(
    interview: Interview, connect_arena: ConnectArena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MAX_QUEUE", 1)  # what is sent in one breath is too much
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.expect("session-state")  # with nothing before it
    await client.expect_close(Close.TOO_SLOW)


async def test_who_never_joins_is_let_go(
    interview: Interview, connect_json: ConnectJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "JOIN_TIMEOUT", 0.05)
    client = await connect_json(interview.session, interview.candidate_token)
    await client.expect_close(Close.JOIN_TIMEOUT)


async def test_the_end_of_a_session_closes_guests_out(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    await host.fetch("PATCH", f"sessions/{interview.session}", {"ended": True})
    await client.expect("session-ended")
    await client.expect_close(Close.ENDED)
    again = await connect_arena(interview.session, interview.candidate_token)
    await again.expect_close(Close.ENDED)


async def test_a_deleted_session_closes_everybody_out(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    await host.fetch("DELETE", f"sessions/{interview.session}")
    await client.expect_close(Close.REFUSED)


async def test_everybody_hears_that_the_server_goes(
    arena: ArenaApp, interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    await arena.rooms.close()
    await client.expect_close(Close.GOING_AWAY)


async def test_every_close_code_has_a_test() -> None:
    sources = [Path(__file__), Path(__file__).parents[1] / "rooms" / "test_rights.py"]
    text = "".join(each.read_text(encoding="utf-8") for each in sources)
    missing = [code.name for code in Close if f"Close.{code.name})" not in text]
    assert missing == []


# --- limits -----------------------------------------------------------------------------------


async def test_a_dead_connection_leaves_the_roster(
    interview: Interview,
    connect_json: ConnectJson,
    base: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Tornado waits 5 seconds more for the other side to say goodbye. Within 25 in all; here so
    # short that a test can wait for it.
    assert protocol.PING_INTERVAL + protocol.PING_TIMEOUT + 5 <= 25
    with monkeypatch.context() as patch:
        patch.setattr(websocket, "PING_INTERVAL", 0.5)
        patch.setattr(websocket, "PING_TIMEOUT", 0.5)
        _, writer = await knock(base, interview.session, interview.candidate_token)
    other = await connect_json(interview.session, interview.observer_token)
    await other.join()
    # It is there, and answers no ping: a laptop that was closed.
    assert await other.expect("participant-left") == {"userId": interview.candidate_id}
    writer.close()


async def test_a_huge_awareness_frame_is_refused_at_once(
    interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.send_raw(b"\x01" + blob(uint(2**40) + b"\xff" * 100_000))
    await client.expect_close(Close.MALFORMED)
