"""`jupyter arena sessions`: list, check, export, import and delete, with or without a server."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TextIO

from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import decode
from arena_ext.protocol.errors import EngineFailed
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Audience, Document
from arena_ext.recording import export
from arena_ext.recording.format import SEEN, InvalidRecording
from arena_ext.recording.importer import (
    MAX_IMPORT,
    Imported,
    Importer,
    append_all,
    convert_recording,
)
from arena_ext.session.fold import fold
from arena_ext.session.model import Edit, Entry, Session, new_session_id
from arena_ext.storage import database, hash_chain
from arena_ext.storage.log import DatabaseUnusable, NotStored
from arena_ext.storage.rows import DAMAGE, LogError
from arena_ext.storage.sqlite import RETRY_AFTER, SqliteLog

from .messages import printable, route_to

#: Seconds that a deletion waits for a server that uses the file.
_DELETE_TIMEOUT = 10.0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def _say(text: str, to: TextIO | None = None) -> None:
    """Print a line, on the standard output unless `to` is another; everything is printed by this.

    What the terminal cannot show is replaced, because names, recordings and damaged files may
    contain anything.
    """
    to = to or sys.stdout
    encoding = to.encoding or "utf-8"
    print(printable(text).encode(encoding, "replace").decode(encoding), file=to)


def _complain(text: str) -> None:
    _say(text, sys.stderr)


def main(arguments: list[str], default: Path) -> int:
    """Run a command on the database `default`, or another that `arguments` name.

    Returns the exit status.
    """
    end_routing = route_to(lambda record: _complain(record.getMessage()))
    try:
        return _run(_parser(default).parse_args(arguments))
    except DatabaseUnusable as error:
        _complain(str(error))
        return 1
    finally:
        end_routing()


def _run(options: argparse.Namespace) -> int:
    if options.command == "import":
        return _import(options.database, options.file, options.owner)
    if options.command == "check" and options.session and Path(options.session).is_file():
        return _check_file(Path(options.session))
    if not options.database.is_file():
        _complain(f"There are no recordings: {options.database} does not exist.")
        return 1
    try:
        database.check_version(options.database)
        sessions = database.session_ids(options.database)
        if getattr(options, "session", None) not in {None, *sessions}:
            _complain(f"There is no session {options.session}.")
            return 1
        match options.command:
            case "list":
                return _list(options.database, sessions)
            case "check":
                chosen = [options.session] if options.session else sessions
                return max([_check(options.database, each) for each in chosen], default=0)
            case "export":
                kind, seen = export.FORMATS[options.format], SEEN[options.readers]
                return _export(options.database, options.session, kind, seen)
            case _:
                return _delete(options.database, options.session)
    except LogError as error:
        _complain(f"{options.database} cannot be read: {error}")
        return 1


def _parser(default: Path) -> argparse.ArgumentParser:
    parser = _Parser(prog="jupyter arena sessions", description=__doc__)
    parser.add_argument("--database", type=Path, default=default, help="default: %(default)s")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="one line for each session")
    for name, help_text in (
        ("check", "verify the hash chain and replay the edits: all sessions, one, or a file"),
        ("export", "print a session as one file: its recording as lines of JSON, or another form"),
        ("delete", "remove a session with all that was recorded"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("session", nargs="?" if name == "check" else None)
        if name == "export":
            command.add_argument("--format", choices=export.FORMATS, default="jsonl")
            command.add_argument(
                "--for",
                dest="readers",
                choices=SEEN,
                default=Audience.INTERVIEWERS.value,
                help="everyone: leave out what only interviewers may see (default: %(default)s)",
            )
    taking = commands.add_parser("import", help="make a session that has ended of a recording")
    taking.add_argument("file", type=Path, help="a recording, or a notebook that holds one")
    taking.add_argument("--owner", default="", help="the Jupyter account that will own it")
    return parser


def _folded(session: str, entries: list[Entry]) -> Session:
    state = Session(session)
    try:
        for entry in entries:
            fold(state, entry)
    except DAMAGE as error:
        raise LogError(f"entry {state.seq + 1} is damaged: {error}") from error
    return state


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def _list(path: Path, sessions: list[str]) -> int:
    status = 0
    for session in sessions:
        try:
            state = _folded(session, database.read(path, session))
        except LogError as error:
            _say(f"{session}  DAMAGED: {error}")
            status = 1
            continue
        people = ", ".join(each.name for each in state.participants.values())
        _say(
            f"{session}  {_moment(state.created_at)}  {state.status:6}  {state.seq:7} entries  "
            f"{state.title}  [{people}]"
        )
    return status


def _check(path: Path, session: str) -> int:
    """Print whether a session is intact, or its damage; returns 0 or 1."""
    problem = None
    try:
        entries = database.read(path, session)
        links = database.links(path, session, len(entries))
        with EngineProcess() as process:
            problem = _problem(entries, links, process)
    except (LogError, EngineFailed, Malformed, ValueError) as error:
        problem = str(error)
    _say(f"{session}  {'ok' if problem is None else 'DAMAGED: ' + problem}")
    return 0 if problem is None else 1


def _problem(entries: list[Entry], links: list[bytes], process: EngineProcess) -> str | None:
    replicas = {document: Replica(document, process) for document in Document}
    chain = hash_chain.START
    for number, (entry, kept) in enumerate(zip(entries, links, strict=True), 1):
        chain = hash_chain.link(chain, hash_chain.entry_digest(entry))
        if entry.seq != number:
            return f"entry {number} is missing"
        if chain != kept:
            return f"entry {number} was changed"
        if isinstance(entry.body, Edit):
            replicas[entry.body.document].load(decode(entry.body.update))
    for replica in replicas.values():
        replica.settle()
    return None


def _check_file(path: Path) -> int:
    """Print whether a recording, or a notebook with one, can be imported; returns 0 or 1."""
    try:
        _convert(path, "check", "")
        problem = None
    except (OSError, InvalidRecording) as error:
        problem = str(error)
    _say(f"{path}  {'ok' if problem is None else 'DAMAGED: ' + problem}")
    return 0 if problem is None else 1


def _convert(path: Path, session: str, owner: str) -> Imported:
    """Convert a recording to the log of a session. Raises `OSError` or `InvalidRecording`."""
    with path.open("rb") as file:
        data = file.read(MAX_IMPORT + 1)
    importer = Importer(owner, owner or getpass.getuser())
    return convert_recording(data, session, importer, time.time_ns() // 10**6)


def _import(into: Path, path: Path, owner: str) -> int:
    try:
        found = _convert(path, new_session_id(), owner)
    except (OSError, InvalidRecording) as error:
        _complain(f"{path} was not imported: {error}")
        return 1

    async def store() -> None:
        log = SqliteLog(into)
        try:
            await append_all(log, found, Limits().store_timeout)
        finally:
            await log.close()

    try:
        asyncio.run(store())
    except NotStored as error:
        _complain(f"{into} cannot be written: {error}")
        return 1
    _say(f"Imported {path} as {found.session}.")
    return 0


def _export(path: Path, session: str, kind: export.Format, seen: frozenset[Audience]) -> int:
    entries = database.read(path, session)
    state = _folded(session, entries)
    about = {
        "id": session,
        "title": state.title,
        "language": state.language,
        "status": state.status,
        "createdAt": datetime.fromtimestamp(state.created_at / 1000, UTC).isoformat(),
    }
    if sys.stdout.isatty():
        _complain(f"This is no text for a terminal. Send it to a file: export {session} > FILE")
        return 1
    try:
        sys.stdout.buffer.write(kind.make(about, entries, seen))
    except export.NotBuilt:
        _complain("The page that replays has not been built.")
        return 1
    return 0


def _delete(path: Path, session: str) -> int:
    """Delete a session; a server that has it open notices, and closes its room."""
    deadline = time.monotonic() + _DELETE_TIMEOUT
    deleted = scrubbed = False
    while not scrubbed:
        problem = "somebody reads in it"
        try:
            with closing(database.writing(path)) as connection:
                if not deleted:
                    connection.execute("BEGIN IMMEDIATE")
                    database.delete(connection, session)
                    connection.execute("COMMIT")
                    deleted = True
                scrubbed = database.scrub(connection)
        except sqlite3.Error as error:
            problem = str(error)
        if scrubbed:
            continue
        if time.monotonic() > deadline:
            _complain(
                f"Deleted {session}. Traces of it stay in unused bytes of {path} until the next "
                f"deletion, or the next start of a server, can overwrite them: {problem}"
                if deleted
                else f"The database is in use: {problem}"
            )
            return 1
        time.sleep(RETRY_AFTER)
    _say(f"Deleted {session}.")
    return 0
