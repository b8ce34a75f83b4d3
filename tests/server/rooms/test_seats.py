"""A guest whose device has died goes on on another one, as the same participant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectArena, ConnectJson
from tests.support.clients import JsonClient
from tests.support.people import Answer, Person


class Scene:
    """A session with an interviewer's socket, and Ben, who came by a link for one person."""

    def __init__(self, host: Person, stranger: Person, boss: JsonClient, session: str) -> None:
        self._host, self._stranger, self.boss = host, stranger, boss
        self.session, self.here = session, f"sessions/{session}"
        self.secret = self.ben = self.token = ""

    async def begin(self, **options: Any) -> None:
        self.secret = await self._host.invite(self.session, **options)
        self.ben, self.token = await self._stranger.join(self.session, "Ben", self.secret)

    async def ask(self, name: str = "Ben", **more: Any) -> Answer:
        """Open the link on another device."""
        body = {"userName": name, "invite": self.secret, "seat": True, **more}
        return await self._stranger.fetch("POST", f"{self.here}/join", body)

    async def answer(self, guest: str, decision: str) -> int:
        path = f"{self.here}/users/{guest}/{decision}"
        return (await self._host.fetch("POST", path)).status


@pytest.fixture
def scene(
    host: Person,
    stranger: Person,
    connect_json: ConnectJson,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Scene:
    async def begin() -> Scene:
        session = await host.session()
        _, token = await host.join(session, "Host")
        boss = await connect_json(session, token)
        await boss.join()
        scene = Scene(host, stranger, boss, session)
        await scene.begin(maxUses=1)
        return scene

    return jp_asyncio_loop.run_until_complete(begin())


async def test_who_is_confirmed_goes_on_as_the_same_participant(
    scene: Scene, guest: Callable[[str], Person], connect_arena: ConnectArena, host: Person
) -> None:
    laptop = await connect_arena(scene.session, scene.token)
    await laptop.insert(0, "mine")
    asked = await scene.ask(" BEN ")
    assert (asked.status, set(asked.json)) == (202, {"token"})
    token = asked.json["token"]
    request = await scene.boss.expect("entry-requested")
    assert (request["username"], request["seat"]) == ("Ben", scene.ben)
    phone = await connect_arena(scene.session, token)
    await phone.expect("waiting")
    # Until then nothing changes for anybody.
    assert (await guest(token).fetch("GET", scene.here)).status == 404
    await laptop.insert(4, " own")

    assert await scene.answer(request["userId"], "admit") == 204
    await laptop.expect_close(Close.REPLACED)
    await phone.expect_close(Close.GOING_AWAY)
    again = await connect_arena(scene.session, token)
    assert (await again.expect("session-state"))["user"]["id"] == scene.ben
    await again.expect_text("mine own")
    await again.insert(8, "!")
    assert await host.code(scene.session) == "mine own!"
    assert (await guest(scene.token).fetch("GET", scene.here)).status == 404
    users = (await host.fetch("GET", f"{scene.here}/users")).json
    assert [each["name"] for each in users] == ["Host", "Ben"]
    (invite,) = (await host.fetch("GET", f"{scene.here}/invites")).json
    assert invite["usedBy"] == [{"id": scene.ben, "name": "Ben"}]


async def test_a_stranger_with_the_link_and_the_name_gets_nothing_alone(
    scene: Scene, guest: Callable[[str], Person], connect_arena: ConnectArena
) -> None:
    laptop = await connect_arena(scene.session, scene.token)
    await laptop.settled()
    token = (await scene.ask()).json["token"]
    request = await scene.boss.expect("entry-requested")
    eve = await connect_arena(scene.session, token)
    await eve.expect("waiting")
    await eve.send("language-change", {"language": "python"})
    assert (await eve.expect("error"))["code"] == "waiting"
    assert await scene.answer(request["userId"], "decline") == 204
    await eve.expect_close(Close.DECLINED)
    assert (await guest(token).fetch("GET", scene.here)).status == 404
    await laptop.insert(0, "still here")
    await laptop.settled()


@pytest.mark.parametrize("name", ["Eve", "Host", "Ben (2)"])
async def test_a_link_that_is_used_up_tells_no_names(scene: Scene, name: str) -> None:
    plain = await scene.ask(name, seat=False)
    other = await scene.ask(name)
    assert (other.status, other.text) == (plain.status, plain.text)
    assert other.status == 403


async def test_a_seat_that_does_not_exist_is_named(scene: Scene) -> None:
    await scene.begin()
    answer = await scene.ask("Eve")
    assert (answer.status, "nobody of this name" in answer.text) == (400, True)
    # By this link the second Ben is a person of his own.
    assert (await scene.ask(seat=False)).json["user"]["name"] == "Ben (3)"


async def test_the_removed_do_not_come_back_by_it(scene: Scene, host: Person) -> None:
    request_token = (await scene.ask()).json["token"]
    request = await scene.boss.expect("entry-requested")
    path = f"{scene.here}/users/{scene.ben}"
    assert (await host.fetch("DELETE", path, {"revokeInvite": False})).status == 204
    assert await scene.answer(request["userId"], "admit") == 404
    assert (await scene.ask()).status == 403
    headers = {"X-Arena-Token": request_token}
    assert (await host.fetch("GET", scene.here, headers=headers)).status == 404


async def test_an_interviewers_seat_is_nobodys_to_ask_for(scene: Scene, host: Person) -> None:
    path = f"{scene.here}/users/{scene.ben}"
    assert (await host.fetch("PATCH", path, {"role": "interviewer"})).status == 200
    assert (await scene.ask()).status == 403


async def test_a_seat_that_became_an_interviewers_is_not_given_away(
    scene: Scene, host: Person
) -> None:
    await scene.ask()
    request = await scene.boss.expect("entry-requested")
    path = f"{scene.here}/users/{scene.ben}"
    assert (await host.fetch("PATCH", path, {"role": "interviewer"})).status == 200
    assert await scene.answer(request["userId"], "admit") == 403
    assert await scene.answer(request["userId"], "decline") == 204


async def test_a_page_that_was_closed_meanwhile_asks_for_the_same_seat_again(
    scene: Scene, arena: ArenaApp, guest: Callable[[str], Person]
) -> None:
    token = (await scene.ask()).json["token"]
    user = (await scene.boss.expect("entry-requested"))["userId"]
    room = await arena.rooms.get(scene.session)
    assert room is not None
    room.waiting_room._grace[user].cancel()
    room.waiting_room._withdraw(user)
    await scene.boss.expect("entry-withdrawn")
    again = await guest(token).fetch("POST", f"{scene.here}/join", {"userName": "Ben"})
    assert again.status == 202
    request = await scene.boss.expect("entry-requested")
    assert (request["userId"], request["seat"]) == (user, scene.ben)


async def test_a_move_survives_a_restart(
    scene: Scene, arena: ArenaApp, guest: Callable[[str], Person]
) -> None:
    token = (await scene.ask()).json["token"]
    user = (await scene.boss.expect("entry-requested"))["userId"]
    assert await scene.answer(user, "admit") == 204
    room = await arena.rooms.get(scene.session)
    assert room is not None
    await room.journal.keep_checkpoint()
    room.crash()
    back = await guest(token).fetch("POST", f"{scene.here}/join", {"userName": "x"})
    assert back.json["user"]["id"] == scene.ben
