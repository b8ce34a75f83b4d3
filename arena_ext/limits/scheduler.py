"""Cooperative scheduler: charges each slice of work to a client, and delays clients over budget.

A slice is the work of a coroutine from one `await` to the next. The event loop serves no other
client during it.
"""

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
    charge: Callable[[float], float | None],
    wait_for_turn: Callable[[], Coroutine[Any, Any, None]],
) -> Generator[Any, Any, T]:
    """Run `work` slice by slice; returns its result or raises its error.

    `charge` gets the seconds of each slice, and returns the delay before the next, in seconds, or
    None for a client well within its budget, which continues at once. All others are delayed and
    then wait for their turn. The time between the slices is not charged.
    """
    thrown: BaseException | None = None
    while True:
        began = perf_counter()
        try:
            awaited = work.send(None) if thrown is None else work.throw(thrown)
        except StopIteration as done:
            result: T = done.value
            if (seconds := charge(perf_counter() - began)) is not None:
                yield from delay(seconds, wait_for_turn).__await__()
            return result
        except BaseException:
            charge(perf_counter() - began)
            raise
        charge(perf_counter() - began)
        try:
            # First, as others may wait for the same; and the budget recovers meanwhile.
            yield awaited
            if (seconds := charge(0.0)) is not None:
                yield from delay(seconds, wait_for_turn).__await__()
        except BaseException as error:  # noqa: BLE001 - for `work` to see
            thrown = error
        else:
            thrown = None


async def delay(seconds: float, wait_for_turn: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Delay a client over budget, and let it wait for its turn."""
    if seconds > 0:
        await sleep(seconds)
    await wait_for_turn()
