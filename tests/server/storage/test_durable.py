"""Disk failures, kills and restarts of the server lose nothing that was acknowledged."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.serverapp import ServerApp

from arena_ext import app, cli
from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Close
from arena_ext.rooms import checkpoint
from arena_ext.storage import database
from arena_ext.storage.sqlite import SqliteLog
from tests.load import soak
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.logs import until
from tests.support.people import Person


@pytest.mark.slow
@pytest.mark.timeout(180)  # it starts eight servers
def test_what_was_acknowledged_survives_being_killed(tmp_path: Path) -> None:
    figures = asyncio.run(soak.soak(kills=6, seed=20, home=tmp_path))
    assert figures.kills == 6
    assert figures.recorded == figures.typed > figures.acknowledged > 0
    assert figures.acknowledged + figures.on_their_way == figures.typed


def test_what_was_acknowledged_and_lost_is_noticed() -> None:
    typist = soak.Typist("a", "", typed=3, acknowledged=2)
    soak.check_acknowledged([typist], "a2 a1")
    with pytest.raises(AssertionError, match=r"lost: a \[1\]"):
        soak.check_acknowledged([typist], "a2 a3")


def fill(log: SqliteLog) -> None:
    """Simulate a full disk: the database cannot grow any more."""
    (pages,) = log._writer.execute("PRAGMA page_count").fetchone()
    log._writer.execute(f"PRAGMA max_page_count = {pages}")


def make_room(log: SqliteLog) -> None:
    log._writer.execute("PRAGMA max_page_count = 1073741823")


@pytest.mark.limits(store_timeout=1.0)
async def test_with_a_full_disk_nothing_is_confirmed_or_shown_and_later_all_is(
    arena: ArenaApp,
    interview: Interview,
    host: Person,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    log = arena.rooms.log
    assert isinstance(log, SqliteLog)
    ada = await connect_arena(interview.session, interview.candidate_token)
    oz = await connect_json(interview.session, interview.observer_token)
    await oz.join()
    await ada.settled()
    fill(log)
    await ada.insert(0, "x" * 100_000)
    assert await ada.expect("storage") == {"ok": False}
    assert database.BUSY_TIMEOUT < 1  # a full disk is reported at once, a locked file after this
    assert await oz.expect("storage") == {"ok": False}
    await ada.insert(0, "typing goes on, ")
    late = await connect_json(interview.session, interview.observer_token)
    await late.join()
    assert await late.expect("storage") == {"ok": False}
    answer = await host.fetch(
        "PUT", f"sessions/{interview.session}/language", {"language": "python"}
    )
    assert answer.status == 503
    assert ada.saved < ada.sent
    assert oz.payloads("code-update") == oz.payloads("language-updated") == []
    make_room(log)
    assert await ada.expect("storage") == {"ok": True}
    await ada.settled()
    # One or two updates: the scheduler delays the message after a large paste.
    while not (await oz.expect("code-update"))["code"].startswith("typing goes on, x"):
        pass
    assert (await oz.expect("language-updated"))["language"] == "python"


async def test_a_session_that_cannot_be_read_is_an_error(
    arena: ArenaApp, interview: Interview, host: Person
) -> None:
    log = arena.rooms.log
    assert isinstance(log, SqliteLog)
    await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "precious"})
    room = await arena.rooms.get(interview.session)
    assert room is not None
    other = await host.session()
    room.crash()
    good, log.path = log.path, log.path.with_name("nowhere") / "x"
    answer = await host.fetch("GET", f"sessions/{interview.session}")
    assert (answer.status, answer.json) == (503, {"error": "this session cannot be read now"})
    log.path = good
    assert await host.code(interview.session) == "precious"
    assert await host.code(other) == ""


async def test_a_session_lives_on_in_the_next_server(
    arena: ArenaApp, interview: Interview, host: Person, connect_arena: ConnectArena
) -> None:
    """The server stops 100 times while edits are on their way; none is lost or applied twice."""
    ada = await connect_arena(interview.session, interview.candidate_token)
    await ada.settled()
    for number in range(100):
        await ada.insert(len(ada.text), f"{number} ")
        await arena.rooms.close()
        # The next server knows only the database file.
        arena._prepare_settings()  # type: ignore[no-untyped-call]
        await ada.until(lambda client=ada: client.closed)  # type: ignore[misc]
        # Typed while there was no server.
        ada._pad.insert(len(ada.text), f"{number}' ")
        ada = await connect_arena(interview.session, interview.candidate_token, doc=ada.doc)
        await ada.settled()
    expected = "".join(f"{number} {number}' " for number in range(100))
    assert ada.text == expected
    assert await host.code(interview.session) == expected


async def test_opening_reads_from_the_last_checkpoint(
    arena: ArenaApp, interview: Interview, connect_arena: ConnectArena
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    await ada.settled()
    for _ in range(checkpoint.EVERY + 50):
        await ada.insert(0, "x")
        if ada.sent - ada.saved > 200:
            await ada.settled()
    await ada.settled()
    loaded = await arena.rooms.log.load(interview.session)
    assert loaded is not None
    assert loaded.checkpoint is not None
    assert len(loaded.entries) < checkpoint.EVERY
    room = await arena.rooms.get(interview.session)
    assert room is not None
    room.crash()
    again = await arena.rooms.get(interview.session)
    assert again is not None
    assert again.text() == "x" * (checkpoint.EVERY + 50)


async def test_much_output_makes_a_checkpoint_too(
    arena: ArenaApp, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "MOST", 100_000)
    for number in range(4):
        here = f"sessions/{interview.session}/execute"
        answer = await interview.candidate.fetch("POST", here, {"output": f"{number}" * 40_000})
        assert answer.status == 200
    loaded = await arena.rooms.log.load(interview.session)
    assert loaded is not None
    assert loaded.checkpoint is not None
    assert sum(checkpoint.weight(entry.body) for entry in loaded.entries) < 100_000


async def test_sessions_that_ended_long_ago_are_deleted(arena: ArenaApp, host: Person) -> None:
    old, new, open_one = [await host.session() for _ in range(3)]
    for session in (old, new):
        await host.fetch("PATCH", f"sessions/{session}", {"ended": True})
    room = await arena.rooms.get(old)
    assert room is not None
    room.session.ended_at = 1
    assert await arena.rooms.delete_ended_before(1000) == 1
    left = {each["id"] for each in (await host.fetch("GET", "sessions")).json}
    assert left == {new, open_one}


async def test_a_server_deletes_what_ended_longer_ago_than_it_is_told(
    arena: ArenaApp, jp_serverapp: ServerApp, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, open_one = [await host.session() for _ in range(2)]
    await host.fetch("PATCH", f"sessions/{ended}", {"ended": True})

    def days_later(days: float) -> None:
        now = time.time() + days * 86400
        monkeypatch.setattr(app, "time", SimpleNamespace(time=lambda: now))

    async def left() -> set[str]:
        return {each["id"] for each in (await host.fetch("GET", "sessions")).json}

    days_later(1000)
    await arena._start_jupyter_server_extension(jp_serverapp)  # the default keeps all sessions
    assert await left() == {ended, open_one}
    assert not arena._retention.is_running()
    arena.retention_days = 30
    days_later(29.9)
    await arena._start_jupyter_server_extension(jp_serverapp)
    assert await left() == {ended, open_one}
    # The server repeats the check while it runs.
    assert arena._retention.is_running()
    days_later(30.1)
    look = arena._retention.callback()
    assert look is not None
    await look
    assert await left() == {open_one}


async def test_while_a_session_is_being_deleted_it_is_gone(
    arena: ArenaApp, interview: Interview, host: Person
) -> None:
    with closing(sqlite3.connect(arena.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        deletion = asyncio.create_task(host.fetch("DELETE", f"sessions/{interview.session}"))
        await until(lambda: interview.session in arena.rooms._deleting)
        assert list(await arena.rooms.log.sessions()) == [interview.session]
        assert (await host.fetch("GET", f"sessions/{interview.session}")).status == 404
        assert (
            await interview.candidate.fetch("GET", f"sessions/{interview.session}")
        ).status == 404
        assert not deletion.done()
    assert (await deletion).status == 204
    assert arena.rooms._live == {}
    assert list(await arena.rooms.log.sessions()) == []


async def test_a_room_is_closed_when_its_session_is_deleted_by_hand(
    arena: ArenaApp, interview: Interview, host: Person, connect_arena: ConnectArena
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    await ada.settled()
    kept = await host.session()
    path = Path(arena.database)
    assert await asyncio.to_thread(cli.main, ["delete", interview.session], path) == 0
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        # A session that is being created is not in the database yet, but it is not deleted.
        creation = asyncio.create_task(host.session())
        await until(lambda: len(arena.rooms._live) == 3)
        await arena._housekeep()
        await ada.expect_close(Close.REFUSED)
    new = await creation
    assert set(arena.rooms._live) == {kept, new}


async def test_what_is_typed_after_a_deletion_by_hand_is_not_confirmed(
    arena: ArenaApp, interview: Interview, connect_arena: ConnectArena
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    await ada.insert(0, "before")
    await ada.settled()
    saved = ada.saved
    path = Path(arena.database)
    assert await asyncio.to_thread(cli.main, ["delete", interview.session], path) == 0
    await ada.insert(0, "after")
    await ada.expect_close(Close.GOING_AWAY)
    assert ada.saved == saved
    # The page reconnects, and learns that there is no such session.
    again = await connect_arena(interview.session, interview.candidate_token)
    await again.expect_close(Close.REFUSED)


# --- the command line -------------------------------------------------------------------------


async def test_the_command_line_lists_checks_exports_and_deletes(
    arena: ArenaApp, interview: Interview, host: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(arena.database)
    await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "print(1)"})
    other = await host.session(title="Another")

    def command(*arguments: str) -> tuple[int, str]:
        status = cli.main(list(arguments), path)
        said = capsys.readouterr()
        return status, said.out + said.err

    status, said = command("list")
    assert status == 0
    assert f"{other}" in said
    assert "[Ada, Oz]" in said
    assert command("check") == (0, f"{interview.session}  ok\n{other}  ok\n")
    status, said = command("export", interview.session)
    assert status == 0
    assert '"format":"arena.recording.v1"' in said
    assert '"hash"' not in said
    status, said = command("export", "nonsense")
    assert (status, said) == (1, "There is no session nonsense.\n")
    status, said = await asyncio.to_thread(command, "delete", other)
    assert (status, said) == (0, f"Deleted {other}.\n")
    assert other not in command("list")[1]


async def test_the_check_finds_what_was_changed(
    arena: ArenaApp, interview: Interview, host: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "print(1)"})
    log = arena.rooms.log
    assert isinstance(log, SqliteLog)
    log._writer.execute("UPDATE entries SET at = at + 1 WHERE seq = 2")
    assert cli.main(["check"], Path(arena.database)) == 1
    assert "DAMAGED: entry 2 was changed" in capsys.readouterr().out


def test_without_recordings_the_command_line_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["list"], tmp_path / "none.sqlite") == 1
    assert "There are no recordings" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["jupyter_server_config", "jupyter_arena_ext_config"])
def test_the_command_line_reads_the_settings_of_the_server(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    path = tmp_path / "elsewhere.sqlite"
    (tmp_path / f"{name}.py").write_text(f"c.ArenaApp.database = {str(path)!r}\n")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    with pytest.raises(SystemExit):
        app.main(["sessions", "list"])
    assert str(path) in capsys.readouterr().err
