"""Prints what each costly value costs a reader: `python -m tests.load.costly_table [words]`.

A line has the value, the browser, and milliseconds: the longest time without a frame, and in
brackets the sum of all times of more than 50 ms. Stars mark what is over the budget. The words
select values by their kind and name.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from tests.browser.costly import Costly, all_costly
from tests.browser.guest import Guest, own_loop
from tests.browser.meter import HANG, TRIES, Cost, Hanging, Reader, roomy_server


def told(cost: Cost) -> str:
    """A cost, as on a quiet machine."""
    stars = "**" if cost.over else ""
    return f"{stars}{cost.fair:.0f}{stars} ({cost.busy:.0f})"


def measure(reader: Reader, value: Costly) -> list[str]:
    """The cost of each moment; of a few tries the best where the first is over the budget."""
    found: list[str] = []
    session = reader.new_session()
    guest = Guest(reader.server, session, reader.loop)
    try:
        reader.opening(f"join/{session}", reader.mark(guest))
        moments = ["arrives", *dict(value.acts), "opening"]
        for moment in moments:
            costs: list[Cost] = []
            while not costs or (costs[-1].over and len(costs) < TRIES):
                if moment == "arrives":
                    costs.append(reader.arrival(guest, value.store))
                elif moment == "opening":
                    costs.append(reader.opening(f"join/{session}", guest.title))
                else:
                    costs.append(reader.acting(dict(value.acts)[moment]))
            found.append(f"{moment} {told(min(costs, key=lambda cost: cost.fair))}")
    except Hanging:
        found.append("**hangs**")
    except (AssertionError, PlaywrightError) as error:
        found.append(f"**{str(error).splitlines()[0]}**")
        reader.stop()
        reader.start()
    finally:
        guest.leave()
    return found


def main() -> int:
    """Measure the values that have one of the words in their names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", default=[""])
    parser.add_argument("--hang", type=float, default=HANG)
    parser.add_argument("--engines", nargs="*", default=["chromium", "firefox"])
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        roomy_server(Path(home)) as server,
        sync_playwright() as playwright,
        own_loop() as loop,
    ):
        readers = [
            Reader(playwright, engine, server, loop, arguments.hang) for engine in arguments.engines
        ]
        for reader in readers:
            reader.start()
        for value in all_costly():
            if any(word in str(value) for word in arguments.words):
                for reader in readers:
                    costs = ", ".join(measure(reader, value))
                    print(f"{value} | {reader.engine} | {costs}", flush=True)
        for reader in readers:
            reader.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
