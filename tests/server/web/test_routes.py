"""Every address has an access decision, and a guest reaches nothing else of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from jupyter_server.serverapp import JUPYTER_SERVICE_HANDLERS

from arena_ext.web.routes import ROUTES
from tests.server.conftest import Interview
from tests.support import servers
from tests.support.people import Person
from tests.support.routes import DECISIONS, Who, an_address, served, turned_away, verbs

BODIES = {
    "join": {"userName": "Eve"},
    "code": {"code": "mine"},
    "language": {"language": "python"},
    "execute": {"output": "mine"},
    "leave": {"userId": "whoever"},
    "invites": {"role": "candidate"},
}


def test_every_address_has_a_decision_and_every_decision_an_address() -> None:
    assert served() == set(DECISIONS)


def test_every_handler_says_that_it_looks_at_credentials_itself() -> None:
    """Without this mark on a verb, Jupyter refuses calls without a login."""
    for pattern, handler in ROUTES:
        for verb in verbs(handler):
            method = getattr(handler, verb.lower())
            assert getattr(method, "__allow_unauthenticated", False), f"{verb} {pattern}"


@pytest.mark.parametrize(("verb", "path"), DECISIONS)
async def test_the_decisions_hold(
    host: Person,
    stranger: Person,
    interview: Interview,
    built: Path,
    verb: str,
    path: str,
) -> None:
    for directory in ("static", "runtime"):
        (built / directory / "public.js").write_text("1")
    filled = "/" + path.format(session=interview.session, invite="x", user="x", file="public.js")
    other = "/" + path.format(session=await host.session(), invite="x", user="x", file="public.js")
    body = BODIES.get(path.rpartition("/")[2]) if verb in ("POST", "PUT") else None
    outsiders = [
        await stranger.fetch(verb, filled, body),
        await stranger.fetch(verb, filled, body, {"X-Arena-Token": "forged"}),
        await stranger.fetch(verb, filled, body, {"Authorization": "token forged"}),
        await interview.candidate.fetch(verb, other, body),
    ]
    expected = {
        Who.ANYBODY: 200,
        Who.LOGIN: 403,
        Who.SESSION: 404,
        Who.SOCKET: 400,
        Who.CONNECTION: 404,
    }
    assert {each.status for each in outsiders} == {expected[DECISIONS[verb, path]]}


@pytest.mark.parametrize("path", sorted({path for _, path in DECISIONS}))
async def test_other_verbs_are_refused(interview: Interview, stranger: Person, path: str) -> None:
    filled = "/" + path.format(session=interview.session, invite="x", user="x", file="x")
    for verb in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"}):
        if (verb, path) not in DECISIONS:
            for caller in (stranger, interview.candidate):
                answer = await caller.fetch(verb, filled, None if verb == "GET" else {})
                assert turned_away(answer) or answer.status == 405, f"{verb}: {answer.status}"


# --- the rest of the server -------------------------------------------------------------------


#: Addresses of a Jupyter server with JupyterLab that a guest must not reach.
JUPYTER = [
    "api/contents",
    "api/contents/x.ipynb",
    "api/kernels",
    "api/kernelspecs",
    "api/sessions",
    "api/terminals",
    "api/config/notebook",
    "api/me",
    "api/status",
    "api/nbconvert",
    "api/spec.yaml",
    "files/x",
    "view/x",
    "nbconvert/html/x.ipynb",
    "lab",
    "lab/tree/x",
    "lab/api/settings",
    "lab/api/workspaces",
    "lab/api/extensions",
    "terminals/1",
    "tree",
    "metrics",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """JupyterLab with Arena, as after the installation of both."""
    with servers.jupyterlab(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="module")
def stand_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """Arena alone, as `jupyter arena` starts it."""
    with servers.arena(tmp_path_factory.mktemp("arena")) as server:
        yield server


@pytest.fixture(scope="module")
def guest_token(lab: servers.Server) -> str:
    """A candidate's token on that server."""
    session = lab.session()
    secret = lab.invite(session).partition("#")[2]
    answer = lab.call("POST", f"sessions/{session}/join", {"userName": "Ada", "invite": secret})
    return str(answer["token"])


@pytest.mark.parametrize("path", JUPYTER)
async def test_a_guest_gets_nothing_else_of_jupyter(
    lab: servers.Server, guest_token: str, path: str
) -> None:
    (lab.home / "notebooks" / "x").write_text("the host's own file")
    credentials: list[dict[str, str]] = [
        {},
        {"X-Arena-Token": guest_token},
        {"Authorization": f"token {guest_token}"},
        {"Cookie": f"username-127-0-0-1={guest_token}"},
    ]
    for headers in credentials:
        answer = await Person(lab.url, headers).fetch("GET", f"/{path}")
        assert turned_away(answer), f"{headers}: {answer.status}"
        assert "the host's own file" not in answer.text
        assert lab.token not in answer.text
    assert turned_away(await Person(lab.url).fetch("GET", f"/{path}?token={guest_token}"))


async def test_a_guest_changes_nothing_of_jupyter(lab: servers.Server, guest_token: str) -> None:
    guest = Person(lab.url, {"X-Arena-Token": guest_token})
    for method, path in (
        ("POST", "api/kernels"),
        ("POST", "api/terminals"),
        ("POST", "api/sessions"),
        ("PUT", "api/contents/x.py"),
        ("DELETE", "api/contents/x"),
        ("POST", "api/shutdown"),
    ):
        answer = await guest.fetch(method, f"/{path}", {})
        assert answer.status in (403, 404), f"{method} {path}: {answer.status}"


async def test_the_host_does_reach_jupyter(lab: servers.Server) -> None:
    """Control: a server that serves nothing would pass the tests above."""
    host = Person(lab.url, {"Authorization": f"token {lab.token}"})
    for path in ("api/contents", "api/kernels", "api/terminals", "api/sessions", "lab", "api/me"):
        assert (await host.fetch("GET", f"/{path}")).status == 200, path


@pytest.mark.parametrize("path", [each for each in JUPYTER if each != "metrics"])
async def test_arena_alone_has_no_kernels_files_or_terminals_even_for_its_host(
    stand_alone: servers.Server, path: str
) -> None:
    (stand_alone.home / "notebooks" / "x").write_text("the host's own file")
    host = Person(stand_alone.url, {"Authorization": f"token {stand_alone.token}"})
    answer = await host.fetch("GET", f"/{path}")
    assert answer.status == 404


def services_of_jupyter() -> Iterator[tuple[str, str, str]]:
    """Every service of a Jupyter server but logging in, with each address and verb."""
    modules = {name: each or [] for name, each in JUPYTER_SERVICE_HANDLERS.items()}
    modules["terminals"] = ["jupyter_server_terminals.api_handlers"]
    for service, places in modules.items():
        for place in places:
            for pattern, handler, *_ in import_module(place).default_handlers:
                for verb in sorted(verbs(handler)):
                    yield service, pattern, verb


async def test_arena_alone_has_no_service_of_jupyter(stand_alone: servers.Server) -> None:
    """Not even for its host, and whatever a later version of Jupyter adds."""
    host = Person(stand_alone.url, {"Authorization": f"token {stand_alone.token}"})
    served, asked = [], set()
    for service, pattern, verb in services_of_jupyter():
        path = await asyncio.to_thread(an_address, pattern)
        body: dict[str, str] | None = {} if verb in ("POST", "PUT", "PATCH") else None
        # Of any address with a slash at its end, Jupyter removes the slash.
        filled = path.strip("/") + ("/x" if path.endswith("/") else "")
        answer = await host.fetch(verb, f"/{filled}", body)
        asked.add(service)
        if answer.status != 404:
            served.append(f"{verb} {pattern} ({service}): {answer.status}")
    assert not served, "\n".join(served)
    assert {"contents", "kernels", "nbconvert", "terminals", "api", "events"} <= asked


async def test_arena_alone_is_usable(stand_alone: servers.Server) -> None:
    host = Person(stand_alone.url, {"Authorization": f"token {stand_alone.token}"})
    session = await host.session(language="python")
    assert (await host.fetch("GET", f"sessions/{session}")).json["language"] == "python"
    assert (await Person(stand_alone.url).fetch("POST", "sessions", {})).status == 403
    front = await host.fetch("GET", "/")
    assert (front.status, front.headers["Location"].rstrip("?")) == (302, "/arena/")
