"""Text and cursors for JSON clients; the engine's work does not grow with their number."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import pytest

from arena_ext.crdt.engine_protocol import Op
from arena_ext.protocol.frames import PresenceMessage, PresenceState
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Dialect, Document
from arena_ext.rooms.presence import position
from arena_ext.session.permissions import Role
from tests.support.forged import item
from tests.support.stage import Inbox, Stage, edit, settled

#: Unless a test sets other limits, each change is sent at once.
pytestmark = pytest.mark.limits(code_update_interval=0.0, code_update_pause=0.0)


@pytest.fixture
def asked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Counter[Op]:
    """The number of the pad's requests to the engine, by operation."""
    pad, count = stage.room._state.replica(Document.PAD), Counter[Op]()
    ask = pad._ask

    def note(op: Op, *args: Any, **more: Any) -> bytes:
        count[op] += 1
        return ask(op, *args, **more)

    monkeypatch.setattr(pad, "_ask", note)
    return count


def cursor(client: int, clock: int, unit: tuple[int, int] | None) -> bytes:
    at = position("code", unit)
    state = {"cursor": {"anchor": at, "head": at}}
    return PresenceMessage([PresenceState(client, clock, state)]).encode()


async def bots(stage: Stage, count: int) -> list[Inbox]:
    oz = await stage.invited("Oz", Role.OBSERVER)
    return [stage.connect(oz, Dialect.JSON)[1] for _ in range(count)]


async def told() -> None:
    """Wait until all updates that are due have been sent."""
    await settled()
    await asyncio.sleep(0)
    await settled()


def test_text_and_events_become_json_once_for_all(stage: Stage, loop: Any) -> None:
    async def scene() -> None:
        inboxes = await bots(stage, 5)
        ben, _ = stage.connect(stage.ben)
        stage.room.receive_frame(ben, edit(item(5, 0, "text")))
        stage.room.receive_event(ben, "language-change", {"language": "python"}, None)
        await told()
        for inbox in inboxes:
            assert inbox.of("code-update") == [{"userId": stage.ben.id, "code": "text"}]
            assert len(inbox.of("language-updated")) == 1
        told_all = [
            [text for text in inbox.texts if b'"session-state"' not in text] for inbox in inboxes
        ]
        for texts in zip(*(mine[-4:] for mine in told_all), strict=True):
            assert len({id(text) for text in texts}) == 1

    loop.run_until_complete(scene())


def test_all_cursors_cost_one_look_and_those_that_stay_none(
    stage: Stage, loop: Any, asked: Counter[Op]
) -> None:
    async def scene() -> None:
        (bot,) = await bots(stage, 1)
        people = [await stage.invited(f"P{n}", Role.CANDIDATE) for n in range(6)]
        sockets = [stage.connect(each)[0] for each in people]
        stage.room.receive_frame(sockets[0], edit(item(5, 0, "one\ntwo 😀 three")))
        await told()
        asked.clear()
        for number, each in enumerate(sockets):
            stage.room.receive_frame(each, cursor(100 + number, 1, (5, 2 * number)))
        await told()
        assert asked == {Op.PREVIEW: 1}
        places = {each["userId"]: each["cursor"] for each in bot.of("cursor-update")}
        assert places == {
            person.id: {"line": 1 + (2 * n > 3), "column": 2 * n - 4 * (2 * n > 3)}
            for n, person in enumerate(people)
        }
        asked.clear()
        stage.room.receive_frame(sockets[1], cursor(101, 2, (5, 2)))
        await told()
        assert asked == {}, "it is where it was"
        stage.room.receive_frame(sockets[1], cursor(101, 3, (5, 5)))
        await told()
        assert asked == {Op.PREVIEW: 1}
        assert bot.of("cursor-update")[-1]["cursor"] == {"line": 2, "column": 1}
        # A change of the text can move every cursor; only the moved ones are sent.
        before = len(bot.of("cursor-update"))
        stage.room.receive_frame(sockets[0], edit(item(6, 0, "\n", origin=(5, 3), right=(5, 4))))
        asked.clear()
        await told()
        assert asked == {Op.TEXT: 1, Op.PREVIEW: 1}
        moved = {each["userId"] for each in bot.of("cursor-update")[before:]}
        assert moved == {people[n].id for n in range(1, 6)}

    loop.run_until_complete(scene())


@pytest.mark.limits
def test_where_telling_takes_long_there_is_a_longer_pause(
    stage: Stage, limits: Limits, loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        (bot,) = await bots(stage, 1)
        ben, _ = stage.connect(stage.ben)
        view = stage.room._broadcast._text_view
        pauses = []
        for number, takes in enumerate((0.0, 0.05)):
            monkeypatch.setattr(view, "_tell_cursors", lambda *_, takes=takes: time.sleep(takes))
            began = asyncio.get_running_loop().time()
            view._next = 0.0
            behind = (5, number - 1) if number else None
            stage.room.receive_frame(ben, edit(item(5, number, "x", origin=behind)))
            await told()
            assert bot.of("code-update")[-1]["code"] == "x" * (number + 1)
            pauses.append(view._next - began)
        assert pauses[0] >= limits.code_update_interval > 0
        assert pauses[1] >= limits.code_update_pause * 0.05 > 0

    loop.run_until_complete(scene())
