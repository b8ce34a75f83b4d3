"""Arena in a real JupyterHub, behind its proxy and a prefix, configured as documented."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.hub import Hub, jupyterhub, wait_until
from tests.browser.room import Room, from_launcher, join, share
from tests.support.servers import Server

NewPerson = Callable[..., Person]

#: Seconds without activity after which the culler of these tests stops a server.
IDLE = 6

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """One hub for all tests of this module."""
    with jupyterhub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def ask(server: Server, token: str, path: str, method: str = "GET") -> tuple[int, Any]:
    """Call Arena at `server` with the login of `token`; returns status and answer."""
    request = urllib.request.Request(
        f"{server.url}arena/api/{path}",
        method=method,
        data=b"{}" if method == "POST" else None,
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_a_guest_without_an_account_comes_by_the_link(hub: Hub, new_person: NewPerson) -> None:
    server = hub.start("ana")
    host, guest = new_person("Ana"), new_person("Ben")
    hub.log_in(host.page, "ana", "lab?reset")
    interviewer = from_launcher(host.page)
    link = share(interviewer)
    assert link.startswith(f"{hub.url}user/ana/arena/join/")
    candidate = join(guest.page, link, "Ben")
    candidate.choose("JavaScript")
    candidate.write("console.log('from', 'Ben')\n")
    expect(interviewer.code).to_contain_text("'Ben'")
    interviewer.code.click()
    host.page.keyboard.press("ControlOrMeta+End")
    host.page.keyboard.insert_text("console.log('from', 'Ana')")
    expect(candidate.code).to_contain_text("'Ana'")
    candidate.run()
    for room in (candidate, interviewer):
        expect(room.output).to_contain_text("from Ben")
        expect(room.output).to_contain_text("from Ana")
    assert guest.errors == []
    # The guest got no account, and has no access to the hub or the rest of this server.
    closed = [server.url + path for path in ("lab", "api/contents", "api/kernels", "api/me")]
    closed += [hub.url + path for path in ("hub/home", "hub/api/users", "user/bob/lab")]
    token = json.loads(
        guest.page.evaluate("JSON.stringify(Object.values(localStorage).at(0) ?? null)")
    )
    assert token
    for url in closed:
        for headers in ({"X-Arena-Token": token}, {"Authorization": f"token {token}"}):
            answer = guest.context.request.get(url, headers=headers, max_redirects=0)
            location = answer.headers.get("location", "")
            assert answer.status in {401, 403, 404} or "/hub/" in location, (url, answer.status)
    # The logs of the hub, its proxy and the server contain no secret of the session.
    written = hub.log.read_text(errors="replace")
    assert "/user/ana/api/contents" in written
    assert link.partition("#")[2] not in written
    assert token not in written


def test_the_lobby_opens_for_the_hubs_user(hub: Hub, new_person: NewPerson) -> None:
    hub.start("ana")
    person = new_person("Ana")
    hub.log_in(person.page, "ana", "arena/")
    person.page.get_by_role("button", name="New interview").click()
    Room(person.page).wait_until_editable()
    assert person.page.url.startswith(f"{hub.url}user/ana/arena/join/")


def test_tls_may_end_before_the_hub(hub: Hub, new_person: NewPerson) -> None:
    """The server then receives plain http; the link must still have the public scheme, https."""
    hub.start("ana")
    host = new_person("Ana", ignore_https_errors=True)
    guest = new_person("Ben", ignore_https_errors=True)
    with hub.behind_tls() as front:
        front.log_in(host.page, "ana", "arena/")
        host.page.get_by_role("button", name="New interview").click()
        interviewer = Room(host.page).wait_until_editable()
        link = share(interviewer)
        assert link.startswith(f"{front.url}user/ana/arena/join/")
        assert link.startswith("https://")
        candidate = join(guest.page, link, "Ben")
        candidate.choose("JavaScript")
        candidate.write("'over ' + 'TLS'")
        expect(interviewer.code).to_have_text("'over ' + 'TLS'")
        expect(candidate.run()).to_contain_text("over TLS")


def test_other_users_of_the_hub_do_not_interview(hub: Hub) -> None:
    server = hub.start("ana")
    session = server.session(title="Hers alone")
    # Bob's login is not valid here; Eve's is valid, and different from Ana's.
    for user, may_create in (("bob", False), ("eve", True)):
        hub.call("GET", f"users/{user}") or hub.call("POST", f"users/{user}")
        token = hub.user_token(user)
        assert ask(server, token, "info")[1]["mayCreate"] is may_create
        for path in ("", "/recording", "/invites", "/users"):
            assert ask(server, token, f"sessions/{session}{path}")[0] == 404
        assert ask(server, token, f"sessions/{session}/invites", "POST")[0] == 404
        status, listed = ask(server, token, "sessions")
        assert (status, listed) == (200, []) if may_create else status == 403
    assert session in {each["id"] for each in server.call("GET", "sessions")}


def test_rooms_of_two_servers_do_not_mix_in_one_browser(hub: Hub, new_person: NewPerson) -> None:
    """All servers of a hub are one origin, and so have one storage."""
    guest = new_person("Ben")
    rooms = []
    for user in ("ana", "bob"):
        server = hub.start(user)
        page = guest.context.new_page()
        rooms.append(join(page, server.invite(server.session()), f"Ben at {user}"))
        rooms[-1].write(f"for {user}")
        expect(rooms[-1].saved).to_have_text("Saved")
    for room, user in zip(rooms, ("ana", "bob"), strict=True):
        room.page.reload()
        room.wait_until_editable()
        expect(room.code).to_have_text(f"for {user}")
        expect(room.people).to_contain_text(f"Ben at {user}")


def test_a_guest_outlives_the_server(hub: Hub, new_person: NewPerson) -> None:
    server = hub.start("ana")
    session = server.session()
    guest = join(new_person("Ben").page, server.invite(session), "Ben")
    guest.write("before. ")
    expect(guest.saved).to_have_text("Saved")
    hub.stop("ana")
    guest.page.keyboard.type("meanwhile.")
    expect(guest.saved).not_to_have_text("Saved")
    again = hub.start("ana")
    expect(guest.saved).to_have_text("Saved", timeout=40_000)
    link = again.invite(session)
    expect(join(new_person("Oz").page, link, "Oz").code).to_have_text("before. meanwhile.")


def test_an_interview_is_not_culled_before_everybody_has_left(
    hub: Hub, new_person: NewPerson
) -> None:
    ana, bob = hub.start("ana"), hub.start("bob")
    guest = new_person("Ben")
    # Only a guest is connected, and the guest is idle.
    join(guest.page, ana.invite(ana.session()), "Ben")
    bob.session()  # Bob's last activity, later than Ana's
    with hub.culler(IDLE):
        wait_until(lambda: hub.is_down("bob"), "the culler to stop Bob's server", hub.log)
        assert hub.runs("ana")
        guest.context.close()
        wait_until(lambda: hub.is_down("ana"), "the culler to stop Ana's server", hub.log)
