"""All clients of a room, its log and its copy after a restart have the same text."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from arena_ext.crdt.updates import decode
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Document
from arena_ext.rooms.room import Room
from arena_ext.session.model import Edit
from arena_ext.session.permissions import Role
from tests.support.honest import Editor
from tests.support.replicas import fresh_replica
from tests.support.stage import Stage, Typist, edit, settled


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_everybody_converges(seed: int) -> None:
    chance = random.Random(seed)

    async def scene() -> None:
        stage = Stage(Limits())
        await stage.set_up()
        people = [stage.ana, stage.ben, await stage.invited("Cy", Role.CANDIDATE)]
        typists = [Typist(stage, each, 100 + index) for index, each in enumerate(people)]
        for _ in range(chance.randint(20, 120)):
            typist = chance.choice(typists)
            match chance.choice(["type", "type", "type", "read", "online", "offline", "settle"]):
                case "type":
                    typist.type(chance)
                case "read":
                    typist.read(chance.randint(1, 5))
                case "online":
                    typist.go_online()
                case "offline":
                    typist.go_offline()
                case "settle":
                    await settled()
        for _ in range(3):
            for typist in typists:
                typist.go_online()
                typist.read(10_000)
            await settled()
        text = stage.room.text()
        assert [typist.editor.text for typist in typists] == [text] * len(typists)
        assert await folded(stage) == text
        assert all(each.connection is not None for each in typists)  # no client was disconnected

    asyncio.run(scene())


async def folded(stage: Stage) -> str:
    """The text computed from the log only."""
    replica = fresh_replica()
    for entry in await stage.log.read(stage.room.session.id):
        if isinstance(entry.body, Edit) and entry.body.document is Document.PAD:
            replica.load(decode(entry.body.update))
    return replica.text()


def test_a_room_that_was_evicted_comes_back_as_it_was(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        stage.room.receive_frame(ana, edit(Editor(5).insert(0, "kept 😀")))
        stage.room.receive_event(ana, "language-change", {"language": "python"}, None)
        await settled()
        before = stage.room.as_json()
        stage.room.crash()
        fresh = await stage.rooms.get(stage.room.session.id)
        assert isinstance(fresh, Room)
        assert fresh is not stage.room
        assert fresh.as_json() == before
        assert fresh.session.present == {}

    run(scene())
