"""The queue of the waiting room: places, guests who leave, and guests who come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Close
from arena_ext.rooms.credentials import Credentials
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.clients import ArenaClient
from tests.support.logs import until
from tests.support.people import Person
from tests.support.rights import ask, change_role


async def open_waiting_room(host: Person, session: str) -> None:
    """Let guests of a session wait for admission from now on."""
    assert (await host.fetch("PATCH", f"sessions/{session}", {"askToEnter": True})).status == 200


async def run_out(arena: ArenaApp, session: str, *users: str) -> None:
    """Let the time run out that these guests have to open a socket."""
    room = await arena.rooms.get(session)
    assert room is not None
    await until(lambda: set(users) <= set(room.waiting_room._grace))
    for each in users:
        room.waiting_room._grace[each].cancel()
        room.waiting_room._withdraw(each)


@pytest.mark.limits(sockets_per_room=2)
async def test_strangers_who_wait_take_no_place_of_the_people_inside(
    host: Person, stranger: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    session = interview.session
    await open_waiting_room(host, session)
    for number in range(4):
        _, token = await ask(host, stranger, session, f"Eve {number}")
        tabs = [await connect_arena(session, token) for _ in range(3)]
        await tabs[-1].expect("waiting")
        for each in tabs[:-1]:
            await each.expect_close(Close.REPLACED)
    for token in (interview.candidate_token, interview.observer_token):
        await (await connect_arena(session, token)).settled()


@pytest.mark.limits(sockets_per_room=1)
async def test_a_guest_who_is_admitted_into_a_full_room_is_told_to_come_again(
    host: Person, stranger: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    session = interview.session
    await open_waiting_room(host, session)
    inside = await connect_arena(session, interview.candidate_token)
    await inside.settled()
    user, token = await ask(host, stranger, session, "Will")
    will = await connect_arena(session, token)
    await will.expect("waiting")
    assert (await host.fetch("POST", f"sessions/{session}/users/{user}/admit")).status == 204
    await will.expect_close(Close.FLOOD)
    await inside.close()
    await (await connect_arena(session, token)).settled()


@pytest.mark.limits(waiting_grace=0.1)
async def test_a_guest_who_never_opens_a_socket_leaves_the_list(
    host: Person, stranger: Person, connect_json: ConnectJson
) -> None:
    session = await host.session()
    await open_waiting_room(host, session)
    _, host_token = await host.join(session, "Host")
    boss = await connect_json(session, host_token)
    await boss.join()
    body = {"userName": "Will", "invite": await host.invite(session)}
    assert (await stranger.fetch("POST", f"sessions/{session}/join", body)).status == 202
    will = (await boss.expect("entry-requested"))["userId"]
    assert await boss.expect("entry-withdrawn") == {"userId": will}


@pytest.mark.parametrize("socket", [False, True])
async def test_a_guest_who_is_gone_leaves_the_list_and_may_ask_again(
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    arena: ArenaApp,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
    socket: bool,
) -> None:
    session = interview.session
    await open_waiting_room(host, session)
    _, host_token = await host.join(session, "Host")
    boss = await connect_json(session, host_token)
    await boss.join()
    user, token = await ask(host, stranger, session, "Will")
    if socket:
        before = await connect_arena(session, token)
        await before.expect("waiting")
        await before.close()
    await run_out(arena, session, user)
    assert (await boss.expect("entry-withdrawn")) == {"userId": user}
    answer = await host.fetch("POST", f"sessions/{session}/users/{user}/admit")
    assert answer.status == 404  # nobody stands there any more
    invites = (await host.fetch("GET", f"sessions/{session}/invites")).json
    assert invites[-1]["usedBy"] == []

    # The same page asks again by its token, hours later: by its socket, or by REST.
    assert (await boss.expect("entry-requested"))["userId"] == user
    will: ArenaClient | None = None
    if socket:
        will = await connect_arena(session, token)
        await will.expect("waiting")
    else:
        asked = await guest(token).fetch("POST", f"sessions/{session}/join", {"userName": "Will"})
        assert (asked.status, asked.json) == (202, {"token": token})
    again = await boss.expect("entry-requested")
    assert (again["userId"], again["username"]) == (user, "Will")
    assert (await host.fetch("POST", f"sessions/{session}/users/{user}/admit")).status == 204
    if will is not None:
        assert (await will.expect("session-state"))["user"]["id"] == user


async def test_a_guest_who_reloads_stays_in_the_queue(
    host: Person, stranger: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    session = interview.session
    await open_waiting_room(host, session)
    user, token = await ask(host, stranger, session, "Will")
    for _ in range(3):
        will = await connect_json(session, token)
        await will.send("join-session", {"username": "Will"})
        await will.expect("waiting")
        await will.close()
    await change_role(host, session, interview.candidate_id, "interviewer")
    ada = await connect_json(session, interview.candidate_token)
    assert [each["id"] for each in (await ada.join())["waiting"]] == [user]


@pytest.mark.limits(max_waiting=1)
async def test_a_full_queue_says_so_and_is_free_again_when_its_guests_are_gone(
    host: Person, stranger: Person, arena: ArenaApp, connect_arena: ConnectArena
) -> None:
    session = await host.session()
    await open_waiting_room(host, session)
    first, first_token = await ask(host, stranger, session, "Eve")
    eve = await connect_arena(session, first_token)
    await eve.expect("waiting")
    body = {"userName": "Will", "invite": await host.invite(session)}
    answer = await stranger.fetch("POST", f"sessions/{session}/join", body)
    full = "too many people wait to be let in; try again in a minute"
    assert (answer.status, answer.json) == (429, {"error": full})
    await eve.close()
    await run_out(arena, session, first)
    answer = await stranger.fetch("POST", f"sessions/{session}/join", body)
    assert answer.status == 202
    will = await connect_arena(session, answer.json["token"])
    await will.expect("waiting")
    # Now the first guest comes back to a full queue: a client of ours tries again later.
    await (await connect_arena(session, first_token)).expect_close(Close.FLOOD)


async def test_a_guest_who_left_the_queue_does_not_come_back_by_a_dead_link(
    host: Person,
    stranger: Person,
    arena: ArenaApp,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    _, host_token = await host.join(session, "Host")
    boss = await connect_json(session, host_token)
    await boss.join()
    await open_waiting_room(host, session)
    single = await host.invite(session, maxUses=1)
    other = await host.invite(session)
    tokens = {}
    for secret in (single, other):
        asked = await stranger.fetch("POST", f"{here}/join", {"userName": "Eve", "invite": secret})
        tokens[secret] = asked.json["token"]
        await run_out(arena, session, (await boss.expect("entry-requested"))["userId"])
    # The use of the link for one is free again: somebody else takes it.
    body = {"userName": "Will", "invite": single}
    assert (await stranger.fetch("POST", f"{here}/join", body)).status == 202
    will = (await boss.expect("entry-requested"))["userId"]
    assert (await host.fetch("POST", f"{here}/users/{will}/admit")).status == 204
    await (await connect_arena(session, tokens[single])).expect_close(Close.REFUSED)
    invites = (await host.fetch("GET", f"{here}/invites")).json
    assert (await host.fetch("DELETE", f"{here}/invites/{invites[1]['id']}")).status == 204
    await (await connect_arena(session, tokens[other])).expect_close(Close.REFUSED)
    assert (await host.fetch("GET", here)).status == 200


async def test_a_guest_who_comes_back_after_the_waiting_room_was_closed_comes_in(
    host: Person, stranger: Person, arena: ArenaApp, connect_arena: ConnectArena
) -> None:
    session = await host.session()
    await open_waiting_room(host, session)
    user, token = await ask(host, stranger, session, "Will")
    await run_out(arena, session, user)
    await host.fetch("PATCH", f"sessions/{session}", {"askToEnter": False})
    will = await connect_arena(session, token)
    assert (await will.expect("session-state"))["user"]["id"] == user


async def test_guests_who_do_not_come_back_after_a_restart_leave_the_queue(
    host: Person,
    stranger: Person,
    arena: ArenaApp,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    session = await host.session()
    await open_waiting_room(host, session)
    user, token = await ask(host, stranger, session, "Eve")
    eve = await connect_arena(session, token)
    await eve.expect("waiting")
    room = await arena.rooms.get(session)
    assert room is not None
    room.crash()
    await eve.expect_close(Close.GOING_AWAY)
    _, host_token = await host.join(session, "Host")
    boss = await connect_json(session, host_token)
    assert [each["id"] for each in (await boss.join())["waiting"]] == [user]
    await run_out(arena, session, user)
    assert (await boss.expect("entry-withdrawn")) == {"userId": user}


@pytest.mark.parametrize("checkpoint", [False, True])
async def test_a_guest_who_left_the_queue_may_ask_again_after_a_restart(
    host: Person,
    stranger: Person,
    arena: ArenaApp,
    connect_arena: ConnectArena,
    checkpoint: bool,
) -> None:
    session = await host.session()
    await open_waiting_room(host, session)
    user, token = await ask(host, stranger, session, "Will")
    await run_out(arena, session, user)
    room = await arena.rooms.get(session)
    assert room is not None
    if checkpoint:
        room.journal.keep_checkpoint()
    # Stored after the checkpoint, which is in the file then.
    await host.fetch("PATCH", f"sessions/{session}", {"title": "Later"})
    room.crash()
    will = await connect_arena(session, token)
    await will.expect("waiting")
    assert (await host.fetch("POST", f"sessions/{session}/users/{user}/admit")).status == 204
    assert (await will.expect("session-state"))["user"]["name"] == "Will"


async def test_a_room_that_is_given_up_writes_nothing_more(
    host: Person, stranger: Person, arena: ArenaApp
) -> None:
    session = await host.session()
    await stranger.join(session, "Ada", await host.invite(session))
    await open_waiting_room(host, session)
    await ask(host, stranger, session, "Eve")
    room = await arena.rooms.get(session)
    assert room is not None
    timers = [*room.roster._grace.values(), *room.waiting_room._grace.values()]
    assert len(timers) == 2
    room.crash()
    # An entry of theirs would have a number that the next room gives to another entry.
    assert all(each.cancelled() for each in timers)


async def test_the_oldest_of_very_many_who_left_the_queue_is_forgotten(
    host: Person, stranger: Person, arena: ArenaApp, connect_arena: ConnectArena
) -> None:
    session = await host.session()
    await open_waiting_room(host, session)
    secret = await host.invite(session)
    tokens = []
    room = await arena.rooms.get(session)
    assert room is not None
    for number in range(102):
        body = {"userName": f"Eve {number}", "invite": secret}
        _, participant, token = await arena.services.admission.join(
            session, body["userName"], Credentials(), secret
        )
        tokens.append(token)
        room.waiting_room._withdraw(participant.id)
    assert (len(room.session.withdrawn), len(room.session.tokens)) == (100, 100)
    await (await connect_arena(session, tokens[1])).expect_close(Close.REFUSED)
    await (await connect_arena(session, tokens[2])).expect("waiting")
