"""Counts function calls: a measure of work that does not depend on the machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import pytest


def steps(work: Callable[[], Any], *refusals: type[Exception]) -> int:
    """Number of calls, of Python and built-in functions, until `work` returns or is rejected."""
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


@contextmanager
def counted(function: Callable[..., Any]) -> Iterator[Callable[[], int]]:
    """Count the calls of a function of the server extension, from any module."""
    count = 0

    def counting(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        return function(*args, **kwargs)

    ours = [module for name, module in sys.modules.items() if name.startswith("arena_ext.")]
    with pytest.MonkeyPatch.context() as patch:
        for module in ours:
            for name in [name for name, value in vars(module).items() if value is function]:
                patch.setattr(module, name, counting)
        yield lambda: count
