"""Cursors are shown with the text that they stand in, and to many not more often than is seen."""

from __future__ import annotations

import asyncio
from typing import Any

from arena_ext.protocol import frames
from arena_ext.protocol.frames import PresenceMessage, PresenceState, SyncMessage
from arena_ext.protocol.wire import Dialect
from arena_ext.rooms import cursors
from arena_ext.rooms.connection import Connection
from arena_ext.session.permissions import Role
from tests.support.forged import item
from tests.support.stage import Inbox, Stage, edit, settled

AT = {"type": None, "tname": "code", "item": None, "assoc": 0}
CURSOR = {"cursor": {"anchor": AT, "head": AT}}


class Bell(Inbox):
    """Rings at the second cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.rung = asyncio.Event()

    def send_frame(self, frame: bytes) -> None:
        super().send_frame(frame)
        if len(clocks(self)) == 2:
            self.rung.set()


def cursor(client: int, clock: int) -> bytes:
    return PresenceMessage([PresenceState(client, clock, CURSOR)]).encode()


def clocks(inbox: Inbox) -> list[int]:
    """The clocks of the cursors that a connection has got."""
    messages = [frames.decode(each) for each in inbox.frames]
    states = [each.states for each in messages if isinstance(each, PresenceMessage)]
    return [state.clock for each in states for state in each]


def test_a_cursor_comes_after_the_text_before_it(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        _, inbox = stage.connect(stage.ben)
        await settled()
        inbox.frames.clear()
        stage.room.receive_frame(ana, edit(item(5, 0, "x")))
        stage.room.receive_frame(ana, cursor(5, 1))
        assert inbox.frames == []
        await settled()
        kinds = [type(frames.decode(each)) for each in inbox.frames]
        assert kinds == [SyncMessage, PresenceMessage]
        # Without an edit before it, it is shown at once.
        stage.room.receive_frame(ana, cursor(5, 2))
        assert clocks(inbox) == [1, 2]

    run(scene())


def test_while_nothing_can_be_stored_cursors_are_shown(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        _, inbox = stage.connect(stage.ben)
        await settled()
        stage.room.storing(ok=False)
        stage.room.receive_frame(ana, edit(item(5, 0, "x")))
        stage.room.receive_frame(ana, cursor(5, 1))
        assert clocks(inbox) == [1]

    run(scene())


def test_many_see_the_latest_of_cursors_that_move_faster_than_a_screen(
    stage: Stage, run: Any
) -> None:
    async def scene() -> None:
        ana, own = stage.connect(stage.ana)
        inboxes = [stage.connect(stage.ben)[1] for _ in range(cursors._MANY)]
        last = Bell()
        stage.room.connect(Connection(last, Dialect.ARENA, stage.ben.id))
        await settled()
        for clock in range(1, 50):
            stage.room.receive_frame(ana, cursor(5, clock))
        assert clocks(last) == [1]
        async with asyncio.timeout(5):
            await last.rung.wait()
        await settled()
        assert clocks(last) == [1, 49]
        assert all(clocks(each) == [1, 49] for each in inboxes)
        assert clocks(own) == []

    run(scene())


def test_those_who_move_at_once_do_not_get_their_own_cursors(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, own = stage.connect(stage.ana)
        ben, others = stage.connect(stage.ben)
        await settled()
        stage.room.receive_frame(ana, edit(item(5, 0, "x")))
        stage.room.receive_frame(ana, cursor(5, 7))
        stage.room.receive_frame(ben, cursor(6, 8))
        await settled()
        assert (clocks(own), clocks(others)) == ([8], [7])

    run(scene())


def test_no_number_of_cursors_makes_a_frame_that_pages_refuse(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        oz = await stage.invited("Oz", Role.OBSERVER)
        observer, _ = stage.connect(oz)
        ana, _ = stage.connect(stage.ana)
        _, inbox = stage.connect(stage.ben)
        await settled()
        # An edit that is not stored yet: cursors wait for it.
        stage.room.receive_frame(ana, edit(item(5, 0, "x")))
        for client in range(1000, 1500):
            for state in (CURSOR, None):
                here = PresenceMessage([PresenceState(client, 1, state)])
                stage.room.receive_frame(observer, here.encode())
        assert len(stage.room._cursors._due) <= frames.MAX_PRESENCE_ENTRIES
        await settled()
        messages = [frames.decode(each) for each in inbox.frames]
        shown = [each.states for each in messages if isinstance(each, PresenceMessage)]
        assert max(map(len, shown)) <= frames.MAX_PRESENCE_ENTRIES
        assert {state.client for states in shown for state in states} == {*range(1000, 1500)}

    run(scene())
