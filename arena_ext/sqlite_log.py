"""The Log in one SQLite file.

One thread writes; the event loop never waits for the disk. Whatever has queued up while a commit
was under way goes into the next one, so commits are as large as the load asks for and nobody waits
longer than for two of them. WAL with `synchronous=FULL`: what was committed survives a power cut.
"""

from __future__ import annotations

import asyncio
import json
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .log import UNFINISHED, Checkpoint, Conflict, Loaded, LogError, unfinished
from .model import Edit, Entry, Event
from .protocol import Audience, Document
from .recording import START, digest, link, to_json

_log = logging.getLogger(__name__)

#: Seconds between tries while the disk is full or the database is locked.
RETRY_AFTER = 0.25
#: Seconds that one statement waits for another process's lock before it counts as failed.
BUSY_TIMEOUT = 0.25
#: Entries and checkpoints of one commit at most: so that the first of many is not kept waiting.
MAX_BATCH = 2000

_SCHEMA = """
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
PRAGMA user_version = 1;
"""

_ENTRIES = (
    "SELECT seq, at, participant, audience, document, body, chain FROM entries "
    "WHERE session = (SELECT key FROM sessions WHERE id = ?) AND seq > ? ORDER BY seq"
)

_IS_UNFINISHED = f"id GLOB '{UNFINISHED}*'"

#: The first entry of a session says whose it is; one that cannot be read is nobody's.
_OWNED = (
    "SELECT id FROM sessions JOIN (SELECT session, CAST(body AS TEXT) AS event FROM entries "  # noqa: S608
    "WHERE seq = 1 AND document IS NULL) ON session = key "
    "WHERE CASE WHEN json_valid(event) THEN json_extract(event, '$.payload.owner') = ? END "
    f"AND NOT {_IS_UNFINISHED} "
    "ORDER BY key"
)


@dataclass(frozen=True, slots=True)
class _Append:
    session: str
    entry: Entry
    stored: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Keep:
    session: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class _Finish:
    session: str
    checkpoint: Checkpoint
    stored: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Delete:
    session: str
    done: asyncio.Future[None] | None


_Work = _Append | _Keep | _Finish | _Delete


def connect(path: Path) -> sqlite3.Connection:
    """Open the database at `path`, making it if need be. Raises `sqlite3.DatabaseError`."""
    database = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA secure_delete = ON")
        database.executescript(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database


class SqliteLog:
    """A Log in the file `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: Called with False when storing stops, and with True when it works again.
        self.on_health: Callable[[bool], None] = lambda _: None
        #: Where a damaged database was moved to when this log was opened, if it was.
        self.moved_aside: Path | None = None
        self._healthy = True
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._chains: dict[str, bytes] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # what SQLite puts beside it gets the same mode
        self._writer = self._open()
        self._thread = threading.Thread(target=self._write, name="arena-log", daemon=True)
        self._thread.start()

    def _open(self) -> sqlite3.Connection:
        try:
            database = connect(self.path)
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if verdict == "ok":
                return database
            database.close()
        except sqlite3.OperationalError:
            raise  # locked or unreadable, not damaged
        except sqlite3.DatabaseError as error:
            verdict = str(error)
        self.moved_aside = self.path.with_name(f"{self.path.name}.damaged-{int(time.time())}")
        _log.critical(
            "The database of interviews is damaged (%s). It was moved to %s and a new one begun; "
            "`jupyter arena sessions check` reads what can be read of it.",
            verdict,
            self.moved_aside,
        )
        for suffix in ("", "-wal", "-shm"):
            damaged = self.path.with_name(self.path.name + suffix)
            if damaged.exists():
                damaged.rename(self.moved_aside.with_name(self.moved_aside.name + suffix))
        self.path.touch(mode=0o600)
        return connect(self.path)

    def remove_unfinished(self) -> None:
        """Remove what a server that was killed has left of sessions that it took in."""
        for (session,) in self._writer.execute(f"SELECT id FROM sessions WHERE {_IS_UNFINISHED}"):  # noqa: S608
            _log.warning("A recording was half taken in when a server ended; it is removed.")
            self._queue.put(_Delete(session, None))

    # --- the port ---------------------------------------------------------------------------

    def append(self, session: str, entry: Entry) -> asyncio.Future[None]:
        """Keep `entry`; the future resolves after the commit."""
        self._loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(_Append(session, entry, stored))
        return stored

    def checkpoint(self, session: str, checkpoint: Checkpoint) -> None:
        """Keep `checkpoint`, in its place among the entries."""
        self._queue.put(_Keep(session, checkpoint))

    def finish(self, session: str, checkpoint: Checkpoint) -> asyncio.Future[None]:
        """Make `session` of what was appended as `unfinished(session)`, in one commit."""
        self._loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(_Finish(session, checkpoint, stored))
        return stored

    async def load(self, session: str) -> Loaded | None:
        """What opening `session` needs."""
        return await asyncio.to_thread(self._load, session)

    async def read(self, session: str) -> Sequence[Entry]:
        """All entries of `session` in order."""
        return await asyncio.to_thread(lambda: read(self.path, session)[0])

    async def sessions(self, owner: str | None = None) -> Sequence[str]:
        """The ids of all sessions, or of those that began as `owner`'s, oldest first."""
        return await asyncio.to_thread(lambda: session_ids(self.path, owner))

    async def delete(self, session: str) -> None:
        """Remove `session`, and write the file anew without it: as slow as the file is large."""
        self._loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(_Delete(session, done))
        await done

    async def close(self) -> None:
        """Store what is queued, as far as that can be done now, and close the file."""
        self._closing.set()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _load(self, session: str) -> Loaded | None:
        try:
            with closing(connect(self.path)) as database:
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
        return Loaded(checkpoint, [_entry(each) for each in rows])

    # --- the writing thread -------------------------------------------------------------------

    def _write(self) -> None:
        last = False
        while not last:
            batch = [self._queue.get()]
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get())
            last = None in batch
            work = [each for each in batch if each is not None]
            if work:
                self._store(work)
        self._writer.close()

    def _store(self, work: list[_Work]) -> None:
        """Commit `work`, trying until that works; then say so.

        A server that goes down tries once more and gives up: nothing was acknowledged, so the
        clients keep it.
        """
        while True:
            closing = self._closing.is_set()
            try:
                outcomes = self._commit(work)
            except sqlite3.Error as error:
                self._report(ok=False, why=str(error))
                if closing:
                    return
                self._closing.wait(RETRY_AFTER)
            else:
                self._report(ok=True)
                self._call(_resolve, outcomes)
                return

    def _commit(self, work: list[_Work]) -> list[tuple[asyncio.Future[None], Exception | None]]:
        outcomes: list[tuple[asyncio.Future[None], Exception | None]] = []
        chains = dict(self._chains)
        deleted = False
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            for each in work:
                match each:
                    case _Append(session, entry, stored):
                        outcomes.append((stored, self._insert(session, entry, chains)))
                    case _Keep(session, checkpoint):
                        self._keep(session, checkpoint)
                    case _Finish(session, checkpoint, stored):
                        renamed = self._writer.execute(
                            "UPDATE sessions SET id = ? WHERE id = ?",
                            (session, unfinished(session)),
                        )
                        chains.pop(unfinished(session), None)
                        self._keep(session, checkpoint)
                        outcomes.append((stored, None if renamed.rowcount else Conflict()))
                    case _Delete(session, done):
                        delete(self._writer, session)
                        chains.pop(session, None)
                        deleted = True
                        if done is not None:
                            outcomes.append((done, None))
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        self._chains = chains
        if deleted:
            _scrub(self._writer)
        return outcomes

    def _keep(self, session: str, checkpoint: Checkpoint) -> None:
        self._writer.execute(
            "INSERT OR REPLACE INTO checkpoints SELECT key, ?, ? FROM sessions WHERE id = ?",
            (checkpoint.seq, checkpoint.state, session),
        )

    def _insert(self, session: str, entry: Entry, chains: dict[str, bytes]) -> Conflict | None:
        """Add an entry right after the one before it; `Conflict` where that is not the last."""
        if entry.seq == 1:
            self._writer.execute("INSERT OR IGNORE INTO sessions (id) VALUES (?)", (session,))
        row = self._writer.execute(
            "SELECT key, (SELECT max(seq) FROM entries WHERE session = key) FROM sessions "
            "WHERE id = ?",
            (session,),
        ).fetchone()
        if row is None or (row[1] or 0) != entry.seq - 1:
            chains.pop(session, None)
            return Conflict()
        if session not in chains:
            chains[session] = self._last_link(row[0])
        chains[session] = link(chains[session], digest(to_json(entry)))
        document, body = _columns(entry)
        self._writer.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row[0],
                entry.seq,
                entry.at,
                entry.participant,
                entry.audience.value,
                document,
                body,
                chains[session],
            ),
        )
        return None

    def _last_link(self, key: int) -> bytes:
        row = self._writer.execute(
            "SELECT chain FROM entries WHERE session = ? ORDER BY seq DESC LIMIT 1", (key,)
        ).fetchone()
        return START if row is None else bytes(row[0])

    def _report(self, *, ok: bool, why: str = "") -> None:
        if ok == self._healthy:
            return
        self._healthy = ok
        if ok:
            _log.warning("Interviews are stored again in %s.", self.path)
        else:
            _log.error("Interviews cannot be stored in %s: %s. Trying again.", self.path, why)
        self._call(self.on_health, ok)

    def _call(self, function: Callable[..., None], *args: object) -> None:
        if self._loop is None:
            return  # nothing was ever asked of this log
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:  # the loop has ended, and with it everybody who waited
            _log.debug("nobody is left to hear of a commit")


def _resolve(outcomes: list[tuple[asyncio.Future[None], Exception | None]]) -> None:
    for future, error in outcomes:
        if future.cancelled():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


# --- what the command line does without a server ----------------------------------------------


def session_ids(path: Path, owner: str | None = None) -> list[str]:
    """The ids of all finished sessions in the database at `path`, or of those of `owner`.

    Oldest first; raises `LogError`.
    """
    try:
        with closing(connect(path)) as database:
            if owner is None:
                rows = database.execute(
                    f"SELECT id FROM sessions WHERE NOT {_IS_UNFINISHED} ORDER BY key"  # noqa: S608
                )
            else:
                rows = database.execute(_OWNED, (owner,))
            return [row[0] for row in rows]
    except sqlite3.Error as error:
        raise LogError(str(error)) from error


def read(path: Path, session: str) -> tuple[list[Entry], list[bytes]]:
    """All entries of a session, and the link of the chain that was stored with each."""
    try:
        with closing(connect(path)) as database:
            rows = database.execute(_ENTRIES, (session, 0)).fetchall()
    except sqlite3.Error as error:
        raise LogError(str(error)) from error
    return [_entry(row) for row in rows], [bytes(row[6]) for row in rows]


def delete(database: sqlite3.Connection, session: str) -> None:
    """Remove all rows of a session."""
    of_session = "session = (SELECT key FROM sessions WHERE id = ?)"
    for table in ("checkpoints", "entries"):
        database.execute(f"DELETE FROM {table} WHERE {of_session}", (session,))  # noqa: S608
    database.execute("DELETE FROM sessions WHERE id = ?", (session,))


def erase(database: sqlite3.Connection, session: str) -> None:
    """Remove a session and every trace of it. Raises `sqlite3.OperationalError` while in use."""
    database.execute("BEGIN IMMEDIATE")
    delete(database, session)
    database.execute("COMMIT")
    _scrub(database)


def _scrub(database: sqlite3.Connection) -> None:
    # `secure_delete` overwrites rows, but not copies that moving rows about left behind.
    database.execute("VACUUM")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _columns(entry: Entry) -> tuple[str | None, bytes]:
    if isinstance(entry.body, Edit):
        return entry.body.document.value, entry.body.update
    event = {"type": entry.body.type, "payload": entry.body.payload, "id": entry.body.id}
    return None, json.dumps(event).encode()


def _entry(row: tuple[int, int, str | None, str, str | None, bytes, bytes]) -> Entry:
    seq, at, participant, audience, document, body, _ = row
    if document is not None:
        edit = Edit(Document(document), body)
        return Entry(seq, at, participant, Audience(audience), edit)
    event = json.loads(body)
    return Entry(
        seq,
        at,
        participant,
        Audience(audience),
        Event(event["type"], event["payload"], event["id"]),
    )
