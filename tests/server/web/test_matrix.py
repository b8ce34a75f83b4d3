"""The access matrix: the status for every address, every verb and every kind of caller.

A new address needs a row: without it, a test fails. A row is a verb, an address, and one status for
each kind of caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect
from traitlets.config import Config

from arena_ext.app import ArenaApp
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import TOKEN_PREFIX, Close, Document, Sync
from tests.support.clients import Client
from tests.support.logins import PersonsProvider
from tests.support.people import Answer, Person
from tests.support.routes import served

#: nobody     no credential
#: forged     a participant token that was never issued, in every place that can carry a token
#: elsewhere  a candidate of another session of the same owner
#: observer, candidate, guest (an interviewer with an invite): participants with their tokens
#: owner      the Jupyter login that the session belongs to
#: other      another Jupyter login
#: foreign    a page of another origin that has the token of `guest`
CALLERS = (
    "nobody",
    "forged",
    "elsewhere",
    "observer",
    "candidate",
    "guest",
    "owner",
    "other",
    "foreign",
)

S = "arena/api/sessions"
#: 404: the session does not exist for the caller. 403: it exists, but the call is not allowed.
TABLE = f"""
                                    nobody forged elsew. obs. cand. guest owner other foreign
GET    arena/                          200    200    200  200   200   200   200   200     200
GET    arena/join/{{session}}          200    200    200  200   200   200   200   200     200
GET    arena/replay/{{session}}        200    200    200  200   200   200   200   200     200
GET    arena/static/{{file}}           200    200    200  200   200   200   200   200     200
HEAD   arena/static/{{file}}           200    200    200  200   200   200   200   200     200
GET    arena/runtime/{{file}}          200    200    200  200   200   200   200   200     200
HEAD   arena/runtime/{{file}}          200    200    200  200   200   200   200   200     200
GET    arena/ws/{{session}}            400    400    400  400   400   400   400   400     400
GET    arena/api/health                200    200    200  200   200   200   200   200     200
GET    arena/api/ready                 200    200    200  200   200   200   200   200     200
GET    arena/api/info                  200    200    200  200   200   200   200   200     404
GET    {S}                             403    403    403  403   403   403   200   200     404
POST   {S}                             403    403    403  403   403   403   201   201     404
POST   {S}/import                      403    403    403  403   403   403   201   201     404
GET    {S}/{{session}}                 404    404    404  200   200   200   200   404     404
PATCH  {S}/{{session}}                 404    404    404  403   403   200   200   404     404
DELETE {S}/{{session}}                 404    404    404  403   403   204   204   404     404
GET    {S}/{{session}}/recording       404    404    404  403   403   200   200   404     404
GET    {S}/{{session}}/export          404    404    404  403   403   200   200   404     404
POST   {S}/{{session}}/join            404    404    404  200   200   200   200   404     404
GET    {S}/{{session}}/users           404    404    404  200   200   200   200   404     404
PATCH  {S}/{{session}}/users/{{user}}  404    404    404  403   403   200   200   404     404
DELETE {S}/{{session}}/users/{{user}}  404    404    404  403   403   204   204   404     404
POST   {S}/{{session}}/users/{{user}}/admit   404 404 404 403   403   204   204   404     404
POST   {S}/{{session}}/users/{{user}}/decline 404 404 404 403   403   204   204   404     404
PUT    {S}/{{session}}/code            404    404    404  403   204   204   204   404     404
PUT    {S}/{{session}}/language        404    404    404  403   204   204   204   404     404
POST   {S}/{{session}}/execute         404    404    404  403   200   200   200   404     404
POST   {S}/{{session}}/leave           404    404    404  403   204   204   204   404     404
GET    {S}/{{session}}/events          400    400    400  400   400   400   400   400     404
POST   {S}/{{session}}/frames          404    404    404  404   404   404   404   404     404
GET    {S}/{{session}}/invites         404    404    404  403   403   200   200   404     404
POST   {S}/{{session}}/invites         404    404    404  403   403   201   201   404     404
DELETE {S}/{{session}}/invites/{{invite}} 404  404   404  403   403   204   204   404     404
"""
#: The bodies of the calls. `{user}` is the candidate, or a guest in the waiting room.
BODIES: dict[tuple[str, str], Any] = {
    ("POST", S): {},
    ("PATCH", f"{S}/{{session}}"): {"title": "New", "question": "Why?", "locked": True},
    ("POST", f"{S}/{{session}}/join"): {"userName": "Eve"},
    ("PATCH", f"{S}/{{session}}/users/{{user}}"): {"role": "observer"},
    ("PUT", f"{S}/{{session}}/code"): {"code": "mine"},
    ("PUT", f"{S}/{{session}}/language"): {"language": "python"},
    ("POST", f"{S}/{{session}}/execute"): {"output": "mine"},
    ("POST", f"{S}/{{session}}/leave"): {"userId": "{user}"},
    ("POST", f"{S}/{{session}}/invites"): {"role": "interviewer"},
}
FOREIGN = {"Origin": "https://evil.example"}
QUERIES = {f"{S}/{{session}}/export": "?format=ipynb"}


def rows() -> dict[tuple[str, str], tuple[int, ...]]:
    """The rows of the table by verb and address."""
    lines = [line.split() for line in TABLE.splitlines()[2:]]
    return {(verb, path): tuple(map(int, statuses)) for verb, path, *statuses in lines}


ROWS = rows()


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    """A server with accounts."""
    jp_server_config.ServerApp.identity_provider_class = PersonsProvider
    return jp_server_config


class Scene:
    """A session with all of `CALLERS`."""

    def __init__(self, arena: ArenaApp, person: Callable[..., Person]) -> None:
        self._arena = arena
        self._person = person
        self.callers: dict[str, Person] = {}
        self.tokens: dict[str, str] = {}
        self.fill: dict[str, str] = {"file": "public.js"}

    async def set(self) -> Scene:
        """Create the session and admit the participants."""
        owner = self._person({"X-Person": "ana"})
        session, other = await owner.session(), await owner.session()
        self.fill["session"] = session
        for name, role, where in (
            ("elsewhere", "candidate", other),
            ("observer", "observer", session),
            ("candidate", "candidate", session),
            ("guest", "interviewer", session),
        ):
            secret = await owner.invite(where, role)
            identity, token = await self._person().join(where, name.title(), secret)
            self.tokens[name] = token
            self.callers[name] = self._person({"X-Arena-Token": token})
            if name == "candidate":
                self.fill["user"] = identity
        await owner.fetch("PATCH", f"sessions/{session}", {"askToEnter": True})
        body = {"userName": "Will", "invite": await owner.invite(session)}
        asked = await self._person().fetch("POST", f"sessions/{session}/join", body)
        assert asked.status == 202
        room = await self._arena.rooms.get(session)
        assert room is not None
        (self._waiting,) = room.session.waiting
        (invite, *_) = (await owner.fetch("GET", f"sessions/{session}/invites")).json
        self.fill["invite"] = invite["id"]
        forged = "x" * 43
        self.tokens["forged"] = forged
        self.callers |= {
            "nobody": self._person(),
            "forged": self._person(
                {
                    "X-Arena-Token": forged,
                    "Authorization": f"token {forged}",
                    "Cookie": f"username-127-0-0-1={forged}; X-Arena-Token={forged}",
                }
            ),
            "owner": owner,
            "other": self._person({"X-Person": "bob"}),
            "foreign": self._person({"X-Arena-Token": self.tokens["guest"], **FOREIGN}),
        }
        # Refused calls may be malformed, so the contract is not checked here; other tests do it.
        self.callers = {k: replace(each, watch=lambda _: None) for k, each in self.callers.items()}
        return self

    async def call(self, caller: str, verb: str, path: str) -> Answer:
        """Make a call as this caller and return the answer."""
        body = BODIES.get((verb, path))
        if isinstance(body, dict):
            body = {key: self._filled(value) for key, value in body.items()}
        if path == f"{S}/import":
            here = f"sessions/{self.fill['session']}"
            await self.callers["owner"].fetch("PATCH", here, {"ended": True})
            body = (await self.callers["owner"].fetch("GET", f"{here}/recording")).body
        if path.endswith(("/admit", "/decline")):
            self.fill["user"] = self._waiting
        where = "/" + self._filled(path) + QUERIES.get(path, "")
        return await self.callers[caller].fetch(verb, where, body)

    def _filled(self, value: Any) -> Any:
        return value.format(**self.fill) if isinstance(value, str) else value


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(ROWS) == served()
    for row, statuses in ROWS.items():
        assert len(statuses) == len(CALLERS), row
    assert set(BODIES) <= set(ROWS)


@pytest.mark.parametrize(("verb", "path"), ROWS)
async def test_the_table_holds(
    arena: ArenaApp, person: Callable[..., Person], built: Path, verb: str, path: str
) -> None:
    for directory in ("static", "runtime"):
        (built / directory / "public.js").write_text("1")
    got = {}
    scene = await Scene(arena, person).set()
    for caller in CALLERS:
        got[caller] = (await scene.call(caller, verb, path)).status
        if verb not in ("GET", "HEAD") and got[caller] < 300:
            scene = await Scene(arena, person).set()  # the call has changed the session
    assert got == dict(zip(CALLERS, ROWS[verb, path], strict=True))


#: Callers whose socket is accepted; all others get only REFUSED. A login does not count, because a
#: page of any origin can open a socket: the panel joins by REST.
LET_IN = {"observer", "candidate", "guest"}


@pytest.mark.parametrize("caller", [each for each in CALLERS if each != "foreign"])
@pytest.mark.parametrize("dialect", ["arena.v1", "y.v1", "json.v1"])
async def test_a_socket_needs_a_token_of_this_session(
    arena: ArenaApp,
    person: Callable[..., Person],
    socket_url: Callable[[str], str],
    caller: str,
    dialect: str,
) -> None:
    scene = await Scene(arena, person).set()
    client = Listener(await handshake(scene, socket_url, caller, dialect))
    if dialect == "json.v1":
        await client.send_raw('{"type": "join-session", "payload": {"username": "Eve"}}')
    elif caller in LET_IN:
        await client.send_raw(SyncMessage(Document.PAD, Sync.STEP1, b"\0").encode())
    if caller in LET_IN:
        await client.until(lambda: client.frames or client.payloads("session-state"))
        assert not client.closed
    else:
        await client.expect_close(Close.REFUSED)
        assert (client.events, client.frames) == ([], [])
    await client.close()


async def test_a_foreign_page_gets_no_socket(
    arena: ArenaApp, person: Callable[..., Person], socket_url: Callable[[str], str]
) -> None:
    scene = await Scene(arena, person).set()
    scene.tokens["foreign"] = scene.tokens["guest"]
    with pytest.raises(HTTPClientError) as refused:
        await handshake(scene, socket_url, "foreign", "arena.v1")
    assert refused.value.code == 403


async def handshake(
    scene: Scene, socket_url: Callable[[str], str], caller: str, dialect: str
) -> WebSocketClientConnection:
    """Connect with all credentials of a caller."""
    token = scene.tokens.get(caller)
    offered = [dialect] if token is None else [dialect, TOKEN_PREFIX + token]
    headers = dict(scene.callers[caller].headers)
    request = HTTPRequest(socket_url(scene.fill["session"]), headers=headers)
    return await websocket_connect(request, subprotocols=offered)


class Listener(Client):
    """A client that collects all frames."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        super().__init__(socket)
        self.frames: list[bytes] = []

    def _frame(self, frame: bytes) -> None:
        self.frames.append(frame)
