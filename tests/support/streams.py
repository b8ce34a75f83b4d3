"""A client of a connection over HTTP, with the interface of Tornado's WebSocket client."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Mapping

from arena_ext.web.framing import Opcode
from tests.support.people import DEADLINE, Answer, Person


def client_frame(opcode: int, payload: bytes) -> bytes:
    """A frame as a client sends it: masked."""
    key, size = os.urandom(4), len(payload)
    head = bytes([0x80 | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 2**16:
        head += b"\xfe" + size.to_bytes(2, "big")
    else:
        head += b"\xff" + size.to_bytes(8, "big")
    return head + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))


def server_frames(data: bytes) -> list[tuple[int, bytes]]:
    """The frames of a server in `data`: their opcodes and payloads."""
    found = []
    while data:
        opcode, size, start = data[0] & 0x0F, data[1], 2
        if size >= 126:
            start += 2 if size == 126 else 8
            size = int.from_bytes(data[2:start], "big")
        found.append((opcode, data[start : start + size]))
        data = data[start + size :]
    return found


class Stream:
    """The raw response of a request for events."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.status = 0
        self.headers: dict[str, str] = {}

    @classmethod
    async def open(
        cls,
        base: str,
        session: str,
        token: str | None,
        headers: Mapping[str, str] | None = None,
        version: str = "HTTP/1.1",
    ) -> Stream:
        """Send the request, and read the head of its response."""
        address, _, path = base.partition("/")
        stream = cls(*await asyncio.open_connection(*address.split(":"), limit=2**24))
        sent = {"Host": address, "Accept": "text/event-stream", **(headers or {})}
        if token is not None:
            sent["X-Arena-Token"] = token
        lines = [f"GET /{path}arena/api/sessions/{session}/events {version}"]
        lines += [f"{name}: {value}" for name, value in sent.items()]
        stream.writer.write("\r\n".join([*lines, "", ""]).encode())
        first, *rest = (await stream.reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        stream.status = int(first.split()[1])
        stream.headers = dict(line.split(": ", 1) for line in rest if line)
        return stream

    async def _lines(self) -> AsyncIterator[str]:
        """The lines of the body, without the transfer coding."""
        chunked = self.headers.get("Transfer-Encoding") == "chunked"
        text = ""
        while True:
            if chunked:
                size = int(await self.reader.readline() or b"0", 16)
                text += (await self.reader.readexactly(size + 2))[:-2].decode()
            else:
                more = await self.reader.read(2**16)
                size = len(more)
                text += more.decode()
            *lines, text = text.split("\n")
            for line in lines:
                yield line
            if not size:
                return

    async def events(self) -> AsyncIterator[tuple[str, str]]:
        """The kind and the data of each event, until the response ends."""
        kind = ""
        async for line in self._lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, value
                kind = ""


class StreamSocket:
    """A connection; it answers pings, and sends one request at a time."""

    selected_subprotocol = "arena.v1"

    def __init__(self, stream: Stream, secret: str, session: str, person: Person) -> None:
        self.stream, self.secret = stream, secret
        self._session, self._person = session, person
        self._events: AsyncIterator[tuple[str, str]]
        self._frames: list[tuple[int, bytes]] = []
        self._number = 0
        self._lock = asyncio.Lock()
        self.close_code: int | None = None
        self._sending: set[asyncio.Task[Answer]] = set()

    @classmethod
    async def open(
        cls, base: str, session: str, token: str | None = None, version: str = "HTTP/1.1"
    ) -> StreamSocket:
        """Connect, and wait for the secret."""
        stream = await Stream.open(base, session, token, version=version)
        assert stream.status == 200, stream.headers
        events = stream.events()
        async with asyncio.timeout(DEADLINE):
            kind, secret = await anext(events)
        assert kind == "open"
        person = Person(f"http://{base}", {} if token is None else {"X-Arena-Token": token})
        socket = cls(stream, secret, session, person)
        socket._events = events
        return socket

    async def post(self, number: int | str, body: bytes, secret: str | None = None) -> Answer:
        """Send bytes under a number."""
        headers = {
            "Content-Type": "application/octet-stream",
            "X-Arena-Connection": self.secret if secret is None else secret,
            "X-Arena-Number": str(number),
        }
        return await self._person.fetch("POST", f"sessions/{self._session}/frames", body, headers)

    async def send(self, data: bytes) -> Answer:
        """Send bytes after those that were sent before."""
        async with self._lock:
            self._number += 1
            return await self.post(self._number, data)

    def write_message(self, message: str | bytes, *, binary: bool = False) -> asyncio.Task[Answer]:
        """Send a message."""
        data = message.encode() if isinstance(message, str) else message
        opcode = Opcode.BINARY if binary else Opcode.TEXT
        return self._later(client_frame(opcode, data))

    def _later(self, data: bytes) -> asyncio.Task[Answer]:
        task = asyncio.get_running_loop().create_task(self.send(data))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return task

    async def read_message(self) -> str | bytes | None:
        """The next message; None after the end."""
        while True:
            while self._frames:
                opcode, payload = self._frames.pop(0)
                if opcode == Opcode.CLOSE:
                    self.close_code = int.from_bytes(payload[:2], "big")
                    self.stream.writer.close()
                    return None
                if opcode == Opcode.PING:
                    self._later(client_frame(Opcode.PONG, payload))
                elif opcode == Opcode.TEXT:
                    return payload.decode()
                elif opcode == Opcode.BINARY:
                    return payload
            try:
                _, data = await anext(self._events)
            except (StopAsyncIteration, OSError, asyncio.IncompleteReadError, ValueError):
                return None
            self._frames = server_frames(base64.b64decode(data))

    def close(self, code: int | None = None) -> None:
        """Close it, with a close frame if there is a code."""
        if code is None:
            self.stream.writer.close()
        else:
            self._later(client_frame(Opcode.CLOSE, code.to_bytes(2, "big")))
