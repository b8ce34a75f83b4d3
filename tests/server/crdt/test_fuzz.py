"""A short run of the fuzzer with hostile messages; `make fuzz` is the long run."""

from __future__ import annotations

import pytest

from tests.load import fuzz


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_hostile_updates_do_no_harm() -> None:
    figures = fuzz.fuzz(cases=100_000, seed=1000)
    assert figures.cases >= 100_000
    assert not figures.hung, figures.shares
    # If the first check refused all cases, the fuzzer would test that check only.
    assert figures.outcomes["taken"] > 600
    assert figures.outcomes["taken later"] > 3000
    assert figures.outcomes["presence heard"] > 1000
    assert figures.outcomes["event taken"] > 1000
    assert figures.outcomes["output taken"] > 1000
    assert figures.outcomes["output refused"] > 1000
    assert {"Malformed", "MissingDependency", "nothing new", "event invalid"} <= set(
        figures.outcomes
    )
