"""Domain errors: each that can reach a handler has an answer."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import arena_ext
from arena_ext.limits.quotas import TooMany
from arena_ext.protocol.errors import ArenaError, EngineGone, Invalid
from arena_ext.rooms.credentials import Refused
from arena_ext.web.errors import ANSWERS, answer_to

#: Errors that never reach a handler, with the reason.
INTERNAL = {
    "conflict": "the room is given up, and `stored` raises `NotStored` in its place",
    "missing-dependency": "the sender is asked to sync again",
    "stale-checkpoint": "the log is folded instead",
}


def errors(base: type[ArenaError] = ArenaError) -> Iterator[type[ArenaError]]:
    """All domain errors, from all modules."""
    for module in pkgutil.walk_packages(arena_ext.__path__, "arena_ext."):
        importlib.import_module(module.name)
    for each in base.__subclasses__():
        yield each
        yield from errors(each)


def test_every_error_that_can_reach_a_handler_has_an_answer_and_no_other_has() -> None:
    codes = {each.code for each in errors()}
    assert codes - INTERNAL.keys() == ANSWERS.keys()
    assert codes >= INTERNAL.keys()


def test_every_code_is_of_one_error() -> None:
    codes = [each.code for each in errors()]
    assert len(codes) > 15
    assert sorted(codes) == sorted(set(codes))
    assert ArenaError.code not in codes


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (Invalid("the body is not JSON"), 400, "the body is not JSON"),
        (TooMany("sessions of yours"), 429, "too many sessions of yours"),
        (Refused("{}"), 403, "this link does not work (any more)"),
        (EngineGone(), 503, "this could not be done; try again"),
        (ValueError("of our own"), 500, "the server failed"),
        (None, 405, "there is no such call"),
    ],
)
def test_the_answer_to_an_error(error: Exception | None, status: int, message: str) -> None:
    answer = answer_to(error, 405 if error is None else 500)
    assert (answer.status, answer.message) == (status, message)


def test_an_error_without_a_message_says_its_code() -> None:
    assert (str(Refused()), str(Invalid("why"))) == ("refused", "why")
