"""Attackers with valid tokens and without: each one attacks until a time limit.

`python -m tests.load.attackers` reads an `Order` as JSON from its standard input, prints `ready`
when all attackers have started, and at the end the close codes of their sockets.
"""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from pycrdt import Doc, Text
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from arena_ext.crdt.updates import decode
from arena_ext.protocol import frames
from arena_ext.protocol.frames import PresenceMessage, PresenceState, SyncMessage
from arena_ext.protocol.limits import MAX_BODY, MAX_FRAME
from arena_ext.protocol.wire import Document, Sync
from tests.support.forged import FORGED, item

#: Header of a masked frame; the mask is zero, so that the payload is sent unchanged.
_MASK = b"\x00\x00\x00\x00"


@dataclass
class Order:
    """An attack: `kinds` has the number of attackers of each kind; `tokens` are guests' tokens."""

    url: str
    session: str
    tokens: list[str]
    kinds: dict[str, int]
    seconds: float
    #: The result: for each kind, the count of each close code.
    codes: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass
class Attacker:
    """One hostile connection after another."""

    order: Order
    token: str
    codes: Counter[str]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.order.url.removeprefix("http://").rstrip("/").partition(":")
        return host, int(port)

    async def socket(self, dialect: str = "arena.v1") -> WebSocketClientConnection:
        """A WebSocket of a guest."""
        url = f"{self.order.url.replace('http', 'ws', 1)}arena/ws/{self.order.session}"
        return await websocket_connect(url, subprotocols=[dialect, f"token.{self.token}"])

    async def until_closed(self, socket: WebSocketClientConnection) -> None:
        """Read until the server closes the socket, and record the close code."""
        while await socket.read_message() is not None:
            pass
        self.codes[str(socket.close_code)] += 1

    async def pour(self, dialect: str, messages: Callable[[int], str | bytes]) -> None:
        """Send at full speed until the server closes the socket; reconnect and repeat."""
        while True:
            socket = await self.socket(dialect)
            reading = asyncio.create_task(self.until_closed(socket))
            number = 0
            with suppress(WebSocketClosedError):
                while not reading.done():
                    message = messages(number)
                    await socket.write_message(message, binary=isinstance(message, bytes))
                    number += 1
            await reading
            await asyncio.sleep(0.05)  # without a pause it would be a flood of handshakes

    async def questions(self) -> None:
        """Request the whole document without a pause."""
        ask = SyncMessage(Document.PAD, Sync.STEP1, b"\x00").encode()
        await self.pour("arena.v1", lambda _: ask)

    async def edits(self) -> None:
        """Type and erase at a thousand keys a second."""
        doc: Doc[Text] = Doc()
        text = doc.get("code", type=Text)
        updates: list[bytes] = []
        subscription = doc.observe(lambda event: updates.append(bytes(event.update)))

        def key(number: int) -> bytes:
            if number % 2:
                del text[0:1]
            else:
                text.insert(0, "#")
            return SyncMessage(Document.PAD, Sync.UPDATE, updates.pop()).encode()

        await self.pour("arena.v1", key)
        del subscription

    async def cursors(self) -> None:
        """Move a cursor by line and column: the highest cost for the server per byte sent."""
        join = json.dumps({"type": "join-session", "payload": {"username": "Eve"}})
        move = {"type": "cursor-move", "payload": {"cursor": {"line": 9, "column": 9}}}
        await self.pour("json.v1", lambda number: json.dumps(move) if number else join)

    async def pieces(self) -> None:
        """Report output in very many tiny pieces: alternating streams, values, and empty ones."""
        join = json.dumps({"type": "join-session", "payload": {"username": "Eve"}})
        streams = [{"stream": "stdout", "data": "x"}, {"stream": "stderr", "data": "x"}] * 128
        kinds = [streams, [{"mime": "text/html", "data": "x"}] * 256]
        kinds.append([{"mime": "text/html", "data": ""}] * 256)
        run = ""

        def message(number: int) -> str:
            nonlocal run
            if number == 0:
                return join
            if number % 40 == 1:
                run = os.urandom(8).hex()
                start = {"runId": run, "language": "python", "code": "#"}
                return json.dumps({"type": "execute-code", "payload": start})
            output = {"runId": run, "chunks": kinds[number % 3]}
            return json.dumps({"type": "execution-output", "payload": output})

        await self.pour("json.v1", message)

    async def killers(self) -> None:
        """Send every update that was harmful once, each on a socket of its own."""
        while True:
            for update in FORGED.values():
                socket = await self.socket()
                await socket.write_message(
                    SyncMessage(Document.PAD, Sync.UPDATE, update).encode(), binary=True
                )
                # The server asks for missing dependencies of an update, and does not close.
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await self.until_closed(socket)
                socket.close()

    async def impostors(self) -> None:
        """Show presence, in texts that are not there, and write under the ids of the others."""
        while True:
            socket = await self.socket()
            seen = [0]
            reading = asyncio.create_task(self._collect_ids(socket, seen))
            number = 0
            with suppress(WebSocketClosedError):
                while not reading.done():
                    number += 1
                    client = seen[number % len(seen)]
                    at = {"type": None, "tname": f"code/{number}", "item": None, "assoc": 0}
                    state = PresenceState(client, number, {"cursor": {"anchor": at, "head": at}})
                    await socket.write_message(PresenceMessage([state]).encode(), binary=True)
                    forged = SyncMessage(Document.PAD, Sync.UPDATE, item(client, 2**30)).encode()
                    await socket.write_message(forged, binary=True)
            await reading
            await asyncio.sleep(0.05)

    async def _collect_ids(self, socket: WebSocketClientConnection, seen: list[int]) -> None:
        """Collect the client ids of all edits until the server closes the socket."""
        while (message := await socket.read_message()) is not None:
            if isinstance(message, bytes) and message[:1] == b"\x00":
                arrived = frames.decode(message)
                if isinstance(arrived, SyncMessage) and arrived.kind in (Sync.STEP2, Sync.UPDATE):
                    seen[:] = {*seen, *decode(arrived.payload).clients}
        self.codes[str(socket.close_code)] += 1

    async def handshake(self, dialect: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A WebSocket handshake without a library: no library sends incomplete messages."""
        reader, writer = await asyncio.open_connection(*self.address, limit=4096)
        writer.write(
            f"GET /arena/ws/{self.order.session} HTTP/1.1\r\nHost: localhost\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Protocol: {dialect}, token.{self.token}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    async def unfinished(self) -> None:
        """Send a message without its final frame, and all of that frame but its last byte."""
        while True:
            _, writer = await self.handshake("arena.v1")
            size = MAX_FRAME - 64
            head = struct.pack(">BBQ", 0x02, 0x80 | 127, size) + _MASK
            again = struct.pack(">BBQ", 0x00, 0x80 | 127, 60) + _MASK
            writer.write(head + b"\x00" * size + again + b"\x00" * 59)
            with suppress(ConnectionError):
                await writer.drain()
                await writer.wait_closed()
            await asyncio.sleep(0.05)

    async def slow(self) -> None:
        """Request the whole document from time to time, and never read an answer."""
        ask = SyncMessage(Document.PAD, Sync.STEP1, b"\x00").encode()
        frame = struct.pack(">BB", 0x82, 0x80 | len(ask)) + _MASK + ask
        while True:
            _, writer = await self.handshake("arena.v1")
            with suppress(ConnectionError):
                while not writer.is_closing():
                    writer.write(frame)
                    await writer.drain()
                    await asyncio.sleep(0.02)
            await asyncio.sleep(0.05)

    async def bodies(self) -> None:
        """Send a request body without its last byte."""
        while True:
            reader, writer = await asyncio.open_connection(*self.address)
            writer.write(
                f"PUT /arena/api/sessions/{self.order.session}/code HTTP/1.1\r\nHost: localhost\r\n"
                f"X-Arena-Token: {self.token}\r\nContent-Length: {MAX_BODY}\r\n\r\n".encode()
            )
            with suppress(ConnectionError):
                writer.write(b" " * (MAX_BODY - 1))
                await writer.drain()
                self.codes[(await reader.readline()).decode().strip() or "closed"] += 1
            writer.close()
            await asyncio.sleep(0.05)

    async def calls(self) -> None:
        """Replace the whole text by REST, each time as soon as the answer arrives."""
        number = 0
        while True:
            reader, writer = await asyncio.open_connection(*self.address)
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    number += 1
                    body = json.dumps({"code": "y = 1\n" * 2000 + str(number)}).encode()
                    writer.write(
                        f"PUT /arena/api/sessions/{self.order.session}/code HTTP/1.1\r\n"
                        f"Host: localhost\r\nX-Arena-Token: {self.token}\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n".encode()
                        + body
                    )
                    head = (await reader.readuntil(b"\r\n\r\n")).decode()
                    self.codes[head.partition("\r\n")[0]] += 1
                    length = head.lower().partition("content-length: ")[2].partition("\r\n")[0]
                    await reader.readexactly(int(length or 0))
            writer.close()

    async def queuers(self) -> None:
        """Wait for admission over one socket after another, each in the place of the last."""
        while True:
            with suppress(HTTPClientError):
                await self.until_closed(await self.socket())
            await asyncio.sleep(0.2)

    async def guessers(self) -> None:
        """Join by invites that do not exist."""
        body = json.dumps({"userName": "Eve", "invite": "guessed"}).encode()
        while True:
            reader, writer = await asyncio.open_connection(*self.address)
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    writer.write(
                        f"POST /arena/api/sessions/{self.order.session}/join HTTP/1.1\r\n"
                        f"Host: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                        + body
                    )
                    head = (await reader.readuntil(b"\r\n\r\n")).decode()
                    self.codes[head.partition("\r\n")[0]] += 1
                    length = head.lower().partition("content-length: ")[2].partition("\r\n")[0]
                    await reader.readexactly(int(length or 0))
            writer.close()

    async def strangers(self) -> None:
        """Connect without a token."""
        while True:
            url = f"{self.order.url.replace('http', 'ws', 1)}arena/ws/{self.order.session}"
            socket = await websocket_connect(url, subprotocols=["arena.v1"])
            await self.until_closed(socket)


async def attack(order: Order) -> None:
    """Run all attackers for the duration of the order."""
    codes = {kind: Counter[str]() for kind in order.kinds}
    tokens = iter(order.tokens * 100)
    deeds: list[Coroutine[Any, Any, None]] = [
        getattr(Attacker(order, next(tokens), codes[kind]), kind)()
        for kind, number in order.kinds.items()
        for _ in range(number)
    ]
    tasks = [asyncio.create_task(deed) for deed in deeds]
    print("ready", flush=True)
    done, pending = await asyncio.wait(tasks, timeout=order.seconds)
    for task in pending:
        task.cancel()
    failed = [str(task.exception() or "ended") for task in done]
    await asyncio.gather(*pending, return_exceptions=True)
    order.codes = {kind: dict(met) for kind, met in codes.items()}
    print(json.dumps({"codes": order.codes, "failed": failed}), flush=True)


if __name__ == "__main__":
    # Attackers stand for other computers, so they must not take processor time from the server.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    asyncio.run(attack(Order(**json.load(sys.stdin))))


def as_json(order: Order) -> bytes:
    """An order in the format of the process's standard input."""
    return json.dumps(asdict(order)).encode()
