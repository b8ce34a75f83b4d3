"""The editor under the hands of one person: undo, keys, pasting, moving between files."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.meeting import NewPerson
from tests.browser.room import Room, join
from tests.support.servers import Server


def alone(server: Server, new_person: NewPerson) -> tuple[Room, Page]:
    """A guest in a session of their own, with the focus in the editor."""
    person = new_person("Ada")
    session = server.session(language="javascript", title="Interview")
    room = join(person.page, server.invite(session), "Ada")
    room.code.click()
    return room, person.page


def test_one_undo_brings_back_what_was_pasted_over(
    stand_alone: Server, new_person: NewPerson
) -> None:
    room, page = alone(stand_alone, new_person)
    page.keyboard.insert_text("let all = 'that I wrote'")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+x")
    page.keyboard.insert_text("x")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+v")
    expect(room.code).to_have_text("let all = 'that I wrote'")
    page.keyboard.press("ControlOrMeta+z")
    expect(room.code).to_have_text("x")
    page.keyboard.press("ControlOrMeta+z")
    expect(room.code).to_have_text("")
    page.keyboard.press("ControlOrMeta+z")
    expect(room.code).to_have_text("let all = 'that I wrote'")
    page.keyboard.press("ControlOrMeta+Shift+Z")
    page.keyboard.press("ControlOrMeta+Shift+Z")
    expect(room.code).to_have_text("x")


def test_keys_do_what_people_expect_of_them(stand_alone: Server, new_person: NewPerson) -> None:
    room, page = alone(stand_alone, new_person)
    # Ctrl+S of the browser would open a dialog, and the page would not see the key.
    page.evaluate("addEventListener('keydown', event => (window.last = event))")
    room.write("console.log('ran')")
    page.keyboard.press("ControlOrMeta+s")
    expect(room.panel.get_by_text("Everything is saved.")).to_be_visible()
    assert page.evaluate("window.last.defaultPrevented")
    page.keyboard.press("Shift+Enter")
    expect(room.output).to_contain_text("ran")
    expect(room.code).to_have_text("console.log('ran')")
    expect(room.run_button).to_have_attribute("title", "Run (Ctrl+Enter or Shift+Enter)")


def test_escape_from_a_new_file_leads_back(stand_alone: Server, new_person: NewPerson) -> None:
    room, page = alone(stand_alone, new_person)
    button = room.panel.get_by_role("button", name="Add a file")
    field = room.panel.get_by_role("textbox", name="Name of the file")
    button.click()
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(room.code).to_be_focused()
    button.focus()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
