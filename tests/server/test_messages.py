"""What an operator reads: one line for each message, and nothing in it that a terminal obeys."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from arena_ext import cli
from arena_ext.app import ArenaApp
from arena_ext.crdt import engine_process
from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.messages import printable, route_to
from arena_ext.storage.log import append
from tests.server.conftest import Interview
from tests.support.logs import entry, opened, soon, until
from tests.support.people import Person
from tests.support.recordings import ABOUT, sealed

#: Clears a screen, rings, begins a line, sets a title, turns the direction of text, hides; and a
#: lone surrogate, which no terminal can be sent.
HOSTILE = "\x1b[2J\x07\r\n\x9b31m\x1b]0;title\x07\u202eevil\u2066\u200b\u2028\x00\x7f\ud800"


def assert_harmless(said: str, lines: int = 1) -> None:
    assert len(said.splitlines()) == said.count("\n") == lines
    bad = [each for each in said if each != "\n" and unicodedata.category(each)[0] in "CZ"]
    assert set(bad) <= {" "}, ascii(said)
    said.encode()


def test_a_text_is_made_printable() -> None:
    assert_harmless(f"{printable(HOSTILE)}\n")
    assert printable("Zoë – 中文 🎉  x") == "Zoë – 中文 🎉  x"


# --- the command line -----------------------------------------------------------------------------


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """`terminal()`: all that was printed since the last call."""

    def printed() -> str:
        out, err = capsys.readouterr()
        return out + err

    return printed


def hostile_recordings() -> Iterator[bytes]:
    head = {"seq": 1, "digest": "0" * 64}
    for extra in (
        {"seq": 2, "at": 1, "by": None, "to": "everyone", HOSTILE: 1},
        {"seq": 2, "at": 1, "by": None, "to": HOSTILE, "event": {"type": "note", "payload": {}}},
        {"seq": 2, "at": 1, "by": "p", "to": "everyone", "event": {"type": HOSTILE, "payload": {}}},
        {"seq": 2, "at": 1, "by": HOSTILE, "to": "everyone", "edit": {"document": HOSTILE}},
    ):
        yield sealed(ABOUT, [head, extra])


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("command", ["check", "import"])
def test_a_hostile_recording_prints_nothing_that_a_terminal_obeys(
    tmp_path: Path, terminal: Callable[[], str], command: str, number: int
) -> None:
    file = tmp_path / "name\x1b[31m\u202e.jsonl"
    file.write_bytes(list(hostile_recordings())[number])
    assert cli.main([command, str(file)], tmp_path / "sessions.sqlite") == 1
    assert_harmless(terminal())


def test_a_damaged_database_prints_nothing_that_a_terminal_obeys(
    tmp_path: Path, terminal: Callable[[], str]
) -> None:
    path = tmp_path / "sessions.sqlite"

    async def scene() -> None:
        async with opened(path) as log:
            for session in ("one\x1b[2J", "two\u202e"):
                await soon(append(log, session, entry(1)))

    asyncio.run(scene())
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE entries SET audience = ?", ("\x1b[2J\x07",))
        database.commit()
    for command in (["list"], ["check"], ["export", "one\x1b[2J"], ["check", "\x1b]0;x\x07"]):
        assert cli.main(command, path) == 1
    assert_harmless(terminal(), 6)


def test_a_wrong_argument_is_repeated_harmlessly(
    tmp_path: Path, terminal: Callable[[], str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["list", "\x1b[2J\x07"], tmp_path / "sessions.sqlite")
    said = terminal()
    assert "unrecognized arguments" in said
    assert not {"\x1b", "\x07"} & set(said)


def test_an_export_is_not_printed_on_a_terminal(
    tmp_path: Path, terminal: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sessions.sqlite"
    file = Path(__file__).parents[1] / "recordings" / "made-before-the-rooms.jsonl"
    assert cli.main(["import", str(file)], path) == 0
    session = terminal().split()[-1].rstrip(".")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert cli.main(["export", session], path) == 1
    assert f"export {session} > FILE" in terminal()


# --- the log of the server ------------------------------------------------------------------------


#: Without half of a character: pytest-xdist cannot send the report of a test that logs one.
LOGGED = HOSTILE.removesuffix("\ud800")


class Lines(logging.Handler):
    """Formats records as Jupyter does, and keeps the lines."""

    def __init__(self, app: ArenaApp) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(app._log_formatter_cls(fmt=app.log_format, datefmt=app.log_datefmt))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)}\n")


@pytest.fixture
def lines(arena: ArenaApp) -> Iterator[Lines]:
    """The lines that the running server logs."""
    kept = Lines(arena)
    logger = arena.log
    assert isinstance(logger, logging.Logger)
    logger.addHandler(kept)
    yield kept
    logger.removeHandler(kept)


async def test_hostile_words_stay_in_one_line_of_the_log(arena: ArenaApp, lines: Lines) -> None:
    logging.getLogger("arena_ext.rooms.anything").warning("Ada is %s", LOGGED)
    (line,) = lines.lines
    assert_harmless(line)
    assert line.startswith("[W 20")
    assert "Ada is \ufffd[2J\ufffd" in line


async def test_an_error_with_hostile_words_has_a_harmless_traceback(
    arena: ArenaApp, lines: Lines
) -> None:
    try:
        raise ValueError(LOGGED)
    except ValueError:
        logging.getLogger("arena_ext.web").exception("it failed")
    (line,) = lines.lines
    assert line.splitlines()[0].endswith("it failed")
    assert "ValueError: \ufffd[2J" in line
    assert all(each.isprintable() for each in line.splitlines())


async def test_a_fault_of_a_handler_is_logged_harmlessly(
    interview: Interview, host: Person, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from arena_ext.rooms.room import Room

    def fails(_: Room) -> dict[str, str]:
        raise RuntimeError(LOGGED)

    monkeypatch.setattr(Room, "as_json", fails)
    caller = Person(host.url, host.headers)  # the contract has no such answer
    assert (await caller.fetch("GET", f"sessions/{interview.session}")).status == 500
    said = "".join(each for each in lines.lines if "RuntimeError" in each)
    assert "RuntimeError: \ufffd[2J" in said
    assert all(each.isprintable() for each in said.splitlines())


def test_without_a_server_messages_keep_their_way(capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []
    end = route_to(lambda record: heard.append(record.getMessage()))
    logger = logging.getLogger("arena_ext.x")
    logger.warning("one")
    end()
    logger.warning("two")
    assert heard == ["one"]
    assert logging.getLogger("arena_ext").propagate


def test_what_the_engine_process_writes_is_logged_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loud_engine.py").write_text(
        "import sys\n"
        f"sys.stderr.buffer.write({HOSTILE.encode('utf-8', 'surrogatepass')!r} + b'\\nsecond\\n')\n"
        "sys.stderr.flush()\n"
        "from arena_ext.crdt import engine\n"
        "engine.main()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(engine_process, "MODULE", "loud_engine")
    heard: list[logging.LogRecord] = []
    end = route_to(heard.append)
    with EngineProcess() as process:
        asyncio.run(until(lambda: any("second" in each.getMessage() for each in heard)))
    end()
    said = [each.getMessage() for each in heard]
    assert said[-1] == f"the engine process {process.pid}: second"
    assert {each.levelname for each in heard} == {"ERROR"}
    assert all(each.isprintable() for each in said)
    json.dumps(said)
