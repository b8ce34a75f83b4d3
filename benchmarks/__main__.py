"""`make benchmark`: measures the speed of Arena on this machine, and prints a table.

The command fails if a measurement misses what is promised. Times depend on the machine, so most
promises are ratios; both sides of a ratio are measured alternately in the same run.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks import large_text, rows, table
from benchmarks.load import rows as load
from benchmarks.table import Row
from tests.support import browsers, servers

RESULTS = Path(__file__).with_name("results.md")
#: The page with the results of a load, and the place of its table.
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
MEASURED = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)
#: Loads are measured so many times at most.
LOAD_ROUNDS = 3


def in_browsers(rounds: int) -> list[Row]:
    """Pages, runs, and recordings in the player."""
    executable = browsers.find_chromium()
    if executable is None:
        raise RuntimeError("no Chromium: run `python -m tests.support.browsers`")
    with (
        tempfile.TemporaryDirectory() as home,
        servers.jupyterlab(Path(home)) as server,
        sync_playwright() as playwright,
    ):
        browser = browsers.launch_chromium(playwright, executable)
        found = [
            *rows.pages(browser, server, rounds),
            *rows.runs(browser, server, rounds),
            *rows.languages(browser, rounds),
            *rows.typing(browser, server, rounds),
            *rows.recordings(browser, server, rounds),
            Row("… with Chromium", browser.version),
        ]
        browser.close()
    return [*found, *(Row(*each) for each in large_text.rows(rounds))]


def sessions(rounds: int) -> list[Row]:
    """The engine process, long sessions and full ones."""
    return [
        *rows.processes(rounds),
        *rows.long_sessions(rounds),
        *rows.full_session(rounds),
    ]


#: In this order: after a browser's driver has stopped, other event loops can run.
PARTS: dict[str, Callable[[int], list[Row]]] = {
    "pages": in_browsers,
    "sessions": sessions,
    "load": lambda rounds: load.rows(min(rounds, LOAD_ROUNDS)),
}


def main() -> int:
    """Measure and print; returns 1 if a measurement misses what is promised."""
    parser = argparse.ArgumentParser(prog="make benchmark", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all by default")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument(
        "--write", action="store_true", help=f"keep the tables in {RESULTS.name} and in the docs"
    )
    arguments = parser.parse_args()
    head = (
        f"Medians of {arguments.rounds} rounds (of a load: {LOAD_ROUNDS} at most), with the range, "
        f"on {table.machine()}; server and clients on the same machine.\n\n"
    )
    found = {
        part: measure(arguments.rounds)
        for part, measure in PARTS.items()
        if part in (arguments.parts or PARTS)
    }
    texts = {part: table.lines(of_part) for part, of_part in found.items()}
    text = head + "\n".join(texts.values())
    print(text)
    if arguments.write:
        RESULTS.write_text(f"# Measured\n\n{text}")
        if "load" in texts:
            PAGE.write_text(MEASURED.sub(lambda _: head + texts["load"], PAGE.read_text()))
    return 1 if any(row.kept is False for part in found.values() for row in part) else 0


if __name__ == "__main__":
    sys.exit(main())
