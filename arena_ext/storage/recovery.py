"""Recovery: a damaged database is moved aside, and its whole sessions are copied to a new one.

A session is whole if each of its entries can be read and fits the hash chain. Any other session
stays in the old file, for people to look at: a part of the acknowledged entries must never pass for
all of them.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from .database import columns, links, reading, writing
from .hash_chain import START, entry_digest, link
from .log import DatabaseUnusable
from .rows import Columns, LogError, to_entry

_log = logging.getLogger(__name__)

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_damage(error: BaseException | None) -> bool:
    """Whether an error means that the file is damaged, so that a retry is useless."""
    return _result_code(error) in _DAMAGE


def _result_code(error: BaseException | None) -> int:
    # The low byte is the primary result code; see https://www.sqlite.org/rescode.html.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def prepare(path: Path) -> None:
    """Make the directory and the file of a database if they are missing, for their owner only.

    Raises `DatabaseUnusable` for a path at which no database can be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # its WAL and SHM files get the same mode
    except (FileExistsError, NotADirectoryError):
        raise DatabaseUnusable(path, "a file is in the place of its directory") from None
    except OSError as error:
        raise DatabaseUnusable(path, f"{error.filename or path}: {error.strerror}") from error
    if not path.is_file():
        raise DatabaseUnusable(path, "it is not a file")
    if not os.access(path, os.W_OK):  # SQLite would open it, and fail later
        raise DatabaseUnusable(path, "it is read-only")


def open_first(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """As `open_or_recover`, for a process that starts. Raises `DatabaseUnusable`.

    A file that does not begin as a database is refused: a wrong path must not move it aside.
    """
    try:
        return open_or_recover(path, starts=True)
    except sqlite3.Error as error:
        known = "it is not a database" if _result_code(error) == sqlite3.SQLITE_NOTADB else error
        raise DatabaseUnusable(path, known) from error
    except OSError as error:
        raise DatabaseUnusable(path, error) from error


def open_or_recover(path: Path, *, starts: bool = False) -> tuple[sqlite3.Connection, Path | None]:
    """Open the database to write in it; where it is damaged, replace it with a new one.

    Also returns the new path of the damaged file, None if it was not damaged. Raises
    `sqlite3.Error`, `OSError` or `DatabaseUnusable`.
    """
    verdict = None
    try:
        database = writing(path)
        try:
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if verdict == "ok":
                return database, None
        finally:
            if verdict != "ok":
                database.close()
    except sqlite3.Error as error:
        if not is_damage(error) or (starts and _result_code(error) == sqlite3.SQLITE_NOTADB):
            raise
        verdict = str(error)
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns() // 10**6}")
    _log.critical("The database of interviews is damaged (%s). It is moved to %s.", verdict, aside)
    new = path.with_name(f"{path.name}.new")
    for file in _files(new):
        file.unlink(missing_ok=True)  # of an attempt that failed, for example on a full disk
    new.touch(mode=0o600)
    with closing(writing(new)) as database:
        copied = _copy_whole(path, database)
    for was, becomes in zip(_files(path), _files(aside), strict=True):
        if was.exists():
            was.rename(becomes)
    new.rename(path)
    _log.critical(
        "A new database was begun; %s. `jupyter arena sessions --database %s check` says more.",
        copied,
        aside,
    )
    return writing(path), aside


def _files(path: Path) -> list[Path]:
    """The files of a database: its own, and those that SQLite puts beside it."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]


def _copy_whole(damaged: Path, database: sqlite3.Connection) -> str:
    """Copy the whole sessions; returns a sentence with their number and the ids of the others."""
    try:
        with closing(reading(damaged)) as source:
            sessions = [row[0] for row in source.execute("SELECT id FROM sessions ORDER BY key")]
    except sqlite3.Error as error:
        return f"nothing can be read of the old one ({error})"
    lost = [session for session in sessions if not _copied(damaged, session, database)]
    count = f"{len(sessions) - len(lost)} of {len(sessions)} sessions were brought over"
    return f"{count}, not {', '.join(lost)}" if lost else count


def _copied(damaged: Path, session: str, database: sqlite3.Connection) -> bool:
    try:
        entries = columns(damaged, session, 0, -1)
        chain = links(damaged, session, -1)
        if not _whole(entries, chain):
            return False
    except LogError:
        return False
    database.execute("BEGIN IMMEDIATE")
    try:
        key = database.execute("INSERT INTO sessions (id) VALUES (?)", (session,)).lastrowid
        database.executemany(
            f"INSERT INTO entries VALUES ({key}, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            [(*entry, link) for entry, link in zip(entries, chain, strict=True)],
        )
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    return True


def _whole(entries: Sequence[Columns], links: Sequence[bytes]) -> bool:
    computed, chain = [], START
    for entry in entries:
        chain = link(chain, entry_digest(to_entry(entry)))
        computed.append(chain)
    numbers = [seq for seq, *_ in entries]
    return bool(entries) and numbers == list(range(1, len(entries) + 1)) and computed == links
