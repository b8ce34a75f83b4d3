"""REST handlers of a connection over HTTP: the events to a client, and the frames from it."""

from __future__ import annotations

from jupyter_server.auth.decorator import allow_unauthenticated

from arena_ext.protocol.errors import Invalid, Missing
from arena_ext.protocol.limits import MAX_FRAME
from arena_ext.protocol.wire import Dialect

from .api import ApiHandler
from .event_stream import EventStream
from .socket import Socket
from .transport import hand_over

#: The media type of server-sent events.
_EVENTS = "text/event-stream"
#: The header with the secret of a connection, and the one with the number of a request's bytes.
_CONNECTION, _NUMBER = "X-Arena-Connection", "X-Arena-Number"
#: Bytes of the longest head of a frame.
_HEAD = 14


class EventsHandler(ApiHandler):
    """`api/sessions/{id}/events`: opens a connection of our own pages, and carries what it sends.

    As on the WebSocket, the token is checked after the connection is open, and a page of another
    origin gets none.
    """

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        if _EVENTS not in self.request.headers.get("Accept", ""):
            raise Invalid(f"expected Accept: {_EVENTS}")
        chunked = self.request.version != "HTTP/1.0"
        self.set_header("Content-Type", _EVENTS)
        self.set_header("Connection", "close")  # it ends with the response
        self.set_header("X-Accel-Buffering", "no")  # nginx passes each event on at once
        if chunked:
            self.set_header("Transfer-Encoding", "chunked")
        self._transforms = []  # no compression, also where the server compresses its responses
        token, budget = self.offered_token, self.budget
        socket = Socket(self.services, session, Dialect.ARENA, token, self.address, budget)
        await self.flush()
        self.application.log_request(self)
        stream = EventStream(self.services.streams, session, socket, chunked=chunked)
        await hand_over(self.detach(), stream)


class FramesHandler(ApiHandler):
    """`api/sessions/{id}/frames`: bytes of frames from the client of a connection.

    The secret of the connection is the authority.
    """

    max_body = MAX_FRAME + _HEAD

    def _stream(self, session: str) -> EventStream:
        """The connection. Raises `Missing`."""
        stream = self.services.streams.get(self.request.headers.get(_CONNECTION, ""))
        if stream is None or stream.session != session:
            raise Missing("there is no such connection")
        return stream

    async def authorize_body(self) -> None:
        """Refuse a large body for no connection."""
        self._stream(self.path_kwargs["session"])

    async def data_received(self, chunk: bytes) -> None:
        """Keep a part of the body; it shows that the client of the connection is there."""
        await super().data_received(chunk)
        stream = self.services.streams.get(self.request.headers.get(_CONNECTION, ""))
        if stream is not None:
            stream.arriving()

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        stream, body = self._stream(session), self.raw_body()
        number = self.request.headers.get(_NUMBER, "")
        if not (number.isascii() and number.isdecimal() and len(number) <= 15):
            raise Invalid(f"expected a number in {_NUMBER}")
        if self.budget is not None:
            self.budget.bytes.charge(-len(body))  # the connection counts them
        await stream.receive(int(number), body)
        self.done()
