"""What all Python tests share: where the repository is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# No test is about time, and machines do other things meanwhile.
settings.register_profile("arena", deadline=None)
settings.load_profile("arena")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the source tree."""
    return Path(__file__).resolve().parent.parent
