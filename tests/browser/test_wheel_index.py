"""The index of a directory of wheels comes from the wheels' metadata."""

from __future__ import annotations

from pathlib import Path

import pytest

from arena_ext import wheel_index as wheels
from tests.browser.made_wheels import wheel

pytestmark = pytest.mark.timeout(180)


def test_a_directory_is_indexed_by_what_its_wheels_say(tmp_path: Path) -> None:
    needs = (
        "to-ne (>=1)",
        "x; extra == 'y'",
        "z; python_version < '3'",
        "Other >2; os_name == 'posix'",
    )
    wheel(tmp_path, "My.Pack_age", "my_module", "1", *needs)
    wheel(tmp_path, "other", "other", "1")
    lock, unmet = wheels.index(tmp_path)
    entry = lock["packages"]["my-pack-age"]
    assert (entry["version"], entry["imports"]) == ("1.0", ["my_module"])
    assert entry["depends"] == ["other"]
    assert unmet == [
        "my-pack-age needs to-ne>=1, which is not here",
        'my-pack-age needs Other>2; os_name == "posix", and 1.0 is here',
    ]


def test_a_directory_with_what_cannot_be_imported_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = wheel(tmp_path, "made", "made", "1")
    for name, complaint in (
        ("broken-1.0-py3-none-any.whl", "broken-1.0-py3-none-any.whl is no wheel"),
        ("made-1.0-cp314-cp314-manylinux_2_28_x86_64.whl", "cannot be imported in the sandbox"),
        ("made-1.0-cp313-cp313-pyemscripten_2025_0_wasm32.whl", "cannot be imported"),
    ):
        bad = tmp_path / name
        bad.write_bytes(b"x" if name.startswith("broken") else made.read_bytes())
        assert wheels.main([str(tmp_path)]) == 1
        assert complaint in capsys.readouterr().err
        bad.unlink()
    assert wheels.main([str(tmp_path)]) == 0
