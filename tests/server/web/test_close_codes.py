"""Close codes: the server ends each kind of connection with the right code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Close
from arena_ext.storage.rows import LogError
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.people import Person


@pytest.mark.parametrize("dialect", ["arena.v1", "y.v1"])
@pytest.mark.parametrize("token", [None, "wrong"])
async def test_refused_without_a_good_token(
    interview: Interview, connect_arena: ConnectArena, dialect: str, token: str | None
) -> None:
    for session in (interview.session, "no-such-session"):
        client = await connect_arena(session, token, dialect=dialect)
        await client.expect_close(Close.REFUSED)
        assert (client.events, client.frames) == ([], [])


@pytest.mark.parametrize("dialect", ["arena.v1", "json.v1"])
async def test_a_session_that_cannot_be_read_now_is_not_told_to_be_gone(
    arena: ArenaApp,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
    monkeypatch: pytest.MonkeyPatch,
    dialect: str,
) -> None:
    async def fail(_: str) -> None:
        raise LogError("the database is locked")

    monkeypatch.setattr(arena.rooms, "get", fail)
    connect = connect_json if dialect == "json.v1" else connect_arena
    client = await connect(interview.session, interview.candidate_token, dialect=dialect)
    await client.expect_close(Close.GOING_AWAY)


async def test_refused_to_a_guest_of_another_session(
    host: Person, interview: Interview, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    other = await host.session()
    await (await connect_arena(other, interview.candidate_token)).expect_close(Close.REFUSED)
    bot = await connect_json(other, dialect=None)
    await bot.send("join-session", {"username": "Eve", "token": interview.candidate_token})
    await bot.expect_close(Close.REFUSED)


async def test_a_token_is_never_echoed(interview: Interview, connect_json: ConnectJson) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    assert client.subprotocol == "json.v1"


async def test_nothing_is_allocated_before_the_token_is_checked(
    arena: ArenaApp, interview: Interview, connect_arena: ConnectArena
) -> None:
    room = await arena.rooms.get(interview.session)
    assert room is not None
    before = room.session.seq
    await (await connect_arena(interview.session, "wrong")).expect_close(Close.REFUSED)
    assert (room.session.seq, room.connections) == (before, set())


async def test_the_end_of_a_session_closes_guests_out(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    await host.fetch("PATCH", f"sessions/{interview.session}", {"ended": True})
    await client.expect("session-ended")
    await client.expect_close(Close.ENDED)
    again = await connect_arena(interview.session, interview.candidate_token)
    await again.expect_close(Close.ENDED)


async def test_a_deleted_session_closes_everybody_out(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    await host.fetch("DELETE", f"sessions/{interview.session}")
    await client.expect_close(Close.REFUSED)


async def test_everybody_hears_that_the_server_goes(
    arena: ArenaApp, interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    await arena.rooms.close()
    await client.expect_close(Close.GOING_AWAY)


async def test_every_close_code_has_a_test() -> None:
    sources = Path(__file__).parents[1].glob("*/test_*.py")
    text = "".join(each.read_text(encoding="utf-8") for each in sources)
    missing = [code.name for code in Close if not re.search(rf"Close.{code.name}[,)]", text)]
    assert missing == []
