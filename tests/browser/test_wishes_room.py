"""What people complain of in rooms of this kind, tried by people in browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, WebSocketRoute, expect

from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import Document, Sync
from tests.browser.conftest import Person
from tests.browser.player import PASTED, watch
from tests.browser.room import Room, join, tab
from tests.support.honest import Editor
from tests.support.servers import Server

NewPerson = Callable[..., Person]

pytestmark = pytest.mark.timeout(180)


def host_page(server: Server, person: Person, session: str) -> Room:
    """The interviewer's page of a session."""
    person.page.goto(f"{server.url}arena/join/{session}?token={server.token}")
    return Room(person.page).wait_until_editable()


def test_a_link_and_a_name_are_all_that_a_guest_needs(
    stand_alone: Server, new_person: NewPerson
) -> None:
    page = new_person("Ben").page
    page.goto(stand_alone.invite(stand_alone.session(language="javascript")))
    assert page.context.cookies() == []
    page.get_by_label("Your name").fill("Ben")
    page.keyboard.press("Enter")
    room = Room(page).wait_until_editable()
    # The next key is code already.
    expect(room.code).to_be_focused()
    page.keyboard.type("x = 1")
    expect(room.code).to_have_text("x = 1")
    expect(room.saved).to_have_text("Saved")


def test_every_byte_of_an_interview_comes_from_the_same_host(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="python", question="Count the *vowels*: $x^2$")
    ana, ben = new_person("Ana"), new_person("Ben")
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    for person in (ana, ben):
        person.context.on("request", note)
        person.page.on("websocket", lambda socket: asked.append(socket.url))
    room = host_page(stand_alone, ana, session)
    theirs = join(ben.page, stand_alone.invite(session), "Ben")
    theirs.write("import math\nfrom IPython.display import Markdown\nMarkdown(f'$x = {math.pi}$')")
    theirs.run()
    expect(theirs.output.locator("iframe")).to_have_count(1)
    theirs.choose("JavaScript")
    theirs.write("console.log(6 * 7)")
    expect(theirs.run()).to_contain_text("42")
    theirs.choose("SQL")
    theirs.write("SELECT 7 AS lucky")
    expect(theirs.run()).to_contain_text("1 row")
    expect(room.output).to_contain_text("1 row")
    ana.page.goto("about:blank")
    watch(stand_alone, ana, session)

    here = urlsplit(stand_alone.url).netloc
    elsewhere = [
        url
        for url in asked
        if urlsplit(url).scheme not in {"blob", "data", "about"} and urlsplit(url).netloc != here
    ]
    assert len(asked) > 20
    assert elsewhere == []


def test_a_watchers_forged_edit_is_refused_and_the_screen_says_why(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript")
    ben, eve = new_person("Ben"), new_person("Eve")
    theirs = join(ben.page, stand_alone.invite(session), "Ben")
    theirs.write("mine")
    upstream: list[WebSocketRoute] = []

    def tap(socket: WebSocketRoute) -> None:
        upstream.append(socket.connect_to_server())

    eve.page.route_web_socket(re.compile("/arena/ws/"), tap)
    eve.page.goto(stand_alone.invite(session, "observer"))
    eve.page.get_by_label("Your name").fill("Eve")
    eve.page.get_by_role("button", name="Join").click()
    watching = Room(eve.page)
    expect(watching.code).to_have_text("mine")
    expect(watching.code).to_have_attribute("aria-readonly", "true")
    expect(watching.panel).to_contain_text("You are watching.")
    # Her page is changed so that it sends an edit all the same.
    forged = SyncMessage(Document.PAD, Sync.UPDATE, Editor(4711).insert(0, "forged "))
    upstream[-1].send(forged.encode())
    expect(watching.panel.locator(".arena-banner-error")).to_contain_text(
        "Your role is observer: you may not write in the pad"
    )
    theirs.code.click()
    theirs.page.keyboard.press("ControlOrMeta+End")
    theirs.page.keyboard.type("!")
    for room in (theirs, watching):
        expect(room.code).to_have_text("mine!")
    assert stand_alone.call("GET", f"sessions/{session}")["code"] == "mine!"


def test_a_question_can_be_copied_and_a_paste_is_told(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript", question="Count the vowels of a word.")
    permissions = ["clipboard-read", "clipboard-write"]
    ana, ben = new_person("Ana"), new_person("Ben", permissions=permissions)
    theirs = join(ben.page, stand_alone.invite(session), "Ben")
    question = theirs.panel.get_by_text("Count the vowels of a word.")
    question.click(click_count=3)
    ben.page.keyboard.press("ControlOrMeta+c")
    copied = ben.page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == "Count the vowels of a word."
    ben.page.evaluate("text => navigator.clipboard.writeText(text)", PASTED)
    theirs.code.click()
    ben.page.keyboard.press("ControlOrMeta+v")
    expect(theirs.code).to_contain_text("written somewhere else")
    expect(theirs.saved).to_have_text("Saved")
    told = watch(stand_alone, ana, session).told
    expect(told).to_contain_text(f"Ben pasted {len(PASTED)} characters")


def test_going_to_another_tab_is_nobodys_business(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript")
    ana, ben = new_person("Ana"), new_person("Ben")
    room = host_page(stand_alone, ana, session)
    theirs = join(ben.page, stand_alone.invite(session), "Ben")
    theirs.write("x")
    expect(room.code).to_have_text("x")
    before = room.panel.inner_text()
    other = ben.context.new_page()
    other.goto("about:blank")
    other.bring_to_front()
    for kind in ("blur", "visibilitychange", "pagehide", "pageshow", "focus"):
        ben.page.evaluate(
            "kind => [window, document].forEach(each => each.dispatchEvent(new Event(kind)))", kind
        )
    ben.page.bring_to_front()
    theirs.page.keyboard.type("y")
    expect(room.code).to_have_text("xy")
    assert room.panel.inner_text().replace("xy", "x") == before
    ana.page.goto("about:blank")
    player = watch(stand_alone, ana, session)
    moments = " ".join(player.told.all_inner_texts()).lower()
    assert "ben typed" in moments
    assert not re.search("tab|window|focus|away|left|score|%|suspic", moments)


def test_a_date_has_its_zone_in_lists_links_and_films(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript", title="With a zone")
    for zone, name in (
        ("America/New_York", r"E[SD]T|GMT-[45]"),
        ("Asia/Kolkata", r"GMT\+5:30|IST"),
    ):
        ana = new_person("Ana", timezone_id=zone, locale="en-US")
        ana.page.goto(stand_alone.lobby_url)
        row = ana.page.get_by_role("listitem").filter(has_text="With a zone")
        expect(row.first).to_contain_text(re.compile(rf"\d:\d\d.*({name})"))
        room = host_page(stand_alone, ana, session)
        room.panel.get_by_role("button", name="Share").click()
        dialog = ana.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Create link").click()
        expect(dialog).to_contain_text(re.compile(rf"Works until .*({name})"))
        ana.page.goto("about:blank")
        player = watch(stand_alone, ana, session)
        expect(player.root.locator("header")).to_contain_text(re.compile(rf"\d:\d\d.*({name})"))


def test_the_removed_do_not_come_back_by_the_same_link(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript")
    link = stand_alone.invite(session)
    ana, ben = new_person("Ana"), new_person("Ben")
    room = host_page(stand_alone, ana, session)
    join(ben.page, link, "Ben")
    room.panel.get_by_role("button", name="Manage Ben").click()
    room.panel.get_by_role("button", name="Remove…").click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(ben.page.get_by_role("alert")).to_contain_text("You were removed")
    for seat in (False, True):
        ben.page.goto("about:blank")
        ben.page.goto(link)
        ben.page.get_by_label("Your name").fill("Ben")
        box = ben.page.get_by_role("checkbox", name="I was here before, on another device")
        box.set_checked(seat)
        ben.page.get_by_role("button", name="Join").click()
        expect(ben.page.get_by_text("This link does not work.")).to_be_visible()
    expect(room.people).not_to_contain_text("Ben")
    kept = json.loads(ben.page.evaluate("JSON.stringify({...localStorage})"))
    assert kept == {}


def test_a_guest_page_works_on_a_phone_with_what_is_new(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript")
    phone = new_person("Ben", viewport={"width": 360, "height": 700}, has_touch=True)
    room = join(phone.page, stand_alone.invite(session), "Ben")
    rename = room.panel.get_by_role("button", name="Change your name")
    rename.scroll_into_view_if_needed()
    rename.tap()
    dialog = phone.page.get_by_role("dialog")
    expect(dialog.get_by_label("Your name")).to_be_focused()
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    expect(tab(room, "main.js")).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
