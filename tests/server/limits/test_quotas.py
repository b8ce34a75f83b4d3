"""Quotas: each limit is tested with a small value."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from arena_ext.app import ArenaApp
from arena_ext.protocol.limits import MAX_SMALL_BODY
from arena_ext.protocol.wire import Close
from arena_ext.rooms import admission
from tests.server.conftest import HOST_TOKEN, ConnectArena, ConnectJson, Interview
from tests.support.logins import PersonsProvider
from tests.support.people import Person

OPEN_ACCESS = pytest.mark.parametrize("open_access", [True])


# --- sockets ----------------------------------------------------------------------------------


@pytest.mark.limits(sockets_per_participant=2)
@pytest.mark.parametrize("dialect", ["arena.v1", "y.v1"])
async def test_sockets_of_one_participant(
    interview: Interview, connect_arena: ConnectArena, dialect: str
) -> None:
    here, token = interview.session, interview.candidate_token
    first, second = [await connect_arena(here, token, dialect=dialect) for _ in range(2)]
    await second.until(lambda: second.synced)
    third = await connect_arena(here, token, dialect=dialect)
    await third.expect_close(Close.FLOOD)
    assert (third.events, third.frames) == ([], [])
    # Other participants are not blocked, and a closed tab frees its place for a new one.
    await (await connect_arena(here, interview.observer_token)).settled()
    await first.close()
    again = await connect_arena(here, token, dialect=dialect)
    await again.until(lambda: again.synced)
    assert not second.closed


@pytest.mark.limits(sockets_per_room=1)
async def test_sockets_of_one_room_and_interviewers_get_in_anyway(
    host: Person,
    stranger: Person,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    here = interview.session
    await (await connect_arena(here, interview.candidate_token)).settled()
    observer = await connect_arena(here, interview.observer_token)
    await observer.expect_close(Close.FLOOD)
    bot = await connect_json(here, interview.observer_token)
    await bot.send("join-session", {"username": "Oz"})
    await bot.expect_close(Close.FLOOD)
    secret = await host.invite(here, "interviewer")
    _, token = await stranger.join(here, "Ivy", secret)
    await (await connect_arena(here, token)).settled()


@pytest.mark.limits(sockets_per_address=2)
async def test_sockets_of_one_address(
    arena: ArenaApp,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    here = interview.session
    waiting = await connect_json(here)  # a socket that has not joined yet counts
    inside = await connect_arena(here, interview.candidate_token)
    await inside.settled()
    refused = await connect_json("none")
    await refused.expect_close(Close.FLOOD)
    await waiting.close()
    await (await connect_arena(here, interview.observer_token)).settled()
    for each in (inside, refused):
        await each.close()


# --- joins and sessions -----------------------------------------------------------------------


@pytest.mark.limits(max_participants=3)
async def test_guests_of_one_session(host: Person, stranger: Person, interview: Interview) -> None:
    where = f"sessions/{interview.session}/join"
    secret = await host.invite(interview.session)
    await stranger.join(interview.session, "Eve", secret)
    answer = await stranger.fetch("POST", where, {"userName": "Eva", "invite": secret})
    assert (answer.status, answer.json) == (429, {"error": "too many people in this session"})
    # Participants keep their access, and interviewers can still join.
    assert (await interview.candidate.fetch("GET", f"sessions/{interview.session}")).status == 200
    interviewers = await host.invite(interview.session, "interviewer")
    await stranger.join(interview.session, "Ivy", interviewers)


async def test_interviewers_of_one_session(
    monkeypatch: pytest.MonkeyPatch, host: Person, stranger: Person, interview: Interview
) -> None:
    monkeypatch.setattr(admission, "MAX_INTERVIEWERS", 2)
    secret = await host.invite(interview.session, "interviewer")
    for _ in range(2):
        await stranger.join(interview.session, "Ivy", secret)
    where = f"sessions/{interview.session}/join"
    answer = await stranger.fetch("POST", where, {"userName": "Ian", "invite": secret})
    assert (answer.status, answer.json) == (429, {"error": "too many people in this session"})
    # The owner can still join.
    await host.join(interview.session, "Host")


async def test_invites_of_one_session(
    monkeypatch: pytest.MonkeyPatch, host: Person, interview: Interview
) -> None:
    here = f"sessions/{interview.session}/invites"
    known = (await host.fetch("GET", here)).json
    monkeypatch.setattr(admission, "MAX_INVITES", len(known) + 1)
    answers = [await host.fetch("POST", here, {"role": "candidate"}) for _ in range(2)]
    assert [each.status for each in answers] == [201, 429]
    assert answers[1].json == {"error": "too many invites of this session"}


@pytest.mark.limits(joins_per_minute=3)
async def test_joins_of_one_address(
    arena: ArenaApp,
    stranger: Person,
    interview: Interview,
    host: Person,
) -> None:
    secret = await host.invite(interview.session)
    where = f"sessions/{interview.session}/join"
    # The fixture has joined twice, so one join is left. A rate of 0 adds none during the test.
    for budget in arena.services.quotas._joins._all.values():
        budget._rate = 0.0
    await stranger.join(interview.session, "Eve", secret)
    answer = await stranger.fetch("POST", where, {"userName": "Eve", "invite": secret})
    assert answer.status == 429
    assert answer.json == {"error": "too many joins from your address within a minute"}
    # Participants who joined before are not blocked.
    assert (await interview.candidate.fetch("GET", f"sessions/{interview.session}")).status == 200


@pytest.mark.limits(joins_per_minute=2)
@OPEN_ACCESS
async def test_joins_by_socket_count_too(
    stranger: Person,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    session = await stranger.session()
    await (await connect_arena(session)).settled()
    await (await connect_json(session)).join()
    await (await connect_arena(session, dialect="y.v1")).expect_close(Close.FLOOD)
    bot = await connect_json(session)
    await bot.send("join-session", {"username": "Eve"})
    await bot.expect_close(Close.FLOOD)
    assert len((await stranger.fetch("GET", f"sessions/{session}/users")).json) == 2


@pytest.mark.limits(sessions_per_creator=2)
async def test_sessions_of_one_account(host: Person) -> None:
    first, _ = [await host.session() for _ in range(2)]
    answer = await host.fetch("POST", "sessions", {})
    assert (answer.status, answer.json) == (
        429,
        {"error": "too many sessions of yours; delete some"},
    )
    await host.fetch("PATCH", f"sessions/{first}", {"ended": True})
    recording = (await host.fetch("GET", f"sessions/{first}/recording")).body
    assert (await host.fetch("POST", "sessions/import", recording)).status == 429
    assert (await host.fetch("DELETE", f"sessions/{first}")).status == 204
    await host.session()


class TestTwoAccounts:
    """The sessions of one account do not count for another account."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        """A server with accounts."""
        jp_server_config.ServerApp.identity_provider_class = PersonsProvider
        return jp_server_config

    @pytest.mark.limits(sessions_per_creator=1)
    async def test_do_not_count_together(self, person: Callable[..., Person]) -> None:
        ana, bob = person({"X-Person": "ana"}), person({"X-Person": "bob"})
        await ana.session()
        await bob.session()
        assert (await ana.fetch("POST", "sessions", {})).status == 429


@pytest.mark.limits(sessions_per_creator=1)
@OPEN_ACCESS
async def test_sessions_that_nobody_owns_count_by_address(stranger: Person) -> None:
    await stranger.session()
    assert (await stranger.fetch("POST", "sessions", {})).status == 429


class TestBehindAProxy:
    """Addresses that a proxy forwards are not counted."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        """A server that trusts the headers of its proxy."""
        jp_server_config.ServerApp.trust_xheaders = True
        return jp_server_config

    @pytest.mark.limits(sockets_per_address=1, joins_per_minute=1, sessions_per_creator=1)
    @OPEN_ACCESS
    async def test_addresses_do_not_count(
        self, stranger: Person, connect_arena: ConnectArena
    ) -> None:
        session, _ = [await stranger.session() for _ in range(2)]
        for _ in range(2):
            await (await connect_arena(session)).settled()


# --- bodies -----------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["sessions/{}/join", "sessions/{}/invites"])
async def test_a_call_without_text_has_a_small_body(
    host: Person, interview: Interview, call: str
) -> None:
    fits = b"{" + b" " * (MAX_SMALL_BODY - 2) + b"}"
    path = call.format(interview.session)
    assert (await host.fetch("POST", path, fits)).status in (201, 400)
    answer = await host.fetch("POST", path, fits + b" ")
    assert (answer.status, answer.json) == (413, {"error": "the body is too large"})


def send_raw(base: str, request: bytes) -> bytes:
    """Send raw bytes, which client libraries refuse to send; return the answer up to its end."""
    host, _, port = base.partition("/")[0].partition(":")
    with socket.create_connection((host, int(port)), timeout=15) as connection:
        connection.sendall(request)
        got = b""
        while piece := connection.recv(65536):
            got += piece
    return got


async def test_a_large_body_is_refused_before_it_comes(base: str, interview: Interview) -> None:
    path = f"/{base.partition('/')[2]}arena/api/sessions/{interview.session}/join"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    declared = f"{head}Content-Length: 400000000\r\n\r\n".encode()

    def answered() -> bytes:
        host, _, port = base.partition("/")[0].partition(":")
        with socket.create_connection((host, int(port)), timeout=15) as connection:
            connection.sendall(declared)  # the head only, no byte of the body
            return connection.recv(65536)

    assert (await asyncio.to_thread(answered)).startswith(b"HTTP/1.1 413 ")
    piece = b"%x\r\n%s\r\n" % (100_000, b" " * 100_000)
    chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + piece * 3 + b"0\r\n\r\n"
    assert (await asyncio.to_thread(send_raw, base, chunked)).startswith(b"HTTP/1.1 413 ")


async def test_a_large_body_of_a_stranger_is_refused_before_it_comes(
    base: str, interview: Interview, stranger: Person
) -> None:
    large = {"code": "x" * 300_000}
    answer = await stranger.fetch("PUT", f"sessions/{interview.session}/code", large)
    assert (answer.status, answer.json) == (404, {"error": "there is no such session"})
    created = await stranger.fetch("POST", "sessions", {"question": "x" * 300_000})
    assert created.status == 403
    path = f"/{base.partition('/')[2]}arena/api/sessions/{interview.session}/code"
    head = f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    endless = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + b"1\r\nx\r\n"
    assert (await asyncio.to_thread(send_raw, base, endless)).startswith(b"HTTP/1.1 404 ")


async def unfinished(
    base: str, session: str, token: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send a request of the token's participant, but not the last byte of its body."""
    address, _, path = base.partition("/")
    reader, writer = await asyncio.open_connection(*address.split(":"))
    writer.write(
        f"PUT /{path}arena/api/sessions/{session}/code HTTP/1.1\r\nHost: {address}\r\n"
        f"X-Arena-Token: {token}\r\nContent-Length: 400001\r\n\r\n".encode()
    )
    writer.write(b" " * 400_000)
    await writer.drain()
    return reader, writer


@pytest.mark.limits(bodies_at_once=300_000, body_timeout=3.0)
async def test_large_bodies_that_never_end_are_bounded_and_let_go(
    base: str, interview: Interview
) -> None:
    here = interview.session
    opened = [await unfinished(base, here, interview.candidate_token) for _ in range(2)]
    where = f"sessions/{interview.session}/code"
    large = {"code": "x" * 300_000}
    async with asyncio.timeout(15):
        while (await interview.candidate.fetch("PUT", where, large)).status != 429:
            pass  # until the server has read the unfinished bodies
        # Small bodies are accepted meanwhile; large ones again after the others have timed out.
        assert (await interview.candidate.fetch("PUT", where, {"code": "x"})).status == 204
        for reader, _ in opened:
            assert await reader.read() == b""
    assert (await interview.candidate.fetch("PUT", where, large)).status == 204
    for _, writer in opened:
        writer.close()


@pytest.mark.limits(bodies_per_client=300_000)
async def test_large_bodies_of_one_leave_room_for_others(
    base: str, host: Person, stranger: Person, interview: Interview
) -> None:
    here = interview.session
    _, writer = await unfinished(base, here, interview.candidate_token)
    where, large = f"sessions/{here}/code", {"code": "x" * 300_000}
    async with asyncio.timeout(15):
        while (await interview.candidate.fetch("PUT", where, large)).status != 429:
            pass
    _, token = await stranger.join(here, "Eve", await host.invite(here))
    eve = {"X-Arena-Token": token}
    assert (await stranger.fetch("PUT", where, large, eve)).status == 204
    writer.close()


async def test_a_recording_is_refused_before_it_comes_from_whom_it_is_not_taken(
    jp_serverapp: ServerApp, stranger: Person, host: Person
) -> None:
    body = b"x" * 1_000_000
    assert (await stranger.fetch("POST", "sessions/import", body)).status == 403
    assert (await host.fetch("POST", "sessions/import", body)).status == 400
    assert HOST_TOKEN not in (await stranger.fetch("POST", "sessions/import", body)).text
