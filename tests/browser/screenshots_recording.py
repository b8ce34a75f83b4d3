"""`python -m tests.browser.screenshots_recording`: makes pictures of a recording in docs/images."""

from __future__ import annotations

import sys
import tempfile
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.room import RUN_TIMEOUT_MS, join
from tests.browser.screenshots import IMAGES
from tests.support import browsers, servers
from tests.support.servers import Server

VIEWPORT: ViewportSize = {"width": 1280, "height": 760}
TITLE = "Backend"
QUESTION = "Write `median`, which returns the middle of some numbers."
# Without indentation: the editor inserts it.
TYPED = "def median(numbers):\nordered = sorted(numbers)\nreturn ordered[len(ordered) // 2]"
PASTED = """

import unittest


class Median(unittest.TestCase):
    def test_odd(self):
        self.assertEqual(median([3, 1, 2]), 2)

    def test_even(self):
        self.assertEqual(median([4, 1, 3, 2]), 2.5)


unittest.main()
"""


def interview(browser: Browser, server: Server) -> str:
    """A candidate types, an interviewer pastes tests, and the candidate runs them."""
    session = server.session(language="python", title=TITLE, question=QUESTION)
    grace = join(browser.new_page(), server.invite(session), "Grace")
    ada = join(browser.new_page(), server.invite(session, "interviewer"), "Ada")
    for each in (grace, ada):
        each.page.set_default_timeout(RUN_TIMEOUT_MS)
    grace.code.click()
    grace.page.keyboard.type(TYPED, delay=60)
    expect(ada.code).to_contain_text("return ordered")
    ada.code.click()
    ada.page.keyboard.press("ControlOrMeta+End")
    ada.page.keyboard.insert_text(PASTED)
    expect(grace.code).to_contain_text("unittest.main")
    grace.run()
    for each in (grace, ada):
        expect(each.saved).to_have_text("Saved")
        each.page.close()
    return session


def player(browser: Browser, server: Server, session: str) -> None:
    """The player, coloured by author, with the list of events beside it."""
    page = browser.new_page(viewport=VIEWPORT)
    page.set_default_timeout(RUN_TIMEOUT_MS)
    page.goto(server.lobby_url)
    page.goto(f"{server.url}arena/replay/{session}")
    expect(page.get_by_text("Unchanged since it was recorded")).to_be_visible()
    page.get_by_role("slider").focus()
    for key in ("a", "End", "["):
        page.keyboard.press(key)
    told = page.get_by_role("list", name="What happened")
    expect(told).to_contain_text("1 of 2 tests passed")
    page.screenshot(path=IMAGES / "playback.png", animations="disabled")
    page.close()


def notebook(browser: Browser, server: Server, session: str) -> None:
    """The interview, exported as a notebook, in JupyterLab."""
    request = urllib.request.Request(
        f"{server.url}arena/api/sessions/{session}/export?format=ipynb",
        headers={"Authorization": f"token {server.token}"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        (server.home / "notebooks" / f"{TITLE}.ipynb").write_bytes(response.read())
    page = browser.new_page(viewport={**VIEWPORT, "height": 1000})
    page.set_default_timeout(RUN_TIMEOUT_MS)
    page.goto(server.lab_url.replace("lab?", f"lab/tree/{TITLE}.ipynb?"))
    panel = page.locator(".jp-NotebookPanel")
    expect(panel.locator(".jp-CodeCell").first).to_be_visible()
    for heading in (TITLE, "main.py"):  # the Markdown is shown after the code
        expect(panel.get_by_role("heading", name=heading)).to_be_visible()
    # JupyterLab asks once for consent to news.
    page.get_by_role("button", name="No", exact=True).click()
    page.screenshot(path=IMAGES / "notebook.png", animations="disabled")
    page.close()


def main() -> int:
    """Make all pictures; returns 1 without a browser."""
    executable = browsers.find_chromium()
    if executable is None:
        sys.stderr.write("no Chromium: run `python -m tests.support.browsers`\n")
        return 1
    with (
        tempfile.TemporaryDirectory() as home,
        servers.jupyterlab(Path(home)) as server,
        sync_playwright() as playwright,
    ):
        browser = browsers.launch_chromium(playwright, executable)
        session = interview(browser, server)
        player(browser, server, session)
        notebook(browser, server, session)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
