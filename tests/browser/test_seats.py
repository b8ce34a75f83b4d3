"""Who somebody is in a room: the name, the device, and what is left after the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.player import watch
from tests.browser.room import Room, add, join
from tests.support import servers
from tests.support.servers import Server

NewPerson = Callable[..., Person]

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Arena alone."""
    with servers.arena(tmp_path_factory.mktemp("seats")) as running:
        yield running


def interviewer(server: Server, person: Person, session: str) -> Room:
    """The host's page of a session."""
    person.page.goto(f"{server.url}arena/join/{session}?token={server.token}")
    return Room(person.page).wait_until_editable()


def rename(room: Room, name: str) -> None:
    """Change the own name, by keyboard."""
    room.panel.get_by_role("button", name="Change your name").focus()
    room.page.keyboard.press("Enter")
    field = room.page.get_by_role("dialog").get_by_label("Your name")
    expect(field).to_be_focused()
    field.fill(name)
    room.page.keyboard.press("Enter")
    expect(room.page.get_by_role("dialog")).to_have_count(0)


def end(room: Room) -> None:
    """End the session."""
    room.choose_action("End session…")
    room.page.get_by_role("dialog").get_by_role("button", name=re.compile("^End")).click()


def test_a_name_is_changed_in_the_room_and_shows_while_typing(
    server: Server, new_person: NewPerson
) -> None:
    session = server.session(language="javascript")
    ana, ben = new_person("Ana"), new_person("Ben")
    mine = interviewer(server, ana, session)
    theirs = join(ben.page, server.invite(session), "Anonymous Moon")
    theirs.write("x = 1")
    expect(mine.cursors).to_have_text("Anonymous Moon")
    rename(theirs, "  Benjamin  ")
    for room in (mine, theirs):
        expect(room.people).to_contain_text("Benjamin")
        expect(room.people).not_to_contain_text("Moon")
    theirs.code.click()
    theirs.page.keyboard.type("2")
    expect(mine.cursors).to_have_text("Benjamin")
    # A name that somebody has gets a number; a reload keeps it.
    taken = server.call("GET", f"sessions/{session}/users")[0]["name"]
    rename(theirs, taken.upper())
    expect(mine.people).to_contain_text(f"{taken.upper()} (2)")
    theirs.page.reload()
    expect(Room(ben.page).wait_until_editable().people).to_contain_text(f"{taken.upper()} (2)")
    ana.page.goto("about:blank")
    player = watch(server, ana, session)
    expect(player.told).to_contain_text("Anonymous Moon changed their name to Benjamin")
    assert [ana.errors, ben.errors] == [[], []]


def ask_for_the_seat(page: Page, link: str, name: str) -> None:
    """Open the link on another device, and say so."""
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("checkbox", name="I was here before, on another device").check()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Waiting for the interviewer to let you in…")).to_be_visible()


def test_a_dead_laptops_interview_goes_on_on_the_phone(
    server: Server, new_person: NewPerson
) -> None:
    session = server.session(language="javascript")
    body = {"role": "candidate", "maxUses": 1}
    link = server.call("POST", f"sessions/{session}/invites", body)["url"]
    ana, laptop, phone = new_person("Ana"), new_person("Ben"), new_person("Ben's phone")
    room = interviewer(server, ana, session)
    before = join(laptop.page, link, "Ben")
    before.write("mine")
    expect(room.code).to_have_text("mine")
    laptop.context.close()

    # The link is for one person: the phone's page leads on from there, too.
    phone.page.goto(link)
    phone.page.get_by_label("Your name").fill("Ben")
    phone.page.get_by_role("button", name="Join").click()
    expect(phone.page.get_by_text("This link does not work.")).to_be_visible()
    phone.page.get_by_role("button", name="I was here before, on another device").click()
    phone.page.get_by_label("Your name").fill("ben")
    phone.page.get_by_role("button", name="Join").click()
    expect(phone.page.get_by_text("Waiting for the interviewer to let you in…")).to_be_visible()
    expect(room.panel).to_contain_text("Ben asks to continue on another device.")
    room.panel.get_by_role("button", name="Admit Ben").click()
    after = Room(phone.page).wait_until_editable()
    expect(after.code).to_have_text("mine")
    expect(after.people).to_contain_text("Ben")
    expect(after.people).not_to_contain_text("(2)")
    after.write("mine again")
    expect(room.code).to_have_text("mine again")
    phone.page.reload()
    Room(phone.page).wait_until_editable()
    assert [ana.errors, phone.errors] == [[], []]


def test_nobody_takes_a_seat_unseen(server: Server, new_person: NewPerson) -> None:
    session = server.session(language="javascript")
    link = server.invite(session)
    ana, ben, eve = new_person("Ana"), new_person("Ben"), new_person("Eve")
    room = interviewer(server, ana, session)
    theirs = join(ben.page, link, "Ben")
    theirs.write("mine")
    ask_for_the_seat(eve.page, link, "Ben")
    # Until an interviewer decides, Ben goes on, and Eve sees nothing.
    theirs.write("still mine")
    expect(room.code).to_have_text("still mine")
    assert "still mine" not in eve.page.content()
    room.panel.get_by_role("button", name="Decline Ben").click()
    expect(eve.page.get_by_role("alert")).to_contain_text("The interviewer declined.")
    theirs.write("mine for good")
    expect(room.code).to_have_text("mine for good")
    # If the interviewer is mistaken, Ben is told.
    eve.page.goto("about:blank")
    ask_for_the_seat(eve.page, link, "Ben")
    room.panel.get_by_role("button", name="Admit Ben").click()
    Room(eve.page).wait_until_editable()
    told = ben.page.get_by_role("alert")
    expect(told).to_contain_text("If that was not you, tell your interviewer.")
    ana.page.goto("about:blank")
    expect(watch(server, ana, session).told).to_contain_text("Ben continued on another device")


def test_a_candidate_keeps_the_code_after_the_end_and_a_reload(
    server: Server, new_person: NewPerson
) -> None:
    session = server.session(language="javascript")
    ana, ben, eve = new_person("Ana"), new_person("Ben"), new_person("Eve")
    room = interviewer(server, ana, session)
    link = server.invite(session)
    ben.page.goto(link)
    expect(ben.page.get_by_text("A candidate keeps a copy of the code")).to_be_visible()
    theirs = join(ben.page, link, "Ben")
    hers = join(eve.page, link, "Eve")
    theirs.write("const answer = 42")
    add(theirs, "helper.js")
    theirs.write("// help")
    expect(theirs.saved).to_have_text("Saved")
    expect(hers.code).to_have_text("const answer = 42")
    # Eve has reloaded, so her browser might have a copy; but she is removed.
    eve.page.reload()
    Room(eve.page).wait_until_editable()
    room.panel.get_by_role("button", name="Manage Eve").click()
    room.panel.get_by_role("button", name="Remove…").click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(eve.page.get_by_role("alert")).to_contain_text("You were removed")
    end(room)
    expect(ben.page.get_by_text("This interview has ended. Thank you.")).to_be_visible()
    copy = ben.page.get_by_role("region", name="Your copy of the code")
    expect(copy).to_be_visible()
    ben.page.reload()
    expect(ben.page.get_by_role("alert")).to_contain_text("This interview has ended.")
    with ben.page.expect_download() as started:
        copy.get_by_role("button", name="Download main.js").click()
    assert started.value.path().read_text() == "const answer = 42"
    assert started.value.suggested_filename == "main.js"
    with ben.page.expect_download() as started:
        copy.get_by_role("button", name="Download helper.js").click()
    assert started.value.path().read_text() == "// help"
    eve.page.reload()
    expect(eve.page.get_by_text("This link does not work.")).to_be_visible()
    expect(eve.page.get_by_text("Your copy")).to_have_count(0)
    assert "const answer" not in eve.page.evaluate("JSON.stringify({...localStorage})")
    copy.get_by_role("button", name="Delete this copy").click()
    ben.page.reload()
    expect(ben.page.get_by_role("alert")).to_contain_text("This interview has ended.")
    expect(copy).to_have_count(0)
    assert "const answer" not in ben.page.evaluate("JSON.stringify({...localStorage})")
    assert [ana.errors, ben.errors, eve.errors] == [[], [], []]


def test_the_code_is_kept_also_if_the_end_comes_while_the_page_is_closed(
    server: Server, new_person: NewPerson
) -> None:
    session = server.session(language="javascript")
    ben = new_person("Ben")
    theirs = join(ben.page, server.invite(session), "Ben")
    theirs.write("const answer = 42")
    expect(theirs.saved).to_have_text("Saved")
    address = ben.page.url
    ben.page.goto("about:blank")
    server.call("PATCH", f"sessions/{session}", {"ended": True})
    ben.page.goto(address)
    copy = ben.page.get_by_role("region", name="Your copy of the code")
    with ben.page.expect_download() as started:
        copy.get_by_role("button", name="Download main.js").click()
    assert started.value.path().read_text() == "const answer = 42"
