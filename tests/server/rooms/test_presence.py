"""Presence in a room: the server sets name and colour, and nothing of presence is stored."""

from __future__ import annotations

from typing import Any

from arena_ext.protocol import frames
from arena_ext.protocol.frames import PresenceMessage, PresenceState
from arena_ext.protocol.limits import MAX_CLIENTS_EACH
from arena_ext.rooms import checkpoint
from tests.support.forged import item
from tests.support.stage import Stage, edit, settled


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


def test_of_presence_nothing_but_a_bounded_number_of_ids_is_kept(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ben, inbox = stage.connect(stage.ben)
        _, others = stage.connect(stage.ana)

        def show(client: int) -> bool:
            others.frames.clear()
            for state in ({"cursor": None}, None):
                here = PresenceMessage([PresenceState(client, 1, state)])
                stage.room.receive_frame(ben, here.encode())
            return bool(others.frames)

        for client in range(100, 100 + MAX_CLIENTS_EACH):
            assert show(client)
        before = checkpoint.dump(stage.room._state.cut())
        # One too many is neither shown nor kept, and no reason to close.
        for client in range(1000, 1300):
            assert not show(client)
        assert len(checkpoint.dump(stage.room._state.cut())) == len(before)
        assert (inbox.closed, inbox.of("error")) == (None, [])
        assert show(100)
        # Edits have a limit of their own.
        stage.room.receive_frame(ben, edit(item(1000, 0, "typed")))
        assert stage.room.text() == "typed"

    run(scene())


def test_a_cursor_in_a_text_that_is_not_there_is_not_relayed(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        _, inbox = stage.connect(stage.ben)
        stage.room.receive_event(ana, "file-add", {"name": "more.py"}, None)
        await settled()
        ((_, more),) = [(each.name, each.root) for each in stage.room.session.files[1:]]
        shown = []
        for clock, root in enumerate(["code", more, "code/999", "codex", "notes", "", None, 7]):
            at = {"type": None, "tname": root, "item": None, "assoc": 0}
            state = {"cursor": {"anchor": at, "head": at}}
            here = PresenceMessage([PresenceState(5, clock, state)])
            stage.room.receive_frame(ana, here.encode())
            heard = frames.decode(inbox.frames[-1])
            assert isinstance(heard, PresenceMessage)
            cursor = heard.states[0].state["cursor"]
            shown.append(cursor and cursor["head"]["tname"])
        assert shown == ["code", more, None, None, None, None, "code", None]

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
