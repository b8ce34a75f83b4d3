"""A page keeps nothing of the runs, keys and visitors that are over; `make long-use` does more."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.meter import roomy_server
from tests.load.long_use import grown, measure

pytestmark = pytest.mark.timeout(180)


def test_runs_keys_and_visitors_leave_nothing_behind(browser: Browser, tmp_path: Path) -> None:
    with roomy_server(tmp_path) as server:
        kept = list(measure(browser, server, runs=80, keys=800, visits=16, parts=4))
    # The first runs fill the list of runs, and the heap and the browser's own undo need hours.
    things = ("listeners", "frames", "workers", "drafts")
    for page in zip(*kept, strict=True):
        assert grown(list(page), things) == []
