"""Two people type under attack. `make benchmark` measures the delay of their keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load import attack

MIB = 2**20


@pytest.mark.timeout(180)
def test_two_people_type_on_under_attack(tmp_path: Path) -> None:
    figures = attack.run(tmp_path, rounds=1, keys=60)
    # `run` has checked that all edits are acknowledged, and that clients and server have one text.
    words = "".join(f"<{number}>" for number in range(1, figures.typed + 1))
    # The text also has edits of attackers: those of the floods, but no forged ones.
    assert figures.text.replace("#", "").replace("x", "") == words
    assert figures.growth < 2 * MIB
    assert figures.failed == []
    assert set(figures.codes["killers"]) <= {"4400"}
    assert set(figures.codes["strangers"]) <= {"4403"}
    assert set(figures.codes["queuers"]) == {"4409"}
    assert {line.split()[1] for line in figures.codes["guessers"]} == {"403", "429"}
    assert set(figures.codes["impostors"]) <= {"4400", "4429"}
    floods = ("questions", "edits", "cursors", "pieces")
    flooded = {code for kind in floods for code in figures.codes[kind]}
    assert flooded <= {"4429"}
