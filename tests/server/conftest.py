"""Fixtures of the server tests: a real Jupyter server for each test, and its clients.

pytest-jupyter is loaded here and not for all tests, because its event loop conflicts with
Playwright's. (`pytest_plugins` is allowed in the topmost conftest only.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from pytest_jupyter.jupyter_server import *  # noqa: F403 - its fixtures and its hooks
from tornado.httpserver import HTTPServer
from traitlets.config import Config

from arena_ext import app, cli
from arena_ext.app import ArenaApp
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Dialect
from arena_ext.recording import history, importer
from arena_ext.web import pages
from tests.support.clients import ArenaClient, Client, JsonClient
from tests.support.contract import Contract
from tests.support.people import Exchange, Person
from tests.support.replicas import borrowed, engine_pool
from tests.support.stage import Stage

#: The host's token, which Jupyter itself requires.
HOST_TOKEN = "the-token-of-the-host"

#: A page with all that the server fills in.
PAGE = (
    '<base href="%BASE_URL%"><link href="%TO_BASE%x"><meta content="%HOST%">'
    '<style nonce="%NONCE%"></style>'
)

Watch = Callable[[Exchange], None]
ConnectJson = Callable[..., Coroutine[Any, Any, JsonClient]]
LogIn = Callable[[], Coroutine[Any, Any, dict[str, str]]]
ConnectArena = Callable[..., Coroutine[Any, Any, ArenaClient]]


@pytest.fixture
def open_access() -> bool:
    """Whether the server is a public demo: `@pytest.mark.parametrize("open_access", [True])`."""
    return False


@pytest.fixture
def storage() -> str:
    """The storage of sessions: the default, or `parametrize("storage", ["memory"])`."""
    return "sqlite"


@pytest.fixture
def limit_settings(request: pytest.FixtureRequest) -> dict[str, float]:
    """The limits that an operator has set: `@pytest.mark.limits(frame_rate=0.1)`."""
    marker = request.node.get_closest_marker("limits")
    return {} if marker is None else dict(marker.kwargs)


@pytest.fixture
def limits(limit_settings: dict[str, float]) -> Limits:
    """The limits that are in force in this test."""
    return Limits.of(limit_settings)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with `static/` and `runtime/`, instead of those that a build makes."""
    static, runtime = tmp_path / "built" / "static", tmp_path / "built" / "runtime"
    for directory in (static, runtime):
        directory.mkdir(parents=True)
    (static / "page.html").write_text(PAGE)
    monkeypatch.setattr(pages, "STATIC", static)
    monkeypatch.setattr(pages, "runtime_path", lambda: runtime)
    return tmp_path / "built"


@pytest.fixture  # type: ignore[no-redef]
def jp_server_config(
    open_access: bool, storage: str, limit_settings: dict[str, float], built: Path
) -> Config:
    """A server with strict settings, with Arena and no other extension."""
    return Config(
        {
            "ServerApp": {
                "jpserver_extensions": {"arena_ext": True, "jupyter_server_terminals": False},
                "allow_unauthenticated_access": False,
            },
            "IdentityProvider": {"token": HOST_TOKEN},
            "ArenaApp": {
                "open_access": open_access,
                "storage": storage,
                "limits": limit_settings,
            },
        }
    )


@pytest.fixture(scope="session", autouse=True)
def _processes_are_up() -> None:
    """Start the engine processes before the first test, so that no test has to wait for them."""
    engine_pool()


@pytest.fixture(autouse=True)
def _shared_engine_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """All servers, imports and exports share the engine processes."""
    monkeypatch.setattr(app, "EnginePool", engine_pool)
    for module in (history, importer, cli):
        monkeypatch.setattr(module, "EngineProcess", borrowed)


@pytest.fixture(autouse=True)  # type: ignore[no-redef]
def jp_server_cleanup(
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[None]:
    """End the server, if the test has started one."""
    yield
    if ServerApp.initialized():
        app = ServerApp.instance()
        jp_asyncio_loop.run_until_complete(app._cleanup())
        app.kernel_manager.context.destroy()
        ServerApp.clear_instance()


@pytest.fixture
def arena(jp_serverapp: ServerApp) -> ArenaApp:
    """The Arena extension in the running server."""
    app = next(iter(jp_serverapp.extension_manager.extension_apps["arena_ext"]))
    assert isinstance(app, ArenaApp)
    return app


@pytest.fixture
def base(
    arena: ArenaApp,
    http_server: HTTPServer,
    http_server_port: tuple[Any, int],
    jp_base_url: str,
) -> str:
    """The server's address: `127.0.0.1:<port><base_url>`; the base URL needs escaping."""
    return f"127.0.0.1:{http_server_port[1]}{jp_base_url}"


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The REST contract."""
    return Contract()


@pytest.fixture
def watch(contract: Contract) -> Watch:
    """The check of every call and its answer: in all tests, against the REST contract."""
    return contract.judge


@pytest.fixture
def person(base: str, watch: Watch) -> Callable[..., Person]:
    """`person(headers)` makes a caller that sends these headers with every call."""
    return lambda headers=None: Person(f"http://{base}", headers or {}, watch)


@pytest.fixture
def stranger(person: Callable[..., Person]) -> Person:
    """A caller without any credential."""
    return person()


@pytest.fixture
def host(person: Callable[..., Person]) -> Person:
    """The host: the caller with the server's token."""
    return person({"Authorization": f"token {HOST_TOKEN}"})


@pytest.fixture
def guest(person: Callable[..., Person]) -> Callable[[str], Person]:
    """`guest(token)` makes a caller with a participant token."""
    return lambda token: person({"X-Arena-Token": token})


@dataclass(frozen=True)
class Interview:
    """A session that the host created, with guests in it."""

    session: str
    candidate: Person
    candidate_id: str
    candidate_token: str
    observer: Person
    observer_id: str
    observer_token: str


@pytest.fixture
def interview(
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Interview:
    """A new session with a candidate, Ada, and an observer, Oz, who have joined by REST."""

    async def begin() -> Interview:
        session = await host.session()
        ada = await stranger.join(session, "Ada", await host.invite(session, "candidate"))
        oz = await stranger.join(session, "Oz", await host.invite(session, "observer"))
        return Interview(session, guest(ada[1]), *ada, guest(oz[1]), *oz)

    return jp_asyncio_loop.run_until_complete(begin())


@pytest.fixture
def log_in(person: Callable[..., Person]) -> LogIn:
    """`await log_in()`: the headers of a browser that is logged in: cookies and no token."""

    async def visit() -> dict[str, str]:
        cookies = SimpleCookie()
        # Jupyter's login sets one cookie; our page sets the one against forged requests (XSRF).
        for path in (f"/login?token={HOST_TOKEN}", "/arena/"):
            headers = {"Cookie": _cookie_header(cookies)} if cookies else {}
            answer = await person(headers).fetch("GET", path)
            for line in answer.headers.get_list("Set-Cookie"):
                cookies.load(line)
        assert len(cookies) == 2
        return {"Cookie": _cookie_header(cookies), "X-XSRFToken": cookies["_xsrf"].value}

    return visit


def _cookie_header(cookies: SimpleCookie) -> str:
    return "; ".join(f"{name}={each.value}" for name, each in cookies.items())


@pytest.fixture
def socket_url(base: str) -> Callable[[str], str]:
    """`socket_url(session)`: the address of the session's WebSocket."""
    return lambda session: f"ws://{base}arena/ws/{session}"


@pytest.fixture
def _clients(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[list[Client]]:
    opened: list[Client] = []
    yield opened
    for each in opened:
        jp_asyncio_loop.run_until_complete(each.close())


@pytest.fixture
def connect_json(socket_url: Callable[[str], str], _clients: list[Client]) -> ConnectJson:
    """`await connect_json(session, token=None, dialect="json.v1")`: a `JsonClient`, not joined."""

    async def connect(
        session: str, token: str | None = None, dialect: str | None = Dialect.JSON
    ) -> JsonClient:
        client = await JsonClient.open(socket_url(session), token, dialect)
        _clients.append(client)
        return client

    return connect


@pytest.fixture
def connect_arena(socket_url: Callable[[str], str], _clients: list[Client]) -> ConnectArena:
    """`await connect_arena(session, token, dialect="arena.v1", doc=None)`: an `ArenaClient`."""

    async def connect(session: str, token: str | None = None, **more: Any) -> ArenaClient:
        client = await ArenaClient.open(socket_url(session), token, **more)
        _clients.append(client)
        return client

    return connect


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.fixture
def stage(loop: asyncio.AbstractEventLoop, limits: Limits) -> Stage:
    stage = Stage(limits)
    loop.run_until_complete(stage.set_up())
    return stage


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Any:
    return loop.run_until_complete
