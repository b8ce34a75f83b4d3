"""Page object of a room: the only place with the positions of its elements on the screen."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

#: Time to load and start Python on a slow machine.
RUN_TIMEOUT_MS = 60_000
ENDED = re.compile("ok|error|stopped|timeout|lost")


class Room:
    """The panel on a page: the same in JupyterLab, JupyterLite and on a guest's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator(".arena-panel")
        self.code = self.panel.get_by_role("textbox", name="Code")
        self.language = self.panel.get_by_role("combobox", name="Language")
        self.run_button = self.panel.get_by_role("button", name="Run", exact=True)
        self.output = self.panel.get_by_role("region", name="Output of this run")
        self.status = self.panel.get_by_role("region", name="Output", exact=True).get_by_role(
            "status"
        )
        self.saved = self.panel.locator(".arena-saved")
        self.cursors = self.panel.locator(".arena-remote-label")
        self.selections = self.panel.locator(".arena-remote-selection")
        self.people = self.panel.get_by_role("list", name="People here")

    def wait_until_editable(self) -> Room:
        """Wait until the editor accepts typing."""
        expect(self.code).to_be_editable()
        return self

    def write(self, text: str) -> None:
        """Replace the whole text in one edit, like a paste."""
        self.code.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def text(self) -> str:
        """The visible text of the editor; the text must be short enough to fit the screen."""
        return "\n".join(self.code.locator(".cm-line").all_inner_texts())

    def choose(self, language: str) -> None:
        """Select a language by the beginning of its displayed name."""
        name = re.compile(rf"^{language}\b")
        option = self.language.locator("option", has_text=name)
        self.language.select_option(option.get_attribute("value"))
        expect(self.language.locator("option:checked")).to_have_text(name)

    def choose_action(self, name: str) -> None:
        """Select an item of the Session menu, which only interviewers have."""
        self.panel.get_by_role("button", name="Session").click()
        self.panel.get_by_role("button", name=name).click()

    def run(self) -> Locator:
        """Press Run, wait until the run has ended, and return its output."""
        self.run_button.click()
        # The new run is shown as running before the click returns, so this is not the previous run.
        expect(self.status).to_have_attribute("data-status", ENDED, timeout=RUN_TIMEOUT_MS)
        return self.output


def from_launcher(page: Page) -> Room:
    """Click Arena's card in the launcher of the JupyterLab or JupyterLite in `page`."""
    page.locator('.jp-LauncherCard[data-category="Arena"]').get_by_text("Interview").click()
    return Room(page).wait_until_editable()


def join(page: Page, link: str, name: str) -> Room:
    """Open an invite's link, enter a name, and wait for the editor."""
    page.goto(link)
    # Key by key: React does not notice a fill by the driver of Firefox.
    page.get_by_label("Your name").press_sequentially(name)
    page.get_by_role("button", name="Join").click()
    return Room(page).wait_until_editable()


def share(room: Room, role: str = "Candidate") -> str:
    """Create a link in the share dialog, close the dialog, and return the link."""
    room.panel.get_by_role("button", name="Share").click()
    dialog = room.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=role).check()
    dialog.get_by_role("button", name="Create link").click()
    link = dialog.get_by_role("textbox", name=re.compile("^Link for")).input_value()
    room.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    return link


def ask(room: Room, question: str) -> None:
    """Set the question of a session that has none."""
    room.panel.get_by_role("button", name="Add a question").click()
    room.page.get_by_role("textbox", name="Question, in Markdown").fill(question)
    room.page.keyboard.press("ControlOrMeta+Enter")


def tab(room: Room, name: str) -> Locator:
    return room.panel.get_by_role("tab", name=name)


def add(room: Room, name: str) -> None:
    """Add a file; the editor then shows it."""
    room.panel.get_by_role("button", name="Add a file").click()
    field = room.panel.get_by_role("textbox", name="Name of the file")
    field.fill(name)
    field.press("Enter")
    expect(tab(room, name)).to_have_attribute("aria-selected", "true")
