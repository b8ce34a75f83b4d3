"""`python -m tests.browser.screenshots_session`: makes a picture of an interview in docs/images."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.room import RUN_TIMEOUT_MS, Room, join
from tests.browser.screenshots import IMAGES
from tests.support import browsers, servers
from tests.support.servers import Server

VIEWPORT: ViewportSize = {"width": 1280, "height": 720}
TITLE = "Top words, with Ben"
QUESTION = "Write `top_words`, which returns the *n* most frequent words of a text."
PROGRAM = '''from collections import Counter


def top_words(text: str, n: int) -> list[tuple[str, int]]:
    """The n most frequent words, most frequent first."""
    words = text.lower().split()
    return Counter(words).most_common(n)


text = "to be or not to be that is the question"
for word, count in top_words(text, 3):
    print(f"{word:8} {'#' * count}")

top_words(text, 3)
'''


def name_the_interviewer(home: Path) -> Path:
    """Write JupyterLab settings with the interviewer's name into `home`; returns `home`."""
    settings = home / "settings" / "jupyter-arena" / "plugin.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"name": "Ana Torres"}')
    return home


def interview(browser: Browser, server: Server) -> None:
    """An interviewer in JupyterLab, with the run and the selection of a candidate."""
    session = server.session(language="python", title=TITLE, question=QUESTION)
    ben = join(browser.new_page(viewport=VIEWPORT), server.invite(session), "Ben")
    page = browser.new_page(viewport=VIEWPORT)
    for each in (ben.page, page):
        each.set_default_timeout(RUN_TIMEOUT_MS)
    page.goto(server.lab_url)
    page.get_by_role("tab", name="Interviews").click()
    page.get_by_role("button", name=f"Open {TITLE}").click()
    ana = Room(page).wait_until_editable()
    # JupyterLab asks once for consent to news.
    page.get_by_role("button", name="No", exact=True).click()
    ben.write(PROGRAM)
    ben.run()
    expect(ana.output).to_contain_text("('to', 2)")
    expect(ana.saved).to_have_text("Saved")
    ben.code.get_by_text("most_common").dblclick()
    expect(ana.selections.first).to_be_visible()
    # The name at a cursor is shown for a while after a move.
    page.screenshot(path=IMAGES / "session.png")


def main() -> int:
    """Make the picture; returns 1 without a browser."""
    executable = browsers.find_chromium()
    if executable is None:
        sys.stderr.write("no Chromium: run `python -m tests.support.browsers`\n")
        return 1
    with (
        tempfile.TemporaryDirectory() as home,
        servers.jupyterlab(name_the_interviewer(Path(home))) as server,
        sync_playwright() as playwright,
    ):
        browser = browsers.launch_chromium(playwright, executable)
        interview(browser, server)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
