"""The cost of a separate engine process, and the time to recover from its death.

The same replica is measured alternately with the engine in this process and in its own.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pycrdt import Doc, Text

from arena_ext.crdt.engine import Documents
from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.engine_protocol import NUMBER, Op
from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import decode
from arena_ext.protocol.wire import Document
from tests.support import servers
from tests.support.clients import ArenaClient
from tests.support.honest import Editor
from tests.support.people import Person

#: Edits of a long session, and the number of edits after the checkpoint that it is opened from.
LONG, SINCE_CHECKPOINT = 200_000, 1000
#: Number of edits that are timed one by one.
TIMED = 10_000
#: Rooms with a participant at the death of the process.
ROOMS = 30


class Here:
    """Stands in for `EngineProcess`, with the engine in this process: the baseline."""

    alive, asked_each, worked = True, False, 0.0

    def __init__(self) -> None:
        self._documents = Documents()
        self._numbers = itertools.count()

    def new(self, client_id: int) -> int:
        """Create a document."""
        number = next(self._numbers)
        self.ask(Op.NEW, number, data=NUMBER.pack(client_id))
        return number

    def drop(self, number: int) -> None:
        """Delete a document."""
        self.ask(Op.DROP, number)

    def ask(self, op: Op, number: int, root: str = "", data: bytes = b"") -> bytes:
        """Perform an operation on a document, and return its result."""
        return self._documents.answer(op, number, root, data)[1]

    def close(self) -> None:
        """Nothing to do."""


@dataclass(frozen=True)
class Pair:
    """Times of the same work in this process and in the engine process, seconds."""

    here: float
    there: float

    @property
    def more(self) -> float:
        """The extra time of the engine process, seconds."""
        return self.there - self.here

    @property
    def ratio(self) -> float:
        """The time in the engine process divided by the time in this one."""
        return self.there / self.here


@dataclass(frozen=True)
class Costs:
    """All measurements."""

    edit: Pair
    slow_edit: Pair
    opening: Pair
    joining: Pair
    text: Pair


def typed(edits: int) -> tuple[list[bytes], bytes]:
    """A typist's edits, with jumps and deletions: one update for each edit, and all in one."""
    chance, doc = random.Random(1), Doc[Text](client_id=5)
    text = doc.get("code", type=Text)
    found: list[bytes] = []
    subscription = doc.observe(lambda event: found.append(bytes(event.update)))
    length = at = 0
    while len(found) < edits:
        if chance.random() < 0.03:
            at = chance.randint(0, length)
        if at and chance.random() < 0.15:
            del text[at - 1 : at]
            at, length = at - 1, length - 1
        else:
            text.insert(at, chance.choice("abcdefgh \n"))
            at, length = at + 1, length + 1
    doc.unobserve(subscription)
    return found, bytes(doc.get_update(b"\x00"))


def costs(rounds: int) -> Costs:
    """Measure; medians of `rounds`."""
    updates, state = typed(LONG)
    found: dict[str, list[Pair]] = {}
    for _ in range(rounds):
        for name, work in _WORK.items():
            found.setdefault(name, []).append(_in_turn(work, state))
        for name, share in (("edit", 0.5), ("slow_edit", 0.99)):
            found.setdefault(name, []).append(_edits(updates[:TIMED], share))
    return Costs(
        **{
            name: Pair(
                statistics.median(pair.here for pair in pairs),
                statistics.median(pair.there for pair in pairs),
            )
            for name, pairs in found.items()
        }
    )


def _replica(process: Here | EngineProcess) -> Replica:
    return Replica(Document.PAD, cast(EngineProcess, process))


def _folded(process: Here | EngineProcess, updates: list[bytes]) -> Replica:
    replica = _replica(process)
    for update in updates:
        replica.load(decode(update))
    replica.settle()
    return replica


Prepared = Callable[[], Any]
Work = Callable[["Here | EngineProcess", bytes], Prepared]


def _opening(process: Here | EngineProcess, state: bytes) -> Prepared:
    editor = Editor(8)
    last = [editor.insert(number, "x") for number in range(SINCE_CHECKPOINT)]
    return lambda: _folded(process, [state, *last])


def _joining(process: Here | EngineProcess, state: bytes) -> Prepared:
    replica = _folded(process, [state])
    return lambda: replica.since(b"\x00")


def _text(process: Here | EngineProcess, state: bytes) -> Prepared:
    replica = _folded(process, [state])
    return replica.text


_WORK: dict[str, Work] = {
    "opening": _opening,
    "joining": _joining,
    "text": _text,
}


def _in_turn(work: Work, state: bytes) -> Pair:
    def measured(process: Here | EngineProcess) -> float:
        with closing(process):
            prepared = work(process, state)
            gc.collect()
            began = time.perf_counter()
            prepared()
            return time.perf_counter() - began

    return Pair(measured(Here()), measured(EngineProcess()))


def _edits(updates: list[bytes], share: float) -> Pair:
    """The time of one edit (validate, apply, record): the quantile `share` of all edits."""
    with EngineProcess() as process:
        here, there = _replica(Here()), _replica(process)
        times: tuple[list[float], list[float]] = ([], [])
        for update in updates:
            for replica, taken in zip((here, there), times, strict=True):
                began = time.perf_counter()
                replica.apply(decode(update), lambda _: True)
                taken.append(time.perf_counter() - began)
    at = int(share * len(updates))
    return Pair(*(sorted(taken)[at] for taken in times))


# --- death of the engine process --------------------------------------------------------------


async def recovery() -> float:
    """Seconds from the death of the process until each of `ROOMS` has accepted an edit again."""
    with tempfile.TemporaryDirectory() as home, servers.arena(Path(home)) as server:
        host = Person(server.url, {"Authorization": f"token {server.token}"})
        seats = []
        for _ in range(ROOMS):
            session = await host.session()
            _, token = await Person(server.url).join(session, "Ada", await host.invite(session))
            url = f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"
            client = await ArenaClient.open(url, token)
            await client.insert(0, "before ")
            await client.settled()
            seats.append((url, token, client))
        # The oldest child is the engine process of all rooms; the other child is a spare.
        os.kill(min(_children(server.process.pid)), signal.SIGKILL)
        began = time.perf_counter()
        await asyncio.gather(*(_type_again(*seat) for seat in seats))
        return time.perf_counter() - began


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(each) for each in listed.read_text().split()]


async def _type_again(url: str, token: str, client: ArenaClient) -> None:
    await client.until(lambda: client.closed)
    again = await ArenaClient.open(url, token, doc=client.doc)
    await again.settled()
    await again.insert(0, "after ")
    await again.settled()
    await again.close()
