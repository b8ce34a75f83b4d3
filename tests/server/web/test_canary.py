"""Secrets as canaries: an interview over real sockets, then a search of all its traces.

The host's token, the secrets of invites and the participants' tokens are only in the one answer
that issues them. They are not in the log at debug level, in other answers, in headers, in errors,
or in the database, which has their hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support import servers
from tests.support.clients import ArenaClient, JsonClient
from tests.support.people import Exchange, Person


@dataclass
class Traces:
    """All calls with their answers, and the issued secrets by name."""

    exchanges: list[Exchange] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def handed_out(self, name: str, secret: str) -> str:
        """Note a secret that the latest answer issued, and leave that answer out of the search."""
        latest = self.exchanges.pop()
        assert latest.answer.text.count(secret) == 1
        assert secret not in everything_but_the_body(latest)
        for known in self.secrets.values():
            assert known not in latest.answer.text
        self.secrets[name] = secret
        return secret


def everything_but_the_body(exchange: Exchange) -> str:
    return f"{exchange.path} {dict(exchange.answer.headers.get_all())}"


#: Calls that are made with a wrong credential or a wrong body.
CALLS = [
    ("GET", "sessions/{}"),
    ("POST", "sessions/{}/invites"),
    ("PUT", "sessions/{}/code"),
    ("GET", "sessions/{}/recording"),
    ("GET", "sessions/{}/export?format=jsonl"),
    ("GET", "sessions/{}/nothing"),
    ("GET", "/arena/"),
    ("POST", "/arena/"),
    ("GET", "/lab"),
    ("GET", "/api/contents"),
    ("GET", "/arena/ws/{}"),
]


async def misuse(
    traces: Traces, server: servers.Server, session: str, secret: str, *, is_hosts: bool
) -> None:
    """Make calls that fail, with a secret in every place of a request that can carry one."""
    for headers in (
        {"X-Arena-Token": secret},
        {"Authorization": f"Bearer {secret}"},
        {"Cookie": f"_xsrf={secret}; username-127-0-0-1={secret}"},
    ):
        if is_hosts and "Authorization" in headers:
            continue
        caller = Person(server.url, headers, traces.exchanges.append)
        for verb, path in CALLS:
            body = b"{not json" if verb in ("POST", "PUT") else None
            await caller.fetch(verb, path.format(session), body)
    stranger = Person(server.url, watch=traces.exchanges.append)
    join = f"sessions/{session}/join"
    for name in ("", "\0"):
        await stranger.fetch("POST", join, {"userName": name, "invite": secret})
    await stranger.fetch("POST", join, f'{{"invite": "{secret}"'.encode())
    refused = await JsonClient.open(socket_of(server, session), secret + "x")
    await refused.until(lambda: refused.closed)
    await refused.close()


def socket_of(server: servers.Server, session: str) -> str:
    return f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"


@pytest.fixture(params=[servers.arena, servers.jupyterlab], ids=["arena", "lab"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[servers.Server]:
    """Arena alone and in JupyterLab, with the log at debug level."""
    with request.param(tmp_path, "--debug") as running:
        yield running


@pytest.mark.timeout(120)
async def test_secrets_are_nowhere_else(server: servers.Server) -> None:
    traces = Traces(secrets={"the host's token": server.token})
    # Before the first call, Jupyter logs its command line.
    started = server.log.stat().st_size

    def person(headers: dict[str, str] | None = None) -> Person:
        return Person(server.url, headers or {}, traces.exchanges.append)

    host, stranger = person({"Authorization": f"token {server.token}"}), person()
    session = await host.session()
    here = f"sessions/{session}"
    tokens: dict[str, str] = {}
    for role in ("interviewer", "candidate", "observer"):
        secret = traces.handed_out(f"invite for {role}", await host.invite(session, role))
        _, token = await stranger.join(session, role, secret)
        tokens[role] = traces.handed_out(f"token of {role}", token)

    # The interview.
    socket = socket_of(server, session)
    editor = await ArenaClient.open(socket, tokens["candidate"])
    await editor.settled()
    await editor.insert(0, "print(1)")
    bot = await JsonClient.open(socket)
    state = await bot.join("bot", token=tokens["observer"])
    await editor.send("execute-code", {"runId": "r", "language": "python", "code": "print(1)"})
    await bot.expect("execute-code")
    await editor.settled()

    for name, secret in tuple(traces.secrets.items()):
        await misuse(traces, server, session, secret, is_hosts=name == "the host's token")
    await editor.send_raw(b"\xff" * 20)
    await editor.until(lambda: editor.closed)
    await host.fetch("PATCH", here, {"ended": True})
    recording = await host.fetch("GET", f"{here}/recording")
    await host.fetch("POST", "sessions/import", recording.body)
    for kind in ("ipynb", "zip", "html", "jsonl"):
        await host.fetch("GET", f"{here}/export?format={kind}")
    await host.fetch("GET", f"{here}/invites")
    metrics = await host.fetch("GET", "/metrics")
    assert "http_request_duration_seconds" in metrics.text, "it counts calls, by handler"
    for client in (editor, bot):
        await client.close()
    servers.stop(server.process)

    look(
        traces, server, started, session, [recording.text, str([state, editor.events, bot.events])]
    )


def look(
    traces: Traces, server: servers.Server, started: int, session: str, shown: list[str]
) -> None:
    """Search all traces for each secret; `shown` must not even contain the hash of a secret."""
    log = server.log.read_bytes()[started:].decode()
    files = [each for each in (server.home / "data").rglob("*") if each.is_file()]
    stored = b"".join(each.read_bytes() for each in files)
    assert session in log, "this is the log that would tell"
    assert session.encode() in stored
    assert len(traces.exchanges) > 100
    for name, secret in traces.secrets.items():
        assert secret not in log, f"the log has the {name}"
        assert secret.encode() not in stored, f"a file has the {name}"
        for each in traces.exchanges:
            assert secret.encode() not in each.answer.body, f"{name}: {each.method} {each.path}"
            assert secret not in everything_but_the_body(each), f"{name}: {each.path}"
        if name != "the host's token":
            hashed = hashlib.sha256(secret.encode()).hexdigest()
            assert hashed.encode() in stored, f"{name}: so the database was looked at"
            for text in shown:
                assert secret not in text, name
                assert hashed not in text, f"{name}: not even the hash leaves the server"
