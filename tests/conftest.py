"""Configuration of all Python tests: the Hypothesis profile and the path of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# No deadline for an example: no property is about time, and the machine may be busy.
settings.register_profile("arena", deadline=None)
settings.load_profile("arena")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the source tree."""
    return Path(__file__).resolve().parent.parent
