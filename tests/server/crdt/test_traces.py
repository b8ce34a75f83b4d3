"""What people really typed, typed again through our own clients, replays to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.retyped import retype


@pytest.mark.slow
@pytest.mark.timeout(300)  # it types for a quarter of a minute where nothing else runs
@pytest.mark.parametrize(
    ("trace", "transactions"),
    # All of what three people typed takes a minute: `make soak` does it.
    [("sveltecomponent", None), ("clownschool", 4000)],
)
def test_a_trace_typed_through_our_clients_replays_to_its_end(
    tmp_path: Path, trace: str, transactions: int | None
) -> None:
    retype(tmp_path, trace, transactions).check()
