"""Several files in one session: two people in different files, and a run that needs both."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.meeting import meet, type_by_turns
from tests.browser.room import add, tab
from tests.support.servers import Server


def test_two_people_write_two_files_and_run_both(
    jupyter_server: Server, new_person: Callable[..., Person]
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    people = (interviewer, candidate)
    for language, first, called, extension, library, program in (
        (
            "JavaScript",
            "main.js",
            "lib.js",
            "js",
            "export const answer = () => 6 * 7;",
            "import { answer } from './helper.js';\nconsole.log('the answer', answer());",
        ),
        (
            "Python",
            "main.py",
            "lib.py",
            "py",
            "def answer(): return 6 * 7",
            "import helper\nprint('the answer', helper.answer())",
        ),
    ):
        interviewer.choose(language)
        for room in people:
            expect(tab(room, first)).to_be_visible()

        # A new file is shown to the other person; F2 renames it, and both see the new name.
        add(interviewer, called)
        expect(tab(candidate, called)).to_be_visible()
        expect(tab(candidate, called)).to_have_attribute("aria-selected", "false")
        name = f"helper.{extension}"
        tab(interviewer, called).press("F2")
        field = interviewer.panel.get_by_role("textbox", name="Name of the file")
        field.fill(name)
        field.press("Enter")
        expect(tab(candidate, name)).to_be_visible()
        expect(tab(candidate, called)).to_have_count(0)

        # Both type concurrently in different files; no cursor is shown in the wrong file.
        candidate.write("")
        interviewer.code.click()
        length = max(len(library), len(program))
        type_by_turns((interviewer, "a" * length), (candidate, "b" * length))
        for room, letter in ((interviewer, "a"), (candidate, "b")):
            expect(room.code).to_have_text(re.compile(f"^{letter}{{{length}}}$"))
            expect(room.cursors).to_have_count(0)
        here = tab(candidate, name).get_by_role("img", name=re.compile("is here$"))
        expect(here).to_have_count(1)
        interviewer.write(library)
        candidate.write(program)
        for room in people:
            expect(room.saved).to_have_text("Saved")
        # Each person has received the other's text.
        tab(interviewer, first).click()
        tab(candidate, name).click()
        expect(interviewer.code).to_contain_text("the answer")
        expect(candidate.code).to_have_text(library)
        tab(interviewer, name).click()
        tab(candidate, first).click()

        # A run by either person executes the main file, which imports the other one.
        for room in people:
            expect(room.run()).to_contain_text("the answer 42")
        tab(candidate, name).click()
        expect(candidate.code).to_have_text(library)
        expect(candidate.cursors).to_have_count(1)

        # After a confirmation the file is deleted for all. The person who deleted it is in the main
        # file again; the other, who was in it too, reads that it is gone.
        tab(candidate, name).press("Delete")
        candidate.page.get_by_role("dialog").get_by_role("button", name="Delete file").click()
        interviewer.panel.get_by_role("button", name=f"Show {first}").click()
        for room in people:
            expect(tab(room, name)).to_have_count(0)
            expect(tab(room, first)).to_have_attribute("aria-selected", "true")
            expect(room.code).to_contain_text("the answer")
