"""Measurements of Arena alone: memory, and the longest holds of the event loop."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import generator, late, loop_watch, rounds
from benchmarks.load.generator import Result
from benchmarks.load.servers import target
from tests.load import attack
from tests.support import servers
from tests.support.servers import Server

#: The name of the database with a long session.
DATABASE = "late.sqlite"
#: Rooms of five, with 10,000 characters each, whose connections are dropped.
STORM = {"rooms": 100, "clients": 5, "paste": 10_000}
#: Rooms without typing, in which there are two, and then four clients.
IDLE_ROOMS = 200


@dataclass(frozen=True)
class Memory:
    """Kilobytes of 1000 bytes."""

    room: float
    connection: float


@dataclass(frozen=True)
class Hold:
    """The longest hold of the event loop, and its longest work without a pause, seconds."""

    longest: float
    busiest: float


def memory() -> Memory:
    """The memory of idle rooms with two connections, and of each further connection."""
    with tempfile.TemporaryDirectory() as home, servers.arena(Path(home)) as server:
        arena, idle = target(server), {"clients": 4, "rest": 1.0}
        generator.run(arena, "idle", {**idle, "rooms": 20})  # warm-up
        before = attack.memory(server) / 1000
        result = generator.run(arena, "idle", {**idle, "rooms": IDLE_ROOMS})
    two, four = result["memory_of_two"], result["memory_of_all"]
    return Memory((two - before) / IDLE_ROOMS, (four - two) / (2 * IDLE_ROOMS))


def _held(server: Server) -> Hold:
    """The holds since the last call."""
    with urllib.request.urlopen(f"{server.url}{loop_watch.PATH}", timeout=10) as response:
        return Hold(**json.load(response))


def watched(home: Path, count: int) -> tuple[dict[str, list[Result]], dict[str, list[Hold]]]:
    """Loads and late joins, and how long each held the event loop. `home` has the long session."""
    results: dict[str, list[Result]] = defaultdict(list)
    held: dict[str, list[Hold]] = defaultdict(list)
    watch = f"--ServerApp.jpserver_extensions={{'arena_ext': True, '{loop_watch.__name__}': True}}"
    for _ in range(count):
        database = f"--ArenaApp.database={home / DATABASE}"
        with servers.arena(home, watch, database, "--ArenaApp.open_access=True") as server:
            arena = target(server)
            for load, settings in rounds.LOADS.items():
                lines = arena.rooms(int(settings["rooms"]), int(settings["clients"]))
                _held(server)
                results[load].append(generator.run(arena, "type", settings, lines))
                held[load].append(_held(server))
            lines = arena.rooms(STORM["rooms"], STORM["clients"])
            _held(server)
            results["storm"].append(generator.run(arena, "storm", STORM, lines))
            held["500 clients who come back"].append(_held(server))
            late.joins(arena)  # it loads the session
            _held(server)
            results["join"].append(late.joins(arena))
            held["late joins"].append(_held(server))
    return results, held
