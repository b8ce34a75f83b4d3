"""The file that interviews are kept in: its schema, what is read from it, what is deleted in it.

Whoever reads opens it read-only and writes nothing, so readers and the one writer do not wait for
each other. All that is asked here is SQLite's; the event loop asks it through `sqlite_log`.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from .log import DAMAGE, UNFINISHED, Checkpoint, Loaded, LogError
from .model import Edit, Entry, Event
from .protocol import Audience, Document

#: Seconds that one statement of a writer waits for another process's lock before it has failed.
BUSY_TIMEOUT = 0.25
#: The same for who reads: nobody holds them up but a process that begins or ends.
READ_TIMEOUT = 5.0
#: Of the schema.
_VERSION = 2

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS sessions (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE IF NOT EXISTS entries (
    session INTEGER NOT NULL REFERENCES sessions (key),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    participant TEXT,
    audience TEXT NOT NULL,
    document TEXT,  -- of an edit; NULL for an event
    body BLOB NOT NULL,  -- an edit's update, or an event as JSON
    chain BLOB NOT NULL,
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (
    session INTEGER PRIMARY KEY REFERENCES sessions (key),
    seq INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS deletions (  -- those that may have left traces in unused bytes
    number INTEGER PRIMARY KEY,
    rewritten INTEGER NOT NULL DEFAULT 0  -- whether only the WAL may have some
) STRICT;
PRAGMA user_version = {_VERSION};
COMMIT;
"""

#: All columns of a session's entries after one of them.
ENTRIES = (
    "SELECT seq, at, participant, audience, document, body, chain FROM entries "
    "WHERE session = (SELECT key FROM sessions WHERE id = ?) AND seq > ? ORDER BY seq"
)

#: What is true of a session that is still being taken in.
IS_UNFINISHED = f"id GLOB '{UNFINISHED}*'"

#: What the columns may say; several times as fast as asking the classes.
_DOCUMENTS = {each.value: each for each in Document}
_AUDIENCES = {each.value: each for each in Audience}

#: The first entry of a session says whose it is; one that cannot be read is nobody's.
_OWNED = (
    "SELECT id FROM sessions JOIN (SELECT session, CAST(body AS TEXT) AS event FROM entries "  # noqa: S608
    "WHERE seq = 1 AND document IS NULL) ON session = key "
    "WHERE CASE WHEN json_valid(event) THEN json_extract(event, '$.payload.owner') = ? END "
    f"AND NOT {IS_UNFINISHED} "
    "ORDER BY key"
)


def writing(path: Path) -> sqlite3.Connection:
    """Open the database to write in it, making it if need be. Raises `sqlite3.Error`."""
    database = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA secure_delete = ON")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version < _VERSION:
            database.executescript(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database


def reading(path: Path) -> sqlite3.Connection:
    """Open the database to read in it: nothing can be written. Raises `sqlite3.Error`."""
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


def read(
    path: Path, session: str, after: int = 0, count: int | None = None
) -> tuple[list[Entry], list[bytes]]:
    """The entries of a session after one of them, and the link of the chain stored with each.

    `count` of them at most; raises `LogError`.
    """
    try:
        with closing(reading(path)) as database:
            asked = (session, after, -1 if count is None else count)
            rows = database.execute(f"{ENTRIES} LIMIT ?", asked).fetchall()
    except sqlite3.Error as error:
        raise LogError(str(error)) from error
    return [to_entry(row) for row in rows], [row[6] for row in rows]


def end(path: Path, session: str) -> tuple[int, bytes | None]:
    """The `seq` of a session's last entry, 0 where it has none, and the link stored with it.

    Raises `LogError`.
    """
    try:
        with closing(reading(path)) as database:
            row = database.execute(
                "SELECT seq, chain FROM entries "
                "WHERE session = (SELECT key FROM sessions WHERE id = ?) "
                "ORDER BY seq DESC LIMIT 1",
                (session,),
            ).fetchone()
    except sqlite3.Error as error:
        raise LogError(str(error)) from error
    return (0, None) if row is None else (row[0], bytes(row[1]))


def load(path: Path, session: str) -> Loaded | None:
    """What opening a session needs; None where there is none. Raises `LogError`."""
    try:
        with closing(reading(path)) as database:
            database.execute("BEGIN")  # so that both questions are about one moment
            row = database.execute(
                "SELECT c.seq, c.state FROM sessions s LEFT JOIN checkpoints c "
                "ON c.session = s.key WHERE s.id = ?",
                (session,),
            ).fetchone()
            if row is None:
                return None
            checkpoint = None if row[0] is None else Checkpoint(row[0], row[1])
            after = 0 if checkpoint is None else checkpoint.seq
            rows = database.execute(ENTRIES, (session, after)).fetchall()
    except sqlite3.Error as error:
        raise LogError(str(error)) from error
    return Loaded(checkpoint, [to_entry(each) for each in rows])


def to_columns(entry: Entry) -> tuple[str | None, bytes]:
    """The columns `document` and `body` of an entry."""
    if isinstance(entry.body, Edit):
        return entry.body.document.value, entry.body.update
    event = {"type": entry.body.type, "payload": entry.body.payload, "id": entry.body.id}
    return None, json.dumps(event).encode()


def to_entry(row: tuple[Any, ...]) -> Entry:
    """The entry of a row of `ENTRIES`; raises `LogError` where it is damaged."""
    seq, at, participant, audience, document, body, _ = row
    try:
        if document is not None:
            edit = Edit(_DOCUMENTS[document], body)
            return Entry(seq, at, participant, _AUDIENCES[audience], edit)
        event = json.loads(body)
        told = Event(event["type"], event["payload"], event["id"])
        return Entry(seq, at, participant, _AUDIENCES[audience], told)
    except DAMAGE as error:
        raise LogError(f"entry {seq} is damaged: {error}") from error


# --- deleting -----------------------------------------------------------------------------------


def delete(database: sqlite3.Connection, session: str) -> None:
    """Remove all rows of a session; what they leave in unused bytes is for `scrub`."""
    of_session = "session = (SELECT key FROM sessions WHERE id = ?)"
    for table in ("checkpoints", "entries"):
        database.execute(f"DELETE FROM {table} WHERE {of_session}", (session,))  # noqa: S608
    database.execute("DELETE FROM sessions WHERE id = ?", (session,))
    database.execute("INSERT INTO deletions DEFAULT VALUES")


def unscrubbed(database: sqlite3.Connection) -> bool:
    """Whether deletions may have left traces."""
    return bool(database.execute("SELECT EXISTS (SELECT * FROM deletions)").fetchone()[0])


def scrub(database: sqlite3.Connection) -> bool:
    """Overwrite what deletions have left; returns False while a reader holds that back.

    Takes as long as the file is large, and twice its room on the disk. Raises `sqlite3.Error`; what
    was not done is still to do, also for the next process.

    With `secure_delete` SQLite fills rows and pages with zeros as they go. But where rows were
    moved from page to page, as any insertion may, copies stay in bytes of pages in use; only a
    file that is written anew has none. And the WAL has all of it until it is cut off.
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
        # Also what a VACUUM that failed has written: it may have filled the disk.
        busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if not busy:
        database.execute("DELETE FROM deletions WHERE number <= ?", (last,))
    return not busy
