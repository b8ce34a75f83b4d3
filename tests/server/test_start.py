"""A server whose Arena cannot start: the operator reads the file and the reason, and it stops.

The servers are processes, with real broken databases.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from arena_ext import __version__
from arena_ext.storage.database import STEPS
from arena_ext.storage.lock import ServerLock
from tests.support import servers
from tests.support.servers import Server

pytestmark = pytest.mark.timeout(180)

Break = Callable[[Path], None]


def file_as_directory(path: Path) -> None:
    path.parent.write_text("a file")


def directory_as_file(path: Path) -> None:
    path.mkdir(parents=True)


def read_only_directory(path: Path) -> None:
    path.parent.mkdir(mode=0o500)


def read_only_file(path: Path) -> None:
    newer(path, version=len(STEPS))
    path.chmod(0o400)


def text(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, " * 1000)


def of_another_program(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 1;")


def newer(path: Path, version: int = 99) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        for statement in (each for step in STEPS for each in step):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {version}")


BROKEN: list[tuple[Break, str]] = [
    (file_as_directory, "a file is in the place of its directory"),
    (directory_as_file, "it is not a file"),
    (read_only_directory, "Permission denied"),
    (read_only_file, "it is read-only"),
    (text, "it is not a database"),
    (of_another_program, "it is the database of another program"),
    (newer, f"version 99 of the schema; this Arena knows versions up to {len(STEPS)}"),
]
broken = pytest.mark.parametrize(
    ("damage", "reason"), BROKEN, ids=lambda it: getattr(it, "__name__", "")
)


def content(path: Path) -> dict[str, bytes]:
    """All files of a directory, with their content."""
    return {str(each): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def lines_with(server: Server, words: str) -> list[str]:
    return [line for line in server.log.read_text().splitlines() if words in line]


def call(url: str, token: str | None) -> tuple[int, str]:
    headers = {} if token is None else {"Authorization": f"token {token}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextmanager
def with_kernels(home: Path, *flags: str) -> Iterator[Server]:
    """A Jupyter server that has more to serve than Arena, as JupyterLab's."""
    with servers.jupyter("server", home, *flags, obeys_permissions=True) as server:
        yield server


def assert_stops(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)
    try:
        server.process.wait(servers.STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.fail(f"SIGTERM did nothing:\n{server.log.read_text()}")


@broken
def test_alone_it_ends_at_once_with_one_sentence(
    tmp_path: Path, damage: Break, reason: str
) -> None:
    path = tmp_path / "interviews" / "sessions.sqlite"
    damage(path)
    before = content(tmp_path / "interviews")
    with servers.launched(
        "arena", tmp_path, f"--ArenaApp.database={path}", obeys_permissions=True
    ) as server:
        assert server.process.wait(servers.START_SECONDS) == 1
    (said,) = lines_with(server, "Arena cannot open its database")
    assert str(path) in said
    assert reason in said
    assert "Traceback" not in server.log.read_text()
    after = content(tmp_path / "interviews")
    assert {name: after[name] for name in before} == before, "what is there stays there"


@broken
def test_beside_kernels_the_server_runs_and_stops_and_says_why_there_is_no_arena(
    tmp_path: Path, damage: Break, reason: str
) -> None:
    path = tmp_path / "interviews" / "sessions.sqlite"
    damage(path)
    with with_kernels(tmp_path, f"--ArenaApp.database={path}") as server:
        assert call(f"{server.url}api/kernels", server.token)[0] == 200
        for address in ("arena/api/info", "arena/", "arena/join/abc", "arena/ws/abc"):
            status, said = call(server.url + address, server.token)
            assert status == 503
            assert f"Arena cannot open its database {path}" in said
            assert reason in said
            status, said = call(server.url + address, None)
            assert status == 503
            assert "Arena cannot open its database" in said
            assert str(tmp_path) not in said
        assert_stops(server)
    (said,) = lines_with(server, "Arena cannot open its database")
    assert said.startswith("[E ")
    assert str(path) in said
    assert reason in said
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize(
    "setting", ["limits=no_such_limit=1", "retention_days=many", "storage=paper"]
)
def test_beside_kernels_a_wrong_setting_leaves_a_server_that_stops_and_no_arena_with_defaults(
    tmp_path: Path, setting: str
) -> None:
    name = setting.partition("=")[0]
    with with_kernels(tmp_path, f"--ArenaApp.{setting}") as server:
        assert call(f"{server.url}api/kernels", server.token)[0] == 200
        status, said = call(f"{server.url}arena/api/sessions", server.token)
        assert (status, name in said) == (503, True)
        assert call(f"{server.url}arena/api/sessions", None) == (
            503,
            '{"error": "Arena could not start"}',
        )
        assert_stops(server)
    (line,) = lines_with(server, "Arena could not start")
    assert line.startswith("[E ")
    assert name in line
    assert "Traceback" not in server.log.read_text()


def test_a_second_server_on_a_file_says_which_server_has_it(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    flag = f"--ArenaApp.database={tmp_path / 'sessions.sqlite'}"
    for home in (one, two, three):
        home.mkdir()
    with servers.arena(one, flag) as first:
        session = first.session()
        holder = f"another server uses it (process {first.process.pid} at {first.url}"
        with servers.launched("arena", two, flag) as second:
            assert second.process.wait(servers.START_SECONDS) == 1
        assert lines_with(second, holder)
        with with_kernels(three, flag) as third:
            status, said = call(f"{third.url}arena/api/info", third.token)
            assert status == 503
            assert holder in said
            assert_stops(third)
        # The command line works beside it.
        for arguments in (["list"], ["check"], ["export", session], ["delete", session]):
            assert sessions_command(tmp_path / "sessions.sqlite", *arguments) == 0
        first.process.kill()
        first.process.wait()
        # A killed server holds nothing.
        with servers.arena(two, flag) as again:
            assert again.call("GET", "sessions") == []


def sessions_command(path: Path, *arguments: str) -> int:
    jupyter = str(Path(sys.executable).with_name("jupyter"))
    command = [jupyter, "arena", "sessions", "--database", str(path), *arguments]
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, timeout=60).returncode


def test_a_stopped_server_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    with servers.arena(tmp_path, f"--ArenaApp.database={path}") as server:
        assert_stops(server)
    ServerLock(path).release()


def test_its_own_messages_have_time_and_level(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    with servers.arena(tmp_path, f"--ArenaApp.database={path}") as server:
        session = server.session()
        assert sessions_command(path, "delete", session) == 0
        deadline = time.monotonic() + 30
        while not (said := lines_with(server, "was deleted elsewhere")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert [line[:5] for line in said] == [f"[W {time.strftime('%Y')}"[:5]]


def test_the_command_says_its_version_and_its_help(tmp_path: Path) -> None:
    def said(flag: str) -> str:
        jupyter = str(Path(sys.executable).with_name("jupyter"))
        return subprocess.run(
            [jupyter, "arena", flag], capture_output=True, text=True, check=True, timeout=60
        ).stdout

    assert said("--version").strip() == __version__
    assert "jupyter arena sessions" in said("--help")
    assert "--port" in said("--help")
