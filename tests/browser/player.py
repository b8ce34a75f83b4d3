"""Page object of the player, and interviews for playback."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from arena_ext.protocol.wire import Audience, Document
from arena_ext.recording.format import (
    recording_lines,
)
from arena_ext.session.model import Edit, Entry, Event
from tests.browser.conftest import Person
from tests.browser.room import join
from tests.support.honest import Editor
from tests.support.servers import Server

HOSTILE = "<img src=x onerror=alert(1)>"
PASTED = "# " + "a line that was written somewhere else " * 2
QUESTION = "Print something, and then fail."
OPENED_MS = 20_000


@dataclass
class Player:
    """The player on a page: its visible elements and controls."""

    page: Page

    def __post_init__(self) -> None:
        self.root = self.page.locator(".arena-playback")
        self.slider = self.root.get_by_role("slider")
        self.code = self.root.get_by_role("textbox", name="Code at this moment")
        self.told = self.root.get_by_role("list", name="What happened")

    def wait_until_open(self) -> Player:
        """Wait until the recording is shown."""
        expect(self.slider).to_be_visible(timeout=OPENED_MS)
        return self

    def tab(self, name: str) -> Locator:
        """Select a tab beside the text, and return its panel."""
        self.root.get_by_role("tab", name=name).click()
        return self.root.get_by_role("tabpanel")

    def press(self, *keys: str) -> None:
        """Press keys on the slider."""
        self.slider.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def time(self) -> str:
        """The position that the slider reports."""
        return self.slider.get_attribute("aria-valuetext") or ""


def interview(server: Server, page: Page) -> str:
    """A candidate types, runs with and without success, and pastes; returns the session's id."""
    session = server.session(language="javascript", title="Backend", question=QUESTION)
    room = join(page, server.invite(session), HOSTILE)
    room.code.click()
    # Slow enough that each key has a frame of its own.
    room.page.keyboard.type("console.log('first')", delay=30)
    room.run()
    room.page.keyboard.press("ControlOrMeta+End")
    room.code.click()
    room.page.keyboard.press("ControlOrMeta+End")
    room.page.keyboard.insert_text("\n// " + PASTED)
    room.page.keyboard.type("\nthrow new Error('no')")
    room.run()
    room.choose("Python")
    expect(room.saved).to_have_text("Saved")
    page.goto("about:blank")
    return session


def watch(server: Server, person: Person, session: str) -> Player:
    """Log in and open the recording's page."""
    person.page.goto(server.lobby_url)
    person.page.goto(f"{server.url}arena/replay/{session}")
    return Player(person.page).wait_until_open()


def long_interview(server: Server) -> str:
    """Import a recording with a long series of pastes; returns the session's id."""
    name, people, start = "Maximilian Featherstonehaugh", Editor(7), 1_772_445_600_000
    created = Event("session-created", {"owner": "a", "title": "Long", "language": "python"})
    joined = {"userId": "a", "username": name, "color": "#1565c0", "role": "candidate"}
    entries = [
        Entry(1, start, None, Audience.SERVER, created),
        Entry(2, start, "a", Audience.EVERYONE, Event("participant-joined", joined)),
    ]
    for seq in range(3, 150):
        edit = Edit(Document.PAD, people.insert(0, f"{PASTED}\n" * 2))
        entries.append(Entry(seq, start + seq * 20_000, "a", Audience.EVERYONE, edit))
    about = {"id": "long", "title": "Long", "createdAt": "2026-03-02T10:00:00.000Z"}
    lines = "".join(recording_lines(about, entries, {Audience.EVERYONE}))
    request = urllib.request.Request(
        f"{server.url}arena/api/sessions/import",
        lines.encode(),
        {"Authorization": f"token {server.token}", "Content-Type": "application/x-ndjson"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return str(json.loads(response.read())["id"])
