"""Clients that read slowly, never join or are dead are disconnected."""

from __future__ import annotations

import asyncio
import gc

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Close, Document, Sync
from arena_ext.web.base import ArenaHandler
from arena_ext.web.framing import close_frame
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.clients import open_raw
from tests.support.people import DEADLINE

# --- close codes ------------------------------------------------------------------------------


@pytest.mark.limits(queue_bytes=20_000)
async def test_a_client_that_reads_too_slowly_is_let_go(
    interview: Interview, connect_arena: ConnectArena, base: str
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    await editor.insert(0, "x" * 200_000)
    await editor.settled()
    reader, writer = await open_raw(base, interview.session, interview.observer_token)
    ask = SyncMessage(Document.PAD, Sync.STEP1, b"\x00").encode()
    for _ in range(100):
        writer.write(bytes((0x82, 0x80 | len(ask), 0, 0, 0, 0)) + ask)
    await writer.drain()
    await editor.expect("participant-left")
    # One answer of any size may be in the queue, beside the network's buffers; no second one.
    assert len(await reader.read()) < 100 * 200_000
    writer.close()


@pytest.mark.limits(queue_bytes=20_000)
async def test_who_is_let_go_for_reading_slowly_is_told_so(
    arena: ArenaApp, interview: Interview, connect_arena: ConnectArena, base: str
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    await editor.insert(0, "x" * 200_000)
    await editor.settled()
    reader, writer = await open_raw(base, interview.session, interview.observer_token)
    room = await arena.rooms.get(interview.session)
    assert room is not None
    ask = SyncMessage(Document.PAD, Sync.STEP1, b"\x00").encode()
    async with asyncio.timeout(DEADLINE):
        while not (slow := room.connections_of(interview.observer_id)):
            await editor.ask()
        while not slow[0].outbox.closing:  # type: ignore[attr-defined]
            writer.write(bytes((0x82, 0x80 | len(ask), 0, 0, 0, 0)) + ask)
            await editor.ask()
            await asyncio.sleep(0)
        received = await reader.read()
    # The last frame is the close frame.
    assert received.endswith(close_frame(Close.TOO_SLOW, "too_slow"))
    writer.close()


@pytest.mark.limits(join_timeout=0.05)
async def test_who_never_joins_is_let_go(interview: Interview, connect_json: ConnectJson) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    await client.expect_close(Close.JOIN_TIMEOUT)


# --- limits -----------------------------------------------------------------------------------


@pytest.mark.limits(ping_interval=2.0, ping_timeout=2.0)
async def test_a_dead_connection_leaves_the_roster(
    interview: Interview, connect_json: ConnectJson, base: str
) -> None:
    # The roster waits for a page that reloads. The sum is at most 25; this test uses shorter times.
    limits = Limits()
    assert limits.ping_interval + limits.ping_timeout + limits.reload_grace <= 25
    _, writer = await open_raw(base, interview.session, interview.candidate_token)
    other = await connect_json(interview.session, interview.observer_token)
    await other.join()
    # The raw client answers no ping, like a laptop with a closed lid.
    assert await other.expect("participant-left") == {"userId": interview.candidate_id}
    writer.close()


# --- clients that stay ------------------------------------------------------------------------


async def test_a_client_that_stays_costs_no_memory_of_its_requests(
    interview: Interview, connect_arena: ConnectArena
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    gc.collect()
    kept = [each.request.path for each in gc.get_objects() if isinstance(each, ArenaHandler)]
    assert [path for path in kept if interview.session in path] == []
