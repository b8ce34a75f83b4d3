"""REST as its callers see it."""

from __future__ import annotations

from collections.abc import Callable

from tests.server.conftest import ConnectArena, ConnectJson
from tests.server.people import Person


async def test_two_kinds_of_clients_and_rest_share_one_text(
    host: Person,
    guest: Callable[[str], Person],
    stranger: Person,
    connect_json: ConnectJson,
    connect_arena: ConnectArena,
) -> None:
    session = await host.session()
    _, ada = await stranger.join(session, "Ada", await host.invite(session))
    _, bob = await stranger.join(session, "Bob", await host.invite(session))
    bot = await connect_json(session, ada)
    await bot.join("Ada")
    editor = await connect_arena(session, bob)
    await editor.settled()
    await editor.insert(0, "print('漢字 😀')")
    await editor.settled()
    assert (await bot.expect("code-update"))["code"] == "print('漢字 😀')"
    assert await host.code(session) == "print('漢字 😀')"
