"""The scheduler: a client with little work continues at once; one with much is delayed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_ext.limits.quotas import Quotas
from arena_ext.limits.scheduler import charged
from arena_ext.limits.token_bucket import TokenBucket
from arena_ext.limits.work_budget import WorkBudget
from arena_ext.protocol.limits import Limits

#: The default limits.
LIMITS = Limits()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`clock(seconds)` moves the time forward."""
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def test_who_types_never_waits_however_much_others_need(clock: Callable[[float], None]) -> None:
    people = Quotas(LIMITS, by_address=True)
    typist = people.of_participant("ana")
    greedy = [people.of_participant(f"eve {number}") for number in range(18)]
    for _ in range(600):
        clock(0.05)
        assert typist.charge(0.0008) is None
        for each in greedy:
            each.charge(0.01)


@given(st.integers(1, 30), st.floats(0.0002, 0.02))
def test_all_who_need_much_have_so_much_together(people: int, step: float) -> None:
    now = 1000.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.monotonic", lambda: now)
        everybody = Quotas(LIMITS, by_address=True)
        budgets = [everybody.of_participant(str(number)) for number in range(people)]
        waits, used, seconds = [0.0] * people, 0.0, 10.0
        while now < 1000.0 + seconds:
            # Each client takes a step as soon as its delay is over; no two steps run at a time.
            least = min(range(people), key=waits.__getitem__)
            now = max(now, waits[least])
            rest = budgets[least].charge(step)
            used += step
            now += step
            waits[least] = now + (rest or 0.0)
    own = people * (seconds * LIMITS.own_work_rate + LIMITS.own_work_burst)
    shared = seconds * LIMITS.shared_work_rate + LIMITS.shared_work_burst
    # Plus the steps that were running when a budget was used up.
    assert used <= own + shared + people * step * (1 + seconds / LIMITS.max_delay)


def test_one_alone_has_more_than_its_own_and_not_for_long(clock: Callable[[float], None]) -> None:
    alone = Quotas(LIMITS, by_address=True).of_participant("ana")
    # A long paste is delayed, but less than with only the client's own budget.
    rest = alone.charge(0.1)
    assert rest is not None
    assert 0 < rest < 0.1 / LIMITS.own_work_rate
    clock(60)
    assert alone.full
    for _ in range(1000):
        rest = alone.charge(0.01)
        clock(rest or 0.0)
    assert rest == pytest.approx(0.01 / LIMITS.long_work_rate, rel=0.1)


def test_who_took_of_what_all_have_rests_until_it_is_made_up_for(
    clock: Callable[[float], None],
) -> None:
    people = Quotas(LIMITS, by_address=True)
    eve, bob = people.of_participant("eve"), people.of_participant("bob")
    rest = eve.charge(0.1)
    assert rest is not None
    # A second request, from another window or by the next call, does not shorten the delay.
    assert eve.charge(0.0) == rest
    clock(rest / 2)
    assert eve.charge(0.0) == pytest.approx(rest / 2)
    assert bob.charge(0.001) is None
    clock(rest / 2 + 0.001)
    assert not eve.charge(0.0)


def test_a_long_step_of_one_keeps_others_waiting_for_a_moment_only(
    clock: Callable[[float], None],
) -> None:
    people = Quotas(LIMITS, by_address=True)
    eve, bob = people.of_participant("eve"), people.of_participant("bob")
    # To open a session can take so long on a busy machine. Another client needs a little more
    # than its own budget.
    eve.charge(1.0)
    rest = bob.charge(LIMITS.own_work_burst + 0.001)
    assert rest is not None
    assert 0 < rest <= LIMITS.shared_work_debt / LIMITS.shared_work_rate
    clock(rest)
    assert not bob.charge(0.0)
    assert eve.charge(0.0) == LIMITS.max_delay


def test_who_owes_very_much_is_exhausted(clock: Callable[[float], None]) -> None:
    budget = WorkBudget(TokenBucket(1.0, 1.0), TokenBucket(1.0, 1.0), LIMITS)
    budget.charge(LIMITS.long_work_burst + LIMITS.long_work_debt)
    assert not budget.exhausted
    budget.charge(0.01)
    assert budget.exhausted
    clock(1.0)
    assert not budget.exhausted


async def test_of_those_who_wait_one_a_turn_is_served_and_all_others_between() -> None:
    people, order = Quotas(LIMITS, by_address=True), list[str]()

    async def work(name: str) -> None:
        for _ in range(3):
            order.append(name)
            await asyncio.sleep(0)

    def run(name: str, rest: float | None) -> asyncio.Task[Any]:
        return asyncio.create_task(charged(work(name), lambda _: rest, people.wait_for_turn))

    await asyncio.gather(*(run(f"greedy {n}", 0.0) for n in range(9)), run("typist", None))
    # All clients take their first step without a wait; then the typist overtakes nearly all.
    later = order[10:]
    done = len(later) - later[::-1].index("typist")
    assert later[:done].count("typist") == 2
    assert done <= 5


async def test_what_is_raised_and_thrown_goes_through() -> None:
    people, paid = Quotas(LIMITS, by_address=True), list[float]()

    def pay(seconds: float) -> None:
        paid.append(seconds)

    async def stopped() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "tidied up"
        return "never"

    task = asyncio.create_task(charged(stopped(), pay, people.wait_for_turn))
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "tidied up"

    async def broken() -> None:
        await asyncio.sleep(0)
        raise LookupError

    with pytest.raises(LookupError):
        await charged(broken(), pay, people.wait_for_turn)
    assert sum(map(bool, paid)) == 4


async def test_many_wait_for_the_same() -> None:
    people, same = Quotas(LIMITS, by_address=True), asyncio.get_running_loop().create_future()

    async def work() -> int:
        found: int = await same
        return found

    tasks = [
        asyncio.create_task(charged(work(), lambda _: 0.0, people.wait_for_turn)) for _ in range(9)
    ]
    await asyncio.sleep(0)
    same.set_result(7)
    assert await asyncio.gather(*tasks) == [7] * 9
