"""Replicas for tests, and an engine pool shared by all servers of a test run."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Container, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Thread
from typing import cast

from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import decode
from arena_ext.crdt.validation import Holds
from arena_ext.protocol.limits import MAX_PARTS
from arena_ext.protocol.wire import Document


class SharedEnginePool(EnginePool):
    """A pool that outlives servers: the start of a process takes as long as a whole test."""

    def close(self) -> None:
        """Keep the processes for the next server."""


async def _start(engine_pool: EnginePool) -> None:
    await engine_pool.shared()


@cache
def engine_pool() -> SharedEnginePool:
    """The pool of this test run, with a running process."""
    made = SharedEnginePool()
    # In another thread, as this one may already run an event loop.
    starter = Thread(target=lambda: asyncio.run(_start(made)))
    starter.start()
    starter.join()
    atexit.register(EnginePool.close, made)
    return made


@contextmanager
def borrowed() -> Iterator[EngineProcess]:
    """The shared process, in the place of one that is started for a single block."""
    process = engine_pool().process
    assert process is not None
    yield process


def fresh_replica(document: Document = Document.PAD) -> Replica:
    """An empty replica."""
    with borrowed() as process:
        return Replica(document, process)


class _Asking:
    """An engine process that is asked for each edit at once."""

    asked_each = True

    def __init__(self, process: EngineProcess) -> None:
        self._process = process

    def __getattr__(self, name: str) -> object:
        return getattr(self._process, name)


def asking_replica(document: Document = Document.PAD) -> Replica:
    """An empty replica that asks the engine for each edit at once."""
    with borrowed() as process:
        return Replica(document, cast(EngineProcess, _Asking(process)))


def anybody(_: int) -> bool:
    return True


def applied(
    replica: Replica, update: bytes, holds: Holds = anybody, further: Container[str] = ()
) -> bytes | None:
    """The bytes of the change that an update from outside makes; None if it changes nothing."""
    change = replica.apply(decode(update, MAX_PARTS), holds, further)
    return None if change is None else change.data
