"""The lock of a server on its database."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from arena_ext.storage.lock import ServerLock
from arena_ext.storage.log import DatabaseUnusable, append
from arena_ext.storage.sqlite import SqliteLog
from tests.support.logs import entry, opened, soon


def test_a_second_server_is_refused_and_told_who_has_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    lock = ServerLock(path)
    process = f"another server uses it \\(process {os.getpid()}"
    with pytest.raises(DatabaseUnusable, match=f"{process}\\)"):
        ServerLock(path)
    lock.hold_at("http://localhost:8888/")
    for _ in range(2):  # who is refused changes nothing
        with pytest.raises(DatabaseUnusable, match=f"{process} at http://localhost:8888/\\)"):
            ServerLock(path)
    lock.release()
    ServerLock(path).release()


def test_a_link_to_a_database_is_the_same_database(tmp_path: Path) -> None:
    path, link = tmp_path / "sessions.sqlite", tmp_path / "link.sqlite"
    path.touch()
    link.symlink_to(path)
    lock = ServerLock(path)
    with pytest.raises(DatabaseUnusable):
        ServerLock(link)
    lock.release()


def test_the_command_line_needs_no_lock(path: Path, runner: asyncio.Runner) -> None:
    async def scene() -> None:
        log = SqliteLog(path, exclusive=True)
        async with opened(path) as beside:
            await soon(append(beside, "s", entry(1)))
        await log.close()
        # A closed log holds nothing.
        again = SqliteLog(path, exclusive=True)
        assert list(await again.sessions()) == ["s"]
        await again.close()

    runner.run(scene())


def test_a_database_that_cannot_be_opened_is_not_held(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("no database" * 100)
    for _ in range(2):
        with pytest.raises(DatabaseUnusable, match="it is not a database"):
            SqliteLog(path, exclusive=True)
    ServerLock(path).release()


def test_the_lock_is_its_owners_alone(tmp_path: Path) -> None:
    lock = ServerLock(tmp_path / "sessions.sqlite")
    assert (tmp_path / "sessions.sqlite.lock").stat().st_mode & 0o777 == 0o600
    lock.release()
