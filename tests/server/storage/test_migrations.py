"""The version of a database: an older one is brought up to date, another one is refused."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from arena_ext import cli
from arena_ext.storage import database
from arena_ext.storage.log import DatabaseUnusable, append
from arena_ext.storage.sqlite import SqliteLog
from tests.support.logs import entry, fill, opened, soon


def versioned(path: Path) -> tuple[int, set[str]]:
    """The version of a database, and the names of its tables."""
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return version, {name for (name,) in tables}


def later(monkeypatch: pytest.MonkeyPatch, *steps: tuple[str, ...]) -> None:
    """As a later Arena, whose schema has more steps."""
    monkeypatch.setattr(database, "STEPS", (*database.STEPS, *steps))


@pytest.fixture
def first(path: Path, runner: asyncio.Runner) -> Path:
    """A database of version 1, which knew no `deletions`, with two sessions."""

    async def scene() -> None:
        async with opened(path) as log:
            await fill(log, "one", 30)
            await fill(log, "two", 30)

    runner.run(scene())
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE deletions; PRAGMA user_version = 1;")
    return path


def test_a_new_file_gets_every_step(path: Path, runner: asyncio.Runner) -> None:
    async def scene() -> None:
        async with opened(path):
            pass

    runner.run(scene())
    assert versioned(path) == (
        len(database.STEPS),
        {"sessions", "entries", "checkpoints", "deletions"},
    )


def test_an_older_file_is_brought_up_to_date_and_keeps_its_sessions(
    first: Path, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, ("ALTER TABLE sessions ADD COLUMN note TEXT",), ("CREATE TABLE x (y)",))

    async def scene() -> None:
        async with opened(first) as log:
            assert list(await log.sessions()) == ["one", "two"]
            await soon(append(log, "one", entry(31)))
            assert len(await log.read("one")) == 31

    runner.run(scene())
    version, tables = versioned(first)
    assert version == len(database.STEPS) == 4
    assert tables >= {"deletions", "x"}


def test_a_step_that_fails_leaves_the_file_as_it_was(
    first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = versioned(first)
    later(monkeypatch, ("CREATE TABLE half (done)", "CREATE TABLE sessions (again)"))
    with pytest.raises(DatabaseUnusable, match="sessions already exists"):
        SqliteLog(first)
    assert versioned(first) == before
    assert database.session_ids(first) == ["one", "two"]


def test_a_file_of_a_newer_arena_is_refused_with_both_versions(
    first: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        later(patch, ("CREATE TABLE x (y)",))
        database.writing(first).close()
    sentence = (
        f"Arena cannot open its database {first}: a newer Arena has written it (version 3 of the "
        "schema; this Arena knows versions up to 2)."
    )
    with pytest.raises(DatabaseUnusable) as refused:
        SqliteLog(first)
    assert str(refused.value) == sentence
    recording = Path(__file__).parents[2] / "recordings" / "made-before-the-rooms.jsonl"
    commands: list[list[str]] = [
        *(["list"], ["check"], ["export", "one"], ["delete", "one"]),
        ["import", str(recording)],
    ]
    for command in commands:
        assert cli.main(command, first) == 1
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", f"{sentence}\n")
    assert versioned(first)[0] == 3


def test_two_processes_may_bring_a_file_up_to_date_at_once(first: Path) -> None:
    """The version is read again behind the lock: the second one finds the work done."""
    opened_first = sqlite3.connect(first, isolation_level=None)
    with closing(opened_first):
        with closing(database.writing(first)):
            pass
        database._migrate(opened_first, first)
    assert versioned(first)[0] == len(database.STEPS)
