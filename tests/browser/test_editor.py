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


def paste(page: Page, text: str) -> None:
    """Paste at the caret, as from another program."""
    page.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text/plain', text);
          const options = { clipboardData, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', options));
        }""",
        text,
    )


def test_a_paste_with_invisible_characters_can_be_cleaned(
    stand_alone: Server, new_person: NewPerson
) -> None:
    room, page = alone(stand_alone, new_person)
    paste(page, "console.log(\u00a0'\u200bclean' )\n")
    expect(room.code.get_by_role("img", name="no-break space (U+00A0)")).to_be_visible()
    expect(room.panel).to_contain_text("The pasted text has 2 invisible characters.")
    page.screenshot(path="test-results/editor-invisible.png")
    room.panel.get_by_role("button", name="Clean up").click()
    expect(room.code).to_be_focused()
    expect(room.code.get_by_role("img")).to_have_count(0)
    assert room.text() == "console.log( 'clean' )\n\n"
    page.keyboard.press("ControlOrMeta+z")
    expect(room.code.get_by_role("img")).to_have_count(2)


def test_tab_indents_as_the_text_does(stand_alone: Server, new_person: NewPerson) -> None:
    room, page = alone(stand_alone, new_person)
    for unit in ("\t", "    ", "  "):
        room.write("")
        paste(page, f"if (x) {{\n{unit}one();\n}}\n")
        page.keyboard.press("Tab")
        page.keyboard.type("two();")
        shown = page.evaluate(
            "[...document.querySelectorAll('.cm-line')].map(line => line.textContent)"
        )
        assert shown[-1] == f"{unit}two();"


def test_text_that_two_made_too_long_can_be_made_shorter(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada, ben = new_person("Ada"), new_person("Ben")
    session = stand_alone.session(language="javascript", title="Interview")
    hers = join(ada.page, stand_alone.invite(session), "Ada")
    his = join(ben.page, stand_alone.invite(session), "Ben")
    much = f"{'x' * 79}\n" * 7_500
    ben.context.set_offline(True)
    ben.page.evaluate("window.dispatchEvent(new Event('offline'))")
    for room in (hers, his):
        room.code.click()
        room.page.keyboard.type(room.page.title()[0])
        paste(room.page, much)
    expect(hers.saved).to_have_text("Saved")
    # A second paste would pass the limit, and does not get into the text.
    paste(ada.page, much)
    expect(hers.panel).to_contain_text("Not pasted: the code would be 1,172 KB long")
    ben.context.set_offline(False)
    expect(his.panel).to_contain_text("Delete some of it, then try again.")
    his.code.click()
    ben.page.keyboard.press("ControlOrMeta+z")
    his.panel.locator(".arena-banners").get_by_role("button", name="Try again").click()
    expect(his.saved).to_have_text("Saved")
    hers.code.click()
    ada.page.keyboard.press("ControlOrMeta+a")
    ada.page.keyboard.press("Delete")
    ada.page.keyboard.type("short")
    expect(his.code).to_have_text("short")
