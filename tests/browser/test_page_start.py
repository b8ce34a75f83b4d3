"""The start of a guest's page: what it loads first, and what it does without the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.room import Room
from tests.support.servers import Server

#: Bytes of everything that a guest's page requests until its editor can be typed in, compressed,
#: headers included. `make benchmark` has the same limit.
PAGE_LIMIT = 200_000
EDITOR = ".arena-panel .cm-content[aria-readonly=false]"
#: Script: records the time at which the editor could be typed in.
RECORD_EDITABLE = f"""new MutationObserver(() => {{
  if (window.arenaEditable === undefined && document.querySelector({json.dumps(EDITOR)})) {{
    window.arenaEditable = performance.now();
  }}
}}).observe(document, {{ subtree: true, childList: true, attributes: true }});"""
#: Script: the addresses that the page requested after that.
REQUESTED_LATER = """() => performance.getEntriesByType('resource')
  .filter(({ startTime }) => startTime > arenaEditable).map(({ name }) => name)"""
#: Script: waits until the page requests nothing more. Its pauses between two parts are shorter.
ALL_LOADED = """async () => {
  const count = () => performance.getEntriesByType('resource').length;
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise(resolve => setTimeout(resolve, 3000));
  }
}"""


def open_form(page: Page, link: str) -> None:
    """Open a link, and wait until everything that the room needs at first has arrived."""
    page.goto(link)
    page.get_by_label("Your name").fill("Grace")
    page.wait_for_load_state("networkidle")


def received(page: Page) -> dict[str, int]:
    """The bytes of the answers that a page receives from now on, by address."""
    sizes: dict[str, int] = {}
    addresses: dict[str, str] = {}

    def sent(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        address = addresses.get(event["requestId"], "")
        sizes[address] = sizes.get(address, 0) + int(event["encodedDataLength"])

    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", finished)
    return sizes


@pytest.mark.parametrize("language", ["javascript", "python", "sql"])
def test_a_guest_can_type_before_200_kb_have_arrived(
    stand_alone: Server, new_person: Callable[..., Person], language: str
) -> None:
    link = stand_alone.invite(stand_alone.session(language=language, question="# Hello"))
    page = new_person("Grace").page
    page.add_init_script(RECORD_EDITABLE)
    sizes = received(page)
    open_form(page, link)
    page.get_by_role("button", name="Join").click()
    Room(page).wait_until_editable()
    page.evaluate(ALL_LOADED)
    later = page.evaluate(REQUESTED_LATER)
    first = {address: size for address, size in sizes.items() if address not in later}
    assert any("/arena/static/" in address for address in later)
    assert 50_000 < sum(first.values()) < PAGE_LIMIT, first


def test_a_room_works_without_what_loads_later(
    stand_alone: Server, new_person: Callable[..., Person]
) -> None:
    link = stand_alone.invite(stand_alone.session(language="javascript", question="# Hello"))
    grace = new_person("Grace")
    open_form(grace.page, link)
    grace.page.route("**/arena/static/**", lambda route: route.abort())
    grace.page.get_by_label("Your name").press("Enter")
    # Keys from the first moment on.
    grace.page.wait_for_selector(EDITOR)
    grace.page.keyboard.type("console.log(6 * 7)")
    room = Room(grace.page)
    expect(room.code).to_have_text("console.log(6 * 7)")
    expect(room.run()).to_have_text("42")
    expect(room.panel.get_by_text("# Hello")).to_be_visible()
    assert grace.errors == []


def test_a_room_has_all_its_parts_before_the_network_goes(
    stand_alone: Server, new_person: Callable[..., Person]
) -> None:
    link = stand_alone.invite(stand_alone.session(language="javascript"))
    page = new_person("Grace").page
    open_form(page, link)
    page.get_by_label("Your name").press("Enter")
    room = Room(page).wait_until_editable()
    page.evaluate(ALL_LOADED)
    page.route("**/arena/static/**", lambda route: route.abort())
    room.choose("SQL")
    room.write("select 'colours'")
    expect(room.code.locator(".cm-line span").first).to_be_visible()


def test_the_name_of_a_file_is_not_spell_checked(
    stand_alone: Server, new_person: Callable[..., Person]
) -> None:
    page = new_person("Grace").page
    open_form(page, stand_alone.invite(stand_alone.session()))
    page.get_by_label("Your name").press("Enter")
    room = Room(page).wait_until_editable()
    room.panel.get_by_role("button", name="Add a file").click()
    field = room.panel.get_by_role("textbox", name="Name of the file")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("spellcheck", "false")
