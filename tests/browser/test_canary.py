"""Secrets in the browser: none in addresses, Referer, titles, history; only its own in storage."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Request, expect

from tests.browser.conftest import Person
from tests.browser.room import Room
from tests.support.servers import Server

pytestmark = pytest.mark.timeout(120)

NewPerson = Callable[..., Person]


class Wire:
    """Records all requests of a person's browser."""

    def __init__(self, person: Person) -> None:
        self.requests: list[tuple[str, dict[str, str], str]] = []
        self.sockets: list[str] = []
        person.context.on("request", self._note)
        person.page.on("websocket", lambda it: self.sockets.append(it.url))

    def _note(self, request: Request) -> None:
        self.requests.append((request.url, request.headers, request.post_data or ""))

    def urls(self) -> list[str]:
        """Every address as sent: the fragment behind `#` stays in the browser."""
        return [url.partition("#")[0] for url, *_ in self.requests] + self.sockets


def test_a_guests_secrets_stay_out_of_addresses(stand_alone: Server, new_person: NewPerson) -> None:
    session = stand_alone.session(language="javascript")
    link = stand_alone.invite(session)
    secret = link.partition("#")[2]
    ada = new_person("Ada")
    wire = Wire(ada)
    ada.page.goto(link)
    ada.page.reload()  # a reload of the form needs the secret
    name = ada.page.get_by_label("Your name")
    name.fill("Ada")
    assert "#" not in ada.page.url
    ada.page.get_by_role("button", name="Join").click()
    room = Room(ada.page).wait_until_editable()
    assert ada.page.evaluate("sessionStorage.length") == 0
    room.write("console.log('hi')")
    expect(room.run()).to_contain_text("hi")
    kept = ada.page.evaluate("JSON.stringify({...localStorage})")
    token = json.loads(kept)[f"arena:{session}"]
    assert len(token) >= 43
    ada.page.reload()
    Room(ada.page).wait_until_editable()

    assert len(wire.urls()) > 10
    assert wire.sockets
    assert any(secret in body for _, _, body in wire.requests), "it was exchanged by POST"
    for hidden in (secret, token):
        assert not [url for url in wire.urls() if hidden in url]
        for url, headers, _ in wire.requests:
            assert not headers.get("referer"), url
            sent = {name for name, value in headers.items() if hidden in value}
            assert sent <= {"x-arena-token"}, url
        assert hidden not in ada.page.url
        assert hidden not in ada.page.title()
        assert hidden not in ada.page.evaluate("JSON.stringify([history.state, window.name])")
        assert hidden not in ada.page.content()
        assert hidden not in " ".join(ada.console)
    storages = ada.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert secret not in storages
    assert set(json.loads(kept)) <= {f"arena:{session}"}
    assert ada.context.cookies() == []
    # Navigation back does not restore the secret.
    ada.page.goto("about:blank")
    ada.page.go_back()
    Room(ada.page).wait_until_editable()
    assert "#" not in ada.page.url


def test_the_hosts_token_leaves_the_address_at_once(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ana = new_person("Ana")
    wire = Wire(ana)
    ana.page.goto(stand_alone.lobby_url)
    expect(ana.page.get_by_role("button").first).to_be_visible()
    assert stand_alone.token not in ana.page.url
    first, *others = wire.urls()
    assert stand_alone.token in first
    assert not [url for url in others if stand_alone.token in url]
    assert not [url for url, headers, _ in wire.requests if headers.get("referer")]
    stored = ana.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert stand_alone.token not in stored
    assert stand_alone.token not in ana.page.content()
