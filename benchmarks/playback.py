"""Playback of a long recording: a real editing trace is imported, opened, and seeks are timed."""

from __future__ import annotations

import base64
import json
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from arena_ext.protocol.wire import Audience, Document
from arena_ext.recording.format import (
    recording_lines,
)
from arena_ext.session.model import Edit, Entry, Event
from benchmarks.measure import fresh, marks
from tests.support.servers import Server

#: A paper that one person wrote over months: 260,000 keystrokes.
TRACE = Path(__file__).parents[1] / "tests" / "traces" / "automerge-paper.json.gz"
TITLE = "A long one"
#: Milliseconds between keystrokes: about ten hours without a pause.
PACE = 140
START = 1_772_445_600_000
PEOPLE = {"ana": ("Ana", "#1565c0", "interviewer"), "ben": ("Ben", "#c2410c", "candidate")}
#: Targets of the seeks, in order, as shares of the film's length.
PLACES = [0.5, 0.02, 0.98, 0.25, 0.75, 0.1, 0.9, 0.33, 0.66, 0.0, 1.0, 0.4]
#: Time limit of the import, seconds: it validates every keystroke as a live room does.
IMPORT_SECONDS = 300

SLIDER = ".arena-playback [role=slider]"
LAST_FRAME = ".arena-film-text .cm-line > *"

#: Script for the page: arrival of the recording's last byte, ms since the click that led here.
ARRIVED = """() => performance.getEntriesByType('resource')
  .find(({ name }) => name.endsWith('/recording')).responseEnd"""
#: Script for the page: the first time at which the slider and the text beside it were there.
RECORD_READY = """([slider, text]) => {
  window.arenaMarks = {};
  const look = () => {
    if (document.querySelector(slider) && document.querySelector(text)) {
      arenaMarks.ready ??= performance.now();
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
}"""
#: Script: seek to a share of the film, and wait until the text there is painted; milliseconds.
SEEK = """async ([selector, share]) => {
  const slider = document.querySelector(selector);
  const box = slider.getBoundingClientRect();
  const where = {
    bubbles: true, pointerId: 1, clientX: box.left + box.width * share, clientY: box.top + 2
  };
  slider.setPointerCapture = () => {};
  await new Promise(requestAnimationFrame);
  const began = performance.now();
  slider.dispatchEvent(new PointerEvent('pointerdown', where));
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return [performance.now() - began, slider.getAttribute('aria-valuenow')];
}"""


@dataclass(frozen=True)
class Opened:
    """Times of one visit to the recording, milliseconds."""

    #: From the click in the list of sessions until the last byte: the server's part.
    arrived: float
    #: From the click until the last frame is shown.
    ready: float
    seeks: list[float]


def long_session(server: Server) -> int:
    """Import the trace as a session; returns the number of entries of its recording."""
    entries = _entries()
    about = {"id": "long", "title": TITLE, "language": "javascript"}
    head = {**about, "createdAt": "2026-03-02T10:00:00.000Z"}
    data = "".join(recording_lines(head, entries, {Audience.EVERYONE})).encode()
    request = urllib.request.Request(
        f"{server.url}arena/api/sessions/import",
        data,
        {"Authorization": f"token {server.token}", "Content-Type": "application/x-ndjson"},
    )
    with urllib.request.urlopen(request, timeout=IMPORT_SECONDS) as response:
        assert response.status == 201
    return len(entries)


def _entries() -> list[Entry]:
    created = Event("session-created", {"owner": "ana", "title": TITLE, "language": "javascript"})
    entries = [Entry(1, START, None, Audience.SERVER, created)]

    def add(author: str, body: Edit | Event) -> None:
        at = START + len(entries) * PACE
        entries.append(Entry(len(entries) + 1, at, author, Audience.EVERYONE, body))

    for identity, (name, color, role) in PEOPLE.items():
        person = {"userId": identity, "username": name, "color": color, "role": role}
        add(identity, Event("participant-joined", person))
    for number, update in enumerate(edits()[0]):
        # Two authors take turns.
        add("ana" if number // 400 % 3 == 0 else "ben", Edit(Document.PAD, update))
    return entries


def edits() -> tuple[list[bytes], bytes]:
    """The Yjs updates of the trace, and the document at its end as Yjs encodes it."""
    script = Path(__file__).with_name("typed.mjs")
    command = ["node", str(script), str(TRACE)]
    typed = subprocess.run(command, check=True, capture_output=True, timeout=120)
    *updates, state = [base64.b64decode(line) for line in typed.stdout.splitlines()]
    return updates, state


def opened_and_sought(browser: Browser, server: Server) -> Opened:
    """Open the recording from the list of sessions, with an empty browser cache."""
    with fresh(browser) as context:
        context.add_init_script(f"({RECORD_READY})({json.dumps([SLIDER, LAST_FRAME])})")
        page = context.new_page()
        page.goto(server.lobby_url)
        # The click leads to another page, whose clock starts at the click.
        page.get_by_role("button", name=f"Watch {TITLE}").click()
        page.wait_for_url("**/arena/replay/*")
        ready = marks(page, "ready")["ready"]
        arrived: float = page.evaluate(ARRIVED)
        page.get_by_text("Unchanged since it was recorded").wait_for()
        return Opened(arrived, ready, [_seek(page, share) for share in PLACES])


def _seek(page: Page, share: float) -> float:
    took, now = page.evaluate(SEEK, [SLIDER, share])
    length = float(page.locator(SLIDER).get_attribute("aria-valuemax") or 0)
    assert abs(float(now) - share * length) <= 0.01 * length, "the film is elsewhere"
    elapsed: float = took
    return elapsed
