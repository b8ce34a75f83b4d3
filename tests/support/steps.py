"""How many steps a piece of work takes: calls of functions, the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any


def steps(work: Callable[[], Any], *refusals: type[Exception]) -> int:
    """Calls, of Python's and of built-in functions, until `work` is done or refused."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        with suppress(*refusals):
            work()
    finally:
        sys.setprofile(before)
    return count
