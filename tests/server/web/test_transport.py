"""Connections that Tornado keeps (TLS, Windows) behave as those that the event loop has."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest
from tornado.httpclient import HTTPRequest
from tornado.iostream import IOStream
from tornado.websocket import websocket_connect

from arena_ext.app import ArenaApp
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import Close, Document, Sync
from arena_ext.web import websocket
from arena_ext.web.transport import StreamTransport
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support import servers
from tests.support.certificates import certificate
from tests.support.clients import ArenaClient, open_raw
from tests.support.people import DEADLINE, Person


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tornado keeps all connections."""

    async def keep(stream: IOStream, protocol: asyncio.Protocol) -> None:
        StreamTransport(stream, protocol).start()

    monkeypatch.setattr(websocket, "hand_over", keep)


@pytest.mark.usefixtures("kept")
async def test_people_type_together(
    interview: Interview, connect_arena: ConnectArena, host: Person
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    oz = await connect_arena(interview.session, interview.observer_token)
    await ada.settled()
    await ada.insert(0, "x" * 200_000)
    await ada.settled()
    await oz.until(lambda: len(oz.text) == 200_000, "the text")
    await ada.close(1000)
    assert (await oz.expect("participant-left"))["userId"] == interview.candidate_id
    await host.fetch("PATCH", f"sessions/{interview.session}", {"ended": True})
    await oz.expect_close(Close.ENDED)


@pytest.mark.usefixtures("kept")
@pytest.mark.limits(queue_bytes=20_000, reload_grace=0.1)
async def test_a_client_that_reads_too_slowly_is_let_go(
    interview: Interview, connect_arena: ConnectArena, base: str
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    await editor.insert(0, "x" * 200_000)
    await editor.settled()
    reader, writer = await open_raw(base, interview.session, interview.observer_token)
    ask = SyncMessage(Document.PAD, Sync.STEP1, b"\x00").encode()
    writer.write((bytes((0x82, 0x80 | len(ask), 0, 0, 0, 0)) + ask) * 100)
    await editor.expect("participant-left")
    assert len(await reader.read()) < 100 * 200_000
    writer.close()


@pytest.mark.usefixtures("kept")
@pytest.mark.limits(frame_rate=0.1, frame_burst=50.0)
async def test_a_flood_ends_the_connection(interview: Interview, base: str) -> None:
    reader, writer = await open_raw(base, interview.session, interview.candidate_token)
    writer.write(b"\x89\x80\x00\x00\x00\x00" * 100)
    async with asyncio.timeout(DEADLINE):
        received = await reader.read(-1)
    assert Close.FLOOD.to_bytes(2, "big") in received
    writer.close()


async def test_clients_that_do_not_answer_do_not_keep_the_server_from_stopping(
    arena: ArenaApp, interview: Interview, connect_json: ConnectJson, base: str
) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    await client.join()
    reader, writer = await open_raw(base, interview.session, interview.observer_token)
    async with asyncio.timeout(DEADLINE):
        while b"session-state" not in await reader.read(1000):
            pass
        await arena.sockets.close()
        await client.expect_close(Close.GOING_AWAY)
        with suppress(ConnectionResetError):
            await reader.read()  # the end of the connection
    writer.close()


async def test_people_type_together_over_tls(tmp_path: Path) -> None:
    public, private = await asyncio.to_thread(certificate, tmp_path)
    trust = ssl.create_default_context(cafile=str(public))
    flags = f"--ServerApp.certfile={public}", f"--ServerApp.keyfile={private}"

    def started() -> AbstractContextManager[servers.Server]:
        return servers.arena(tmp_path, *flags, tls=trust)

    with started() as server:
        session = await asyncio.to_thread(server.session)
        address = f"{server.url.replace('https', 'wss')}arena/ws/{session}"
        token = await asyncio.to_thread(server.joined, session)
        request = HTTPRequest(address, ssl_options=trust)
        names = ["arena.v1", f"token.{token}"]
        first, second = [
            ArenaClient(await websocket_connect(request, subprotocols=names), None)
            for _ in range(2)
        ]
        await first.ask()
        await second.ask()
        await first.settled()
        await first.insert(0, "x" * 200_000)
        await second.until(lambda: len(second.text) == 200_000, "the text")
        await first.close()
        await second.close()
