"""Commits: few for many entries, one answer for each, and a conflict for exactly the right ones."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from arena_ext.storage import sqlite
from arena_ext.storage.committer import MAX_ROWS
from arena_ext.storage.hash_chain import START, digest, link, to_json
from arena_ext.storage.log import Conflict, append
from arena_ext.storage.sqlite import SqliteLog
from tests.support.logs import entry, fill, opened, soon
from tests.support.people import DEADLINE


def insertions(log: SqliteLog) -> list[str]:
    """The INSERT statements that the log executes from now on."""
    found: list[str] = []
    log._writer.set_trace_callback(
        lambda sql: found.append(sql) if sql.startswith("INSERT INTO entries") else None
    )
    return found


async def together(path: Path, begin: Callable[[], list[asyncio.Future[None]]]) -> list[object]:
    """The outcomes of what `begin` appends while another process prevents commits."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        futures = begin()
        other.execute("ROLLBACK")
    return await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), DEADLINE)


def test_a_batch_of_entries_is_one_statement_whatever_their_sessions(
    runner: asyncio.Runner, path: Path
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            for session in "abc":
                await fill(log, session, 2)
            found = insertions(log)
            outcomes = await together(
                path, lambda: [append(log, each, entry(seq)) for seq in (3, 4, 5) for each in "abc"]
            )
            assert outcomes == [None] * 9
            # The first may be alone in a batch, and is tried until the database is not locked.
            assert len(set(found)) <= 2
            for session in "abc":
                read = await log.read(session)
                assert [each.seq for each in read] == [1, 2, 3, 4, 5]

    runner.run(scene())


def test_long_batches_of_entries_have_few_statements(runner: asyncio.Runner, path: Path) -> None:
    count = 10 * MAX_ROWS + 3

    async def scene() -> None:
        async with opened(path) as log:
            await fill(log, "s", 1)
            found = insertions(log)
            outcomes = await together(
                path, lambda: [append(log, "s", entry(seq)) for seq in range(2, count + 2)]
            )
            assert outcomes == [None] * count
            assert len(set(found)) <= 14
            stored = await log.read("s")
            chain = START
            for each in stored:
                chain = link(chain, digest(to_json(each)))
            assert await log.end("s") == (count + 1, chain)

    runner.run(scene())


def test_of_a_batch_only_the_session_that_another_process_wrote_to_conflicts(
    runner: asyncio.Runner, path: Path
) -> None:
    async def scene() -> None:
        async with opened(path) as one, opened(path) as other:
            for session in "abc":
                await fill(one, session, 2)
            await soon(append(other, "b", entry(3, "of the other")))
            outcomes = await together(
                path, lambda: [append(one, each, entry(seq)) for seq in (3, 4) for each in "abc"]
            )
            conflicts = [isinstance(each, Conflict) for each in outcomes]
            # The fourth entry of b follows the other's third.
            assert conflicts == [False, True, False, False, False, False]
            for session in "ac":
                assert len(await one.read(session)) == 4
            # It also continues after what the other wrote meanwhile.
            await soon(append(other, "b", entry(5)))
            await soon(append(one, "b", entry(6)))
            assert [each.seq for each in await one.read("b")] == [1, 2, 3, 4, 5, 6]

    runner.run(scene())


def test_a_session_that_another_process_deleted_conflicts_though_its_key_is_used_again(
    runner: asyncio.Runner, path: Path
) -> None:
    async def scene() -> None:
        async with opened(path) as one, opened(path) as other:
            await fill(one, "kept", 2)
            await fill(one, "gone", 2)
            await other.delete("gone")
            await fill(other, "new", 1)
            outcomes = await together(
                path, lambda: [append(one, each, entry(3)) for each in ("gone", "kept")]
            )
            assert isinstance(outcomes[0], Conflict)
            assert outcomes[1] is None
            assert [each.seq for each in await one.read("new")] == [1]
            assert await one.load("gone") is None

    runner.run(scene())


def test_each_entry_is_answered_once_in_order_with_one_call_of_the_loop_for_a_commit(
    runner: asyncio.Runner, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        calls: list[object] = []
        threadsafe = loop.call_soon_threadsafe

        def counted(*args: object, **kwargs: object) -> asyncio.Handle:
            calls.append(args)
            return threadsafe(*args, **kwargs)  # type: ignore[arg-type]

        async with opened(path) as log:
            await fill(log, "s", 1)
            order: list[tuple[int, Exception | None]] = []
            all_done = asyncio.Event()

            def done(seq: int, error: Exception | None) -> None:
                order.append((seq, error))
                if seq == 101:
                    all_done.set()
                if seq % 10 == 0:
                    raise ZeroDivisionError

            loop.call_soon_threadsafe = counted  # type: ignore[method-assign]
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                for seq in range(2, 102):
                    log.append("s", entry(seq), lambda error, seq=seq: done(seq, error))  # type: ignore[misc]
                assert order == []
            await asyncio.wait_for(all_done.wait(), DEADLINE)
            loop.call_soon_threadsafe = threadsafe  # type: ignore[method-assign]
            assert order == [(seq, None) for seq in range(2, 102)]
            # Two commits, and two more if storing had stopped for so long that people were told.
            assert len(calls) <= 4
            assert len([each for each in caplog.records if each.exc_info]) == 10

    runner.run(scene())


# --- group commits --------------------------------------------------------------------------------


def test_entries_wait_for_others_only_once_there_were_many_commits_and_not_at_the_end(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "COMMITS_PER_SECOND", 1e-3)
    monkeypatch.setattr(sqlite, "COMMITS_AT_ONCE", 3)

    async def scene() -> None:
        async with opened(path) as log:
            for seq in (1, 2, 3):
                await soon(append(log, "s", entry(seq)))
            found = insertions(log)
            waiting = []
            for seq in (4, 5, 6):
                waiting.append(append(log, "s", entry(seq)))
                assert len(await log.read("s")) == 3
        assert [each.done() for each in waiting] == [True] * 3
        assert len(found) == 1

    runner.run(scene())


def test_one_after_the_other_there_are_no_more_commits_than_allowed(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "COMMITS_PER_SECOND", 40)
    monkeypatch.setattr(sqlite, "COMMITS_AT_ONCE", 2)

    async def scene() -> None:
        began = time.monotonic()
        async with opened(path) as log:
            for seq in range(1, 21):
                await soon(append(log, "s", entry(seq)))
            assert 2 + 1 + 40 * (time.monotonic() - began) >= 20

    runner.run(scene())
