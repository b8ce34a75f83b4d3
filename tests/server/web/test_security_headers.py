"""Every response of Arena has the security headers: all addresses, verbs and statuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.websocket import websocket_connect

from arena_ext.web.pages import PageHandler
from arena_ext.web.routes import ROUTES
from tests.server.conftest import Interview
from tests.support.people import Answer, Person
from tests.support.routes import DECISIONS, path_of

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PAGES = {path_of(pattern) for pattern, handler in ROUTES if handler is PageHandler}
#: Headers of all responses, and headers of pages only.
ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
IN_PAGES = {"Cross-Origin-Opener-Policy": "same-origin", "X-Frame-Options": "DENY"}


def policy(answer: Answer) -> dict[str, list[str]]:
    """The Content-Security-Policy of an answer, by directive."""
    (header,) = answer.headers.get_list("Content-Security-Policy")
    return {each.split()[0]: each.split()[1:] for each in header.split(";") if each.strip()}


def judge(path: str, answer: Answer) -> None:
    """Raise unless the response of `path` has its security headers."""
    said = {name: answer.headers.get_list(name) for name in ALWAYS}
    assert said == {name: [value] for name, value in ALWAYS.items()}
    rules = policy(answer)
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:", "blob:"} & {
        *rules.get("script-src", []),
        *rules.get("default-src", []),
    }
    if path.endswith("sandbox.html"):
        assert rules == {"sandbox": ["allow-scripts"], "frame-ancestors": ["'self'"]}
    else:
        assert rules["default-src"] == rules["frame-ancestors"] == ["'none'"]
    assert ("script-src" in rules) == (path in PAGES), "only a page loads scripts"
    for name, value in IN_PAGES.items():
        assert answer.headers.get(name) == (value if path in PAGES else None), name
    if "/static/" not in path and "/runtime/" not in path:
        assert answer.headers.get_list("Cache-Control") == ["no-store"]


PATHS = sorted({path for _, path in DECISIONS} | {"arena/runtime/v1/sandbox.html"})


@pytest.mark.parametrize("path", PATHS)
async def test_whatever_the_answer_it_has_its_walls(
    host: Person, stranger: Person, interview: Interview, built: Path, path: str
) -> None:
    (built / "runtime" / "v1").mkdir()
    (built / "runtime" / "v1" / "sandbox.html").write_text("<!doctype html>")
    (built / "static" / "x.js").write_text("1")
    (built / "runtime" / "x.js").write_text("1")
    # Jupyter itself answers OPTIONS, and the REST contract does not have it.
    callers = [
        replace(each, watch=lambda _: None) for each in (stranger, interview.candidate, host)
    ]
    statuses = set()
    for verb in VERBS:
        for session in (interview.session, "none"):
            filled = path.format(session=session, invite="x", user="x", file="x.js")
            for caller in callers:
                body = b"{" if verb in ("POST", "PUT", "PATCH") else None
                answer = await caller.fetch(verb, f"/{filled}", body)
                judge(path, answer)
                statuses.add(answer.status)
    assert min(statuses) < (401 if path.endswith("ws/{session}") else 300), "some call got in"
    assert max(statuses) >= 400, "and some did not"


@pytest.mark.parametrize("path", ["arena/static/{}", "arena/runtime/{}"])
async def test_a_file_that_is_not_there_or_not_changed_has_them_too(
    stranger: Person, built: Path, path: str
) -> None:
    (built / path.split("/")[1] / "x.js").write_text("1")
    there = await stranger.fetch("GET", "/" + path.format("x.js"))
    again = {"If-None-Match": there.headers["Etag"]}
    not_changed = await stranger.fetch("GET", "/" + path.format("x.js"), headers=again)
    missing = await stranger.fetch("GET", "/" + path.format("y.js"))
    assert [each.status for each in (there, not_changed, missing)] == [200, 304, 404]
    for answer in (there, not_changed, missing):
        judge(path, answer)


async def test_a_handshake_has_them(base: str, interview: Interview) -> None:
    request = HTTPRequest(f"ws://{base}arena/ws/{interview.session}")
    socket = await websocket_connect(request)
    headers = socket.headers or HTTPHeaders()
    socket.close()
    judge("arena/ws/{session}", Answer(101, headers, b""))


async def test_a_failure_of_ours_has_them_and_shows_nothing(
    host: Person, stranger: Person, built: Path
) -> None:
    (built / "static" / "page.html").unlink()
    for caller in (stranger, host):
        answer = await caller.fetch("GET", "/arena/")
        judge("arena/", answer)
        assert (answer.status, answer.text) == (503, "503 Service Unavailable\n")


async def test_what_an_operator_sets_takes_no_wall_away(
    jp_serverapp: ServerApp, stranger: Person
) -> None:
    jp_serverapp.web_app.settings["headers"] = {
        "Content-Security-Policy": "frame-ancestors *",
        "Referrer-Policy": "unsafe-url",
        "X-Own": "1",
    }
    for path in ("arena/", "arena/api/info"):
        answer = await stranger.fetch("GET", f"/{path}")
        judge(path, answer)
        assert answer.headers["X-Own"] == "1"


@pytest.mark.parametrize("verb", VERBS)
async def test_an_address_that_there_is_not_has_them_too(
    host: Person, stranger: Person, verb: str
) -> None:
    for path in ("arena/api/", "arena/api/nothing", "arena/api/sessions/a%20b/users/%C3%81"):
        for caller in (host, stranger):
            body: Any = {} if verb in ("POST", "PUT", "PATCH") else None
            answer = await caller.fetch(verb, f"/{path}", body)
            judge(path, answer)
            assert answer.status == 404
            assert verb == "HEAD" or answer.json == {"error": "not found"}
