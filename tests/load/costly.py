"""Looks for values that cost a reader more than the budget: random ones, and changes of the worst.

`python -m tests.load.costly --minutes 10 --seed 7 --kinds svg html`. Each kind has its own search,
a hill climb: a value that costs more than all before becomes the one that is changed. The worst of
each kind is written to `test-results/costly/`. Returns 1 if one is over the budget.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from playwright.sync_api import sync_playwright

from tests.browser.costly import asked, failed, pad, printed, values
from tests.browser.guest import Guest, own_loop
from tests.browser.meter import BUDGET, Hanging, Reader, Store, roomy_server
from tests.load.costly_grammar import GRAMMARS, Expression, Grammar

FOUND = Path("test-results") / "costly"
#: The share of values that are not made from the worst.
FRESH = 0.4
STORES: dict[str, Callable[[str], Store]] = {
    "svg": lambda text: values("image/svg+xml", text),
    "html": lambda text: values("text/html", text),
    "latex": lambda text: values("text/latex", text),
    "markdown": lambda text: values("text/markdown", text),
    "question": asked,
    "text": printed,
    "error": failed,
    "editor": pad,
}


@dataclass
class Search:
    """The search for the worst value of one kind in one browser."""

    kind: str
    reader: Reader
    chance: Random
    worst: Expression | None = None
    cost: float = 0.0
    tried: int = 0
    guest: Guest | None = None

    @property
    def grammar(self) -> Grammar:
        return GRAMMARS[self.kind]

    @property
    def text(self) -> str:
        """The worst value."""
        return "" if self.worst is None else self.grammar.text(self.worst)

    def step(self) -> None:
        """Measure one more value."""
        fresh = self.worst is None or self.chance.random() < FRESH
        value = (
            self.grammar.any(self.chance)
            if fresh or self.worst is None
            else self.grammar.changed(self.chance, self.worst)
        )
        cost = self.measured(self.grammar.text(value))
        self.tried += 1
        if cost > self.cost:
            self.worst, self.cost = value, cost
            print(f"{self.kind} in {self.reader.engine}: {cost:.0f} ms", flush=True)

    def measured(self, text: str) -> float:
        """Milliseconds that a value costs; a second look decides where it is over the budget."""
        store = STORES[self.kind](text)
        took = self._once(store)
        return min(took, self._once(store)) if took > max(BUDGET, self.cost) else took

    def _once(self, store: Store) -> float:
        try:
            if self.guest is None:
                session = self.reader.new_session()
                self.guest = Guest(self.reader.server, session, self.reader.loop)
                self.reader.opening(f"join/{session}", self.reader.mark(self.guest))
            return self.reader.arrival(self.guest, store).fair
        except Hanging:
            self.leave()
            return self.reader.hang * 1000
        except AssertionError:
            # The server does not take it.
            self.leave()
            return 0.0

    def leave(self) -> None:
        """Close the guest's sockets; the next value has another session."""
        if self.guest is not None:
            with suppress(Exception):
                self.guest.leave()
            self.guest = None


def main() -> int:
    """Search until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--kinds", nargs="*", default=list(GRAMMARS), choices=list(GRAMMARS))
    parser.add_argument("--engines", nargs="*", default=["chromium", "firefox"])
    arguments = parser.parse_args()
    print(f"--seed {arguments.seed}", flush=True)
    end = time.monotonic() + arguments.minutes * 60
    with (
        tempfile.TemporaryDirectory() as home,
        roomy_server(Path(home)) as server,
        sync_playwright() as playwright,
        own_loop() as loop,
    ):
        searches = []
        readers = [Reader(playwright, engine, server, loop, 5.0) for engine in arguments.engines]
        for reader in readers:
            reader.start()
        searches = [
            Search(kind, reader, Random(f"{arguments.seed} {kind} {reader.engine}"))
            for kind in arguments.kinds
            for reader in readers
        ]
        while time.monotonic() < end:
            for search in searches:
                # A browser has one page, so each search opens its room again.
                for _ in range(10):
                    if time.monotonic() < end:
                        search.step()
                search.leave()
        for reader in readers:
            reader.stop()
    return report(searches)


def report(searches: list[Search]) -> int:
    """Print and keep the worst values."""
    FOUND.mkdir(parents=True, exist_ok=True)
    for search in searches:
        kept = FOUND / f"{search.kind}-{search.reader.engine}.txt"
        kept.write_text(search.text)
        print(
            f"{search.kind} in {search.reader.engine}: the worst of {search.tried} costs "
            f"{search.cost:.0f} ms, {len(search.text)} characters: {kept}"
        )
    return int(any(search.cost > BUDGET for search in searches))


if __name__ == "__main__":
    sys.exit(main())
