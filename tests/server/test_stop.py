"""A stand-alone server that is told to stop: people are told, all is stored, and pages come back.

The servers are processes, stopped by real signals.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from arena_ext import standalone
from arena_ext.protocol.wire import Close
from tests.support import servers
from tests.support.clients import ArenaClient
from tests.support.people import DEADLINE, Person
from tests.support.servers import Server

pytestmark = pytest.mark.timeout(180)

#: What supervisors give a server before they kill it: Docker's default.
ALLOWED = 10.0


def socket_of(server: Server, session: str) -> str:
    return f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"


async def ended(server: Server) -> float:
    """Wait for the end of the process; returns the seconds that it took."""
    began = time.monotonic()
    await asyncio.to_thread(server.process.wait, 2 * ALLOWED)
    return time.monotonic() - began


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_people_are_told_and_come_back_to_all_that_they_typed(
    tmp_path: Path, number: signal.Signals
) -> None:
    port = servers.free_port()
    with servers.arena(tmp_path, port=port) as server:
        session = server.session()
        token = server.joined(session)
        ada = await ArenaClient.open(socket_of(server, session), token)
        await ada.settled()
        for each in range(100):
            await ada.insert(0, f"line {each}\n")
        # Not waited for: the signal arrives while edits are on their way.
        server.process.send_signal(number)
        await ada.expect_close(Close.GOING_AWAY)
        assert await ended(server) < ALLOWED
        assert server.process.returncode == 0
    with servers.arena(tmp_path, port=port, token=server.token) as again:
        back = await ArenaClient.open(socket_of(again, session), token, doc=ada.doc)
        await back.settled()
        kept = await Person(again.url, {"X-Arena-Token": token}).code(session)
        assert kept.count("line ") == 100, "a page that comes back sends what is missing"
        await back.close()
    await ada.close()


async def test_nobody_holds_up_the_end(tmp_path: Path) -> None:
    """A client that never answers, one that reads nothing, and a half request."""
    with servers.arena(tmp_path) as server, contextlib.ExitStack() as connections:
        session = server.session()
        token = server.joined(session)
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        upgrade = (
            f"GET /arena/ws/{session} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Protocol: arena.v1, token.{token}\r\n\r\n"
        )
        events = (
            f"GET /arena/api/sessions/{session}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Accept: text/event-stream\r\nX-Arena-Token: {token}\r\n\r\n"
        )
        half = f"PUT /arena/api/sessions/{session}/code HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{{"
        where = "127.0.0.1", int(server.url.split(":")[2].strip("/"))
        for request in (upgrade, events, half):
            client = connections.enter_context(socket.create_connection(where, DEADLINE))
            client.sendall(request.encode())
            if request is not half:
                assert client.recv(12) in (b"HTTP/1.1 101", b"HTTP/1.1 200")
        server.process.send_signal(signal.SIGTERM)
        assert await ended(server) < ALLOWED
        assert server.process.returncode == 0


def test_what_is_stuck_is_given_up_in_time(tmp_path: Path) -> None:
    program = tmp_path / "stuck.py"
    program.write_text(
        "import asyncio\n"
        "from arena_ext import app, standalone\n"
        "from arena_ext.storage.sqlite import SqliteLog\n"
        "async def never(self): await asyncio.Event().wait()\n"
        "SqliteLog.close = never\n"
        "standalone.STOP_WITHIN = 0.5\n"
        "app.main()\n"
    )
    assert standalone.STOP_WITHIN < ALLOWED
    port = servers.free_port()
    variables, command = {"PORT": str(port)}, (sys.executable, str(program))
    with servers.from_environment(tmp_path, variables, command=command) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(ALLOWED) == 1
    assert "did not stop within" in (tmp_path / "server.log").read_text()
