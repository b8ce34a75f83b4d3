"""A connection over HTTP, for networks that block WebSockets: server-sent events, and POSTs.

It carries the bytes of a WebSocket's frames, so it is one more transport of the same protocol: the
rules of messages, budgets and close codes have one owner
([0020](../../docs/adr/0020-a-connection-over-http.md)).
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from typing import Any, cast

from arena_ext.protocol.errors import ArenaError


class OutOfOrder(ArenaError):
    """Bytes of a client do not follow those that arrived, or arrive while others are handled."""

    code = "out-of-order"


class EventStream(asyncio.Protocol, asyncio.Transport):
    """The response of a request for events, as the transport of `socket`.

    What `socket` writes is an event with base64 in it; the first event has `id`, a secret that only
    this client gets. What the client sends comes by `receive`. Both ends are noticed by the pings
    of `socket`, as on a WebSocket.
    """

    def __init__(
        self,
        streams: dict[str, EventStream],
        session: str,
        socket: asyncio.Protocol,
        *,
        chunked: bool,
    ) -> None:
        """Add it to `streams` while it is open; `chunked` is the transfer coding of HTTP/1.1."""
        asyncio.Transport.__init__(self)
        self.id = secrets.token_urlsafe(32)
        self.session = session
        self._streams = streams
        self._socket = socket
        self._chunked = chunked
        self._response: asyncio.Transport
        self._closing = False
        #: Set while `socket` takes bytes.
        self._reading = asyncio.Event()
        self._reading.set()
        #: The number of the last bytes, and whether they are being handled.
        self._number = 0
        self._busy = False

    # --- the client's bytes -----------------------------------------------------------------------

    def arriving(self) -> None:
        """A part of the next bytes has arrived: the client is there."""
        if not self._closing:
            self._socket.data_received(b"")

    async def receive(self, number: int, data: bytes) -> None:
        """Take bytes, once; returns when the client may send more.

        The first have the number 1. A repetition of the last is not taken again, because a proxy
        may repeat a request whose answer it lost. Raises `OutOfOrder`.
        """
        if number == self._number and not self._busy:
            return
        if self._busy or number != self._number + 1:
            raise OutOfOrder
        self._number, self._busy = number, True
        try:
            await self._reading.wait()
            if not self._closing:
                self._socket.data_received(data)
            await self._reading.wait()
        finally:
            self._busy = False

    # --- the response, as the protocol of its connection ------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Tell the client the secret, and connect the socket."""
        # Not an assertion: the transports of uvloop are of no such class.
        self._response = cast("asyncio.Transport", transport)
        self._streams[self.id] = self
        self._send(b"event: open\ndata: %b\n\n" % self.id.encode())
        self._socket.connection_made(self)

    def data_received(self, _: bytes) -> None:
        """End the connection: nothing may follow the request."""
        self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Disconnect the socket."""
        self._closing = True
        self._streams.pop(self.id, None)
        self._reading.set()
        self._socket.connection_lost(error)

    def pause_writing(self) -> None:
        """The client has not read all that was sent."""
        self._socket.pause_writing()

    def resume_writing(self) -> None:
        """The client has read all that was sent."""
        self._socket.resume_writing()

    # --- the transport of the socket --------------------------------------------------------------

    def write(self, data: Any) -> None:
        """Send bytes as one event."""
        if not self._closing:
            self._send(b"data: %b\n\n" % base64.b64encode(data))

    def _send(self, event: bytes) -> None:
        coded = b"%x\r\n%b\r\n" % (len(event), event) if self._chunked else event
        self._response.write(coded)

    def get_write_buffer_size(self) -> int:
        """The number of unsent bytes, about: base64 has four characters for three bytes."""
        return self._response.get_write_buffer_size() * 3 // 4

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the limits of the response's connection."""
        self._response.set_write_buffer_limits(high, low)

    def pause_reading(self) -> None:
        """Let the client's next bytes wait."""
        self._reading.clear()

    def resume_reading(self) -> None:
        """Take bytes again."""
        self._reading.set()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._closing or self._response.is_closing()

    def close(self) -> None:
        """End the response after all bytes were sent."""
        if not self._closing:
            self._closing = True
            if self._chunked:
                self._response.write(b"0\r\n\r\n")
            self._response.close()

    def abort(self) -> None:
        """End the response at once."""
        self._closing = True
        self._response.abort()
