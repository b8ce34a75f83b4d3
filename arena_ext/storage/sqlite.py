"""The Log in one SQLite file.

One thread writes; the event loop never waits for the disk. Whatever has queued up while a commit
was under way goes into the next one, so commits are as large as the load asks for and nobody waits
longer than for two of them. WAL with `synchronous=FULL`: what was committed survives a power cut.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from arena_ext.session.model import Entry

from . import database
from .hash_chain import START, entry_digest, link
from .log import Checkpoint, Conflict, Loaded, unfinished
from .recovery import is_damage, open_or_recover
from .rows import Columns, LogError, to_columns

_log = logging.getLogger(__name__)

#: Seconds between tries while the disk is full or the database is locked.
RETRY_AFTER = 0.25
#: Entries and checkpoints of one commit at most: so that the first of many is not kept waiting.
MAX_BATCH = 2000
#: Seconds without anything to store after which traces of deletions are overwritten, and how long
#: that waits for such a moment at most.
QUIET, SCRUB_WITHIN = 1.0, 60.0
#: For how many times as long as that took it is not done again: nobody else is stored meanwhile.
RESTS = 10.0
#: Seconds between looks at the whole file because somebody could not read in it.
LOOK_AGAIN = 60.0

T = TypeVar("T")
P = ParamSpec("P")


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


@dataclass(frozen=True, slots=True)
class _Look:
    """Somebody could not read: is the file damaged?"""


_Work = _Append | _Keep | _Finish | _Delete | _Look
_Outcome = tuple[asyncio.Future[None], Exception | None]


class SqliteLog:
    """A Log in the file `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: Called with False when storing stops, and with True when it works again.
        self.on_health: Callable[[bool], None] = lambda _: None
        #: Where a damaged database was moved to last, if one was.
        self.moved_aside: Path | None = None
        self._healthy = True
        self._damaged = False
        self._looked_at = -LOOK_AGAIN
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._chains: dict[str, bytes] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # what SQLite puts beside it gets the same mode
        self._writer, self.moved_aside = open_or_recover(path)
        #: Since when traces of deletions wait to be overwritten; and until when they have to.
        self._unscrubbed = time.monotonic() if database.unscrubbed(self._writer) else None
        self._rest_until = 0.0
        self._thread = threading.Thread(target=self._write, name="arena-log", daemon=True)
        self._thread.start()

    def remove_unfinished(self) -> None:
        """Remove what a server that was killed has left of sessions that it took in."""
        unfinished_ones = f"SELECT id FROM sessions WHERE {database.IS_UNFINISHED}"  # noqa: S608
        for (session,) in self._writer.execute(unfinished_ones):
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
        return await self._ask(database.load, self.path, session)

    async def read(self, session: str) -> Sequence[Entry]:
        """All entries of `session` in order."""
        return await self._ask(database.read, self.path, session)

    async def columns(self, session: str, after: int, count: int) -> Sequence[Columns]:
        """The entries of `session` after `after` in order, `count` at most."""
        return await self._ask(database.columns, self.path, session, after, count)

    async def end(self, session: str) -> tuple[int, bytes | None]:
        """The `seq` of the last entry, and the link of the chain that was stored with it."""
        return await self._ask(database.end, self.path, session)

    async def sessions(self, owner: str | None = None) -> Sequence[str]:
        """The ids of all sessions, or of those that began as `owner`'s, oldest first."""
        return await self._ask(database.session_ids, self.path, owner)

    async def _ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await asyncio.to_thread(question, *args, **kwargs)
        except LogError as error:
            now = time.monotonic()
            if is_damage(error.__cause__) and now > self._looked_at + LOOK_AGAIN:
                self._looked_at, self._damaged = now, True
                self._queue.put(_Look())
            raise

    async def delete(self, session: str) -> None:
        """Remove `session`; the file is written anew without traces of it at a quiet moment."""
        self._loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(_Delete(session, done))
        await done

    async def close(self) -> None:
        """Store what is queued, as far as that can be done now, and close the file."""
        self._closing.set()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    # --- the writing thread -------------------------------------------------------------------

    def _write(self) -> None:
        last = False
        while not last:
            batch = self._next()
            last = None in batch
            work = [each for each in batch if each is not None]
            if work:
                self._store(work)
            self._scrub(quiet=not work)
        self._writer.close()

    def _next(self) -> list[_Work | None]:
        """What has queued up; nothing, where traces of deletions wait for a quiet moment."""
        pause = None
        if self._unscrubbed is not None:
            pause = max(QUIET, self._rest_until - time.monotonic())
        try:
            batch = [self._queue.get(timeout=pause)]
        except queue.Empty:
            return []
        while len(batch) < MAX_BATCH and not self._queue.empty():
            batch.append(self._queue.get())
        return batch

    def _store(self, work: list[_Work]) -> None:
        """Commit `work`, trying until that works; then say so.

        A server that goes down tries once more and gives up: nothing was acknowledged, so the
        clients keep it.
        """
        while True:
            closing = self._closing.is_set()
            try:
                if self._damaged:
                    self._open_again()
                outcomes = self._commit(work)
            except (sqlite3.Error, OSError) as error:
                self._damaged = self._damaged or is_damage(error)
                self._report(ok=False, why=str(error))
                if closing:
                    return
                self._closing.wait(RETRY_AFTER)
            else:
                self._report(ok=True)
                self._call(_resolve, outcomes)
                return

    def _open_again(self) -> None:
        """Look at the whole file; where it is damaged go on in another one."""
        self._writer.close()
        self._chains = {}
        self._writer, aside = open_or_recover(self.path)
        self.moved_aside = aside or self.moved_aside
        self._damaged = False

    def _scrub(self, *, quiet: bool) -> None:
        """Overwrite what deletions have left in the file, when that is due."""
        now, closing = time.monotonic(), self._closing.is_set()
        if self._unscrubbed is None or not (
            closing
            or (now >= self._rest_until and (quiet or now > self._unscrubbed + SCRUB_WITHIN))
        ):
            return
        try:
            done = database.scrub(self._writer)
        except sqlite3.Error as error:
            self._damaged = self._damaged or is_damage(error)
            _log.error(
                "What was deleted may have left traces in %s, and cannot be overwritten: %s. "
                "It is tried again.",
                self.path,
                error,
            )
            self._rest_until = now + SCRUB_WITHIN
            return
        if done:
            self._unscrubbed = None
        took = time.monotonic() - now
        self._rest_until = now + took + RESTS * took

    def _commit(self, work: list[_Work]) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        chains = dict(self._chains)
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            for each in work:
                outcomes += self._do(each, chains)
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        self._chains = chains
        if self._unscrubbed is None and any(isinstance(each, _Delete) for each in work):
            self._unscrubbed = time.monotonic()
        return outcomes

    def _do(self, work: _Work, chains: dict[str, bytes]) -> list[_Outcome]:
        match work:
            case _Append(session, entry, stored):
                return [(stored, self._insert(session, entry, chains))]
            case _Keep(session, checkpoint):
                self._keep(session, checkpoint)
            case _Finish(session, checkpoint, stored):
                renamed = self._writer.execute(
                    "UPDATE sessions SET id = ? WHERE id = ?", (session, unfinished(session))
                )
                chains.pop(unfinished(session), None)
                self._keep(session, checkpoint)
                return [(stored, None if renamed.rowcount else Conflict())]
            case _Delete(session, done):
                database.delete(self._writer, session)
                chains.pop(session, None)
                return [] if done is None else [(done, None)]
            case _Look():
                pass  # it was had before this commit
        return []

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
        chains[session] = link(chains[session], entry_digest(entry))
        self._writer.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (row[0], *to_columns(entry), chains[session]),
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


def _resolve(outcomes: list[_Outcome]) -> None:
    for future, error in outcomes:
        if future.cancelled():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
