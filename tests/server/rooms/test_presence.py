"""Presence in a room: the server sets name and colour, and nothing of presence is stored."""

from __future__ import annotations

from typing import Any

import pytest

from arena_ext.protocol import frames
from arena_ext.protocol.frames import PresenceMessage, PresenceState
from arena_ext.protocol.lib0 import Malformed
from arena_ext.rooms import checkpoint
from tests.support.forged import item
from tests.support.stage import Stage, edit

# --- edits --------------------------------------------------------------------------------


def test_a_client_id_is_taken_as_long_as_its_presence_is_shown(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        here = PresenceMessage([PresenceState(5, 1, {"cursor": None})])
        stage.room.receive_frame(ana, here.encode())
        with pytest.raises(Malformed):
            stage.room.receive_frame(ben, edit(item(5, 0, "I am Ana")))
        stage.room.receive_frame(ana, PresenceMessage([PresenceState(5, 2, None)]).encode())
        stage.room.receive_frame(ben, edit(item(5, 0, "so was I")))
        assert stage.room.text() == "so was I"
        # A client id belongs to its first writer, also when another participant shows presence.
        stage.room.disconnect(ben)
        stage.room.receive_frame(ana, here.encode())
        with pytest.raises(Malformed):
            stage.room.receive_frame(ana, edit(item(5, 8, "!", origin=(5, 7))))

    run(scene())


def test_what_is_said_of_a_cursor_can_be_read_by_all(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        _, inbox = stage.connect(stage.ben)
        at = {"tname": "code", "item": {"client": True, "clock": 3}}
        state = {"cursor": {"anchor": at, "head": at}}
        for client, clock in ((5, 2**53 - 1), (6, 2**31)):
            here = PresenceMessage([PresenceState(client, clock, state)])
            stage.room.receive_frame(ana, here.encode())
        stage.room.disconnect(ana)
        heard = [frames.decode(each) for each in inbox.frames]
        said = [each.states for each in heard if isinstance(each, PresenceMessage)]
        assert [(each.client, each.state is None) for (each,) in said] == [(6, False), (6, True)]
        ((shown,), _) = said
        assert shown.state["cursor"] is None

    run(scene())


def test_of_presence_nothing_is_kept(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ben, _ = stage.connect(stage.ben)
        await stage.room.journal.keep_checkpoint()
        before = checkpoint.dump(stage.room._state.cut())
        for client in range(100, 300):
            for state in ({"cursor": None}, None):
                here = PresenceMessage([PresenceState(client, 1, state)])
                stage.room.receive_frame(ben, here.encode())
        stage.room.receive_frame(ben, PresenceMessage([PresenceState(5, 1, {})]).encode())
        stage.room.disconnect(ben)
        stage.connect(stage.ben)
        assert len(checkpoint.dump(stage.room._state.cut())) < len(before) + 50
        assert stage.room._state._shown == {}

    run(scene())


# --- presence -----------------------------------------------------------------------------


def test_presence_has_the_servers_name_and_colour(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        _, inbox = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        forged = {"user": {"name": "Ana", "color": "red;}"}, "cursor": {"anchor": 1}, "x": "y"}
        stage.room.receive_frame(ben, PresenceMessage([PresenceState(6, 1, forged)]).encode())
        message = frames.decode(inbox.frames[-1])
        assert isinstance(message, PresenceMessage)
        (state,) = message.states
        assert set(state.state) == {"user", "cursor"}
        assert state.state["cursor"] is None
        assert state.state["user"]["name"] == "Ben"
        assert state.state["user"]["color"] == stage.ben.color

    run(scene())


def test_nobody_moves_or_removes_the_cursor_of_another(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, inbox = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        stage.room.receive_frame(ana, PresenceMessage([PresenceState(5, 1, {})]).encode())
        inbox.frames.clear()
        for state in (None, {"cursor": None}):
            echo = PresenceMessage([PresenceState(5, 9, state)])
            stage.room.receive_frame(ben, echo.encode())
        assert inbox.frames == []

    run(scene())


def test_a_cursor_goes_when_its_connection_goes(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        _, inbox = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        stage.room.receive_frame(ben, PresenceMessage([PresenceState(6, 1, {})]).encode())
        stage.room.disconnect(ben)
        message = frames.decode(inbox.frames[-1])
        assert message == PresenceMessage((PresenceState(6, 2, None),))

    run(scene())
