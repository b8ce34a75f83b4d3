"""The log of a busy server: a line for each request and each step of a session, and no content."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import servers
from tests.support.clients import ArenaClient, JsonClient
from tests.support.people import Person

pytestmark = pytest.mark.timeout(120)


@dataclass
class Busy:
    """What was done on a server, and all that its log must not contain."""

    secrets: list[str] = field(default_factory=list)
    session: str = ""
    ada: str = ""
    dropped: str = ""

    def secret(self, text: str) -> str:
        self.secrets.append(text)
        return text


async def be_busy(server: servers.Server) -> Busy:
    """An interview with every kind of text, over REST and both kinds of socket."""
    busy = Busy(secrets=[server.token])
    host = Person(server.url, {"Authorization": f"token {server.token}"})
    stranger = Person(server.url)
    title, question = busy.secret("Title-4711"), busy.secret("Question-4711")
    session = busy.session = await host.session(title=title, question=question)
    here = f"sessions/{session}"
    socket = f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"

    label = busy.secret("Label-4711")
    invite = busy.secret(await host.invite(session, "candidate", label=label))
    identity, token = await stranger.join(session, busy.secret("Name-4711"), invite)
    busy.ada = identity
    guest = Person(server.url, {"X-Arena-Token": busy.secret(token)})
    ada = await ArenaClient.open(socket, token)
    await ada.settled()
    await ada.insert(0, busy.secret("typed_4711()"))
    await ada.send("file-add", {"name": busy.secret("file4711.py")})
    program = busy.secret("program_4711()")
    await ada.send("execute-code", {"runId": "r", "language": "python", "code": program})
    output = [{"stream": "stdout", "data": busy.secret("output_4711")}]
    await ada.send("execution-output", {"runId": "r", "chunks": output})
    await ada.settled()
    bot_name = busy.secret("Bot-4711")
    _, bot_token = await stranger.join(session, bot_name, await host.invite(session, "observer"))
    bot = await JsonClient.open(socket, busy.secret(bot_token))
    await bot.join(bot_name)

    await guest.fetch("PUT", f"{here}/code", {"code": busy.secret("code_4711()")})
    await guest.fetch("POST", f"{here}/execute", {"output": busy.secret("relayed_4711")})
    # Calls that fail, with a secret in each place of a request.
    forged = busy.secret("forged-4711-forged-4711")
    await stranger.fetch("POST", f"{here}/join", {"userName": "x", "invite": forged})
    await Person(server.url, {"X-Arena-Token": forged}).fetch("GET", here)
    await stranger.fetch("GET", f"{here}?secret={forged}", None, {"Referer": f"http://x/#{forged}"})
    await stranger.fetch("GET", f"/nowhere?anything={forged}")
    await stranger.fetch("GET", f"/login?token={forged}")
    await stranger.fetch("POST", f"{here}/join", b"{" + forged.encode())
    refused = await JsonClient.open(socket, forged)
    await refused.until(lambda: refused.closed)
    await ada.send_raw(busy.secret("not a frame 4711").encode())
    await ada.until(lambda: ada.closed)
    await guest.fetch("POST", f"{here}/leave", {"userId": identity})
    await host.fetch("PATCH", here, {"ended": True})
    await host.fetch("GET", f"{here}/recording")
    dropped = busy.dropped = await host.session()
    await host.fetch("DELETE", f"sessions/{dropped}")
    for each in (ada, bot, refused):
        await each.close()
    return busy


@pytest.mark.parametrize("flags", [(), ("--debug",), ("--json-logs",)], ids=str)
async def test_nothing_that_was_typed_named_or_secret_is_in_the_log(
    tmp_path: Path, flags: tuple[str, ...]
) -> None:
    with servers.arena(tmp_path, *flags) as server:
        # Before the first call, Jupyter logs its own address with the token, and its settings.
        started = server.log.stat().st_size
        busy = await be_busy(server)
        servers.stop(server.process)
    log = server.log.read_bytes()[started:].decode()
    assert log.count(busy.session) > 10, "this is the log that would tell"
    assert len(busy.secrets) > 15
    assert [each for each in busy.secrets if each in log] == []
    assert "4711" not in log


async def test_json_lines_tell_the_life_of_a_session(tmp_path: Path) -> None:
    with servers.arena(tmp_path, "--json-logs") as server:
        busy = await be_busy(server)
        servers.stop(server.process)
    lines: list[dict[str, Any]] = list(map(json.loads, server.log.read_text().splitlines()))
    for line in lines:
        assert {"time", "level", "logger", "message"} <= set(line)
        assert datetime.fromisoformat(line["time"]).tzinfo is not None

    def told(message: str, **facts: object) -> list[dict[str, Any]]:
        alike = [each for each in lines if each["message"] == message]
        return [each for each in alike if facts.items() <= each.items()]

    session, ada = busy.session, busy.ada
    assert len(told("created")) == 2
    assert told("created", session=session)
    assert told("joined", session=session, participant=ada, role="candidate")
    assert told("left", session=session, participant=ada)
    assert told("ended", session=session)
    assert told("deleted", session=busy.dropped)
    assert told("closed", session=session, code="refused")
    assert told("closed", session=session, code="malformed")
    join = f"/arena/api/sessions/{session}/join"
    assert told("request", method="POST", path=join, status=200, level="info")
    assert told("request", method="POST", path=join, status=403, code="refused", level="warning")
    assert told("request", path=f"/arena/api/sessions/{session}", status=404, code="unknown")
    assert told("request", path="/nowhere")
    assert all(each["ms"] >= 0 and each["ip"] == "127.0.0.1" for each in told("request"))


async def test_readable_lines_have_a_time_and_the_same_facts(tmp_path: Path) -> None:
    with servers.arena(tmp_path) as server:
        session = server.session()
        hostile = "/arena/join/%1b[2J%0d%0aforged"
        await Person(server.url).fetch("GET", hostile)
        await Person(server.url).fetch("GET", "/" + "x" * 5000)
        servers.stop(server.process)
    log = server.log.read_text()
    (created,) = [line for line in log.splitlines() if f"created session={session}" in line]
    assert created.startswith("[I 20")
    (request,) = [
        each for each in log.splitlines() if "path=/arena/api/sessions status=201" in each
    ]
    assert request.startswith("[I 20")
    assert "\x1b" not in log
    assert max(map(len, log.splitlines())) < 500


async def test_what_supervisors_and_pages_ask_all_the_time_is_logged_only_if_asked_for(
    tmp_path: Path,
) -> None:
    with servers.arena(tmp_path) as server:
        for _ in range(3):
            await Person(server.url).fetch("GET", "health")
            await Person(server.url).fetch("GET", "ready")
        servers.stop(server.process)
    assert "path=/arena/api/health" not in server.log.read_text()
