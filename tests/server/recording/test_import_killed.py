"""A server killed during an import leaves no session of the partly imported recording."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tornado.simple_httpclient import HTTPStreamClosedError

from arena_ext.protocol.wire import Audience
from arena_ext.session.model import Entry, Event
from arena_ext.storage.database import reading, session_ids
from arena_ext.storage.log import Checkpoint, Conflict, append, unfinished
from arena_ext.storage.memory import MemoryLog
from arena_ext.storage.sqlite import SqliteLog
from tests.support import servers
from tests.support.people import Person
from tests.support.recordings import ABOUT, sealed

#: Enough for many short commits.
ENTRIES = 20_000
#: Seconds after which a step has failed.
DEADLINE = 30.0


def rows(database: Path) -> int:
    """The number of entries of all sessions."""
    with suppress(sqlite3.OperationalError), closing(reading(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])
    return 0


async def until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not await asyncio.to_thread(met):
        assert time.monotonic() < deadline


async def bring(host: Person) -> int:
    lines = [{"seq": seq, "digest": f"{seq:064x}"} for seq in range(1, ENTRIES + 1)]
    kind = {"Content-Type": "application/octet-stream"}
    return (await host.fetch("POST", "sessions/import", sealed(ABOUT, lines), kind)).status


def host_of(server: servers.Server) -> Person:
    return Person(server.url, {"Authorization": f"token {server.token}"})


@pytest.mark.timeout(120)  # it starts two servers
async def test_a_killed_import_leaves_no_session(tmp_path: Path) -> None:
    database = tmp_path / "data" / "arena" / "sessions.sqlite"
    with servers.arena(tmp_path) as server:
        importing = asyncio.create_task(bring(host_of(server)))
        await until(lambda: rows(database) > 0)
        servers.send_signal(server.process.pid, signal.SIGKILL)
        server.process.wait()
        with suppress(HTTPStreamClosedError):
            assert await importing != 201
    assert 0 < rows(database) < ENTRIES
    assert session_ids(database) == []
    with servers.arena(tmp_path) as server:
        host = host_of(server)
        assert (await host.fetch("GET", "sessions")).json == []
        await until(lambda: rows(database) == 0)
        assert await bring(host) == 201
        assert len((await host.fetch("GET", "sessions")).json) == 1


@pytest.mark.parametrize("storage", ["sqlite", "memory"])
async def test_a_session_is_there_once_it_is_finished(tmp_path: Path, storage: str) -> None:
    path = tmp_path / "a.sqlite"
    log = MemoryLog() if storage == "memory" else SqliteLog(path)
    payload = {"owner": "ana", "title": "T", "language": "python"}
    entry = Entry(1, 1, None, Audience.SERVER, Event("session-created", payload))
    try:
        await append(log, unfinished("s"), entry)
        assert await log.load("s") is None
        assert await log.sessions() == await log.sessions("ana") == []
        await log.finish("s", Checkpoint(1, b"folded"))
        assert list(await log.read("s")) == [entry]
        assert await log.sessions() == await log.sessions("ana") == ["s"]
        with pytest.raises(Conflict):
            await log.finish("s", Checkpoint(1, b"folded"))
        await append(log, "s", Entry(2, 2, None, Audience.SERVER, Event("session-ended", {})))
        loaded = await log.load("s")
        assert loaded is not None
        assert [each.seq for each in loaded.entries][-1] == 2
    finally:
        await log.close()
