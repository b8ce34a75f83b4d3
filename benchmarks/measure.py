"""Measurements in browsers: each opens fresh ones on a running server and returns milliseconds."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.room import Room, join
from tests.support.servers import Server

TIMEOUT_MS = 60_000
KEYS = 100
#: Milliseconds between keys: a quick typist.
KEY_INTERVAL = 60
PROGRAMS = {"JavaScript": "console.log('ready')", "Python": "print('ready')"}

#: Script for the page that types: the time of each key press, milliseconds since 1970.
RECORD_KEYS = """() => {
  window.arenaKeys = [];
  addEventListener(
    'keydown', () => arenaKeys.push(performance.timeOrigin + performance.now()), true);
}"""
#: Script for the page that watches: the time at which the text reached each length.
RECORD_TEXT = """() => {
  const content = document.querySelector('.arena-panel .cm-content');
  window.arenaSeen = [];
  new MutationObserver(() => {
    const line = content.querySelector('.cm-line');
    const typed = (line.textContent.match(/x/g) ?? []).length;
    const now = performance.timeOrigin + performance.now();
    while (arenaSeen.length < typed) arenaSeen.push(now);
  }).observe(content, { subtree: true, childList: true, characterData: true });
}"""


#: Script for every page: the time of each selector's first match and of the last click of a button,
#: milliseconds since the start of the navigation. It runs in the page, so the driver's own time is
#: not included.
RECORD_MARKS = """selectors => {
  window.arenaMarks = {};
  const look = () => {
    for (const selector of selectors) {
      if (!(selector in arenaMarks) && document.querySelector(selector)) {
        arenaMarks[selector] = performance.now();
      }
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ['aria-readonly']
  });
  addEventListener('click', () => { arenaMarks.click = performance.now(); }, true);
}"""
#: Script for a room: duration of the last run on the screen, from the click on, milliseconds.
RECORD_RUN = """() => {
  const status = document.querySelector('.arena-run-status');
  let pressed = null;
  addEventListener('click', () => { pressed = performance.now(); window.arenaRun = null; }, true);
  new MutationObserver(() => {
    if (pressed !== null && status.dataset.status !== 'running') {
      window.arenaRun ??= performance.now() - pressed;
    }
  }).observe(status, { attributes: true });
}"""
#: Script: the addresses that the page requested after a time.
LATER = """moment => performance.getEntriesByType('resource')
  .filter(({ startTime }) => startTime > moment).map(({ name }) => name)"""
CARD = ".jp-LauncherCard"
NAME = ".arena-join input"
#: The editor, once it can be typed in.
EDITOR = ".arena-panel .cm-content[aria-readonly=false]"


@contextmanager
def fresh(browser: Browser) -> Iterator[BrowserContext]:
    """A browser with empty caches."""
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def weighed(page: Page) -> Iterator[dict[str, int]]:
    """The bytes of the answers that `page` receives in the block by address, headers included."""
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
    yield sizes
    session.detach()


def marks(page: Page, last: str) -> dict[str, float]:
    """The times that `RECORD_MARKS` recorded, once `last` has matched."""
    page.wait_for_function("last => last in arenaMarks", arg=last)
    found: dict[str, float] = page.evaluate("arenaMarks")
    return found


def lab_cold(browser: Browser, server: Server) -> float:
    """From the address of JupyterLab to its launcher, milliseconds."""
    with fresh(browser) as context:
        context.add_init_script(f"({RECORD_MARKS})({json.dumps([CARD])})")
        page = context.new_page()
        page.goto(server.lab_url)
        return marks(page, CARD)[CARD]


def guest_cold(browser: Browser, server: Server, session: str) -> tuple[float, int]:
    """From the guest's link to an editor that can be typed in, milliseconds, and the bytes for it.

    The time to type a name does not count. The bytes are those of all answers to requests that the
    page sent until then, compressed, headers included.
    """
    link = server.invite(session)
    with fresh(browser) as context:
        context.add_init_script(f"({RECORD_MARKS})({json.dumps([NAME, EDITOR])})")
        page = context.new_page()
        with weighed(page) as sizes:
            page.goto(link)
            page.get_by_label("Your name").fill("Grace")
            page.get_by_role("button", name="Join").click()
            found = marks(page, EDITOR)
            page.wait_for_load_state("networkidle")
        later: list[str] = page.evaluate(LATER, found[EDITOR])
        size = sum(each for address, each in sizes.items() if address not in later)
        return found[NAME] + found[EDITOR] - found["click"], size


def runs(browser: Browser, server: Server, language: str) -> tuple[float, float]:
    """The first run after joining, and the median of five more, milliseconds."""
    session = server.session(language=language.lower())
    with fresh(browser) as context:
        room = join(context.new_page(), server.invite(session), "Grace")
        room.write(PROGRAMS[language])
        room.page.evaluate(RECORD_RUN)
        cold = one_run(room)
        return cold, statistics.median(one_run(room) for _ in range(5))


def one_run(room: Room) -> float:
    """From the click on Run to the run's end on the screen, milliseconds."""
    expect(room.run()).to_contain_text("ready")
    elapsed: float = room.page.evaluate("arenaRun")
    return elapsed


def keystrokes(browser: Browser, server: Server) -> list[float]:
    """From each key of a guest to its letter on another guest's screen, milliseconds."""
    session = server.session()
    with fresh(browser) as one, fresh(browser) as other:
        writer = join(one.new_page(), server.invite(session), "Grace")
        reader = join(other.new_page(), server.invite(session), "Ada")
        writer.write("")
        expect(reader.code).to_have_text("")
        writer.page.evaluate(RECORD_KEYS)
        reader.page.evaluate(RECORD_TEXT)
        writer.code.click()
        writer.page.keyboard.type("x" * KEYS, delay=KEY_INTERVAL)
        reader.page.wait_for_function(f"arenaSeen.length >= {KEYS}")
        pressed: list[float] = writer.page.evaluate("arenaKeys")
        seen: list[float] = reader.page.evaluate("arenaSeen")
        return [after - before for before, after in zip(pressed, seen, strict=True)]
