"""The servers under load, one at a time: Arena, and others beside it. They listen on 127.0.0.1."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.load import building
from tests.support import servers
from tests.support.servers import Server

START_SECONDS = 30
ARENA, RELAY, Y_WEBSOCKET, HOCUSPOCUS = "arena", "relay", "y-websocket", "hocuspocus"


@dataclass(frozen=True)
class Target:
    """A running server, as the load generator needs it."""

    name: str
    #: The protocol of its clients: `arena`, `yjs` or `hocuspocus`.
    dialect: str
    port: int
    process: int
    #: Makes rooms for so many clients each: a line of the generator's input for each room.
    rooms: Callable[[int, int], list[str]]


@cache
def _node() -> str:
    """The program behind the command `node`, which may be a script that starts it."""
    command = ["node", "--print", "process.execPath"]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=START_SECONDS
    ).stdout.strip()


def _numbered(rooms: int, _clients: int) -> list[str]:
    return [f"/room-{number}" for number in range(rooms)]


@contextmanager
def _other(name: str, dialect: str, command: list[str], port: int, cwd: Path) -> Iterator[Target]:
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port)}
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield Target(name, dialect, port, process.pid, _numbered)
    finally:
        servers.stop(process)


def wait_for(port: int) -> None:
    """Return once a server listens. Raises OSError after `START_SECONDS`."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def joined(server: Server, session: str, addresses: Sequence[int]) -> list[str]:
    """The tokens of guests who join a session by a link, each from an address of its own."""
    secret = urlsplit(server.invite(session)).fragment.rpartition("=")[2]
    path = f"{urlsplit(server.url).path}arena/api/sessions/{session}/join"
    tokens = []
    for number in addresses:
        source = f"127.2.{number // 250}.{number % 250 + 1}"
        connection = http.client.HTTPConnection(
            urlsplit(server.url).netloc, timeout=20, source_address=(source, 0)
        )
        body = json.dumps({"userName": f"Guest {number}", "invite": secret})
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        tokens.append(str(json.loads(connection.getresponse().read())["token"]))
        connection.close()
    return tokens


def target(server: Server) -> Target:
    """A server with Arena, for the load generator."""
    address = urlsplit(server.url)

    def rooms(count: int, clients: int) -> list[str]:
        lines = []
        for number in range(count):
            session = server.session(language="python")
            tokens = joined(server, session, range(number * clients, (number + 1) * clients))
            lines.append(" ".join([f"{address.path}arena/ws/{session}", *tokens]))
        return lines

    assert address.port is not None
    return Target(ARENA, "arena", address.port, server.process.pid, rooms)


@contextmanager
def _arena(home: Path) -> Iterator[Target]:
    with servers.arena(home) as server:
        yield target(server)


def running(name: str, home: Path) -> AbstractContextManager[Target]:
    """A fresh server of this name, until the block ends."""
    if name == ARENA:
        return _arena(home)
    port, peers = servers.free_port(), building.peers()
    if name == RELAY:
        return _other(
            name, "yjs", [sys.executable, str(peers / "relay.py"), str(port)], port, peers
        )
    if name == HOCUSPOCUS:
        return _other(name, name, [_node(), "hocuspocus.mjs", str(port)], port, peers)
    script = "node_modules/@y/websocket-server/src/server.js"
    return _other(name, "yjs", [_node(), script], port, peers)
