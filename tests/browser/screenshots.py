"""`python -m tests.browser.screenshots`: makes the pictures of runs in docs/images."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import ViewportSize, expect, sync_playwright

from tests.browser.room import RUN_TIMEOUT_MS, Room, join
from tests.support import browsers, servers

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
VIEWPORT: ViewportSize = {"width": 960, "height": 420}

ERROR = """def mean(numbers):
    return sum(numbers) / len(numbers)

print(mean([3, 4, 5]))
print(mean([]))
"""
TABLE = """CREATE TABLE visits (person, minutes);
INSERT INTO visits VALUES
  ('Ada', 31), ('Grace', 25), ('Ada', 12);

SELECT person, count(*) AS visits, sum(minutes) AS minutes
FROM visits GROUP BY person ORDER BY minutes DESC;
"""
INPUT = """name = input('Your name? ')
print('Hello', name)
age = int(input('And your age? '))
print('Next year you will be', age + 1)
"""
LOOP = """n = 1
while n != 0:
    n += 2
    if n % 10_000_001 == 0:
        print('still at it:', n)
"""


def error(room: Room) -> None:
    """An error, marked in the editor."""
    room.write(ERROR)
    room.run()
    expect(room.output).to_contain_text("ZeroDivisionError")


def table(room: Room) -> None:
    """The result of a query."""
    room.choose("SQL")
    room.write(TABLE)
    room.run()
    expect(room.output.get_by_role("cell").first).to_be_visible()


def question(room: Room) -> None:
    """A program that waits for input."""
    room.write(INPUT)
    room.run_button.click()
    room.output.get_by_role("textbox", name="Answer to: Your name?").fill("Ada")
    room.page.keyboard.press("Enter")
    expect(room.output.get_by_role("textbox", name="Answer to: And your age?")).to_be_visible()


def stopped(room: Room) -> None:
    """A stopped loop."""
    room.write(LOOP)
    room.run_button.click()
    expect(room.output).to_contain_text("still at it", timeout=RUN_TIMEOUT_MS)
    room.panel.get_by_role("button", name="Stop").click()
    expect(room.status).to_have_text(re.compile("^Stopped"))


PICTURES: dict[str, Callable[[Room], None]] = {
    "run-error": error,
    "run-table": table,
    "run-input": question,
    "run-stopped": stopped,
}


def main() -> int:
    """Make all pictures; returns 1 without a browser."""
    executable = browsers.find_chromium()
    if executable is None:
        sys.stderr.write("no Chromium: run `python -m tests.support.browsers`\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        servers.arena(Path(home)) as server,
        sync_playwright() as playwright,
    ):
        browser = browsers.launch_chromium(playwright, executable)
        for name, show in PICTURES.items():
            page = browser.new_page(viewport=VIEWPORT)
            page.set_default_timeout(RUN_TIMEOUT_MS)
            session = server.session(language="python", title="Interview")
            room = join(page, server.invite(session), "Ada")
            show(room)
            expect(room.saved).to_have_text("Saved")
            page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
