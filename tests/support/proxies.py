"""A proxy between browsers and a server that treats WebSockets as some companies' proxies do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.support.servers import Server, free_port

#: What a proxy may do with a WebSocket: refuse it, with this status; never answer; let it open and
#: carry nothing; or carry it.
REFUSE, REFUSE_400, SWALLOW, MUTE, CARRY = "502", "400", "swallow", "mute", "carry"


class Proxy:
    """A proxy of `server`; `behaviour` may change at any time, for later connections."""

    def __init__(self, server: Server, behaviour: str) -> None:
        self._server = urlsplit(server.url)
        self.port = free_port()
        self.behaviour = behaviour
        #: Requests for WebSockets so far.
        self.upgrades = 0
        #: The connections that carry nothing any more, though they stay open.
        self._silent: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server

    @property
    def url(self) -> str:
        """The address for browsers."""
        return f"http://127.0.0.1:{self.port}/"

    def link(self, link: str) -> str:
        """A link to the server that leads through the proxy."""
        return urlsplit(link)._replace(netloc=f"127.0.0.1:{self.port}").geturl()

    def go_silent(self) -> None:
        """All open connections carry nothing any more; neither end is told. New ones work."""
        self._silent |= self._open

    async def start(self) -> None:
        """Listen for browsers."""
        self._listening = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """End all connections."""
        self._listening.close()
        for each in tuple(self._open):
            each.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0)  # until the event loop has closed them

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._between(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        behaviour = CARRY
        # A browser opens a connection for each WebSocket.
        if b"upgrade: websocket" in head.lower():
            self.upgrades += 1
            behaviour = self.behaviour
        if behaviour in (REFUSE, REFUSE_400):
            writer.write(f"HTTP/1.1 {behaviour} Blocked\r\nContent-Length: 0\r\n\r\n".encode())
        elif behaviour == SWALLOW:
            await reader.read()  # until the browser gives up
        else:
            await self._through(head, reader, writer, mute=behaviour == MUTE)

    async def _through(
        self,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        mute: bool,
    ) -> None:
        task = asyncio.current_task()
        address = self._server.hostname, self._server.port
        their_reader, their_writer = await asyncio.open_connection(*address)
        try:
            their_writer.write(head)
            if mute:
                writer.write(await their_reader.readuntil(b"\r\n\r\n"))
                await reader.read()
                return
            ways = [
                asyncio.ensure_future(self._carry(task, reader, their_writer)),
                asyncio.ensure_future(self._carry(task, their_reader, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                if task in self._silent:
                    await asyncio.Event().wait()  # neither end learns that the other is gone
            finally:
                for each in ways:
                    each.cancel()
        finally:
            their_writer.close()

    async def _carry(
        self, task: object, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(2**16):
                if task not in self._silent:
                    writer.write(data)
                    await writer.drain()


@contextmanager
def proxy(server: Server, behaviour: str = CARRY) -> Iterator[Proxy]:
    """A proxy, on a thread of its own until the block ends."""
    between = Proxy(server, behaviour)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(between.start(), loop).result(10)
    try:
        yield between
    finally:
        asyncio.run_coroutine_threadsafe(between.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
