"""No typed text is lost when the network, the page, the server or the session fails or ends."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import Person
from tests.browser.room import Room, join
from tests.support import servers
from tests.support.servers import Server

NewPerson = Callable[..., Person]

#: A page retries after at most ten seconds, and closes a silent connection after 15.
RECONNECT_MS = 30_000
NOT_STORED = "The server cannot store right now. Keep this page open"


def type_at_end(room: Room, text: str) -> None:
    """Type key by key at the end of the text."""
    room.code.click()
    room.page.keyboard.press("ControlOrMeta+End")
    room.page.keyboard.type(text)


def seated(server: Server, session: str, person: Person, text: str, there: str = "") -> Room:
    """A candidate in the room, whose `text` is typed after `there`, and saved."""
    room = join(person.page, server.invite(session), person.name)
    expect(room.code).to_have_text(there)
    type_at_end(room, text)
    expect(room.saved).to_have_text("Saved")
    return room


def type_unsaved(room: Room, text: str) -> None:
    """Type `text` without a connection, and wait until the page shows that state."""
    type_at_end(room, text)
    expect(room.saved).to_have_text(re.compile("Offline|Reconnecting"), timeout=RECONNECT_MS)


#: Script: resolves when the page's earlier writes are in the database. A crash may lose the last
#: milliseconds of writes. The second count waits for writes during the first one.
WRITTEN = """async () => {
  const opening = indexedDB.open('arena');
  await new Promise(done => opening.onsuccess = done);
  for (let look = 0; look < 2; look++) {
    const counting = opening.result.transaction('drafts').objectStore('drafts').count();
    await new Promise(done => counting.onsuccess = done);
  }
  opening.result.close();
}"""


def close_without_goodbye(person: Person) -> str:
    """Close the page like a crash, without `beforeunload`; returns its address without a secret."""
    address = person.page.url
    person.page.evaluate(WRITTEN)
    person.page.close(run_before_unload=False)
    return address


def come_back(person: Person, address: str) -> Room:
    """Open `address` in a new tab of the same browser."""
    person.page = person.context.new_page()
    person.page.goto(address)
    return Room(person.page).wait_until_editable()


def code_of(server: Server, session: str) -> str:
    """The server's text."""
    return str(server.call("GET", f"sessions/{session}")["code"])


def test_a_page_closed_while_offline_loses_nothing(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session()
    ben = new_person("Ben")
    room = seated(stand_alone, session, ben, "before. ")
    ben.context.set_offline(True)
    type_unsaved(room, "offline. ")
    assert code_of(stand_alone, session) == "before. "
    address = close_without_goodbye(ben)
    ben.context.set_offline(False)
    for _ in range(2):  # the second time there is no draft left
        again = come_back(ben, address)
        expect(again.code).to_have_text("before. offline. ")
        expect(again.saved).to_have_text("Saved")
        assert code_of(stand_alone, session) == "before. offline. "
        close_without_goodbye(ben)


def test_a_second_tab_leaves_the_first_ones_text_to_it(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session()
    ben = new_person("Ben")
    first = seated(stand_alone, session, ben, "first. ")
    address = first.page.url
    second = come_back(ben, address)
    expect(second.code).to_have_text("first. ")
    type_at_end(second, "second. ")
    for room in (first, second):
        expect(room.code).to_have_text("first. second. ")
        expect(room.saved).to_have_text("Saved")
    assert code_of(stand_alone, session) == "first. second. "


@pytest.mark.timeout(120)
def test_a_server_that_stops_and_starts_loses_nothing(
    tmp_path: Path, new_person: NewPerson
) -> None:
    port, token = servers.free_port(), secrets.token_hex(16)
    ben, cy = new_person("Ben"), new_person("Cy")
    with servers.jupyter("arena", tmp_path, port=port, token=token) as server:
        session = server.session()
        stays = seated(server, session, ben, "before. ")
        goes = seated(server, session, cy, "both. ", "before. ")
        expect(stays.code).to_have_text("before. both. ")
    type_unsaved(stays, "from ben. ")
    type_unsaved(goes, "from cy. ")
    address = close_without_goodbye(cy)
    with servers.jupyter("arena", tmp_path, port=port, token=token) as server:
        expect(stays.saved).to_have_text("Saved", timeout=RECONNECT_MS)
        again = come_back(cy, address)
        for room in (stays, again):
            expect(room.code).to_have_text(
                re.compile(r"^before\. both\. (from ben\. from cy\. |from cy\. from ben\. )$")
            )
            expect(room.saved).to_have_text("Saved")
        assert code_of(server, session) == stays.text() == again.text()


@contextmanager
def unwritable(database: Path) -> Iterator[None]:
    """Block all other writers of a database until the block ends, like a full disk."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.timeout(120)
def test_a_server_that_cannot_store_says_so_and_loses_nothing(
    tmp_path: Path, new_person: NewPerson
) -> None:
    database = tmp_path / "sessions.sqlite"
    ben, ana = new_person("Ben"), new_person("Ana")
    with servers.jupyter("arena", tmp_path, f"--ArenaApp.database={database}") as server:
        session = server.session()
        typist = seated(server, session, ben, "before. ")
        watcher = seated(server, session, ana, "", "before. ")
        with unwritable(database):
            type_at_end(typist, "not yet. ")
            for room in (typist, watcher):
                expect(room.saved).to_have_text("Not stored")
                expect(room.panel.get_by_text(NOT_STORED)).to_be_visible()
            # Typing continues, and no other page shows an edit that could still be lost.
            type_at_end(typist, "nor this. ")
            expect(typist.code).to_have_text("before. not yet. nor this. ")
            expect(watcher.code).to_have_text("before. ")
        for room in (typist, watcher):
            expect(room.saved).to_have_text("Saved", timeout=RECONNECT_MS)
            expect(room.panel.get_by_text(NOT_STORED)).to_have_count(0)
            expect(room.code).to_have_text("before. not yet. nor this. ")
        assert code_of(server, session) == "before. not yet. nor this. "
        close_without_goodbye(ben)
    # All text is on the disk.
    with servers.jupyter("arena", tmp_path, f"--ArenaApp.database={database}") as server:
        assert code_of(server, session) == "before. not yet. nor this. "


def test_a_session_that_is_gone_leaves_the_text_to_its_author(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session()
    ben = new_person("Ben", permissions=["clipboard-read", "clipboard-write"])
    room = seated(stand_alone, session, ben, "before. ")
    ben.context.set_offline(True)
    type_unsaved(room, "offline. ")
    stand_alone.call("DELETE", f"sessions/{session}")
    ben.context.set_offline(False)
    page = ben.page
    for _ in range(2):  # a reload keeps the text
        expect(page.get_by_role("alert")).to_have_text(
            "This session is gone. Here is what you typed.", timeout=RECONNECT_MS
        )
        text = page.get_by_role("textbox", name="What you typed")
        expect(text).to_have_value("before. offline. ")
        page.reload()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "before. offline. "
    page.get_by_role("button", name="Done").click()
    for _ in range(2):  # and the text does not return
        expect(page.get_by_text("This link does not work")).to_be_visible()
        page.reload()


def held_back(person: Person) -> Callable[[], None]:
    """Returns a function; after its call, no frame of the page reaches the server."""
    held = False

    def between(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(lambda message: None if held else server.send(message))

    def hold() -> None:
        nonlocal held
        held = True

    person.page.route_web_socket("**/arena/ws/**", between)
    return hold


@pytest.mark.parametrize("role", ["interviewer", "candidate"])
def test_what_is_on_its_way_when_a_session_ends_is_left_to_its_author(
    stand_alone: Server, new_person: NewPerson, role: str
) -> None:
    session = stand_alone.session()
    ben = new_person("Ben")
    hold = held_back(ben)
    room = join(ben.page, stand_alone.invite(session, role), "Ben")
    type_at_end(room, "before. ")
    expect(room.saved).to_have_text("Saved")
    hold()
    type_at_end(room, "on its way.")
    expect(room.saved).to_have_text("Saving…")
    stand_alone.call("PATCH", f"sessions/{session}", {"ended": True})
    page = ben.page
    expect(page.get_by_role("region", name="Unsaved text").get_by_role("alert")).to_have_text(
        "This session has ended. Here is what you typed and it did not get."
    )
    typed = page.get_by_role("textbox", name="What you typed")
    expect(typed).to_have_value("before. on its way.")
    expect(room.saved).to_have_text("Ended")
    page.reload()
    expect(typed).to_have_value("before. on its way.")
    page.get_by_role("button", name="Done").click()
    expect(typed).not_to_be_visible()
    assert code_of(stand_alone, session) == "before. "
