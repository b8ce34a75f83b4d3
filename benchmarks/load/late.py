"""Late joins of a long session: a guest comes when a paper in 259,778 edits has been written."""

from __future__ import annotations

import asyncio
from pathlib import Path

from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Audience, Document
from arena_ext.rooms.registry import Rooms
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.storage.log import append
from arena_ext.storage.sqlite import SqliteLog
from benchmarks.load import generator
from benchmarks.load.generator import Result
from benchmarks.load.servers import Target

SESSION = "late"
#: Joins, one after the other, of each run.
JOINS = 10


async def write(database: Path, edits: list[bytes]) -> None:
    """Write a session with these edits into a database, with a checkpoint as a server keeps it."""
    engine_pool, log = EnginePool(), SqliteLog(database)
    rooms = Rooms(log, str, engine_pool, Limits())
    created = Event("session-created", {"owner": "ana", "title": "T", "language": "python"})
    stored = append(log, SESSION, Entry(1, 1, None, Audience.SERVER, created))
    try:
        for seq, update in enumerate(edits, 2):
            edit = Edit(Document.PAD, update)
            stored = append(log, SESSION, Entry(seq, seq, "ana", Audience.EVERYONE, edit))
            if seq % 1000 == 0:
                await stored
        await stored
        room = await rooms.get(SESSION)
        assert room is not None
        await room.journal.keep_checkpoint()
    finally:
        await rooms.close()
        await log.close()
        engine_pool.close()


def joins(target: Target) -> Result:
    """The cost of late joins at a server with open access, and the bytes of one."""
    line = f"/arena/ws/{SESSION}"
    return generator.run(target, "join", {"rooms": 1, "clients": JOINS + 1}, [line])


def prepare(database: Path, edits: list[bytes]) -> None:
    """As `write`, from a program without an event loop."""
    asyncio.run(write(database, edits))
