"""A guest's credential opens no address of Jupyter; the server itself lists the addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.routing import PathMatches, RuleRouter
from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect
from traitlets.config import Config

from tests.server.conftest import HOST_TOKEN
from tests.support.people import Answer, Person
from tests.support.routes import an_address, turned_away, verbs

#: Addresses that Jupyter answers without credentials. They show nothing private: files that are the
#: same on every server, its version, the login form, the logout, and redirects.
PUBLIC = {
    "/(robots\\.txt)$",
    "/(favicon\\.ico)$",
    "/(robots\\.txt|favicon\\.ico)$",
    "/static/(.*)$",
    "/api$",
    "/login$",
    "/logout$",
    "/$",
    "/.*/$",
    "/api/notebooks/?(.*)$",
}
#: Without a login, Jupyter's list of licences sends no answer: its code for refusals fails.
SILENT = "/lab/api/licenses/(.*)$"

pytestmark = [
    # Jupyter's terminals check credentials in their own way, and the server warns about it.
    pytest.mark.filterwarnings("ignore::jupyter_server.utils.JupyterServerAuthWarning"),
    pytest.mark.timeout(120),
]


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    """A server with JupyterLab, terminals and Arena."""
    extensions = {"arena_ext": True, "jupyterlab": True, "jupyter_server_terminals": True}
    jp_server_config.ServerApp.jpserver_extensions = extensions
    return jp_server_config


def rules(router: RuleRouter) -> Iterator[tuple[str, type[RequestHandler]]]:
    """Every pattern of a router and of the routers inside it, with its handler."""
    for rule in router.rules:
        if isinstance(rule.target, RuleRouter):
            yield from rules(rule.target)
        elif isinstance(rule.matcher, PathMatches):
            yield rule.matcher.regex.pattern, rule.target


def jupyters_own(app: ServerApp) -> Iterator[tuple[str, str, type[RequestHandler]]]:
    """Pattern, below the base URL, verb and handler of every address that is not Arena's."""
    for pattern, handler in rules(app.web_app.default_router):
        below = pattern.removeprefix(app.base_url.rstrip("/"))
        if not handler.__module__.startswith("arena_ext") and below not in {SILENT, *PUBLIC}:
            for verb in sorted(verbs(handler)):
                yield below, verb, handler


async def test_no_credential_of_a_guest_opens_anything(
    jp_serverapp: ServerApp, host: Person, person: Callable[..., Person], base: str
) -> None:
    session = await host.session()
    secret = await host.invite(session, "interviewer")
    _, token = await person().join(session, "Eve", secret)
    opened, tried = [], 0
    for pattern, verb, handler in jupyters_own(jp_serverapp):
        path = await asyncio.to_thread(partial(an_address, pattern))
        for credential in (token, secret):
            ways: dict[str, tuple[dict[str, str], str]] = {
                "header": ({"X-Arena-Token": credential}, ""),
                "query": ({}, f"?token={credential}"),
                "token": ({"Authorization": f"token {credential}"}, ""),
                "bearer": ({"Authorization": f"Bearer {credential}"}, ""),
                "cookie": ({"Cookie": f"username-127-0-0-1={credential}; _xsrf=x"}, ""),
                "subprotocol": ({"Sec-WebSocket-Protocol": f"arena.v1, token.{credential}"}, ""),
            }
            for way, (headers, query) in ways.items():
                tried += 1
                sent = {**headers, "X-XSRFToken": "x"}
                if issubclass(handler, WebSocketHandler):
                    into = await opens(f"ws://{base.rstrip('/')}{path}{query}", headers)
                else:
                    body: dict[str, str] | None = {} if verb in ("POST", "PUT", "PATCH") else None
                    answer = await person(sent).fetch(verb, path + query, body)
                    assert HOST_TOKEN not in answer.text
                    into = not refused(answer)
                if into:
                    opened.append(f"{verb} {pattern} by {way}")
    assert not opened, "\n".join(opened)
    assert tried > 500, "else Jupyter was not read"


def refused(answer: Answer) -> bool:
    """Whether an answer refuses the call."""
    return answer.status == 405 or turned_away(answer)


async def opens(url: str, headers: dict[str, str]) -> bool:
    """Whether the server accepts the socket, or answers without a refusal."""
    try:
        request = HTTPRequest(url, headers=headers, follow_redirects=False)
        socket = await websocket_connect(request)
    except HTTPClientError as error:
        there = error.response
        return there is None or not refused(Answer(error.code, there.headers, there.body))
    socket.close()
    return True


async def test_the_host_opens_them(jp_serverapp: ServerApp, host: Person) -> None:
    """Control: a server that refuses all calls, or wrong addresses, would pass the test above."""
    opened = set()
    for pattern, verb, handler in jupyters_own(jp_serverapp):
        if verb == "GET" and not issubclass(handler, WebSocketHandler):
            path = await asyncio.to_thread(partial(an_address, pattern))
            if (await host.fetch("GET", path)).status == 200:
                opened.add(pattern)
    assert {"/api/kernels$", "/api/sessions$", "/api/me$", "/api/terminals$", "/metrics$"} <= opened
    assert len(opened) > 15
