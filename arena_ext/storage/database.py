"""The SQLite file that interviews are stored in: its schema, and all statements in SQL.

A reader opens the file read-only, so readers and the one writer do not wait for each other. These
functions block: the event loop calls them through `sqlite.SqliteLog`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from arena_ext.session.model import Entry

from .hash_chain import START
from .log import UNFINISHED, Checkpoint, DatabaseUnusable, Loaded, unfinished
from .rows import Columns, LogError, to_entry

#: Seconds that one statement of a writer waits for another process's lock before it fails.
BUSY_TIMEOUT = 0.25
#: The same for a reader, which waits only for a process that begins or ends.
READ_TIMEOUT = 5.0
#: The steps of the schema: step n leads from version n to version n + 1, which is SQLite's
#: `user_version`. A step that has been in a release never changes; a new schema is a new step.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE
        ) STRICT""",
        """CREATE TABLE entries (
            session INTEGER NOT NULL REFERENCES sessions (key),
            seq INTEGER NOT NULL,
            at INTEGER NOT NULL,
            participant TEXT,
            audience TEXT NOT NULL,
            document TEXT,  -- of an edit; NULL for an event
            body BLOB NOT NULL,  -- an edit's update, or an event as JSON
            chain BLOB NOT NULL,
            PRIMARY KEY (session, seq)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE checkpoints (
            session INTEGER PRIMARY KEY REFERENCES sessions (key),
            seq INTEGER NOT NULL,
            state BLOB NOT NULL
        ) STRICT""",
    ),
    (
        """CREATE TABLE deletions (  -- those that may have left traces in unused bytes
            number INTEGER PRIMARY KEY,
            rewritten INTEGER NOT NULL DEFAULT 0  -- whether only the WAL may have some
        ) STRICT""",
    ),
)

#: Values of a row of entries: the session's id, the columns of the entry, and its link.
COLUMNS = 8
#: Bytes of entries that are read together, where not all are asked for.
PORTION = 4 * 2**20
#: A session's entries after one of them.
_ENTRIES = (
    "SELECT seq, at, participant, audience, document, body FROM entries "
    "WHERE session = (SELECT key FROM sessions WHERE id = ?) AND seq > ? ORDER BY seq"
)

#: True for a session whose import is not finished.
IS_UNFINISHED = f"id GLOB '{UNFINISHED}*'"

#: The first entry of a session names its owner; a session whose first entry is damaged has none.
_OWNED = (
    "SELECT id FROM sessions JOIN (SELECT session, CAST(body AS TEXT) AS event FROM entries "  # noqa: S608
    "WHERE seq = 1 AND document IS NULL) ON session = key "
    "WHERE CASE WHEN json_valid(event) THEN json_extract(event, '$.payload.owner') = ? END "
    f"AND NOT {IS_UNFINISHED} "
    "ORDER BY key"
)


def writing(path: Path) -> sqlite3.Connection:
    """Open the database for writing; create it, or bring it to the newest version, if needed.

    Raises `sqlite3.Error`, or `DatabaseUnusable` for a file that is not for this version of Arena.
    """
    database = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    try:
        if _version(database, path) < len(STEPS):
            _migrate(database, path)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA secure_delete = ON")
    except BaseException:
        database.close()
        raise
    return database


def check_version(path: Path) -> None:
    """Raise `DatabaseUnusable` for a file that is not for this version of Arena, or `LogError`."""
    try:
        with closing(reading(path)) as database:
            _version(database, path)
    except sqlite3.Error as error:
        raise LogError(str(error)) from error


def _version(database: sqlite3.Connection, path: Path) -> int:
    """The version of the schema; 0 for an empty file. Raises `DatabaseUnusable`."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {name for (name,) in names}
    if version == 0 and not tables:
        return 0
    if version < 1 or not tables >= {"sessions", "entries"}:
        raise DatabaseUnusable(path, "it is the database of another program")
    if version > len(STEPS):
        raise DatabaseUnusable(
            path,
            f"a newer Arena has written it (version {version} of the schema; this Arena knows "
            f"versions up to {len(STEPS)})",
        )
    return int(version)


def touch(database: sqlite3.Connection) -> None:
    """Write the version of the schema, in a transaction of the caller; it changes nothing."""
    database.execute(f"PRAGMA user_version = {len(STEPS)}")


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    """Take the steps that the file lacks, in one transaction: all of them, or none."""
    database.execute("BEGIN IMMEDIATE")
    try:
        # Read again: another process may have done it.
        for step in STEPS[_version(database, path) :]:
            for statement in step:
                database.execute(statement)
        touch(database)
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def reading(path: Path) -> sqlite3.Connection:
    """Open the database for reading only. Raises `sqlite3.Error`."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=READ_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )


# --- reading ------------------------------------------------------------------------------------


def session_ids(path: Path, owner: str | None = None) -> list[str]:
    """The ids of all finished sessions in the database at `path`, or of those of `owner`.

    Oldest first; raises `LogError`.
    """
    try:
        with closing(reading(path)) as database:
            # An id that is damaged hides no other.
            database.text_factory = lambda text: text.decode(errors="replace")
            if owner is None:
                rows = database.execute(
                    f"SELECT id FROM sessions WHERE NOT {IS_UNFINISHED} ORDER BY key"  # noqa: S608
                )
            else:
                rows = database.execute(_OWNED, (owner,))
            return [row[0] for row in rows]
    except sqlite3.Error as error:
        raise LogError(str(error)) from error


def read(path: Path, session: str) -> list[Entry]:
    """All entries of a session; raises `LogError`."""
    return list(map(to_entry, columns(path, session, 0, -1)))


def columns(path: Path, session: str, after: int, count: int) -> list[Columns]:
    """A session's entries after one of them: `count` at most and `PORTION`, all if negative.

    Raises `LogError`.
    """
    rows: list[Columns] = []
    size = 0
    try:
        with closing(reading(path)) as database:
            for row in database.execute(f"{_ENTRIES} LIMIT ?", (session, after, count)):
                rows.append(row)
                size += len(row[-1])
                if count >= 0 and size >= PORTION:
                    break
    except sqlite3.Error as error:
        raise LogError(str(error)) from error
    return rows


def links(path: Path, session: str, count: int) -> list[bytes]:
    """The links of the chain that were stored with the first `count` entries, all if negative.

    Raises `LogError`.
    """
    rows = _asked(
        path,
        "SELECT chain FROM entries "
        "WHERE session = (SELECT key FROM sessions WHERE id = ?) ORDER BY seq LIMIT ?",
        (session, count),
    )
    return [each for (each,) in rows]


def _asked(path: Path, question: str, about: tuple[Any, ...]) -> list[Any]:
    try:
        with closing(reading(path)) as database:
            return database.execute(question, about).fetchall()
    except sqlite3.Error as error:
        raise LogError(str(error)) from error


def end(path: Path, session: str) -> tuple[int, bytes | None]:
    """The `seq` of a session's last entry, 0 where it has none, and the link stored with it.

    Raises `LogError`.
    """
    rows = _asked(
        path,
        "SELECT seq, chain FROM entries "
        "WHERE session = (SELECT key FROM sessions WHERE id = ?) ORDER BY seq DESC LIMIT 1",
        (session,),
    )
    return rows[0] if rows else (0, None)


def load(path: Path, session: str) -> Loaded | None:
    """The last checkpoint and the later entries of a session, or None. Raises `LogError`."""
    try:
        with closing(reading(path)) as database:
            database.execute("BEGIN")  # so that both queries see the same moment
            row = database.execute(
                "SELECT c.seq, c.state FROM sessions s LEFT JOIN checkpoints c "
                "ON c.session = s.key WHERE s.id = ?",
                (session,),
            ).fetchone()
            if row is None:
                return None
            checkpoint = None if row[0] is None else Checkpoint(row[0], row[1])
            after = 0 if checkpoint is None else checkpoint.seq
            rows = database.execute(_ENTRIES, (session, after)).fetchall()
    except sqlite3.Error as error:
        raise LogError(str(error)) from error
    return Loaded(checkpoint, [to_entry(each) for each in rows])


# --- writing --------------------------------------------------------------------------------------


def insertion(rows: int) -> str:
    """The statement that adds entries, of existing sessions: `COLUMNS` values for each.

    It fails with `sqlite3.IntegrityError` where a session is gone, or has an entry of that number.
    """
    row = "((SELECT key FROM sessions WHERE id = ?), ?, ?, ?, ?, ?, ?, ?)"
    return f"INSERT INTO entries VALUES {', '.join([row] * rows)}"  # noqa: S608


def end_for_append(
    database: sqlite3.Connection, session: str, entry: Entry
) -> tuple[int, bytes] | None:
    """The `seq` and the link that an entry should follow; the first entry begins a session.

    None where there is no such session. Raises `sqlite3.Error`.
    """
    if entry.seq == 1:
        database.execute("INSERT OR IGNORE INTO sessions (id) VALUES (?)", (session,))
    row = database.execute(
        "SELECT seq, chain FROM sessions LEFT JOIN entries ON session = key "
        "WHERE id = ? ORDER BY seq DESC LIMIT 1",
        (session,),
    ).fetchone()
    if row is None:
        return None
    return (0, START) if row[0] is None else (row[0], bytes(row[1]))


def keep(database: sqlite3.Connection, session: str, checkpoint: Checkpoint) -> None:
    """Keep a checkpoint in place of the one before. Raises `sqlite3.Error`."""
    database.execute(
        "INSERT OR REPLACE INTO checkpoints SELECT key, ?, ? FROM sessions WHERE id = ?",
        (checkpoint.seq, checkpoint.state, session),
    )


def finish(database: sqlite3.Connection, session: str, checkpoint: Checkpoint) -> bool:
    """Turn an unfinished import into `session`; False if it is gone. Raises `sqlite3.Error`."""
    renamed = database.execute(
        "UPDATE sessions SET id = ? WHERE id = ?", (session, unfinished(session))
    )
    keep(database, session, checkpoint)
    return renamed.rowcount > 0


# --- deleting -----------------------------------------------------------------------------------


def delete(database: sqlite3.Connection, session: str) -> None:
    """Remove all rows of a session; `scrub` overwrites the bytes that they were in."""
    of_session = "session = (SELECT key FROM sessions WHERE id = ?)"
    for table in ("checkpoints", "entries"):
        database.execute(f"DELETE FROM {table} WHERE {of_session}", (session,))  # noqa: S608
    database.execute("DELETE FROM sessions WHERE id = ?", (session,))
    database.execute("INSERT INTO deletions DEFAULT VALUES")


def unscrubbed(database: sqlite3.Connection) -> bool:
    """Whether deletions may have left traces."""
    return bool(database.execute("SELECT EXISTS (SELECT * FROM deletions)").fetchone()[0])


def scrub(database: sqlite3.Connection) -> bool:
    """Overwrite the traces of deletions; returns False while a reader prevents that.

    It takes time in proportion to the file, and twice its space on the disk. Raises
    `sqlite3.Error`; then the work remains, for the next process if need be.

    With `secure_delete` SQLite fills deleted rows and free pages with zeros. But any insertion may
    move rows from page to page, and copies remain in unused bytes of pages in use; only a rewritten
    file has none. The WAL contains all of it until it is truncated.
    """
    last, rewritten = database.execute(
        "SELECT max(number), min(rewritten) FROM deletions"
    ).fetchone()
    if last is None:
        return True
    try:
        if not rewritten:
            database.execute("VACUUM")
            database.execute("UPDATE deletions SET rewritten = 1 WHERE number <= ?", (last,))
    finally:
        # Also after a failed VACUUM: its output may have filled the disk.
        busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if not busy:
        database.execute("DELETE FROM deletions WHERE number <= ?", (last,))
    return not busy
