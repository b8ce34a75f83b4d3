"""The database file: readers write nothing, and deleted sessions leave no trace."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from arena_ext import cli
from arena_ext.app import ArenaApp
from arena_ext.protocol.limits import Limits
from arena_ext.rooms.registry import Rooms
from arena_ext.storage import database, sqlite
from arena_ext.storage.log import Checkpoint, append
from arena_ext.storage.sqlite import SqliteLog
from tests.support.logs import entry, fill, holding, opened, soon, until
from tests.support.people import DEADLINE, Person
from tests.support.replicas import engine_pool

CANARY = "a-very-private-thing-"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a ?b#c%41" / "sessions.sqlite"  # a directory that a URI must quote


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log overwrites traces of deletions as soon as it is idle."""
    monkeypatch.setattr(sqlite, "QUIET", 0.05)
    monkeypatch.setattr(sqlite, "SCRUB_WITHIN", 0.1)
    monkeypatch.setattr(sqlite, "RESTS", 0.0)


async def mixed(log: SqliteLog) -> None:
    """Mix entries of `kept` and `gone`: SQLite moves rows, and leaves copies in free space."""
    futures = [
        append(log, session, entry(seq, text))
        for seq in range(1, 200)
        for session, text in (("gone", CANARY * 20), ("kept", "x"))
    ]
    await soon(futures[-1])


# --- reading ------------------------------------------------------------------------------------


def test_a_session_opens_while_another_process_writes(runner: asyncio.Runner, path: Path) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            rooms = Rooms(log, str, engine_pool(), Limits())
            room = await rooms.create(None, "kept", "python")
            room.crash()
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                again = await rooms.get(room.session.id)
                assert again is not None
                assert again.session.title == "kept"
                assert list(await log.sessions()) == [room.session.id]
                assert len(await log.read(room.session.id)) == 1
            with (
                closing(database.reading(path)) as reader,
                pytest.raises(sqlite3.OperationalError, match="readonly"),
            ):
                reader.execute("DELETE FROM entries")

    runner.run(scene())


def test_a_server_starts_while_another_process_writes(runner: asyncio.Runner, path: Path) -> None:
    async def scene() -> None:
        async with opened(path) as one:
            await soon(append(one, "s", entry(1)))
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                async with opened(path) as log:
                    assert list(await log.sessions()) == ["s"]

    runner.run(scene())


async def test_who_asks_for_what_is_not_there_writes_nothing(
    arena: ArenaApp, host: Person, stranger: Person
) -> None:
    session = await host.session()
    path = Path(arena.database)

    def written() -> list[bytes]:
        return [file.read_bytes() for file in (path, path.with_name(f"{path.name}-wal"))]

    before = written()
    for call in ("", "/users", "/recording", "/export?format=jsonl"):
        assert (await stranger.fetch("GET", f"sessions/{'0' * 32}{call}")).status == 404
    assert (await host.fetch("GET", "sessions")).json[0]["id"] == session
    assert cli.main(["list"], path) == 0
    assert written() == before


# --- deleting -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("hasty")
def test_long_entries_are_read_in_small_portions(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PORTION", 1000)

    async def scene() -> None:
        async with opened(path) as log:
            await fill(log, "s", 6, "x" * 600)
            assert [each[0] for each in await log.columns("s", 0, 5)] == [1, 2]
            assert [each[0] for each in await log.columns("s", 5, 5)] == [6]
            assert len(await log.read("s")) == 6

    runner.run(scene())


def test_deleting_leaves_no_trace(runner: asyncio.Runner, path: Path) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await mixed(log)
            log.checkpoint("gone", Checkpoint(100, CANARY.encode() * 100))
            await log.delete("gone")
            assert await log.load("gone") is None
            await until(lambda: not holding(path, CANARY))
            assert len(await log.read("kept")) == 199

    runner.run(scene())


@pytest.mark.usefixtures("hasty")
def test_who_reads_holds_traces_back_and_no_longer(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        looks: list[bool] = []
        scrub = database.scrub

        def seen(connection: sqlite3.Connection) -> bool:
            looks.append(scrub(connection))
            return looks[-1]

        monkeypatch.setattr(database, "scrub", seen)
        async with opened(path) as log:
            await fill(log, "gone", 50, CANARY)
            await fill(log, "kept", 50)
            with closing(database.reading(path)) as reader:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM entries").fetchone()
                await log.delete("gone")
                await until(lambda: looks[:2] == [False, False])
                assert holding(path, CANARY)
                await soon(append(log, "kept", entry(51)))
            await until(lambda: not holding(path, CANARY))
            assert len(await log.read("kept")) == 51

    runner.run(scene())


@pytest.mark.usefixtures("hasty")
def test_where_the_file_cannot_be_written_anew_all_else_is_stored(
    runner: asyncio.Runner, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            health: list[bool] = []
            log.on_health = health.append
            await mixed(log)
            # VACUUM writes the database to a second file; the disk has no room for it.
            log._writer.set_authorizer(
                lambda action, *_: (
                    sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK
                )
            )
            deletion = asyncio.create_task(log.delete("gone"))
            for seq in range(200, 220):
                await soon(append(log, "kept", entry(seq)))
            await asyncio.wait_for(deletion, DEADLINE)
            assert await log.load("gone") is None
            await until(lambda: "cannot be overwritten" in caplog.text)
            await soon(append(log, "kept", entry(220)))
            assert health == []
            log._writer.set_authorizer(None)
            await until(lambda: not holding(path, CANARY))
            assert len(await log.read("kept")) == 220

    runner.run(scene())


@pytest.mark.usefixtures("hasty")
def test_many_deletions_are_one_rewriting(runner: asyncio.Runner, path: Path) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            for number in range(20):
                await fill(log, f"s{number}", 5, CANARY)
            statements: list[str] = []
            log._writer.set_trace_callback(statements.append)
            await asyncio.gather(*(log.delete(f"s{number}") for number in range(20)))
            await until(lambda: not holding(path, CANARY))
            assert statements.count("VACUUM") == 1

    runner.run(scene())


@pytest.mark.usefixtures("hasty")
def test_who_deletes_again_and_again_holds_nobody_up(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "RESTS", 1e6)
    monkeypatch.setattr(sqlite, "SCRUB_WITHIN", 0.0)

    async def scene() -> None:
        async with opened(path) as log:
            await fill(log, "first", 5, CANARY)
            await log.delete("first")
            await until(lambda: not holding(path, CANARY))
            statements: list[str] = []
            log._writer.set_trace_callback(statements.append)
            await mixed(log)
            await log.delete("gone")
            for number in range(20):
                await fill(log, f"s{number}", 5, CANARY)
                await log.delete(f"s{number}")
            assert "VACUUM" not in statements
            assert holding(path, CANARY)
        # A server that stops overwrites the traces first.
        assert not holding(path, CANARY)

    runner.run(scene())


@pytest.mark.usefixtures("hasty")
def test_traces_do_not_wait_for_ever_for_a_quiet_moment(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "QUIET", 1e6)

    async def scene() -> None:
        async with opened(path) as log:
            await mixed(log)
            await log.delete("gone")
            seq = 199
            async with asyncio.timeout(DEADLINE):
                while await asyncio.to_thread(holding, path, CANARY):
                    seq += 1
                    await soon(append(log, "kept", entry(seq)))

    runner.run(scene())


@pytest.mark.usefixtures("hasty")
def test_what_a_server_did_not_overwrite_the_next_one_does(
    runner: asyncio.Runner, path: Path
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await mixed(log)
        with closing(database.writing(path)) as killed:
            database.delete(killed, "gone")
        async with opened(path):
            await until(lambda: not holding(path, CANARY))

    runner.run(scene())


@pytest.mark.usefixtures("hasty")
def test_a_file_of_the_first_schema_is_taken_on(runner: asyncio.Runner, path: Path) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await fill(log, "gone", 50, CANARY)
            await fill(log, "kept", 50)
        with closing(sqlite3.connect(path)) as first:
            first.executescript("DROP TABLE deletions; PRAGMA user_version = 1;")
        assert database.session_ids(path) == ["gone", "kept"]
        async with opened(path) as log:
            await log.delete("gone")
            await until(lambda: not holding(path, CANARY))
            await soon(append(log, "kept", entry(51)))

    runner.run(scene())


def test_deleting_by_hand_leaves_no_trace(
    runner: asyncio.Runner, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await mixed(log)
            with closing(database.reading(path)) as reader:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM entries").fetchone()
                deleting = asyncio.create_task(
                    asyncio.to_thread(cli.main, ["delete", "gone"], path)
                )
                await until(lambda: database.session_ids(path) == ["kept"])
                assert holding(path, CANARY)
            assert await asyncio.wait_for(deleting, DEADLINE) == 0
            assert not holding(path, CANARY)
            assert isinstance(log, SqliteLog)
            await soon(append(log, "kept", entry(200)))

    runner.run(scene())
    assert capsys.readouterr().out == "Deleted gone.\n"
