"""Pace: work is done step by step, each step is paid for, and who owes rests before the next."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable, Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


@coroutine
def paced(
    work: Coroutine[Any, Any, T], worked: Callable[[], float], pay: Callable[[float], float]
) -> Generator[Any, Any, T]:
    """Do `work`; returns or raises what it does.

    `worked` says how many seconds the processor has worked; `pay` takes what one step took of it,
    and says for how many seconds to rest. Between the steps others have theirs, so the time that
    all of it takes says nothing of what it costs.
    """
    thrown: BaseException | None = None
    while True:
        began = worked()
        try:
            awaited = work.send(None) if thrown is None else work.throw(thrown)
        except StopIteration as done:
            result: T = done.value
            yield from _rest(pay(worked() - began))
            return result
        except BaseException:
            pay(worked() - began)
            raise
        rest = pay(worked() - began)
        try:
            yield from _rest(rest)
            yield awaited
        except BaseException as error:  # noqa: BLE001 - for `work` to see
            thrown = error
        else:
            thrown = None


def _rest(seconds: float) -> Generator[Any, Any, None]:
    if seconds > 0:
        yield from sleep(seconds).__await__()
