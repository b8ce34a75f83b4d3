"""The longest holds of the event loop by a session that is full in every respect."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.protocol.limits import MAX_TEXT, Limits
from arena_ext.recording.format import as_lines
from arena_ext.rooms.registry import Rooms
from arena_ext.rooms.room import Room
from arena_ext.rooms.snapshot import snapshot
from arena_ext.storage.memory import MemoryLog
from tests.support.full_state import ANA, LONG, fill

#: Seconds between two looks at the clock.
TICK = 0.001


@dataclass(frozen=True)
class Holds:
    """Medians, seconds: the longest hold of each step, and of the unit that they are compared with.

    The unit is one call of the JSON library for the longest text of a state.
    """

    unit: float
    steps: dict[str, float]


async def measure(rounds: int) -> Holds:
    """Take each step in turn, `rounds` times."""
    units: list[float] = []
    steps: dict[str, list[float]] = {name: [] for name in _STEPS}
    engine_pool = EnginePool()
    rooms = Rooms(MemoryLog(), str, engine_pool, Limits())
    try:
        room = await rooms.create("ana", "T", "python")
        fill(room._state)  # noqa: SLF001
        for _ in range(rounds):
            began = time.perf_counter()
            json.dumps(LONG * MAX_TEXT).encode()
            units.append(time.perf_counter() - began)
            for name, step in _STEPS.items():
                steps[name].append(await _longest_hold(step(room)))
    finally:
        await rooms.close()
        engine_pool.close()
    medians = {name: statistics.median(times) for name, times in steps.items()}
    return Holds(statistics.median(units), medians)


async def _longest_hold(step: Awaitable[None]) -> float:
    """The longest time, seconds, for which nothing else had a turn during `step`."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            longest = max(longest, time.perf_counter() - began - TICK)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(TICK)
    await step
    await asyncio.sleep(TICK)
    watching.cancel()
    return longest


async def _join(room: Room) -> None:
    snapshot(room._state, "", ANA)  # noqa: SLF001


async def _load(room: Room) -> None:
    room._state.encoded = type(room._state.encoded)()  # noqa: SLF001
    for _ in room.encode():
        await asyncio.sleep(0)


async def _checkpoint(room: Room) -> None:
    await room.journal.keep_checkpoint()


async def _export(room: Room) -> None:
    entries = await room.journal._log.read(room.session.id)  # noqa: SLF001
    await asyncio.to_thread(as_lines, room.as_json(), entries)


_STEPS: dict[str, Callable[[Room], Awaitable[None]]] = {
    "a page that joins": _join,
    "the session that is loaded": _load,
    "a checkpoint": _checkpoint,
    "an export": _export,
}
