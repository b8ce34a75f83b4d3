"""A class in one room, and a class in rooms of two: everybody is in, and has everybody's text."""

from __future__ import annotations

import asyncio

from tests.server.conftest import ConnectArena
from tests.support.clients import ArenaClient
from tests.support.people import Person

PEOPLE = 30


async def _has(client: ArenaClient, length: int) -> None:
    await client.until(lambda: len(client.text) == length, "all characters")


async def _all_have_all(clients: list[ArenaClient], letters: str) -> None:
    """Everybody types a character at once; all end with the same text, which has each once."""
    await asyncio.gather(
        *(each.insert(0, letter) for each, letter in zip(clients, letters, strict=True))
    )
    await asyncio.gather(*(_has(each, len(letters)) for each in clients))
    assert {each.text for each in clients} == {clients[0].text}
    assert sorted(clients[0].text) == sorted(letters)


async def test_thirty_people_type_in_one_room(
    host: Person, stranger: Person, connect_arena: ConnectArena
) -> None:
    session = await host.session()
    secret = await host.invite(session)
    clients = []
    for number in range(PEOPLE):
        _, token = await stranger.join(session, f"Person {number}", secret)
        clients.append(await connect_arena(session, token))
    await asyncio.gather(*(each.settled() for each in clients))
    assert len((await host.fetch("GET", f"sessions/{session}/users")).json) == PEOPLE
    await _all_have_all(clients, "".join(map(chr, range(65, 65 + PEOPLE))))


async def test_thirty_rooms_of_two_do_not_mix(
    host: Person, stranger: Person, connect_arena: ConnectArena
) -> None:
    rooms = []
    for number in range(PEOPLE):
        session = await host.session()
        secret = await host.invite(session)
        joined = [await stranger.join(session, f"Person {at}", secret) for at in range(2)]
        clients = [await connect_arena(session, token) for _, token in joined]
        rooms.append((clients, f"{chr(65 + number)}{chr(97 + number)}"))
    await asyncio.gather(*(_all_have_all(*room) for room in rooms))
