"""A recorded editing trace, typed through our own clients, replays to its final text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.retyped import retype


@pytest.mark.slow
@pytest.mark.timeout(300)  # it takes 15 seconds on an idle machine
@pytest.mark.parametrize(
    ("trace", "transactions"),
    # The whole trace of three people takes a minute: `make soak` types all of it.
    [("sveltecomponent", None), ("clownschool", 4000)],
)
def test_a_trace_typed_through_our_clients_replays_to_its_end(
    tmp_path: Path, trace: str, transactions: int | None
) -> None:
    retype(tmp_path, trace, transactions).check()
