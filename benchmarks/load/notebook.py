"""A notebook beside rooms: the round trip of a trivial cell, with and without their load."""

from __future__ import annotations

import asyncio
import json
import secrets
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks.load import generator, rounds
from benchmarks.load.servers import target
from tests.support import servers
from tests.support.people import Person
from tests.support.servers import Server

#: Seconds between two cells, and seconds of each phase.
PAUSE, PHASE = 0.02, 4.0
START_SECONDS = 60


class Notebook:
    """The connection of a notebook to its kernel (Jupyter's messaging protocol, version 5.3)."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket = socket

    @classmethod
    async def open(cls, server: Server) -> Notebook:
        """Start a kernel, and wait until it answers."""
        host = Person(server.url, {"Authorization": f"token {server.token}"})
        kernel = (await host.fetch("POST", "/api/kernels", {})).json["id"]
        url = f"{server.url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
        notebook = cls(await websocket_connect(f"{url}?token={server.token}"))
        async with asyncio.timeout(START_SECONDS):
            await notebook.execute()
        return notebook

    async def execute(self) -> float:
        """Run a cell that does nothing; returns the time to its reply, seconds."""
        number = secrets.token_hex(8)
        content = {"code": "", "silent": False, "store_history": False, "allow_stdin": False}
        header = {"msg_id": number, "msg_type": "execute_request", "session": "benchmark"}
        message: dict[str, Any] = {
            "header": {**header, "version": "5.3", "username": "", "date": "2026-01-01T00:00:00Z"},
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
        }
        began = time.perf_counter()
        await self._socket.write_message(json.dumps(message))
        while True:
            said = await self._socket.read_message()
            assert isinstance(said, str)
            reply = json.loads(said)
            if reply["msg_type"] == "execute_reply" and reply["parent_header"]["msg_id"] == number:
                return time.perf_counter() - began

    async def cells(self, ended: asyncio.Event) -> list[float]:
        """Run cells until something has ended; returns their times, seconds."""
        times = []
        while not ended.is_set():
            times.append(await self.execute())
            await asyncio.sleep(PAUSE)
        return times

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


async def _quiet(notebook: Notebook) -> list[float]:
    ended = asyncio.Event()
    asyncio.get_running_loop().call_later(PHASE, ended.set)
    return await notebook.cells(ended)


async def _beside(notebook: Notebook, command: list[str], rooms: bytes) -> list[float]:
    """The times of cells while the generator's clients type."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(rooms)
    process.stdin.close()
    assert await process.stderr.readline() == b"typing\n"
    ended = asyncio.Event()
    waiting = asyncio.create_task(process.wait())
    waiting.add_done_callback(lambda _: ended.set())
    times = await notebook.cells(ended)
    if await waiting != 0:
        said = (await process.stderr.read()).decode()
        raise RuntimeError(f"beside a notebook: {said}")
    return times


async def _measure(server: Server, count: int) -> tuple[list[float], list[float]]:
    settings = {**rounds.LOADS["pairs"], "seconds": PHASE}
    arena = target(server)
    made = arena.rooms(int(settings["rooms"]), int(settings["clients"]))
    command = generator.command(arena, "type", settings)
    notebook = await Notebook.open(server)
    quiet, beside = [], []
    for _ in range(count):
        quiet.append(statistics.median(await _quiet(notebook)))
        beside.append(
            statistics.median(await _beside(notebook, command, "\n".join(made).encode() + b"\n"))
        )
    notebook.close()
    return quiet, beside


def measure(count: int) -> tuple[list[float], list[float]]:
    """Medians of the round trips without load, and beside 100 rooms of two; seconds."""
    with tempfile.TemporaryDirectory() as home, servers.jupyter("server", Path(home)) as server:
        return asyncio.run(_measure(server, count))
