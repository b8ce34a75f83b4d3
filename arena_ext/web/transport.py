"""The hand-over of a connection from Tornado to an asyncio protocol, after the handshake."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextvars import Context
from typing import Any

from tornado.iostream import IOStream, SSLIOStream, StreamClosedError

#: Bytes that are read at once from a stream of Tornado's.
_CHUNK = 2**16


async def hand_over(stream: IOStream, protocol: asyncio.Protocol) -> None:
    """Connect `protocol` to the connection of `stream`, from which nothing is read any more.

    The event loop takes the connection over. It cannot do so where Tornado encrypts it, nor on
    Windows, where Tornado's loop is another one; there the stream stays in between.
    """
    if isinstance(stream, SSLIOStream) or sys.platform == "win32":
        StreamTransport(stream, protocol).start()
        return
    # A duplicate: Tornado closes its own descriptor, and forgets the connection.
    try:
        connection = stream.socket.dup()
    finally:
        stream.close()
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a key must not wait
    # In an empty context: that of the handshake would keep its request as long as the connection.
    await Context().run(asyncio.create_task, _connect(protocol, connection))


async def _connect(protocol: asyncio.Protocol, connection: socket.socket) -> None:
    await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, connection)


class StreamTransport(asyncio.Transport):
    """A stream of Tornado's as the transport of an asyncio protocol."""

    def __init__(self, stream: IOStream, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._stream = stream
        self._protocol = protocol
        self._reading = asyncio.Event()
        self._closing = False
        #: The number of bytes that were written, and not sent yet.
        self._unsent = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect the protocol."""
        self._stream.set_nodelay(True)
        self._reading.set()
        self._protocol.connection_made(self)
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        error: Exception | None = None
        try:
            while True:
                await self._reading.wait()
                self._protocol.data_received(await self._stream.read_bytes(_CHUNK, partial=True))
        except StreamClosedError as closed:
            error = closed
        finally:
            self._closing = True
            self._stream.close()
            self._protocol.connection_lost(error)

    def write(self, data: Any) -> None:
        """Send bytes after those that were written before."""
        if self._closing:
            return
        self._unsent += len(data)
        try:
            sent = self._stream.write(data)
        except StreamClosedError:
            self.abort()  # `_read` has the error, too
            return
        if not sent.done():
            self._protocol.pause_writing()
        sent.add_done_callback(lambda done: self._sent(done, len(data)))

    def _sent(self, done: asyncio.Future[None], size: int) -> None:
        self._unsent -= size
        if not done.cancelled() and done.exception() is None and not self._unsent:
            self._protocol.resume_writing()

    def get_write_buffer_size(self) -> int:
        """The number of unsent bytes."""
        return self._unsent

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Take the only limit that is used: the protocol hears of any unsent byte."""

    def pause_reading(self) -> None:
        """Deliver no more bytes than those that were asked for."""
        if not self._closing:
            self._reading.clear()

    def resume_reading(self) -> None:
        """Deliver bytes again."""
        self._reading.set()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._closing

    def close(self) -> None:
        """Close the connection after all bytes were sent."""
        if self._closing:
            return
        self._closing = True
        try:
            last = self._stream.write(b"")
        except StreamClosedError:
            self.abort()
            return
        last.add_done_callback(self._close)

    def _close(self, written: asyncio.Future[None]) -> None:
        written.cancelled() or written.exception()  # an error is `_read`'s, too
        self.abort()

    def abort(self) -> None:
        """Close the connection at once."""
        self._closing = True
        self._stream.close()
        self._reading.set()  # so that `_read` sees the end while reading is paused
