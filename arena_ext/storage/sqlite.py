"""The Log in one SQLite file.

One thread writes; the event loop never waits for the disk. All entries that have queued up during a
commit go into the next one, so commits grow with the load and no entry waits for more than two of
them. Above `COMMITS_PER_SECOND` it also waits for others. WAL with `synchronous=FULL`: a commit
survives a power cut.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from arena_ext.limits.token_bucket import TokenBucket
from arena_ext.session.model import Entry

from . import database
from .committer import Committer, Delete, Finish, Keep, Look, Outcome, Probe, Work
from .lock import ServerLock
from .log import Checkpoint, DatabaseUnusable, Done, Loaded, resolve
from .recovery import is_damage, open_first, open_or_recover, prepare
from .rows import Columns, LogError

_log = logging.getLogger(__name__)

#: Seconds between tries while the disk is full or the database is locked.
RETRY_AFTER = 0.25
#: Entries and checkpoints in one commit at most, so that the first of many does not wait long, and
#: the interpreter is not held for long.
MAX_BATCH = 256
#: Commits in a second, and those that may be made at once after a pause. Below this load an entry
#: is committed when it comes; above it, it waits up to `1 / COMMITS_PER_SECOND` for others.
COMMITS_PER_SECOND, COMMITS_AT_ONCE = 200.0, 50.0
#: Seconds without any work after which traces of deletions are overwritten, and the longest wait
#: for such a quiet moment.
QUIET, SCRUB_WITHIN = 1.0, 60.0
#: The pause after an overwriting, as a multiple of its duration: it blocks all storing.
RESTS = 10.0
#: Seconds between two checks of the whole file, which failed reads cause.
LOOK_AGAIN = 60.0

T = TypeVar("T")
P = ParamSpec("P")


class SqliteLog:
    """A Log in the file `path`.

    `exclusive` is for servers: no other one may use the file. Raises `DatabaseUnusable`.
    """

    def __init__(self, path: Path, *, exclusive: bool = False) -> None:
        self.path = path
        #: Called with False when storing stops, and with True when it works again.
        self.on_health: Callable[[bool], None] = lambda _: None
        #: The new path of the last damaged database, if there was one.
        self.moved_aside: Path | None = None
        self._healthy = True
        self._damaged = False
        self._looked_at = -LOOK_AGAIN
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        #: Entries of this turn of the event loop.
        self._appended: list[Work] = []
        self._probe: asyncio.Future[None] | None = None
        self._closing = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        prepare(path)
        self._lock = ServerLock(path) if exclusive else None
        try:
            self._writer, self.moved_aside = open_first(path)
        except BaseException:
            self._unlock()
            raise
        self._committer = Committer(self._writer)
        self._commits = TokenBucket(COMMITS_PER_SECOND, COMMITS_AT_ONCE)
        #: The time since which traces of deletions wait to be overwritten, and the time until which
        #: they have to wait.
        self._unscrubbed = time.monotonic() if database.unscrubbed(self._writer) else None
        self._rest_until = 0.0
        self._thread = threading.Thread(target=self._write, name="arena-log", daemon=True)
        self._thread.start()

    def remove_unfinished(self) -> None:
        """Remove the entries of imports that a killed server has left unfinished."""
        unfinished_ones = f"SELECT id FROM sessions WHERE {database.IS_UNFINISHED}"  # noqa: S608
        for (session,) in self._writer.execute(unfinished_ones):
            _log.warning("A server ended during an import; what it had stored of it is removed.")
            self._queue.put(Delete(session))

    def held_at(self, address: str) -> None:
        """Note the address of the server that has this log, for others that want the file."""
        if self._lock is not None:
            self._lock.hold_at(address)

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()

    # --- the port ---------------------------------------------------------------------------

    def append(self, session: str, entry: Entry, done: Done) -> None:
        """Keep `entry`; `done` gets the outcome after the commit."""
        if not self._appended:
            # At the end of the turn: the writing thread needs the interpreter, which the event loop
            # holds until then.
            self._loop = asyncio.get_running_loop()
            self._loop.call_soon(self._hand_over)
        self._appended.append((session, entry, done))

    def _put(self, work: Work | None) -> None:
        self._hand_over()
        self._queue.put(work)

    def _hand_over(self) -> None:
        for each in self._appended:
            self._queue.put(each)
        self._appended.clear()

    def checkpoint(self, session: str, checkpoint: Checkpoint) -> None:
        """Keep `checkpoint`, in its place among the entries."""
        self._put(Keep(session, checkpoint))

    def finish(self, session: str, checkpoint: Checkpoint) -> asyncio.Future[None]:
        """Turn the entries appended under `unfinished(session)` into `session`, in one commit."""
        self._loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = self._loop.create_future()
        self._put(Finish(session, checkpoint, partial(resolve, stored)))
        return stored

    async def load(self, session: str) -> Loaded | None:
        """The last checkpoint and the later entries of `session`, or None."""
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
                self._put(Look())
            raise

    async def delete(self, session: str) -> None:
        """Remove `session`; the file is written anew without traces of it at a quiet moment."""
        self._loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = self._loop.create_future()
        self._put(Delete(session, partial(resolve, done)))
        await done

    def size(self) -> int:
        """Bytes of the database and its write-ahead log."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(each.stat().st_size for each in files if each.exists())

    async def probe(self) -> None:
        """Return once something was written; those who ask meanwhile share one writing."""
        if self._probe is None or self._probe.done():
            self._loop = asyncio.get_running_loop()
            self._probe = self._loop.create_future()
            self._put(Probe(partial(resolve, self._probe)))
        await asyncio.shield(self._probe)

    async def close(self) -> None:
        """Store the queued work, as far as that is possible now, and close the file."""
        self._closing.set()
        self._put(None)
        await asyncio.to_thread(self._thread.join)
        self._unlock()

    # --- the writing thread -------------------------------------------------------------------

    def _write(self) -> None:
        last = False
        while not last:
            batch = self._next()
            last = None in batch
            work = [each for each in batch if each is not None]
            if work:
                self._store(work)
            if self._unscrubbed is not None:
                self._scrub(self._unscrubbed, quiet=not work)
        self._writer.close()

    def _next(self) -> list[Work | None]:
        """The work that has queued up; none where traces of deletions wait for a quiet moment."""
        pause = None
        if self._unscrubbed is not None:
            pause = max(QUIET, self._rest_until - time.monotonic())
        try:
            batch = [self._queue.get(timeout=pause)]
        except queue.Empty:
            return []
        if not self._commits.take(1):
            self._commits.charge(1)
            self._closing.wait(self._commits.wait)
        while len(batch) < MAX_BATCH and not self._queue.empty():
            batch.append(self._queue.get())
        return batch

    def _store(self, work: list[Work]) -> None:
        """Commit `work`, and retry until that succeeds; then resolve its futures.

        A server that stops retries once and gives up: nothing was acknowledged, so the clients keep
        their edits.
        """
        while True:
            closing = self._closing.is_set()
            try:
                if self._damaged:
                    self._open_again()
                outcomes = self._committer.commit(work)
            except (sqlite3.Error, OSError, DatabaseUnusable) as error:
                self._damaged = self._damaged or is_damage(error)
                self._report(ok=False, why=str(error))
                if closing:
                    return
                self._closing.wait(RETRY_AFTER)
            else:
                self._report(ok=True)
                self._call(_tell, outcomes)
                if self._unscrubbed is None and any(isinstance(each, Delete) for each in work):
                    self._unscrubbed = time.monotonic()
                return

    def _open_again(self) -> None:
        """Check the whole file; where it is damaged, continue in a new one."""
        self._writer.close()
        self._writer, aside = open_or_recover(self.path)
        self._committer = Committer(self._writer)
        self.moved_aside = aside or self.moved_aside
        self._damaged = False

    def _scrub(self, since: float, *, quiet: bool) -> None:
        """Overwrite the traces that deletions have left `since` a time, when that is due."""
        now = time.monotonic()
        rested = now >= self._rest_until and (quiet or now > since + SCRUB_WITHIN)
        if not rested and not self._closing.is_set():
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
            return  # this log was never used
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:  # the event loop has ended, and with it all futures
            _log.debug("the event loop ended before a commit")


def _tell(outcomes: list[Outcome]) -> None:
    for done, error in outcomes:
        try:
            done(error)
        except Exception:  # noqa: BLE001 - the others are owed their outcomes as well
            _log.exception("something failed after a commit")
