"""The engine crashes, hangs or panics: the server continues and loses nothing confirmed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tornado.websocket import WebSocketClosedError

from arena_ext import app
from arena_ext.app import ArenaApp
from arena_ext.crdt import engine_process
from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.limits.circuit_breaker import CircuitBreaker
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Close
from tests.load import soak
from tests.load.soak import Recorded, Typist
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.clients import ArenaClient
from tests.support.fragile_engine import CRASH, HANG, PANIC
from tests.support.people import Answer, Person


@pytest.fixture(autouse=True)
def _shared_engine_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each server has its own engine processes here, because the tests crash them."""
    made: list[EnginePool] = []

    def engine_pool() -> EnginePool:
        made.append(EnginePool())
        return made[-1]

    monkeypatch.setattr(app, "EnginePool", engine_pool)
    monkeypatch.setattr(engine_process, "ANSWER_TIMEOUT", 0.5)
    yield
    for each in made:
        each.close()


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that fails when it reads certain words."""
    monkeypatch.setattr(engine_process, "MODULE", "tests.support.fragile_engine")


def process(arena: ArenaApp) -> EngineProcess:
    shared = arena.engine_pool.process
    assert shared is not None
    return shared


# --- every kind of crash ----------------------------------------------------------------------


async def type_until(done: Callable[[], bool], typists: list[Typist]) -> None:
    """All typists type until the condition is true."""
    while not done():
        for each in typists:
            try:
                await each.type()
            except WebSocketClosedError:
                return
            each.take_note()
        await asyncio.sleep(0)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGSTOP])
async def test_a_dead_or_hanging_process_costs_a_reconnect_and_nothing_else(
    arena: ArenaApp,
    host: Person,
    stranger: Person,
    socket_url: Callable[[str], str],
    number: signal.Signals,
) -> None:
    typists: list[Typist] = []
    session = await soak.begin_as(host, stranger, typists)
    url = socket_url(session)
    await asyncio.gather(*(each.connect(url) for each in typists))
    await type_until(lambda: all(each.acknowledged > 10 for each in typists), typists)
    died = process(arena)
    os.kill(died.pid, number)
    clients = [each.client for each in typists if each.client is not None]
    await type_until(lambda: any(client.closed for client in clients), typists)
    # Jupyter runs in another process, so it still answers.
    assert (await host.fetch("GET", "/api/status")).status == 200
    for client, typist in zip(clients, typists, strict=True):
        await client.expect_close(Close.GOING_AWAY)
        typist.take_note()
    recorded = Recorded(Path(arena.database)).text(session)
    soak.check_acknowledged(typists, recorded)
    await asyncio.gather(*(each.connect(url) for each in typists))
    await soak.agree(url, typists, Path(arena.database), session)
    await host.session()
    assert process(arena).pid != died.pid
    for each in typists:
        assert each.client is not None
        await each.client.close()


async def test_calls_do_not_notice_that_a_process_died(
    arena: ArenaApp, interview: Interview, host: Person
) -> None:
    for code in ("precious", "dear", "valuable"):
        died = process(arena)
        os.kill(died.pid, signal.SIGKILL)
        died._popen.wait()
        written: list[Answer] = []
        while not written or written[-1].status == 503:  # the only other answer is "try again"
            body = {"code": code}
            written.append(await host.fetch("PUT", f"sessions/{interview.session}/code", body))
        assert written[-1].status == 204
        read = await host.fetch("GET", f"sessions/{interview.session}")
        assert read.json["code"] == code
        assert process(arena) is not died


# --- edits that crash the engine --------------------------------------------------------------


async def typed(client: ArenaClient, text: str) -> None:
    await client.insert(0, text)
    await client.settled()


@pytest.mark.usefixtures("fragile")
@pytest.mark.parametrize("killer", [CRASH, HANG, PANIC])
async def test_who_crashes_the_engine_again_is_turned_away_and_hurts_no_other_session(
    arena: ArenaApp,
    interview: Interview,
    host: Person,
    stranger: Person,
    connect_arena: ConnectArena,
    killer: str,
) -> None:
    elsewhere = await host.session()
    _, token = await stranger.join(elsewhere, "Ben", await host.invite(elsewhere))
    _, other_token = await stranger.join(
        interview.session, "Cy", await host.invite(interview.session)
    )
    ben = await connect_arena(elsewhere, token)
    ada = await connect_arena(interview.session, interview.candidate_token)
    cy = await connect_arena(interview.session, other_token)
    for each in (ben, cy):
        await typed(each, "honest ")
    # The engine is asked for a page's first edit before that is stored.
    # One crash may be chance: all affected clients may reconnect, also the author of the edit.
    await ada.insert(0, killer)
    await ada.expect_close(Close.GOING_AWAY)
    await cy.expect_close(Close.GOING_AWAY)
    if killer != PANIC:  # a panic loses one document; the process stays alive
        await ben.expect_close(Close.GOING_AWAY)
        ben = await connect_arena(elsewhere, token, doc=ben.doc)
    cy = await connect_arena(interview.session, other_token, doc=cy.doc)
    await typed(cy, "again ")
    assert killer not in await host.code(interview.session)
    # Ada sends the unconfirmed edit again: now it can affect only her session.
    ada = await connect_arena(interview.session, interview.candidate_token, doc=ada.doc)
    await ada.expect_close(Close.MALFORMED)
    await cy.expect_close(Close.GOING_AWAY)
    await typed(ben, "undisturbed ")
    assert not ben.closed
    # Ada is blocked; the others continue.
    ada = await connect_arena(interview.session, interview.candidate_token, doc=ada.doc)
    await ada.expect_close(Close.MALFORMED)
    cy = await connect_arena(interview.session, other_token, doc=cy.doc)
    await typed(cy, "and again ")
    assert sorted(cy.text.split()) == ["again", "again", "and", "honest"]
    assert await host.code(interview.session) == cy.text


@pytest.mark.usefixtures("fragile")
@pytest.mark.parametrize("killer", [CRASH, PANIC])
async def test_an_edit_that_the_engine_fails_at_later_is_taken_back(
    arena: ArenaApp,
    interview: Interview,
    host: Person,
    connect_arena: ConnectArena,
    killer: str,
) -> None:
    """An edit in plain form is stored before the engine gets it: see ADR 0016."""
    elsewhere = await host.session()
    ada = await connect_arena(interview.session, interview.candidate_token)
    oz = await connect_arena(interview.session, interview.observer_token)
    await typed(ada, "honest ")
    await typed(ada, killer)
    await typed(ada, "later ")
    # Whoever reads the text next is not to blame. The room is given up, and begins where the engine
    # was; the log has it all.
    path = f"sessions/{interview.session}"
    assert (await host.fetch("GET", path)).status == 503
    for each in (ada, oz):
        await each.expect_close(Close.GOING_AWAY)
    assert await host.code(interview.session) == "honest "
    oz = await connect_arena(interview.session, interview.observer_token)
    # The author sends the rest again, and the engine is asked for it: now its author is to blame.
    for code in (Close.GOING_AWAY, Close.MALFORMED, Close.MALFORMED):
        ada = await connect_arena(interview.session, interview.candidate_token, doc=ada.doc)
        await ada.expect_close(code)
    assert await host.code(interview.session) == "honest "
    # No other session notices.
    assert await host.code(elsewhere) == ""
    shared = process(arena)
    await asyncio.sleep(0)
    assert shared.alive


@pytest.mark.usefixtures("fragile")
async def test_whole_text_that_crashes_the_engine_is_refused(
    arena: ArenaApp, interview: Interview, connect_json: ConnectJson
) -> None:
    path = f"sessions/{interview.session}/code"
    for status in (503, 503, 403):
        answer = await interview.candidate.fetch("PUT", path, {"code": CRASH})
        assert answer.status == status
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.send("join-session", {"username": "Ada"})
    await bot.expect_close(Close.MALFORMED)
    answer = await interview.observer.fetch("GET", f"sessions/{interview.session}")
    assert answer.json["code"] == ""


@pytest.mark.limits(session_failures=2)
@pytest.mark.usefixtures("fragile")
async def test_a_session_that_breaks_too_often_rests(
    arena: ArenaApp,
    interview: Interview,
    host: Person,
    stranger: Person,
    connect_arena: ConnectArena,
) -> None:
    other = await host.session()
    for _ in range(2):
        _, token = await stranger.join(
            interview.session, "Mallory", await host.invite(interview.session)
        )
        mallory = await connect_arena(interview.session, token)
        await mallory.settled()
        await mallory.insert(0, CRASH)
        await mallory.expect_close(Close.GOING_AWAY)
    ada = await connect_arena(interview.session, interview.candidate_token)
    await ada.expect_close(Close.FLOOD)  # the page tries again later
    answer = await host.fetch("GET", f"sessions/{interview.session}")
    assert (answer.status, answer.json["error"]) == (503, "this session is closed for a minute")
    assert await host.code(other) == ""


async def test_a_log_that_crashes_the_engine_is_one_session_that_cannot_be_read(
    arena: ArenaApp,
    interview: Interview,
    host: Person,
    connect_arena: ConnectArena,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The situation after a new version of pycrdt has brought a bug."""
    ada = await connect_arena(interview.session, interview.candidate_token)
    await typed(ada, CRASH)
    monkeypatch.setattr(engine_process, "MODULE", "tests.support.fragile_engine")
    # Take the spare process: it was started without the fragile module.
    await arena.engine_pool.own()
    process(arena).close()
    for _ in range(2):
        answer = await host.fetch("GET", f"sessions/{interview.session}")
        assert (answer.status, answer.json) == (503, {"error": "this session cannot be read now"})
    assert await host.code(await host.session()) == ""


async def test_a_recording_that_crashes_the_engine_breaks_no_room(
    arena: ArenaApp, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await host.session()
    await host.fetch("PUT", f"sessions/{session}/code", {"code": CRASH})
    recording = await host.fetch("GET", f"sessions/{session}/recording")
    monkeypatch.setattr(engine_process, "MODULE", "tests.support.fragile_engine")
    answer = await host.fetch("POST", "sessions/import", recording.body)
    assert (answer.status, "no edit of this text" in answer.text) == (400, True)
    assert process(arena).alive
    assert await host.code(session) == CRASH


def test_time_makes_good_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("arena_ext.limits.token_bucket.time.monotonic", lambda: now)
    limits = Limits()
    held = CircuitBreaker(limits)
    held.broke("s", "mallory")
    assert held.apart("s")
    assert not held.barred("s", "mallory")
    held.broke("s", "mallory")
    assert held.barred("s", "mallory")
    assert not held.barred("s", "ada")
    assert not held.rests("s")
    for _ in range(limits.session_failures - 2):
        held.broke("s")
    assert held.rests("s")
    assert not held.rests("other")
    assert not held.apart("other")
    now += limits.session_recovery + 1
    assert not held.rests("s")
    now += limits.participant_recovery
    assert not held.barred("s", "mallory")
    assert held.apart("s")
