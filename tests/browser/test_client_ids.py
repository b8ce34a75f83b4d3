"""A stranger takes the client id of a person who is offline: the person's typing arrives."""

from __future__ import annotations

import json
import re
import secrets
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import websocket
from playwright.sync_api import expect

from arena_ext.protocol import frames
from arena_ext.protocol.frames import PresenceMessage, PresenceState
from tests.browser.conftest import Person
from tests.browser.room import join
from tests.support import servers
from tests.support.forged import item
from tests.support.servers import Server
from tests.support.stage import edit

NewPerson = Callable[..., Person]

RECONNECT_MS = 30_000


@contextmanager
def stranger(server: Server, session: str, token: str) -> Iterator[websocket.WebSocket]:
    """A participant with a raw socket."""
    url = f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"
    protocols = ["arena.v1", f"token.{token}"]
    with closing(websocket.create_connection(url, subprotocols=protocols, timeout=20)) as socket:
        yield socket


def token_of(server: Server, session: str) -> str:
    """The token of a guest, Mallory, who joins by REST."""
    invite = server.invite(session).partition("#")[2]
    request = urllib.request.Request(
        f"{server.url}arena/api/sessions/{session}/join",
        data=json.dumps({"userName": "Mallory", "invite": invite}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.loads(answer.read())["token"])


def client_of(socket: websocket.WebSocket, name: str) -> int:
    """The client id under which a person is shown."""
    while True:
        message = socket.recv()
        if isinstance(message, bytes) and message[0] == 1:
            presence = frames.decode(message)
            assert isinstance(presence, PresenceMessage)
            for each in presence.states:
                if each.state and each.state["user"]["name"] == name:
                    return each.client


def take(socket: websocket.WebSocket, client: int, text: str) -> None:
    """Show presence and write `text` under a client id, and wait until the server has read both."""
    socket.send_binary(PresenceMessage([PresenceState(client, 9, {"cursor": None})]).encode())
    socket.send_binary(edit(item(client, 0, text)))
    while True:
        message = socket.recv()
        if isinstance(message, str) and json.loads(message)["type"] == "saved":
            return


@pytest.mark.timeout(180)
def test_who_comes_back_types_on_although_a_stranger_has_their_id(
    tmp_path: Path, new_person: NewPerson
) -> None:
    port, host_token = servers.free_port(), secrets.token_hex(16)
    ben = new_person("Ben")
    text = "what a stranger wrote. "
    with servers.jupyter("arena", tmp_path, port=port, token=host_token) as server:
        session = server.session()
        token = token_of(server, session)
        room = join(ben.page, server.invite(session), "Ben")
        with stranger(server, session, token) as socket:
            client = client_of(socket, "Ben")
        # As if its power was cut: the server has no checkpoint, and no memory of Ben's cursor.
        server.process.kill()
        server.process.wait()
    ben.context.set_offline(True)
    room.code.click()
    room.page.keyboard.type("offline. ")
    expect(room.saved).to_have_text(re.compile("Offline|Reconnecting"), timeout=RECONNECT_MS)
    with servers.jupyter("arena", tmp_path, port=port, token=host_token) as server:
        with stranger(server, session, token) as socket:
            take(socket, client, text)
            ben.context.set_offline(False)
            expect(room.saved).to_have_text("Saved", timeout=RECONNECT_MS)
            room.page.keyboard.type("online.")
            expect(room.code).to_contain_text("offline. online.")
            expect(room.code).to_contain_text(text.strip())
            expect(room.saved).to_have_text("Saved")
            expect(room.code).to_be_focused()
        expect(room.panel.get_by_role("alert")).to_have_count(0)
        stored = str(server.call("GET", f"sessions/{session}")["code"])
        assert sorted((stored.replace(text, ""), text)) == sorted(("offline. online.", text))
        assert not ben.errors
        # The server, the page, and the next page have one text.
        again = ben.context.new_page()
        again.goto(ben.page.url)
        expect(again.locator(".arena-panel").get_by_role("textbox", name="Code")).to_have_text(
            room.text()
        )
