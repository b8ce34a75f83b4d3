"""Commits: the work of many sessions, stored in few statements and one transaction.

The interpreter's lock is dropped and taken again several times for each statement, and while
another thread works, each of these times may be a wait. So the entries of a batch are rows of one
INSERT, and a batch of entries alone is that one statement, which SQLite commits by itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from arena_ext.session.model import Entry

from . import database
from .hash_chain import entry_digest, link
from .log import Checkpoint, Conflict, Done, unfinished
from .rows import to_columns

#: Rows of one INSERT at most. Each number of rows is a statement of its own, which `sqlite3` keeps
#: prepared: it keeps 128.
MAX_ROWS = 32

#: An entry to append: the session, the entry, and the function that gets the outcome.
Append: TypeAlias = tuple[str, Entry, Done]


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep a checkpoint."""

    session: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Finish:
    """Turn an unfinished import into a session."""

    session: str
    checkpoint: Checkpoint
    done: Done


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a session."""

    session: str
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A read failed: check whether the file is damaged. That is done before any commit."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Write something that changes nothing, to see that it can be written."""

    done: Done


Work: TypeAlias = Append | Keep | Finish | Delete | Look | Probe
#: A function that is owed the outcome of its work, and the outcome.
Outcome: TypeAlias = tuple[Done, Exception | None]


class _Outdated(Exception):
    """The next entry does not follow the end of its session that is remembered."""


class Committer:
    """Stores batches of work in `connection`.

    The end of a session is remembered, so that its next entry needs no question. Another process
    may have written to the session meanwhile, or may have deleted it: then an INSERT fails by the
    primary key or for want of a session, nothing is stored, and the batch is done again, with all
    ends read in its transaction.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._database = connection
        #: Session id -> the `seq` of its last entry, and the link of the chain stored with it.
        self._ends: dict[str, tuple[int, bytes]] = {}

    def commit(self, work: Sequence[Work]) -> list[Outcome]:
        """Store `work` in one transaction, all of it or nothing.

        An entry that does not follow the last one of its session is left out: its outcome is
        `Conflict`. Outcomes are in the order of the work. Raises `sqlite3.Error`.
        """
        try:
            try:
                return self._transaction(work)
            except (sqlite3.IntegrityError, _Outdated):
                self._ends.clear()
                return self._transaction(work)
        except BaseException:
            self._ends.clear()
            raise

    def _transaction(self, work: Sequence[Work]) -> list[Outcome]:
        if self._is_one_insertion(work):
            return self._do(work)
        self._database.execute("BEGIN IMMEDIATE")
        try:
            outcomes = self._do(work)
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise
        return outcomes

    def _is_one_insertion(self, work: Sequence[Work]) -> bool:
        for each in work:
            if not isinstance(each, tuple) or each[0] not in self._ends:
                return False
        return len(work) <= MAX_ROWS

    def _do(self, work: Sequence[Work]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        rows: list[Any] = []
        fresh: set[str] = set()  # sessions whose end was read from the file in this transaction
        ends = self._ends
        for each in work:
            if not isinstance(each, tuple):
                self._insert(rows)
                outcomes += self._do_other(each)
                continue
            session, entry, done = each
            end = ends.get(session)
            if end is None:
                self._insert(rows)
                end = database.end_for_append(self._database, session, entry)
                fresh.add(session)
            if end is None or end[0] != entry.seq - 1:
                if end is not None and session not in fresh:
                    raise _Outdated
                outcomes.append((done, Conflict()))
                continue
            chain = link(end[1], entry_digest(entry))
            rows += (session, *to_columns(entry), chain)
            ends[session] = entry.seq, chain
            outcomes.append((done, None))
        self._insert(rows)
        return outcomes

    def _insert(self, values: list[Any]) -> None:
        """Insert rows, given as the values of one after the other, and empty the list."""
        most = MAX_ROWS * database.COLUMNS
        for start in range(0, len(values), most):
            some = values[start : start + most]
            self._database.execute(_insertion(len(some) // database.COLUMNS), some)
        values.clear()

    def _do_other(self, work: Keep | Finish | Delete | Look | Probe) -> list[Outcome]:
        match work:
            case Keep(session, checkpoint):
                database.keep(self._database, session, checkpoint)
            case Finish(session, checkpoint, done):
                self._ends.pop(unfinished(session), None)
                finished = database.finish(self._database, session, checkpoint)
                return [(done, None if finished else Conflict())]
            case Delete(session, done):
                database.delete(self._database, session)
                self._ends.pop(session, None)
                return [] if done is None else [(done, None)]
            case Probe(done):
                database.touch(self._database)
                return [(done, None)]
        return []


_insertion: Callable[[int], str] = lru_cache(MAX_ROWS)(database.insertion)
