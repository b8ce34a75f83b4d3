"""The time to open a long session and to write its recording.

It is compared with a session that has the same text, tombstones included, and a short log: the
opening time may depend on the text, but not on the length of the log.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Audience, Document
from arena_ext.recording.format import (
    SEEN,
    RecordingWriter,
)
from arena_ext.rooms.registry import Rooms
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.storage.log import append
from arena_ext.storage.sqlite import SqliteLog
from benchmarks.documents import LONG, typed

#: Edits of a session with short text and short log, and entries after each session's checkpoint.
SHORT, AFTER_CHECKPOINT = 200, 500


@dataclass(frozen=True)
class Opening:
    """Medians, seconds."""

    long: float
    #: The same text as `long`, from a short log.
    same: float
    short: float
    #: Reading the entries of `long` from the database, and writing them as lines of a recording.
    read: float
    lines: float


async def measure(rounds: int) -> Opening:
    """Open each session in turn, `rounds` times."""
    updates, state = typed(LONG)
    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as home:
        engine_pool = EnginePool()
        log = SqliteLog(Path(home) / "sessions.sqlite")
        rooms = Rooms(log, str, engine_pool, Limits())
        try:
            for session, edits in (
                ("long", updates),
                ("same", [state]),
                ("short", updates[:SHORT]),
            ):
                await _store(rooms, session, edits)
            for _ in range(rounds):
                for session in ("long", "same", "short"):
                    took.setdefault(session, []).append(await _open(rooms, session))
                began = time.perf_counter()
                entries = await log.columns("long", 0, len(updates) + 1)
                _, chain = await log.end("long")
                took.setdefault("read", []).append(time.perf_counter() - began)
                began = time.perf_counter()
                RecordingWriter(SEEN[Audience.INTERVIEWERS], chain).add(entries)
                took.setdefault("lines", []).append(time.perf_counter() - began)
        finally:
            await rooms.close()
            engine_pool.close()
    return Opening(**{name: statistics.median(times) for name, times in took.items()})


async def _store(rooms: Rooms, session: str, edits: list[bytes]) -> None:
    created = Event("session-created", {"owner": "ana", "title": "T", "language": "python"})
    stored = append(rooms.log, session, Entry(1, 1, None, Audience.SERVER, created))
    for seq, update in enumerate(edits, 2):
        edit = Edit(Document.PAD, update)
        stored = append(rooms.log, session, Entry(seq, seq, "ana", Audience.EVERYONE, edit))
        if seq % 1000 == 0:
            await stored
    await stored
    room = await rooms.get(session)
    assert room is not None
    await room.journal.keep_checkpoint()
    for _ in range(AFTER_CHECKPOINT):
        stored = room.journal.record(None, Event("title-changed", {"title": "T"}))
    await stored
    room.crash()


async def _open(rooms: Rooms, session: str) -> float:
    began = time.perf_counter()
    room = await rooms.get(session)
    took = time.perf_counter() - began
    assert room is not None
    # Wait for the room's work in other threads before the next room is opened.
    room.text()
    room._state.replica(Document.PAD).settle()  # noqa: SLF001
    room.crash()
    return took
