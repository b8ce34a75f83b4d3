"""Interviews through nginx and Caddy with TLS, as docs/deployment.md sets them up, and wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.meeting import NewPerson
from tests.browser.room import Room, join, share
from tests.support import fronts, servers
from tests.support.servers import Server

PATH = "/interviews/"


@pytest.fixture(scope="module")
def at_a_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Arena behind a proxy, at a path of its own."""
    home = tmp_path_factory.mktemp("at-a-path")
    with servers.arena(home, "--behind-proxy", base_url=PATH) as server:
        yield server


@pytest.fixture(scope="module")
def at_the_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Arena behind a proxy, at a host name of its own."""
    with servers.arena(tmp_path_factory.mktemp("root"), "--behind-proxy") as server:
        yield server


def log_in(person: Person, front: Server) -> None:
    """Go to the lobby as somebody who has the token, by the form."""
    person.page.goto(f"{front.url}arena/")
    person.page.get_by_role("link", name="Log in").click()
    person.page.get_by_label(re.compile("Password or token")).fill(front.token)
    person.page.get_by_role("button", name="Log in", exact=True).click()
    person.page.wait_for_url(f"{front.url}arena/")


def interview(front: Server, new_person: NewPerson) -> tuple[Room, Room]:
    """Hold an interview through a proxy: log in, invite, join, type and run."""
    ana = new_person("Ana", ignore_https_errors=True)
    ben = new_person("Ben", ignore_https_errors=True)
    log_in(ana, front)
    ana.page.get_by_role("button", name="New interview").click()
    interviewer = Room(ana.page).wait_until_editable()
    link = share(interviewer)
    assert link.startswith(f"{front.url}arena/join/")
    candidate = join(ben.page, link, "Ben")
    candidate.choose("JavaScript")
    candidate.write("'through a ' + 'proxy'")
    expect(interviewer.code).to_have_text("'through a ' + 'proxy'")
    expect(candidate.run()).to_contain_text("through a proxy")
    return interviewer, candidate


def test_nginx_with_tls_and_a_path(
    at_a_path: Server, tmp_path: Path, new_person: NewPerson
) -> None:
    with fronts.nginx(at_a_path, tmp_path) as front:
        interview(front, new_person)
        ana = new_person("Ana", ignore_https_errors=True)
        ana.page.goto(f"{front.url}arena/?token={front.token}")
        expect(ana.page.get_by_role("button", name="New interview")).to_be_visible()
    written = (tmp_path / "access.log").read_text()
    assert f"GET {PATH}arena/ 200" in written
    assert front.token not in written
    assert at_a_path.log.read_text().count("status=101") == 2, "over WebSockets"


def test_caddy_with_tls(at_the_root: Server, tmp_path: Path, new_person: NewPerson) -> None:
    with fronts.caddy(at_the_root, tmp_path) as front:
        interview(front, new_person)


def test_a_proxy_may_remove_the_path_that_the_server_knows(
    at_a_path: Server, tmp_path: Path, new_person: NewPerson
) -> None:
    bare = at_a_path.url.removesuffix(PATH)
    changes = {f"proxy_pass {bare};": f"proxy_pass {bare}/;"}
    with fronts.nginx(at_a_path, tmp_path, changes) as front:
        interview(front, new_person)


def test_a_proxy_that_removes_the_path_and_blocks_websockets(
    at_a_path: Server, tmp_path: Path, new_person: NewPerson
) -> None:
    bare = at_a_path.url.removesuffix(PATH)
    changes = {
        f"proxy_pass {bare};": f"proxy_pass {bare}/;",
        "proxy_set_header Upgrade $http_upgrade;": "",
        "proxy_set_header Connection $arena_connection;": "proxy_set_header Connection '';",
    }
    started = at_a_path.log.stat().st_size
    with fronts.nginx(at_a_path, tmp_path, changes) as front:
        interviewer, _ = interview(front, new_person)
        expect(interviewer.page.get_by_text(re.compile("blocks WebSockets"))).to_be_visible()
    assert "status=101" not in at_a_path.log.read_bytes()[started:].decode()


WRONG = [
    # The server does not know that it is at a path.
    (
        {"proxy_pass {bare};": "proxy_pass {bare}/;"},
        [PATH, f"start it with --base-url={PATH}"],
    ),
    # The proxy asks for another host.
    (
        {
            "location /interviews/": "location /",
            "proxy_set_header Host $http_host;": "",
        },
        ["127.0.0.1", "proxy_set_header Host $http_host;"],
    ),
]


@pytest.mark.parametrize(("changes", "said"), WRONG, ids=["path", "host"])
def test_a_page_at_a_wrong_address_says_what_to_set(
    at_the_root: Server,
    tmp_path: Path,
    new_person: NewPerson,
    changes: dict[str, str],
    said: list[str],
) -> None:
    bare = at_the_root.url.rstrip("/")
    here = {old.format(bare=bare): new.format(bare=bare) for old, new in changes.items()}
    session = at_the_root.session()
    with fronts.nginx(at_the_root, tmp_path, here) as front:
        path = PATH if len(changes) == 1 else "/"
        url = front.url.removesuffix(PATH) + path
        secret = at_the_root.invite(session).partition("#")[2]
        ben = new_person("Ben", ignore_https_errors=True)
        for place in ("arena/", f"arena/join/{session}#{secret}"):
            ben.page.goto(url + place)
            alert = ben.page.get_by_role("alert")
            expect(alert).to_contain_text("This server is set up for another address.")
            for words in said:
                expect(alert).to_contain_text(words)
            assert secret not in ben.page.url
