"""A long recording: made from a real editing trace, opened in the player, and sought in."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

from arena_ext import recording
from arena_ext.model import Edit, Entry, Event
from arena_ext.protocol import Audience, Document
from benchmarks.measure import fresh, marks
from tests.browser.servers import Server

#: Another trace of the same kind, one person's, may be named: `ARENA_TRACE=….json.gz`.
TRACE = Path(__file__).parents[1] / "tests" / "traces" / "sveltecomponent.json.gz"
#: Edits of a very long interview: some ten hours without a pause.
EDITS = 260_000
#: Milliseconds between them.
PACE = 140
START = 1_772_445_600_000
PEOPLE = {"ana": ("Ana", "#1565c0", "interviewer"), "ben": ("Ben", "#c2410c", "candidate")}
#: Where in the film to go, in turn: shares of its length.
PLACES = [0.5, 0.02, 0.98, 0.25, 0.75, 0.1, 0.9, 0.33, 0.66, 0.0, 1.0, 0.4]

SLIDER = ".arena-playback [role=slider]"
LAST_FRAME = ".arena-film-text .cm-line > *"

#: In the page: when the recording's bytes were there, milliseconds since the navigation began.
RECORD_ARRIVAL = """() => {
  const original = Response.prototype.arrayBuffer;
  Response.prototype.arrayBuffer = async function () {
    const bytes = await original.call(this);
    if (this.url.endsWith('/recording')) window.arenaArrived = performance.now();
    return bytes;
  };
}"""
#: In the page: when the slider and the text beside it were first there.
RECORD_READY = """([slider, text]) => {
  window.arenaMarks = {};
  const look = () => {
    if (document.querySelector(slider) && document.querySelector(text)) {
      arenaMarks.ready ??= performance.now();
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
}"""
#: Go to a share of the film, and wait until what is there is painted; milliseconds.
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


def edits() -> list[bytes]:
    """The Yjs updates of the trace, typed again and again until there are enough."""
    script = Path(__file__).with_name("typed.mjs")
    trace = os.environ.get("ARENA_TRACE", str(TRACE))
    typed = subprocess.run(
        ["node", str(script), trace, str(EDITS)], check=True, capture_output=True, timeout=120
    )
    return [base64.b64decode(line) for line in typed.stdout.splitlines()]


def long_recording(path: Path) -> int:
    """Write the recording to `path`; returns how many entries it has."""
    entries = [
        Entry(
            number,
            START,
            identity,
            Audience.EVERYONE,
            Event(
                "participant-joined",
                {"userId": identity, "username": name, "color": color, "role": role},
            ),
        )
        for number, (identity, (name, color, role)) in enumerate(PEOPLE.items(), 1)
    ]
    for number, update in enumerate(edits()):
        # Each types for a while, then the other.
        author = "ana" if number // 400 % 3 == 0 else "ben"
        entries.append(
            Entry(
                len(entries) + 1,
                START + number * PACE,
                author,
                Audience.EVERYONE,
                Edit(Document.PAD, update),
            )
        )
    session = {"id": "long", "title": "A long one", "language": "javascript", "createdAt": ""}
    with path.open("w", encoding="utf-8") as file:
        file.writelines(recording.lines(session, entries, {Audience.EVERYONE}))
    return len(entries)


def opened_and_sought(browser: Browser, server: Server, path: Path) -> tuple[float, list[float]]:
    """From the recording's bytes in the page to its last frame; and each seek; milliseconds."""
    session = server.session()
    with fresh(browser) as context:
        context.add_init_script(f"({RECORD_ARRIVAL})()")
        context.add_init_script(f"({RECORD_READY})({json.dumps([SLIDER, LAST_FRAME])})")
        page = context.new_page()
        # The server's own time is not the player's: the recording comes from a file.
        page.route("**/recording", lambda route: _fulfil(route, path))
        page.goto(server.lobby_url)
        page.goto(f"{server.url}arena/replay/{session}")
        ready = marks(page, "ready")["ready"]
        arrived: float = page.evaluate("arenaArrived")
        page.get_by_text("Unchanged since it was recorded").wait_for()
        return ready - arrived, [_seek(page, share) for share in PLACES]


def _seek(page: Page, share: float) -> float:
    took, now = page.evaluate(SEEK, [SLIDER, share])
    length = float(page.locator(SLIDER).get_attribute("aria-valuemax") or 0)
    assert abs(float(now) - share * length) <= 0.01 * length, "the film is elsewhere"
    elapsed: float = took
    return elapsed


def _fulfil(route: Route, path: Path) -> None:
    route.fulfill(path=path, content_type="application/x-ndjson; charset=UTF-8")
