"""A short run of hostile updates; `make fuzz` is the long one."""

from __future__ import annotations

import pytest

from tests import fuzz


@pytest.mark.slow
def test_hostile_updates_do_no_harm() -> None:
    figures = fuzz.fuzz(cases=100_000, seed=1000)
    assert figures.cases >= 100_000
    assert figures.slowest < fuzz.HANG
    # A fuzzer whose every case is refused at the door tests the door only.
    assert figures.outcomes["taken"] > 1000
    assert {"Malformed", "Gap", "nothing new"} <= set(figures.outcomes)
