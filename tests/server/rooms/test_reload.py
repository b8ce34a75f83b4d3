"""A page that reloads or is offline for a moment: its participant neither leaves nor joins."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from arena_ext.protocol import frames
from arena_ext.protocol.frames import PresenceMessage
from arena_ext.protocol.wire import Dialect
from arena_ext.session.model import Event
from tests.support.stage import Inbox, Stage, settled

pytestmark = pytest.mark.limits(reload_grace=0.02)
START = {"runId": "r1", "language": "python", "code": "1"}


async def grace_is_over(stage: Stage) -> None:
    """Wait until the timers that run now have fired: a later timer fires after them."""
    over = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(2 * stage.limits.reload_grace, over.set_result, None)
    await over
    await settled()


async def moves(stage: Stage) -> list[str]:
    """The arrivals and departures in the log since the people of the stage were invited."""
    entries = await stage.log.read(stage.room.session.id)
    types = [each.body.type for each in entries if isinstance(each.body, Event)]
    return [each.removeprefix("participant-") for each in types if each.startswith("participant-")][
        2:
    ]


def cursors(inbox: Inbox) -> list[bool]:
    """Whether a cursor was shown, for each change of one."""
    messages = [frames.decode(each) for each in inbox.frames]
    presence = [each for each in messages if isinstance(each, PresenceMessage)]
    return [state.state is not None for each in presence for state in each.states]


def test_a_reload_is_no_departure_and_no_arrival(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        _, seen = stage.connect(stage.ana)
        for _ in range(3):
            page, _ = stage.connect(stage.ben)
            stage.room.disconnect(page)
        stage.connect(stage.ben)
        await grace_is_over(stage)
        assert stage.ben.id in stage.room.session.present
        assert seen.of("participant-left") == seen.of("participant-joined") == []
        assert await moves(stage) == []

    run(scene())


def test_the_cursor_of_a_page_that_reloads_goes_at_once(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        _, seen = stage.connect(stage.ana)
        page, _ = stage.connect(stage.ben, Dialect.JSON)
        stage.room.receive_event(page, "cursor-move", {"cursor": {"line": 0, "column": 0}}, None)
        stage.room.disconnect(page)
        assert cursors(seen) == [True, False]
        assert stage.ben.id in stage.room.session.present

    run(scene())


def test_a_participant_who_stays_away_leaves(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        _, seen = stage.connect(stage.ana)
        page, _ = stage.connect(stage.ben)
        stage.room.disconnect(page)
        await grace_is_over(stage)
        assert seen.of("participant-left") == [{"userId": stage.ben.id}]
        stage.connect(stage.ben)
        assert await moves(stage) == ["left", "joined"]

    run(scene())


def test_a_participant_who_closes_the_session_leaves_at_once(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        page, _ = stage.connect(stage.ben)
        stage.room.disconnect(page, left=True)
        assert stage.ben.id not in stage.room.session.present

    run(scene())


def test_a_second_tab_keeps_its_person_on_the_roster(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        one, _ = stage.connect(stage.ben)
        two, _ = stage.connect(stage.ben)
        stage.room.disconnect(one)
        await grace_is_over(stage)
        assert stage.ben.id in stage.room.session.present
        stage.room.disconnect(two)
        await grace_is_over(stage)
        assert stage.ben.id not in stage.room.session.present

    run(scene())


def test_a_reload_during_a_run_loses_the_run_at_once(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        page, _ = stage.connect(stage.ben)
        stage.room.receive_event(page, "execute-code", START, None)
        stage.room.disconnect(page)
        stage.connect(stage.ben)
        assert stage.room.session.runs["r1"].status == "lost"
        assert await moves(stage) == ["left", "joined"]

    run(scene())


def test_a_reload_after_a_run_is_no_departure(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        page, _ = stage.connect(stage.ben)
        stage.room.receive_event(page, "execute-code", START, None)
        end = {"runId": "r1", "error": None, "status": "ok", "output": "", "durationMs": 1}
        stage.room.receive_event(page, "execution-result", end, None)
        stage.room.disconnect(page)
        stage.connect(stage.ben)
        assert stage.room.session.runs["r1"].status == "ok"
        assert await moves(stage) == []

    run(scene())


def test_a_room_that_was_given_up_records_no_departure(stage: Stage, run: Any) -> None:
    """The next room of the session records it, because the log takes each number once."""

    async def scene() -> None:
        stage.connect(stage.ana)
        page, _ = stage.connect(stage.ben)
        stage.room.disconnect(page)
        stage.room.crash()
        await grace_is_over(stage)
        assert await moves(stage) == []

    run(scene())


@pytest.mark.limits(reload_grace=0.02, evict_after=0)
def test_a_room_that_left_memory_records_no_departure(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        page, _ = stage.connect(stage.ben)
        stage.room.disconnect(page)
        await settled()
        stage.rooms.evict()
        assert stage.room.closed
        await grace_is_over(stage)
        assert await moves(stage) == []

    run(scene())
