"""Log databases in files for tests, and inspection of their content."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from hypothesis import strategies as st

from arena_ext.protocol.wire import Audience, Document
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.storage.log import append
from arena_ext.storage.sqlite import SqliteLog
from tests.support.people import DEADLINE


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteLog]:
    """An open log; it is closed when the block ends."""
    log = SqliteLog(path)
    try:
        yield log
    finally:
        await log.close()


def entry(seq: int, text: str = "x") -> Entry:
    """An entry with `text` in it."""
    return Entry(seq, 1000 + seq, "p", Audience.EVERYONE, Event("note", {"text": text}))


async def soon(future: asyncio.Future[None]) -> None:
    """Wait until an entry is stored, with a time limit."""
    await asyncio.wait_for(future, DEADLINE)


async def fill(log: SqliteLog, session: str, entries: int, text: str = "x") -> None:
    """Store `entries` entries."""
    *_, last = [append(log, session, entry(seq, text)) for seq in range(1, entries + 1)]
    await soon(last)


async def until(met: Callable[[], bool]) -> None:
    """Poll until `met()` is true, for conditions without a notification."""
    deadline = time.monotonic() + DEADLINE
    while not await asyncio.to_thread(met):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def holding(path: Path, what: str) -> list[str]:
    """The names of the database's files that contain some text."""
    files = path.parent.iterdir()
    return [file.name for file in files if what.encode() in file.read_bytes()]


bodies = st.lists(
    st.builds(
        lambda who, to, body: (who, to, body),
        st.none() | st.text(max_size=5),
        st.sampled_from(Audience),
        st.builds(Edit, st.sampled_from(Document), st.binary(max_size=30))
        | st.builds(
            Event,
            st.text(max_size=9),
            st.dictionaries(st.text(max_size=4), st.none() | st.text(max_size=9), max_size=3),
            st.none() | st.text(max_size=4),
        ),
    ),
    max_size=12,
)
