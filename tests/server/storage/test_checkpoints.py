"""Checkpoints: a room opened from a checkpoint equals the room opened from the whole log."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Document
from arena_ext.rooms import checkpoint
from arena_ext.rooms.registry import Rooms
from arena_ext.session.permissions import Role
from arena_ext.storage.log import Checkpoint, append
from tests.support.logs import entry, opened, soon
from tests.support.replicas import engine_pool
from tests.support.stage import Stage, Typist, settled


def test_a_checkpoint_takes_the_place_of_what_came_before(
    runner: asyncio.Runner, path: Path
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            futures = [append(log, "s", entry(seq)) for seq in range(1, 6)]
            log.checkpoint("s", Checkpoint(3, b"state"))
            for future in futures:
                await soon(future)
            log.checkpoint("s", Checkpoint(4, b"later"))
            await soon(append(log, "s", entry(6)))
            loaded = await log.load("s")
            assert loaded is not None
            assert loaded.checkpoint == Checkpoint(4, b"later")
            assert [each.seq for each in loaded.entries] == [5, 6]
            assert len(await log.read("s")) == 6

    runner.run(scene())


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_a_room_from_a_checkpoint_is_the_room_from_the_whole_log(seed: int) -> None:
    chance = random.Random(seed)

    async def scene() -> None:
        stage = Stage(Limits())
        await stage.set_up()
        people = [stage.ana, stage.ben, await stage.invited("Cy", Role.CANDIDATE)]
        typists = [Typist(stage, each, 100 + index) for index, each in enumerate(people)]
        for typist in typists:
            typist.go_online()
        for number in range(60):
            typist = chance.choice(typists)
            typist.type(chance)
            assert typist.connection is not None
            start = {"runId": f"r{number}", "language": "python", "code": "1"}
            stage.room.receive_event(typist.connection, "execute-code", start, f"e{number}")
            await settled()
            typist.read(10)
        room = stage.room
        fresh = await Rooms(stage.log, str, engine_pool(), Limits())._new(room.session.id)
        fresh.journal.restore(checkpoint.load(checkpoint.dump(room._state.cut())))
        whole = await Rooms(stage.log, str, engine_pool(), Limits())._new(room.session.id)
        whole.journal.replay(await stage.log.read(room.session.id))
        assert fresh.session == whole.session == room.session
        assert fresh.as_json() | {"url": ""} == whole.as_json() | {"url": ""}
        # The server has new client ids after each start; the ids of all clients are restored.
        assert fresh._state._holders == whole._state._holders
        assert fresh._state._events == whole._state._events
        pads = [each._state.replica(Document.PAD) for each in (fresh, whole)]
        assert pads[0]._known().clocks() == pads[1]._known().clocks()
        # The editors continue to type in it.
        for typist in typists:
            stage.room = fresh
            typist.connection = None
            typist.go_online()
            typist.read(100)
            typist.type(chance)
        await settled()

    asyncio.run(scene())


def test_a_checkpoint_of_another_version_is_passed_over(
    runner: asyncio.Runner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with opened(path) as log:
            rooms = Rooms(log, str, engine_pool(), Limits())
            room = await rooms.create(None, "kept", "python")
            with monkeypatch.context() as patch:
                patch.setattr(checkpoint, "_schema", lambda: "of old")
                await room.journal.keep_checkpoint()
            room.crash()
            await log.delete("none")  # waits until the checkpoint is stored
            loaded = await log.load(room.session.id)
            assert loaded is not None
            assert loaded.checkpoint is not None
            again = await rooms.get(room.session.id)
            assert again is not None
            assert (again.session.title, again.session.language) == ("kept", "python")

    runner.run(scene())
