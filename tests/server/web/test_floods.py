"""Floods and costly messages: only their sender is delayed or disconnected."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from arena_ext.app import ArenaApp
from arena_ext.limits import scheduler
from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.clients import open_raw
from tests.support.people import DEADLINE, Person


@pytest.mark.limits(frame_rate=0.1, frame_burst=50.0)
async def test_a_flood_ends_the_connection(
    interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    with suppress(WebSocketClosedError):
        for _ in range(500):
            await client.ask()
    await client.expect_close(Close.FLOOD)


@pytest.mark.limits(byte_rate=1.0, byte_burst=10_000.0)
async def test_a_flood_of_bytes_ends_the_connection(
    interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.send_raw(json.dumps({"type": "x" * 20_000}))
    await client.expect_close(Close.FLOOD)


@pytest.mark.limits(frame_rate=0.1, frame_burst=50.0)
async def test_a_flood_of_pings_ends_the_connection(interview: Interview, base: str) -> None:
    reader, writer = await open_raw(base, interview.session, interview.candidate_token)
    writer.write(b"\x89\x80\x00\x00\x00\x00" * 100)
    async with asyncio.timeout(DEADLINE):
        received = await reader.read(-1)
    assert b"\x88" in received  # a close frame, with its code
    assert Close.FLOOD.to_bytes(2, "big") in received
    writer.close()


@pytest.mark.limits(long_work_rate=0.0, long_work_burst=0.2, max_delay=0.0, long_work_debt=0.0)
async def test_small_messages_that_cost_much_end_the_connection(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    await client.join()
    await client.send("code-change", {"changes": "x = 1\n" * 2000})
    with suppress(WebSocketClosedError):
        for _ in range(5000):
            await client.send("cursor-move", {"cursor": {"line": 1000, "column": 2}})
    await client.expect_close(Close.FLOOD)
    # Neither another connection nor REST calls avoid the limit.
    called = await interview.candidate.fetch("GET", f"sessions/{interview.session}")
    assert called.status == 429
    with pytest.raises(HTTPClientError, match="429"):
        await connect_json(interview.session, interview.candidate_token)
    assert (await interview.observer.fetch("GET", f"sessions/{interview.session}")).status == 200


@pytest.mark.limits(long_work_burst=0.0)
async def test_who_costs_much_waits_and_nobody_else_does(
    interview: Interview, connect_json: ConnectJson, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting, rested = asyncio.Event(), asyncio.Event()

    async def rest(_: float) -> None:
        resting.set()
        await rested.wait()

    monkeypatch.setattr(scheduler, "sleep", rest)
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
    arena: ArenaApp, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting, rested = asyncio.Event(), asyncio.Event()
    rests = 0

    async def rest(_: float) -> None:
        nonlocal rests
        rests += 1
        if rests > 1:  # the second delay: the client waits for its turn
            resting.set()
            await rested.wait()

    monkeypatch.setattr(scheduler, "sleep", rest)
    here = f"sessions/{interview.session}"
    arena.services.quotas.of_participant(interview.candidate_id)._long.charge(1.0)
    waiting = asyncio.create_task(interview.candidate.fetch("GET", here))
    await resting.wait()
    assert (await interview.observer.fetch("GET", here)).status == 200
    rested.set()
    assert (await waiting).status == 200


@pytest.mark.limits(frame_rate=0.001, frame_burst=20.0)
async def test_who_was_closed_out_for_a_flood_comes_back_to_what_was_left(
    interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    with suppress(WebSocketClosedError):
        for _ in range(100):
            await client.ask()
    await client.expect_close(Close.FLOOD)
    again = await connect_arena(interview.session, interview.candidate_token)
    await again.expect_close(Close.FLOOD)
    # Other participants are not affected.
    await (await connect_arena(interview.session, interview.observer_token)).settled()


@pytest.mark.limits(long_work_rate=0.0, long_work_burst=0.2, max_delay=0.0, long_work_debt=0.0)
async def test_events_of_a_wrong_shape_cost_too(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    await client.join()
    with suppress(WebSocketClosedError):
        for _ in range(500):
            await client.send_raw("[" + "[]," * 60_000 + "1]")
    await client.expect_close(Close.FLOOD)


async def test_who_has_not_joined_says_little(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session)
    await client.send_raw("[" + "[]," * 2000 + "1]")
    await client.expect_close(Close.FLOOD)
