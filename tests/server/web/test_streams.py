"""A connection over HTTP: the same messages, budgets and close codes as on a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any, cast

import pytest
from tornado.iostream import IOStream
from tornado.websocket import WebSocketClientConnection

from arena_ext.app import ArenaApp
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import Close, Document, Sync
from arena_ext.web import streams
from arena_ext.web.event_stream import EventStream, OutOfOrder
from arena_ext.web.framing import Opcode
from arena_ext.web.transport import StreamTransport
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.clients import ArenaClient
from tests.support.people import DEADLINE, Person
from tests.support.streams import Stream, StreamSocket, client_frame

ConnectStream = Callable[..., Coroutine[Any, Any, ArenaClient]]


@pytest.fixture
def connect_stream(
    base: str, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[ConnectStream]:
    """`await connect_stream(session, token, version="HTTP/1.1")`: an `ArenaClient` over HTTP."""
    opened: list[ArenaClient] = []

    async def connect(session: str, token: str | None = None, **more: Any) -> ArenaClient:
        socket = await StreamSocket.open(base, session, token, **more)
        client = ArenaClient(cast("WebSocketClientConnection", socket), None)
        opened.append(client)
        return client

    yield connect
    for each in opened:
        jp_asyncio_loop.run_until_complete(each.close())


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
async def test_people_type_together(
    arena: ArenaApp,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_stream: ConnectStream,
    version: str,
) -> None:
    ada = await connect_stream(interview.session, interview.candidate_token, version=version)
    oz = await connect_arena(interview.session, interview.observer_token)
    await ada.ask()
    await ada.settled()
    await ada.insert(0, "x" * 200_000)
    await ada.insert(0, "é😀")
    await ada.settled()
    await oz.expect_text("é😀" + "x" * 200_000)
    await ada.send("language-change", {"language": "python"})
    assert (await oz.expect("language-updated"))["language"] == "python"
    late = await connect_stream(interview.session, interview.observer_token, version=version)
    await late.ask()
    await late.expect_text(ada.text)
    assert len(arena.services.streams) == 2
    await ada.close()
    await late.close()
    await oz.until(lambda: not arena.services.streams, "the end of the connections")


async def test_people_type_together_where_tornado_keeps_the_connection(
    interview: Interview,
    connect_arena: ConnectArena,
    connect_stream: ConnectStream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over TLS, and on Windows."""

    async def keep(stream: IOStream, protocol: asyncio.Protocol) -> None:
        StreamTransport(stream, protocol).start()

    monkeypatch.setattr(streams, "hand_over", keep)
    ada = await connect_stream(interview.session, interview.candidate_token)
    oz = await connect_arena(interview.session, interview.observer_token)
    await ada.ask()
    await ada.settled()
    await ada.insert(0, "x" * 200_000)
    await oz.expect_text("x" * 200_000)
    await ada.close(1000)
    assert (await oz.expect("participant-left"))["userId"] == interview.candidate_id


async def test_who_leaves_on_purpose_leaves_at_once(
    interview: Interview, connect_json: ConnectJson, connect_stream: ConnectStream
) -> None:
    oz = await connect_json(interview.session, interview.observer_token)
    await oz.join()
    ada = await connect_stream(interview.session, interview.candidate_token)
    await ada.expect("session-state")
    await ada.close(1000)
    assert await oz.expect("participant-left") == {"userId": interview.candidate_id}


@pytest.mark.parametrize("token", [None, "wrong", "elsewhere"])
async def test_refused_without_a_good_token(
    host: Person, interview: Interview, connect_stream: ConnectStream, token: str | None
) -> None:
    session = interview.session
    if token == "elsewhere":
        session, token = await host.session(), interview.candidate_token
    client = await connect_stream(session, token)
    await client.expect_close(Close.REFUSED)
    assert (client.events, client.frames) == ([], [])


async def test_the_end_of_a_session_and_of_a_participant_close_it(
    host: Person, interview: Interview, connect_stream: ConnectStream
) -> None:
    ada = await connect_stream(interview.session, interview.candidate_token)
    oz = await connect_stream(interview.session, interview.observer_token)
    for client in (ada, oz):
        await client.expect("session-state")
    await host.fetch("DELETE", f"sessions/{interview.session}/users/{interview.observer_id}", {})
    await oz.expect_close(Close.REMOVED)
    await host.fetch("PATCH", f"sessions/{interview.session}", {"ended": True})
    await ada.expect_close(Close.ENDED)
    again = await connect_stream(interview.session, interview.candidate_token)
    await again.expect_close(Close.ENDED)


async def test_a_server_that_stops_says_so(
    arena: ArenaApp, interview: Interview, connect_stream: ConnectStream
) -> None:
    client = await connect_stream(interview.session, interview.candidate_token)
    await client.expect("session-state")
    await arena.sockets.close()
    await client.expect_close(Close.GOING_AWAY)


# --- hostile clients ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (client_frame(Opcode.BINARY, b"\xff\xff"), Close.MALFORMED),
        (b"\x82\x00", Close.MALFORMED),  # not masked
        (b"\x82\xff" + (2**20).to_bytes(8, "big") + b"\x00" * 4, Close.TOO_LARGE),
        (client_frame(Opcode.PING, b"") * 100, Close.FLOOD),
    ],
    ids=["malformed", "not-masked", "too-large", "flood"],
)
@pytest.mark.limits(frame_rate=0.1, frame_burst=50.0)
async def test_what_ends_a_websocket_ends_it_with_the_same_code(
    interview: Interview, connect_stream: ConnectStream, data: bytes, code: Close
) -> None:
    client = await connect_stream(interview.session, interview.candidate_token)
    await client.expect("session-state")
    await raw(client).send(data)
    await client.expect_close(code)


@pytest.mark.limits(sockets_per_participant=2)
async def test_a_participant_has_so_many_of_them_and_of_websockets(
    interview: Interview, connect_arena: ConnectArena, connect_stream: ConnectStream
) -> None:
    await (await connect_arena(interview.session, interview.candidate_token)).settled()
    second = await connect_stream(interview.session, interview.candidate_token)
    await second.expect("session-state")
    third = await connect_stream(interview.session, interview.candidate_token)
    await third.expect_close(Close.FLOOD)


@pytest.mark.limits(ping_interval=0.5, ping_timeout=0.5, reload_grace=0.1)
async def test_a_dead_connection_leaves_the_roster(
    arena: ArenaApp, interview: Interview, connect_json: ConnectJson, base: str
) -> None:
    # It never reads, and never answers a ping.
    dead = await StreamSocket.open(base, interview.session, interview.candidate_token)
    other = await connect_json(interview.session, interview.observer_token)
    await other.join()
    assert await other.expect("participant-left") == {"userId": interview.candidate_id}
    assert arena.services.streams == {}
    dead.close()


@pytest.mark.limits(queue_bytes=20_000, reload_grace=0.1)
async def test_a_client_that_reads_too_slowly_is_let_go(
    interview: Interview, connect_arena: ConnectArena, base: str
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    await editor.insert(0, "x" * 200_000)
    await editor.settled()
    slow = await StreamSocket.open(base, interview.session, interview.observer_token)
    ask = SyncMessage(Document.PAD, Sync.STEP1, b"\x00").encode()
    await slow.send(client_frame(Opcode.BINARY, ask) * 100)
    await editor.expect("participant-left")
    slow.close()


async def test_frames_for_no_connection_are_refused(
    host: Person, interview: Interview, connect_stream: ConnectStream
) -> None:
    client = await connect_stream(interview.session, interview.candidate_token)
    await client.expect("session-state")
    socket, there = raw(client), f"sessions/{interview.session}/frames"
    for secret in ("", "x" * 43, interview.candidate_token):
        for body in (b"", b"\x00" * 200_000):
            assert (await socket.post(1, body, secret)).status == 404
    assert (await interview.candidate.fetch("POST", there, b"")).status == 404
    headers = {"X-Arena-Connection": socket.secret, "X-Arena-Number": "1"}
    elsewhere = f"sessions/{await host.session()}/frames"
    assert (await interview.candidate.fetch("POST", elsewhere, b"", headers)).status == 404
    assert not client.closed


async def test_a_repeated_request_changes_nothing_and_a_gap_is_refused(
    base: str, interview: Interview
) -> None:
    # No `ArenaClient`: it answers the server's questions, under the first number.
    socket = await StreamSocket.open(base, interview.session, interview.candidate_token)
    event = b'{"type": "question-change", "payload": {"question": "?"}, "id": "e"}'
    data = client_frame(Opcode.TEXT, event)
    for number, status in [(1, 204), (1, 204), (3, 409), (0, 409), (2, 204), (1, 409)]:
        assert (await socket.post(number, data)).status == status
    for wrong in ("", "-1", "x", "\xb2", "1" * 16):
        assert (await socket.post(wrong, data)).status == 400
    assert (await socket.post(3, b"\x00" * 300_000)).status == 413
    await socket.post(3, client_frame(Opcode.CLOSE, b""))
    messages = []
    async with asyncio.timeout(DEADLINE):
        while (message := await socket.read_message()) is not None:
            messages.append(message)
    assert sum('"type": "error"' in str(each) for each in messages) == 2, "an answer to each"


async def test_a_page_of_another_origin_gets_none(base: str, interview: Interview) -> None:
    foreign = {"Origin": "https://evil.example"}
    stream = await Stream.open(base, interview.session, interview.candidate_token, foreign)
    assert stream.status == 404
    stream.writer.close()


async def test_it_is_not_kept_compressed_or_held_back_on_its_way(
    base: str, interview: Interview
) -> None:
    stream = await Stream.open(
        base, interview.session, interview.candidate_token, {"Accept-Encoding": "gzip"}
    )
    assert stream.headers["Content-Type"] == "text/event-stream"
    assert stream.headers["Cache-Control"] == "no-store"
    assert stream.headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in stream.headers
    # Nothing may follow the request.
    stream.writer.write(b"GET / HTTP/1.1\r\n\r\n")
    async with asyncio.timeout(DEADLINE):
        with suppress(ConnectionResetError):
            await stream.reader.read()
    stream.writer.close()


class Paused(asyncio.Protocol):
    """A socket that reads nothing more after each message, until it is told to."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.transport: EventStream

    def data_received(self, data: bytes) -> None:
        self.received.append(data)
        self.transport.pause_reading()


async def test_a_client_over_its_budget_gets_its_answer_late_and_may_not_send_meanwhile() -> None:
    socket = Paused()
    stream = socket.transport = EventStream({}, "s", socket, chunked=True)
    first = asyncio.create_task(stream.receive(1, b"first"))
    await asyncio.sleep(0)
    assert socket.received == [b"first"]
    for number in (1, 2):
        with pytest.raises(OutOfOrder):
            await stream.receive(number, b"second")
    assert not first.done()
    stream.resume_reading()
    await first
    await stream.receive(1, b"first")
    assert socket.received == [b"first"]


def raw(client: ArenaClient) -> StreamSocket:
    """The connection below a client."""
    return cast("StreamSocket", client._socket)
