"""Client ids: a person types on under their own, and one that somebody took costs them nothing."""

from __future__ import annotations

from typing import Any

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol import frames
from arena_ext.protocol.frames import PresenceMessage, PresenceState
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.wire import Close, Dialect
from arena_ext.rooms import checkpoint
from arena_ext.session.permissions import Role
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.clients import ArenaClient
from tests.support.forged import item
from tests.support.people import Person
from tests.support.stage import Stage, edit, settled


def here(client: int, clock: int = 1) -> bytes:
    """Presence under a client id."""
    return PresenceMessage([PresenceState(client, clock, {"cursor": None})]).encode()


def names(client: ArenaClient, shown: int) -> set[str]:
    """The names that a client has seen under a client id."""
    heard = [frames.decode(each) for each in client.frames]
    states = [state for each in heard if isinstance(each, PresenceMessage) for state in each.states]
    return {each.state["user"]["name"] for each in states if each.client == shown and each.state}


async def test_a_person_comes_back_and_types_on_although_somebody_showed_their_id(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    session = interview.session
    oz = await connect_arena(session, interview.observer_token)
    ada = await connect_arena(session, interview.candidate_token)
    await ada.settled()
    await ada.send_raw(here(ada.client_id))
    await oz.until(lambda: names(oz, ada.client_id) == {"Ada"})
    await ada.close()
    _, token = await host.join(session, "Mallory", await host.invite(session))
    mallory = await connect_arena(session, token)
    await mallory.settled()
    await mallory.send_raw(here(ada.client_id, 9))
    assert (await mallory.expect("error"))["client"] == ada.client_id
    await mallory.send_raw(edit(item(ada.client_id, 0, "I am Ada")))
    assert (await mallory.expect("error"))["code"] == "client-id-taken"
    again = await connect_arena(session, interview.candidate_token, doc=ada.doc)
    await again.settled()
    await again.send_raw(here(ada.client_id, 2))
    await again.insert(0, "still me")
    await again.settled()
    await oz.expect_text("still me")
    assert names(oz, ada.client_id) == {"Ada"}
    assert not again.closed
    assert not again.payloads("error")


async def test_a_person_whose_id_was_taken_is_told_to_take_a_new_one(
    host: Person, arena: ArenaApp, interview: Interview, connect_arena: ConnectArena
) -> None:
    session = interview.session
    _, token = await host.join(session, "Mallory", await host.invite(session))
    # The claims by presence are not in the log.
    room = await arena.rooms.get(session)
    assert room is not None
    room.crash()
    mallory = await connect_arena(session, token)
    await mallory.settled()
    await mallory.send_raw(here(77))
    await mallory.send_raw(edit(item(77, 0, "Mallory ")))
    ada = await connect_arena(session, interview.candidate_token)
    await ada.expect_text("Mallory ")
    await ada.settled()
    handled = ada.saved
    await ada.send_raw(edit(item(77, 0, "Ada was here ")))
    assert (await ada.expect("error"))["client"] == 77
    # The same under a new id, in the same connection.
    await ada.send_raw(edit(item(78, 0, "Ada was here ")))
    await ada.until(lambda: ada.saved == handled + 2)
    await mallory.until(lambda: "Ada was here " in mallory.text)
    assert not ada.closed


@pytest.mark.parametrize("dialect", ["arena.v1", "y.v1"])
async def test_a_standard_provider_that_repeats_presence_takes_nobodys_id(
    host: Person, interview: Interview, connect_arena: ConnectArena, dialect: str
) -> None:
    session = interview.session
    oz = await connect_arena(session, interview.observer_token)
    ada = await connect_arena(session, interview.candidate_token)
    _, token = await host.join(session, "Stock", await host.invite(session))
    stock = await connect_arena(session, token, dialect=dialect)
    for each in (oz, ada, stock):
        await each.until(lambda each=each: each.synced)  # type: ignore[misc]
    await ada.send_raw(here(5))
    await stock.until(lambda: names(stock, 5))
    await stock.send_raw(here(5, 2))
    if dialect == Dialect.YJS:
        await oz.send_raw(here(6))
        await stock.until(lambda: names(stock, 6))
        await stock.send_raw(here(6, 2))
    await stock.send_raw(edit(item(9, 0, "stock")))
    await ada.expect_text("stock")
    await ada.send_raw(edit(item(5, 0, "ada ")))
    await stock.until(lambda: "ada " in stock.text)
    assert names(oz, 5) | names(ada, 6) <= {"Ada", "Oz"}
    # A standard provider cannot take a new id.
    await stock.send_raw(edit(item(5, 4, "!", origin=(5, 3))))
    if dialect == Dialect.YJS:
        await stock.expect_close(Close.MALFORMED)
    else:
        assert (await stock.expect("error"))["code"] == "client-id-taken"


async def test_a_bots_cursor_is_its_own(
    interview: Interview, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    oz = await connect_json(interview.session, interview.observer_token)
    await oz.join()
    await oz.send("cursor-move", {"cursor": {"line": 1, "column": 0}})
    shown = await ada.until(lambda: [each for each in ada.frames if b"Oz" in each])
    message = frames.decode(shown[0])
    assert isinstance(message, PresenceMessage)
    (client,) = [each.client for each in message.states if each.state]
    # The observer's id may be claimed; the next move has another one.
    await ada.send_raw(edit(item(client, 0, "mine")))
    await ada.until(lambda: ada.saved > 0)
    await oz.send("cursor-move", {"cursor": {"line": 1, "column": 1}})
    await ada.until(lambda: b"Oz" in ada.frames[-1] and ada.frames[-1] != shown[0])
    moved = frames.decode(ada.frames[-1])
    assert isinstance(moved, PresenceMessage)
    assert all(each.client != client for each in moved.states if each.state)


# --- in a room without a network --------------------------------------------------------------


def test_an_id_stays_with_its_first_user_for_the_sessions_life(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        ben, inbox = stage.connect(stage.ben)
        stage.room.receive_frame(ana, here(5))
        gone = PresenceMessage([PresenceState(5, 2, None)])
        stage.room.receive_frame(ana, gone.encode())
        stage.room.disconnect(ana)
        stage.room.receive_frame(ben, edit(item(5, 0, "so was I")))
        await settled()
        assert [each["client"] for each in inbox.of("error")] == [5]
        assert stage.room.text() == ""
        # A checkpoint has the claim, too.
        again = await stage.rooms._new(stage.room.session.id)
        again.journal.restore(checkpoint.load(checkpoint.dump(stage.room._state.cut())))
        assert again._state.taken_by_another(stage.ben.id, 5)
        ana, _ = stage.connect(stage.ana)
        stage.room.receive_frame(ana, edit(item(5, 0, "Ana")))
        assert stage.room.text() == "Ana"

    run(scene())


def test_an_observer_claims_no_id(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        oz, oz_inbox = stage.connect(await stage.invited("Oz", Role.OBSERVER))
        ben, _ = stage.connect(stage.ben)
        _, inbox = stage.connect(stage.ana)
        stage.room.receive_frame(oz, here(5, 9))
        stage.room.receive_frame(ben, here(5))
        heard = [frames.decode(each) for each in inbox.frames]
        states = [s for each in heard if isinstance(each, PresenceMessage) for s in each.states]
        shown = [s.state and s.state["user"]["name"] for s in states]
        assert shown == ["Oz", None, "Ben"]
        inbox.frames.clear()
        stage.room.receive_frame(oz, here(5, 10))
        assert inbox.frames == []
        assert oz_inbox.of("error")[0]["client"] == 5

    run(scene())


def test_the_servers_own_id_is_nobodys(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ben, inbox = stage.connect(stage.ben)
        for replica in stage.room._state._replicas.values():
            inbox.events.clear()
            stage.room.receive_frame(ben, here(replica.client_id))
            stage.room.receive_frame(ben, edit(item(replica.client_id, 0, "x")))
            assert [each["client"] for each in inbox.of("error")] == [replica.client_id] * 2

    run(scene())


def test_edits_under_a_taken_id_without_end_end_the_connection(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        stage.room.receive_frame(ana, here(5))
        ben, _ = stage.connect(stage.ben)
        for _ in range(256):
            stage.room.receive_frame(ben, edit(item(5, 0)))
        with pytest.raises(Malformed):
            stage.room.receive_frame(ben, edit(item(5, 0)))

    run(scene())
