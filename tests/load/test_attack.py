"""Two people type under attack; how long their keys take is for `make benchmark`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load import attack

MIB = 2**20


@pytest.mark.timeout(180)
def test_two_people_type_on_under_attack(tmp_path: Path) -> None:
    figures = attack.run(tmp_path, rounds=1, keys=60)
    # That all is acknowledged, and the same for both and on the server, `run` has seen to.
    words = "".join(f"<{number}>" for number in range(1, figures.typed + 1))
    # The attackers' own edits: what the floods type, and what is forged only in another text.
    assert figures.text.replace("#", "").replace("x", "") == words
    assert figures.growth < 2 * MIB
    assert figures.failed == []
    assert set(figures.codes["killers"]) <= {"4400"}
    assert set(figures.codes["strangers"]) <= {"4403"}
    flooded = {code for kind in ("questions", "edits", "cursors") for code in figures.codes[kind]}
    assert flooded <= {"4429"}
