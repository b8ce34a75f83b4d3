"""What people miss in other shared editors: each test is one public complaint, with two people."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.meeting import NewPerson
from tests.browser.room import Room, add, join, tab
from tests.support.servers import Server


def two(server: Server, new_person: NewPerson) -> tuple[Room, Room, str]:
    """Two candidates in one session, and its id."""
    session = server.session(language="python", title="Interview")
    ada, ben = (
        join(person.page, server.invite(session), person.name)
        for person in (new_person("Ada"), new_person("Ben"))
    )
    return ada, ben, session


def offline(room: Room, is_offline: bool) -> None:
    room.page.context.set_offline(is_offline)
    if is_offline:
        room.page.evaluate("window.dispatchEvent(new Event('offline'))")


def first_line(page: Page) -> str:
    """The text of the first line that is in sight."""
    text: str = page.evaluate("""() => {
      const top = document.querySelector('.cm-scroller').getBoundingClientRect().top;
      const lines = [...document.querySelectorAll('.cm-line')];
      return lines.find(line => line.getBoundingClientRect().top >= top - 1).textContent;
    }""")
    return text


def test_the_place_stays_while_the_other_types_above_it(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada, ben, _ = two(stand_alone, new_person)
    ada.code.click()
    ada.page.keyboard.insert_text("\n".join(f"line {number}" for number in range(300)))
    expect(ben.code).to_contain_text("line 0")
    ben.page.evaluate("document.querySelector('.cm-scroller').scrollTop = 3000")
    ben.page.wait_for_function("() => document.querySelector('.cm-scroller').scrollTop === 3000")
    before = first_line(ben.page)
    ada.page.keyboard.press("ControlOrMeta+Home")
    ada.page.keyboard.insert_text("above\n" * 40)
    expect(ada.saved).to_have_text("Saved")
    ben.page.wait_for_function("() => document.querySelector('.cm-scroller').scrollTop > 3000")
    assert first_line(ben.page) == before
    # The caret of a reader who has scrolled away does not draw them back either.
    ada.page.keyboard.type("typed")
    expect(ada.saved).to_have_text("Saved")
    assert first_line(ben.page) == before


def test_escape_then_tab_leaves_the_editor_and_it_says_so(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada, _, _ = two(stand_alone, new_person)
    ada.code.click()
    ada.page.keyboard.press("Tab")
    expect(ada.code).to_be_focused()
    said = "Press Escape, then Tab, to leave the editor."
    expect(ada.code).to_have_attribute("aria-description", said)
    ada.page.keyboard.press("Escape")
    ada.page.keyboard.press("Tab")
    expect(ada.code).not_to_be_focused()


def test_the_name_of_the_other_shows_while_they_type(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada, ben, _ = two(stand_alone, new_person)
    ada.code.click()
    for key in "print(1)":
        ada.page.keyboard.press(key)
        expect(ben.cursors).to_have_text(["Ada"])
        expect(ben.cursors).to_have_css("opacity", "1")


def test_copying_always_works(stand_alone: Server, new_person: NewPerson) -> None:
    ada, ben, session = two(stand_alone, new_person)
    ada.write("to copy")
    expect(ben.code).to_have_text("to copy")
    for change in ({"locked": True}, {"ended": True}):
        stand_alone.call("PATCH", f"sessions/{session}", change)
        expect(ben.code).to_have_attribute("aria-readonly", "true")
        ben.code.click()
        ben.page.keyboard.press("ControlOrMeta+a")
        text = ben.page.evaluate("""() => {
          const clipboardData = new DataTransfer();
          const options = { clipboardData, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent('copy', options));
          return clipboardData.getData('text/plain');
        }""")
        assert text == "to copy"


def test_undo_is_ones_own_also_after_a_reconnect(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada, ben, _ = two(stand_alone, new_person)
    ada.code.click()
    ada.page.keyboard.insert_text("from Ada. ")
    expect(ben.code).to_have_text("from Ada. ")
    offline(ada, True)
    ben.code.click()
    ben.page.keyboard.press("End")
    ben.page.keyboard.insert_text("from Ben.")
    offline(ada, False)
    expect(ada.code).to_have_text("from Ada. from Ben.")
    ada.page.keyboard.press("ControlOrMeta+z")
    for room in (ada, ben):
        expect(room.code).to_have_text("from Ben.")
    ada.page.keyboard.press("ControlOrMeta+z")
    ada.page.keyboard.press("ControlOrMeta+y")
    for room in (ada, ben):
        expect(room.code).to_have_text("from Ada. from Ben.")


def test_a_composition_is_not_disturbed_by_the_other(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada, ben, _ = two(stand_alone, new_person)
    ben.write("()")
    expect(ada.code).to_have_text("()")
    ada.code.click()
    ada.page.keyboard.press("Home")
    ada.page.keyboard.press("ArrowRight")
    ime = ada.page.context.new_cdp_session(ada.page)
    keys = ("n", "に", "にh", "にほ", "にほn", "にほん")
    ben.page.keyboard.press("Home")
    for typed in keys:
        at = len(typed)
        composed = {"text": typed, "selectionStart": at, "selectionEnd": at}
        ime.send("Input.imeSetComposition", composed)
        expect(ada.code).to_contain_text(typed)
        # Ben types before it and behind it in the same line.
        for key in ("Home", "b", "End", "e"):
            ben.page.keyboard.press(key)
        expect(ben.saved).to_have_text("Saved")
    expect(ada.code).to_have_text("(にほん)")
    expect(ben.code).to_have_text("bbbbbb()eeeeee")
    ime.send("Input.insertText", {"text": "日本"})
    for room in (ada, ben):
        expect(room.code).to_have_text("bbbbbb(日本)eeeeee")
    ada.page.keyboard.type("!")
    for room in (ada, ben):
        expect(room.code).to_have_text("bbbbbb(日本!)eeeeee")
        expect(room.saved).to_have_text("Saved")


def test_a_file_that_the_other_deletes_stays_to_be_copied(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada, ben, _ = two(stand_alone, new_person)
    ada.write("the main file")
    add(ada, "helper.py")
    expect(tab(ben, "helper.py")).to_be_visible()
    ada.write("all that I wrote")
    expect(ada.saved).to_have_text("Saved")
    tab(ben, "helper.py").press("Delete")
    ben.page.get_by_role("dialog").get_by_role("button", name="Delete file").click()
    expect(ada.panel.get_by_role("alert")).to_contain_text("helper.py was deleted.")
    ada.page.keyboard.type("and go on")
    expect(ada.code).to_have_text("all that I wrote")
    expect(ben.code).to_have_text("the main file")
    ada.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ada.panel.get_by_role("button", name="Copy its text").click()
    expect(ada.panel.get_by_role("button", name="Copied")).to_be_visible()
    assert ada.page.evaluate("navigator.clipboard.readText()") == "all that I wrote"
    ada.page.screenshot(path="test-results/editor-deleted.png")
    ada.panel.get_by_role("button", name="Show main.py").click()
    expect(ada.code).to_have_text("the main file")
    expect(ada.code).to_be_editable()


def test_each_file_keeps_its_place(stand_alone: Server, new_person: NewPerson) -> None:
    ada, ben, _ = two(stand_alone, new_person)
    ada.code.click()
    ada.page.keyboard.insert_text("\n".join(f"line {number}" for number in range(200)))
    ada.page.keyboard.press("ControlOrMeta+Home")
    for _ in range(5):
        ada.page.keyboard.press("ArrowDown")
    add(ada, "b.py")
    expect(ada.code).to_be_focused()
    ada.page.keyboard.type("in b")
    ben.code.click()
    ben.page.keyboard.press("ControlOrMeta+Home")
    ben.page.keyboard.insert_text("above\n")
    expect(ben.saved).to_have_text("Saved")
    tab(ada, "main.py").click()
    expect(ada.code).to_be_focused()
    ada.page.keyboard.type("here ")
    expect(ben.code.get_by_text("here line 5", exact=True)).to_be_visible()
    tab(ada, "b.py").click()
    ada.page.keyboard.type("!")
    expect(ada.code).to_have_text("in b!")


def test_a_reload_keeps_file_and_caret(stand_alone: Server, new_person: NewPerson) -> None:
    ada, _, _ = two(stand_alone, new_person)
    add(ada, "b.py")
    ada.write("\n".join(f"line {number}" for number in range(200)))
    ada.page.keyboard.press("ArrowUp")
    expect(ada.saved).to_have_text("Saved")
    ada.page.reload()
    again = Room(ada.page).wait_until_editable()
    expect(tab(again, "b.py")).to_have_attribute("aria-selected", "true")
    expect(again.code.get_by_text("line 198", exact=True)).to_be_visible()
    again.page.keyboard.type("!")
    expect(again.code.get_by_text(re.compile("^line 198!$"))).to_be_visible()
