"""Pace: work is done step by step, each step is paid for, and who owes rests before the next."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable, Coroutine, Generator
from time import perf_counter
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


@coroutine
def charged(
    work: Coroutine[Any, Any, T],
    pay: Callable[[float], float | None],
    turn: Callable[[], Coroutine[Any, Any, None]],
) -> Generator[Any, Any, T]:
    """Do `work`; returns or raises what it does.

    `pay` takes for how many seconds one step has kept all others waiting, and says for how many to
    rest; None is to go on at once, all others rest and then wait for their `turn`. Between the
    steps others have theirs, so the time that all of it takes says nothing.
    """
    thrown: BaseException | None = None
    while True:
        began = perf_counter()
        try:
            awaited = work.send(None) if thrown is None else work.throw(thrown)
        except StopIteration as done:
            result: T = done.value
            yield from _rest(pay(perf_counter() - began), turn)
            return result
        except BaseException:
            pay(perf_counter() - began)
            raise
        pay(perf_counter() - began)
        try:
            # First, as others may wait for the same; and what is owed may be paid off meanwhile.
            yield awaited
            yield from _rest(pay(0.0), turn)
        except BaseException as error:  # noqa: BLE001 - for `work` to see
            thrown = error
        else:
            thrown = None


def _rest(
    seconds: float | None, turn: Callable[[], Coroutine[Any, Any, None]]
) -> Generator[Any, Any, None]:
    if seconds is None:
        return
    if seconds > 0:
        yield from sleep(seconds).__await__()
    yield from turn().__await__()
