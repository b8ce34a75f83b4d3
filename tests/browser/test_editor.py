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
