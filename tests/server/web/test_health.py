"""What a supervisor and a load balancer ask: it lives, it is ready, and why it is not."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.errors import EngineGone
from arena_ext.storage import sqlite
from arena_ext.storage.committer import Committer, Probe, Work
from arena_ext.web import readiness
from tests.support.people import DEADLINE, Person


async def ask_until(caller: Person, status: int) -> Any:
    """Ask whether it is ready until the answer has this status; returns its JSON."""
    async with asyncio.timeout(DEADLINE):
        while True:
            answer = await caller.fetch("GET", "ready")
            if answer.status == status:
                return answer.json
            await asyncio.sleep(0.05)


async def test_a_server_that_runs_lives_and_is_ready(stranger: Person) -> None:
    health, ready = await stranger.fetch("GET", "health"), await stranger.fetch("GET", "ready")
    assert (health.status, health.json) == (200, {"status": "alive"})
    assert (ready.status, ready.json) == (200, {"status": "ready"})
    for answer in (health, ready):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("storage", ["memory"])
async def test_so_does_one_that_stores_in_memory(stranger: Person) -> None:
    assert (await stranger.fetch("GET", "ready")).status == 200


async def test_it_is_not_ready_while_nothing_can_be_stored_and_still_lives(
    arena: ArenaApp, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_DEADLINE", 0.2)
    with closing(sqlite3.connect(arena.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await ask_until(stranger, 503) == {"error": "interviews cannot be stored now"}
        assert (await stranger.fetch("GET", "health")).status == 200
        other.execute("ROLLBACK")
    assert await ask_until(stranger, 200) == {"status": "ready"}


async def test_it_is_not_ready_without_an_engine(
    arena: ArenaApp, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone() -> None:
        raise EngineGone("no process starts")

    monkeypatch.setattr(arena.engine_pool, "shared", gone)
    assert await ask_until(stranger, 503) == {"error": "the CRDT engine is not up"}
    assert (await stranger.fetch("GET", "health")).status == 200


async def test_many_who_ask_cost_one_writing_also_while_none_is_possible(
    arena: ArenaApp, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Work] = []
    commit = Committer.commit

    def counted(self: Committer, work: Any) -> Any:
        written.extend(each for each in work if isinstance(each, Probe))
        return commit(self, work)

    monkeypatch.setattr(Committer, "commit", counted)
    monkeypatch.setattr(readiness, "_HOLDS", DEADLINE)
    answers = await asyncio.gather(*(stranger.fetch("GET", "ready") for _ in range(50)))
    assert {each.status for each in answers} == {200}
    assert len(written) == 1

    monkeypatch.setattr(readiness, "_HOLDS", 0.0)
    monkeypatch.setattr(readiness, "_DEADLINE", 0.01)
    assert isinstance(arena.rooms.log, sqlite.SqliteLog)
    with closing(sqlite3.connect(arena.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(20):
            assert (await stranger.fetch("GET", "ready")).status == 503
        assert len({id(each) for each in written}) <= 2, "those who ask later wait for the same"
        other.execute("ROLLBACK")
    monkeypatch.setattr(readiness, "_DEADLINE", DEADLINE)
    assert await ask_until(stranger, 200)


@pytest.mark.limits(long_work_burst=1e-4, long_work_rate=1e-4, long_work_debt=0.0, max_delay=0.0)
async def test_a_caller_over_budget_is_still_told(
    stranger: Person, person: Callable[..., Person]
) -> None:
    """An address that owes work gets 429; the supervisor may ask from the same address."""
    async with asyncio.timeout(DEADLINE):
        while (await stranger.fetch("GET", "info")).status != 429:
            pass
    assert (await stranger.fetch("GET", "health")).status == 200
    assert (await stranger.fetch("GET", "ready")).status == 200
    for host in ("10.0.0.7:8888", "attacker.example"):
        assert (await person({"Host": host}).fetch("GET", "health")).status == 200
