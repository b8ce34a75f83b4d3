"""The SQLite log: acknowledged entries stay, whatever happens to the disk."""

from __future__ import annotations

import asyncio
import logging
import math
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from arena_ext.app import ArenaApp
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Audience, Document
from arena_ext.rooms.registry import Rooms
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.storage import database
from arena_ext.storage.hash_chain import START, digest, link, to_json
from arena_ext.storage.log import Conflict, Log, append
from arena_ext.storage.memory import MemoryLog
from arena_ext.storage.rows import LogError
from arena_ext.storage.sqlite import MAX_BATCH, SqliteLog
from tests.support.logs import bodies, entry, fill, opened, soon
from tests.support.people import DEADLINE, Person
from tests.support.replicas import engine_pool


@given(bodies)
@settings(max_examples=40, deadline=None)
def test_what_was_appended_is_read_again_by_the_next_server(
    tmp_path_factory: pytest.TempPathFactory,
    bodies: list[tuple[str | None, Audience, Edit | Event]],
) -> None:
    path = tmp_path_factory.mktemp("log") / "sessions.sqlite"
    written = [Entry(seq, 7 * seq, who, to, body) for seq, (who, to, body) in enumerate(bodies, 1)]

    async def scene() -> None:
        async with opened(path) as log:
            for each in written:
                await soon(append(log, "s", each))
        async with opened(path) as log:
            assert list(await log.read("s")) == written
            loaded = await log.load("s")
            assert (loaded is None) == (not written)
            assert await log.sessions() == (["s"] if written else [])

    asyncio.run(scene())
    stored = database.read(path, "s")
    links = database.links(path, "s", len(stored))
    chain = START
    for each, kept in zip(stored, links, strict=True):
        chain = link(chain, digest(to_json(each)))
        assert chain == kept


def test_what_comes_while_a_commit_is_under_way_shares_the_next(
    runner: asyncio.Runner, path: Path
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await soon(append(log, "s", entry(1)))
            statements: list[str] = []
            log._writer.set_trace_callback(statements.append)
            order: list[int] = []
            futures = []
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                for seq in range(2, 3001):
                    future = append(log, "s", entry(seq))
                    future.add_done_callback(lambda _, seq=seq: order.append(seq))  # type: ignore[misc]
                    futures.append(future)
            await asyncio.wait_for(asyncio.gather(*futures), DEADLINE)
            assert order == list(range(2, 3001))
            # The first commit has the entries present at its start; the rest are full batches.
            assert 1 <= statements.count("COMMIT") <= 1 + math.ceil(2999 / MAX_BATCH)

    runner.run(scene())


async def test_the_event_loop_asks_nothing_of_sqlite(
    arena: ArenaApp, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()

    def note(_: str) -> None:
        threads.add(threading.current_thread().name)

    connect = sqlite3.connect

    def watched(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **kwargs)
        connection.set_trace_callback(note)
        return connection

    log = arena.rooms.log
    assert isinstance(log, SqliteLog)
    log._writer.set_trace_callback(note)
    monkeypatch.setattr(sqlite3, "connect", watched)
    session = await host.session()
    await host.fetch("PUT", f"sessions/{session}/code", {"code": "x"})
    room = await arena.rooms.get(session)
    assert room is not None
    await room.journal.keep_checkpoint()
    room.crash()
    recording = await host.fetch("GET", f"sessions/{session}/recording")
    for call in ("", f"/{session}", f"/{session}/export?format=zip"):
        assert (await host.fetch("GET", f"sessions{call}")).status == 200
    kind = {"Content-Type": "application/octet-stream"}
    assert (await host.fetch("POST", "sessions/import", recording.body, kind)).status == 201
    await arena._housekeep()
    assert (await host.fetch("DELETE", f"sessions/{session}")).status == 204
    assert await arena.rooms.delete_ended_before(2**50) == 1
    assert len(threads) > 1
    assert threading.current_thread().name not in threads


def test_a_full_disk_stops_acknowledgements_until_there_is_room(
    runner: asyncio.Runner, path: Path
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            health: list[bool] = []
            heard = asyncio.Event()

            def hear(ok: bool) -> None:
                health.append(ok)
                heard.set()

            log.on_health = hear
            await soon(append(log, "s", entry(1)))
            (pages,) = log._writer.execute("PRAGMA page_count").fetchone()
            log._writer.execute(f"PRAGMA max_page_count = {pages}")
            waiting = [append(log, "s", entry(seq, "x" * 50_000)) for seq in (2, 3)]
            await asyncio.wait_for(heard.wait(), 10.0)
            assert health == [False]
            assert [each.done() for each in waiting] == [False, False]
            assert [each.seq for each in await log.read("s")] == [1]
            log._writer.execute("PRAGMA max_page_count = 1073741823")
            for each in waiting:
                await soon(each)
            assert health == [False, True]
            assert [each.seq for each in await log.read("s")] == [1, 2, 3]

    runner.run(scene())


def test_a_locked_database_is_waited_for(runner: asyncio.Runner, path: Path) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await soon(append(log, "s", entry(1)))
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                heard = asyncio.Event()
                log.on_health = lambda ok: None if ok else heard.set()
                other.execute("BEGIN IMMEDIATE")
                waiting = append(log, "s", entry(2))
                await asyncio.wait_for(heard.wait(), 10.0)
                assert not waiting.done()
                other.execute("ROLLBACK")
            await soon(waiting)

    runner.run(scene())


def test_a_damaged_database_is_moved_aside_and_said_loudly(
    runner: asyncio.Runner, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await fill(log, "s", 399, "y" * 500)
        data = bytearray(path.read_bytes())
        data[4096 * 2 : 4096 * 40] = b"\xff" * 4096 * 38
        path.write_bytes(data)
        with caplog.at_level(logging.CRITICAL):
            async with opened(path) as log:
                assert log.moved_aside is not None
                assert log.moved_aside.read_bytes()[100:] == data[100:]
                await soon(append(log, "new", entry(1)))
                assert list(await log.sessions()) == ["new"]
        assert "damaged" in caplog.text

    runner.run(scene())


@pytest.mark.parametrize("damage", ["garbage", "header"])
def test_a_database_that_is_none_any_more_is_moved_aside_while_a_server_runs(
    runner: asyncio.Runner, path: Path, damage: str
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await soon(append(log, "s", entry(1)))
            log._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            log._writer.execute("PRAGMA shrink_memory")
            data = bytearray(path.read_bytes())
            data[:] = b"no database" * 1000 if damage == "garbage" else bytes(100) + data[100:]
            path.write_bytes(data)
            with pytest.raises(Conflict):
                await asyncio.wait_for(append(log, "s", entry(2)), DEADLINE)
            assert log.moved_aside is not None
            assert log.moved_aside.read_bytes()[100:] == data[100:]
            await soon(append(log, "new", entry(1)))
            assert list(await log.sessions()) == ["new"]

    runner.run(scene())


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_whose_a_session_is_can_be_told_without_opening_it(
    kind: str, runner: asyncio.Runner, path: Path
) -> None:
    async def scene() -> None:
        log: Log = MemoryLog() if kind == "memory" else SqliteLog(path)
        for session, owner in (("1", "ana"), ("2", "bob"), ("3", None), ("4", "ana"), ("5", "ana")):
            created = Event("session-created", {"owner": owner})
            await soon(append(log, session, Entry(1, 0, None, Audience.SERVER, created)))
            await soon(append(log, session, entry(2)))
        await soon(
            append(log, "6", Entry(1, 0, None, Audience.EVERYONE, Edit(Document.PAD, b"ana")))
        )
        if kind == "sqlite":
            with closing(sqlite3.connect(path)) as database:  # "5" is damaged
                database.execute("UPDATE entries SET body = x'ff' WHERE session = 5 AND seq = 1")
                database.commit()
        else:
            await log.delete("5")
        assert list(await log.sessions("ana")) == ["1", "4"]
        assert list(await log.sessions("bob")) == ["2"]
        assert list(await log.sessions("")) == []
        assert len(await log.sessions()) == (6 if kind == "sqlite" else 5)
        await log.close()

    runner.run(scene())


def test_a_session_that_cannot_be_read_is_an_error_not_an_empty_room(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    async def scene() -> None:
        async with opened(path) as log:
            rooms = Rooms(log, str, engine_pool(), Limits())
            room = await rooms.create(None, "", "python")
            room.crash()
            with monkeypatch.context() as patch:
                patch.setattr(database, "reading", broken)
                with pytest.raises(LogError):
                    await rooms.get(room.session.id)
            again = await rooms.get(room.session.id)
            assert again is not None
            assert again.session.language == "python"

    runner.run(scene())


def test_two_writers_of_one_session_do_not_mix(runner: asyncio.Runner, path: Path) -> None:
    async def scene() -> None:
        async with opened(path) as one, opened(path) as other:
            await soon(append(one, "s", entry(1)))
            await soon(append(one, "s", entry(2, "of one")))
            with pytest.raises(Conflict):
                await soon(append(other, "s", entry(2, "of the other")))
            await soon(append(other, "s", entry(3)))
            with pytest.raises(Conflict):
                await soon(append(one, "s", entry(3)))
            await one.delete("s")
            with pytest.raises(Conflict):
                await soon(append(other, "s", entry(4)))
            assert list(await one.sessions()) == []

    runner.run(scene())


def test_the_file_is_its_owners_alone(runner: asyncio.Runner, path: Path) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await soon(append(log, "s", entry(1)))
            modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
            assert set(modes.values()) == {0o600}, modes
            assert path.parent.stat().st_mode & 0o777 == 0o700

    runner.run(scene())
