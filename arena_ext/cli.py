"""`jupyter arena sessions`: list, check, export and delete recordings, with or without a server."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from . import recording, sqlite_log
from .fold import fold
from .frames import Malformed
from .log import LogError
from .model import Edit, Entry, Session
from .protocol import Audience, Document
from .replica import Broken, Replica

#: Seconds that deleting waits for a server to let the file go.
_PATIENCE = 10.0


def main(arguments: list[str], database: Path) -> int:
    """Do what `arguments` say, on `database` unless they name another; returns the exit status."""
    parser = argparse.ArgumentParser(prog="jupyter arena sessions", description=__doc__)
    parser.add_argument("--database", type=Path, default=database, help="default: %(default)s")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="one line for each session")
    for name, help_text in (
        ("check", "verify the hash chain and replay the edits, of all sessions or one"),
        ("export", "print a recording as lines of JSON"),
        ("delete", "remove a session with all that was recorded"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("session", nargs="?" if name == "check" else None)
    options = parser.parse_args(arguments)
    if not options.database.is_file():
        print(f"There are no recordings: {options.database} does not exist.", file=sys.stderr)
        return 1
    try:
        sessions = sqlite_log.session_ids(options.database)
        if getattr(options, "session", None) not in {None, *sessions}:
            print(f"There is no session {options.session}.", file=sys.stderr)
            return 1
        match options.command:
            case "list":
                return _list(options.database, sessions)
            case "check":
                chosen = [options.session] if options.session else sessions
                return max([_check(options.database, each) for each in chosen], default=0)
            case "export":
                return _export(options.database, options.session)
            case _:
                return _delete(options.database, options.session)
    except LogError as error:
        print(f"{options.database} cannot be read: {error}", file=sys.stderr)
        return 1


def _folded(session: str, entries: list[Entry]) -> Session:
    state = Session(session)
    for entry in entries:
        fold(state, entry)
    return state


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def _list(database: Path, sessions: list[str]) -> int:
    for session in sessions:
        state = _folded(session, sqlite_log.read(database, session)[0])
        people = ", ".join(each.name for each in state.participants.values())
        print(
            f"{session}  {_moment(state.created_at)}  {state.status:6}  {state.seq:7} entries  "
            f"{state.title}  [{people}]"
        )
    return 0


def _check(database: Path, session: str) -> int:
    """Whether a session reads as it was written: 0, or 1 and what is wrong."""
    problem = None
    try:
        entries, links = sqlite_log.read(database, session)
        replicas = {document: Replica(document) for document in Document}
        chain = recording.START
        for number, (entry, kept) in enumerate(zip(entries, links, strict=True), 1):
            chain = recording.link(chain, recording.digest(recording.to_json(entry)))
            if entry.seq != number:
                problem = f"entry {number} is missing"
            elif chain != kept:
                problem = f"entry {number} was changed"
            elif isinstance(entry.body, Edit):
                replicas[entry.body.document].load(entry.body.update)
            if problem:
                break
    except (LogError, Broken, Malformed, ValueError) as error:
        problem = str(error)
    print(f"{session}  {'ok' if problem is None else 'DAMAGED: ' + problem}")
    return 0 if problem is None else 1


def _export(database: Path, session: str) -> int:
    entries, _ = sqlite_log.read(database, session)
    state = _folded(session, entries)
    about = {
        "id": session,
        "title": state.title,
        "language": state.language,
        "status": state.status,
        "createdAt": datetime.fromtimestamp(state.created_at / 1000, UTC).isoformat(),
    }
    seen = {Audience.EVERYONE, Audience.INTERVIEWERS}
    sys.stdout.writelines(recording.lines(about, entries, seen))
    return 0


def _delete(database: Path, session: str) -> int:
    """A server that has the session open notices, and closes its room."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            with closing(sqlite_log.connect(database)) as connection:
                sqlite_log.erase(connection, session)
        except sqlite3.OperationalError as error:
            if time.monotonic() > deadline:
                print(f"The database is in use: {error}", file=sys.stderr)
                return 1
            time.sleep(sqlite_log.RETRY_AFTER)
        else:
            print(f"Deleted {session}.")
            return 0
