"""A database damaged in part or as a whole: the rest stays usable, and the log reports it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from arena_ext import cli
from arena_ext.app import ArenaApp
from arena_ext.protocol.limits import Limits
from arena_ext.rooms.registry import Rooms
from arena_ext.storage.log import Checkpoint, Conflict, append
from arena_ext.storage.rows import LogError
from arena_ext.storage.sqlite import SqliteLog
from tests.support.logs import entry, fill, opened, soon, until
from tests.support.people import DEADLINE, Person
from tests.support.replicas import engine_pool

PAGE = 4096


def junk(path: Path, session: str) -> int:
    """Overwrite all pages that contain entries of this session only; return their number."""
    data = bytearray(path.read_bytes())
    count = 0
    for at in range(0, len(data), PAGE):
        on_page = {each for each in "abc" if f"said in {each}, ".encode() in data[at : at + PAGE]}
        if on_page == {session}:
            data[at : at + PAGE] = b"\xa5" * PAGE
            count += 1
    path.write_bytes(data)
    return count


async def three_of_them(log: SqliteLog) -> None:
    """Write three sessions one after another into the file; clear the WAL and the page cache."""
    for session in "acb":
        await fill(log, session, 200, f"said in {session}, ")
        log.checkpoint(session, Checkpoint(100, b""))
    await log.delete("none")  # waits until the checkpoints are stored
    log._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log._writer.execute("PRAGMA shrink_memory")


@pytest.mark.parametrize("seen_by", ["reader", "writer"])
def test_damage_while_a_server_runs_costs_no_other_session(
    runner: asyncio.Runner, path: Path, caplog: pytest.LogCaptureFixture, seen_by: str
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await three_of_them(log)
            assert junk(path, "b") > 5
            if seen_by == "reader":
                with pytest.raises(LogError):
                    await log.read("b")
                await until(lambda: log.moved_aside is not None)
            elsewhere = append(log, "a", entry(201))
            with pytest.raises(Conflict):
                await asyncio.wait_for(append(log, "b", entry(201)), DEADLINE)
            await soon(elsewhere)
            assert log.moved_aside is not None
            assert list(await log.sessions()) == ["a", "c"]
            assert [len(await log.read(each)) for each in ("a", "c")] == [201, 200]
            # The damaged database is kept, so that an operator can examine it.
            assert cli.main(["check", "a"], log.moved_aside) == 0
            assert cli.main(["check", "b"], log.moved_aside) == 1

    with caplog.at_level(logging.CRITICAL):
        runner.run(scene())
    assert "2 of 3 sessions were brought over, not b" in caplog.text


def test_a_damaged_file_is_not_given_up_before_what_is_whole_is_elsewhere(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            await three_of_them(log)
            junk(path, "b")
            health: list[bool] = []
            log.on_health = health.append
            with monkeypatch.context() as patch:
                # The disk has no room for a second database.
                from arena_ext.storage import recovery

                def full(*_: object) -> str:
                    raise sqlite3.OperationalError("database or disk is full")

                patch.setattr(recovery, "_copy_whole", full)
                waiting = [append(log, each, entry(201)) for each in "ba"]
                await until(lambda: health == [False])
                await asyncio.sleep(0)
                assert not any(each.done() for each in waiting)
                assert log.moved_aside is None
            await soon(waiting[1])
            assert list(await log.sessions()) == ["a", "c"]
            await until(lambda: health == [False, True])
            assert not path.with_name(f"{path.name}.new").exists()

    runner.run(scene())


# --- one session --------------------------------------------------------------------------------

DAMAGE = [
    "UPDATE entries SET body = x'ff00' WHERE seq = 1 AND {}",
    "UPDATE entries SET body = CAST('[]' AS BLOB) WHERE seq = 1 AND {}",
    "UPDATE entries SET body = CAST(replace(body, 'payload', 'pay') AS BLOB) WHERE seq = 1 AND {}",
    "UPDATE entries SET body = CAST(replace(body, 'title', 'tit') AS BLOB) WHERE seq = 1 AND {}",
    "UPDATE entries SET body = x'ff00' WHERE document IS NOT NULL AND {}",
    "UPDATE entries SET audience = 'nobody' WHERE seq = 2 AND {}",
    "UPDATE entries SET participant = CAST(x'ff' AS TEXT) WHERE seq = 2 AND {}",
]


@pytest.mark.parametrize("damage", DAMAGE)
async def test_one_damaged_session_hides_no_other(
    arena: ArenaApp, host: Person, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    sessions = [await host.session(title=title) for title in ("One", "Two", "Three")]
    for session in sessions:
        await host.fetch("PUT", f"sessions/{session}/code", {"code": "x = 1"})
        await host.fetch("PATCH", f"sessions/{session}", {"ended": True})
        room = await arena.rooms.get(session)
        assert room is not None
        room.crash()
    path = Path(arena.database)
    damaged = f"session = (SELECT key FROM sessions WHERE id = '{sessions[1]}')"
    with closing(sqlite3.connect(path)) as database:
        assert database.execute(damage.replace("{}", damaged)).rowcount == 1
        database.commit()
    others = {sessions[0], sessions[2]}
    answer = await host.fetch("GET", "sessions")
    assert answer.status == 200
    assert {each["id"] for each in answer.json} == others
    assert (await host.fetch("GET", f"sessions/{sessions[1]}")).status == 503
    assert (await host.fetch("GET", f"sessions/{sessions[0]}")).status == 200
    capsys.readouterr()
    assert cli.main(["check"], path) == 1
    said = capsys.readouterr().out
    assert f"{sessions[1]}  DAMAGED: " in said
    assert all(f"{each}  ok" in said for each in others)
    cli.main(["list"], path)
    assert [line[:32] for line in capsys.readouterr().out.splitlines()] == sessions
    assert await arena.rooms.delete_ended_before(2**50) == 2
    assert list(await arena.rooms.log.sessions()) == [sessions[1]]


@pytest.mark.parametrize("state", ["x'00'", "CAST('[]' AS BLOB)", "zeroblob(400)", "half", "flip"])
def test_a_damaged_checkpoint_costs_nothing_but_time(
    runner: asyncio.Runner, path: Path, state: str
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            rooms = Rooms(log, str, engine_pool(), Limits())
            room = await rooms.create(None, "kept", "python", "What is this?")
            await room.journal.keep_checkpoint()
            room.crash()
            await soon(append(log, "other", entry(1)))
            with closing(sqlite3.connect(path)) as database:
                (kept,) = database.execute("SELECT state FROM checkpoints").fetchone()
                changed = {
                    "half": f"x'{kept[: len(kept) // 2].hex()}'",
                    "flip": f"x'{kept.replace(b'What', b'That').hex()}'",
                }
                database.execute(f"UPDATE checkpoints SET state = {changed.get(state, state)}")
                database.commit()
            again = await rooms.get(room.session.id)
            assert again is not None
            assert (again.session.title, again.session.question) == ("kept", "What is this?")

    runner.run(scene())
