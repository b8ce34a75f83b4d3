"""Edits in plain form do not wait for the engine, and nobody can tell the difference."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from arena_ext.crdt import updates
from arena_ext.crdt.engine_protocol import Op
from arena_ext.crdt.replica import Replica, TextFull
from arena_ext.crdt.updates import decode, decode_state_vector
from arena_ext.crdt.written import Ranges
from arena_ext.protocol.errors import EngineFailed, EngineGone
from tests.load.fuzz_case import mutated
from tests.load.fuzz_plain import longer, meaning
from tests.support.forged import deletion, item, struct, update
from tests.support.honest import Editor
from tests.support.replicas import applied, asking_replica, fresh_replica
from tests.support.steps import steps


@contextmanager
def asked(replica: Replica) -> Iterator[list[Op]]:
    """The questions that the engine gets about a replica."""
    questions: list[Op] = []
    whole = replica._ask

    def ask(op: Op, root: str = "", data: bytes = b"") -> bytes:
        questions.append(op)
        return whole(op, root, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replica, "_ask", ask)
        yield questions


@pytest.fixture
def written() -> Replica:
    """A replica with `a😀bXYcdef!`: clients 5 and 7 wrote small and capital letters, 8 the end."""
    replica = fresh_replica()
    applied(replica, item(5, 0, "a😀bcdef"))
    applied(replica, item(7, 0, "XY", origin=(5, 3), right=(5, 4)))
    applied(replica, item(8, 0, "!", origin=(5, 7)))
    return replica


def after_y(count: int) -> list[bytes]:
    """So many structs of client 7, one after the other behind the Y."""
    return [struct((7, 1 + n), (5, 4), "z") for n in range(count)]


PLAIN = {
    "where its author wrote last": item(7, 2, "!", origin=(7, 1), right=(5, 4)),
    "in pieces": update({7: after_y(15)}, first={7: 2}),
    "at two places": update({7: [*after_y(3), struct((5, 5), (5, 6), "é")]}, first={7: 2}),
    "inside a run": item(7, 2, "pasté\n😀" * 50, origin=(5, 4), right=(5, 5)),
    "at the beginning": item(7, 2, "!", right=(5, 0)),
    "at the end": item(7, 2, "!", origin=(8, 0)),
    "a deletion": deletion(5, 4, 2),
    "deletions of two authors": update({}, {7: [(0, 1)], 5: [(0, 1), (3, 2)]}),
    "a replacement": update(
        {7: [struct((5, 6), (5, 7))]}, {5: [(7, 1)], 7: [(1, 1)]}, first={7: 2}
    ),
}
ASKED = {
    "the first edit of an author": item(9, 0, "!", origin=(7, 1), right=(5, 4)),
    "between units that are apart by now": item(8, 1, "!", origin=(5, 3), right=(5, 4)),
    "units that it deletes": update({7: after_y(1)}, {7: [(2, 1)]}, first={7: 2}),
    "twice between the same units": update(
        {7: [*after_y(1), struct((7, 1), (7, 2))]}, first={7: 2}
    ),
    "two authors": update({8: [struct((8, 0))], 7: after_y(1)}, first={7: 2, 8: 1}),
    "a text that is deleted already": b"\x01\x01\x07\x02\xc1\x07\x01\x05\x04\x02\x00",
    "a number with a byte too many": deletion(5, 4, 2)[:-1] + longer(2),
    "a range in two": update({}, {5: [(4, 1), (5, 1)]}),
    "many pieces": update({7: after_y(16)}, first={7: 2}),
}


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN.keys())
def test_an_edit_in_plain_form_does_not_wait_for_the_engine(written: Replica, data: bytes) -> None:
    asking = asking_replica()
    asking.load(decode(written.since(b"\x00")))
    with asked(written) as questions:
        assert applied(written, data) == data
        clocks = decode_state_vector(written.state_vector())
        assert questions == []
    # What the engine says if it is asked.
    change = applied(asking, data)
    assert change is not None
    assert meaning(decode(change)) == meaning(decode(data))
    assert clocks == decode_state_vector(asking.state_vector())
    assert written.text() == asking.text()


@pytest.mark.parametrize("data", ASKED.values(), ids=ASKED.keys())
def test_the_engine_is_asked_for_any_other_edit(written: Replica, data: bytes) -> None:
    with asked(written) as questions:
        assert applied(written, data) is not None
        assert questions == [Op.APPLY]


def test_what_is_deleted_already_is_no_part_of_the_change(written: Replica) -> None:
    assert applied(written, deletion(5, 5, 1)) == deletion(5, 5, 1)
    assert applied(written, deletion(5, 5, 1)) is None
    assert applied(written, deletion(5, 4, 3)) == update({}, {5: [(4, 1), (6, 1)]})
    again = fresh_replica()
    again.load(decode(written.since(b"\x00")))
    assert applied(again, deletion(5, 3, 5)) == update({}, {5: [(3, 1), (7, 1)]})
    assert again.text() == "a😀XY!"


def test_honest_edits_are_in_plain_form() -> None:
    """All but the first one: typed, pasted, deleted and replaced."""
    chance, replica, editor = random.Random(5), fresh_replica(), Editor(5)
    applied(replica, editor.insert(0, "def answer():\n    return '😀'\n"))
    with asked(replica) as questions:
        for _ in range(200):
            at = chance.randrange(len(editor.text) - 3)
            for data in (
                editor.insert(at, "key"),
                editor.insert(at + 3, "s"),
                editor.delete(at + 2, at + 4),
                editor.replace(at, at + 1, "日本"),
                editor.insert_at((at + 2, 1), "  "),
            ):
                if len(decode(data).deletions) < 15:
                    assert applied(replica, data) == data
        # The engine gets them in batches, and no batch is long.
        assert questions == [Op.LOAD] * 3
        assert replica.text() == editor.text
        assert questions[3:] == [Op.LOAD, Op.TEXT] or questions[3:] == [Op.TEXT, Op.LOAD]


def test_a_batch_is_no_more_work_than_the_server_may_wait_for() -> None:
    replica, size = fresh_replica(), 500_000
    applied(replica, item(5, 0, "x" * size))
    with asked(replica) as questions:
        for n in range(20):
            applied(replica, deletion(5, size - 2 * n - 2, 1))
    # The engine counts the units of a piece at each cut: all of them, as far as is known here.
    assert len(questions) == 10


def test_the_size_of_a_text_is_exact_where_it_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    replica = fresh_replica()
    applied(replica, item(5, 0, "x" * 100))

    def insert(clock: int, text: str) -> bytes | None:
        data = item(5, clock, text, origin=(5, clock - 1))
        change = replica.apply(decode(data), lambda _: True, most=200)
        return None if change is None else change.data

    assert applied(replica, deletion(5, 0, 50)) is not None
    assert insert(100, "é" * 70)
    with pytest.raises(TextFull):
        insert(170, "é" * 6)
    assert insert(170, "é" * 5)
    assert replica.text() == "x" * 50 + "é" * 75


def test_an_engine_that_fails_later_is_not_the_fault_of_the_next(
    written: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(written, PLAIN["a deletion"])
    monkeypatch.setattr(written._validator, "clocks", dict)  # what the engine says is not this
    with pytest.raises(EngineGone):
        written.text()
    assert written.refused == {PLAIN["a deletion"]}
    assert not written.alive
    for use in (written.text, lambda: applied(written, PLAIN["at the end"])):
        with pytest.raises(EngineFailed):
            use()


def test_those_who_join_an_unchanged_document_get_the_same_update(written: Replica) -> None:
    with asked(written) as questions:
        state = written.since(b"\x00")
        assert written.since(b"\x00") == state
        assert questions == [Op.SINCE]
    late = Editor(99)
    for data in PLAIN["a deletion"], item(9, 0, "!", origin=(8, 0)):
        applied(written, data)
        late.apply(written.since(b"\x00"))
        assert late.text == written.text()
    written.set_text("new")
    late.apply(written.since(b"\x00"))
    assert late.text == "new"


def test_ranges_are_a_set_of_clocks() -> None:
    chance = random.Random(7)
    for _ in range(50):
        ranges, clocks = Ranges(), set[int]()
        for _ in range(40):
            start = chance.randrange(100)
            end = start + chance.randint(1, 9)
            assert ranges.overlap(start, end) == bool(clocks & {*range(start, end)})
            ranges.add(start, end)
            clocks |= {*range(start, end)}
            assert len(ranges) == sum(clock - 1 not in clocks for clock in clocks)


def test_a_long_history_of_deletions_stays_cheap() -> None:
    def cost(count: int) -> int:
        replica = fresh_replica()
        applied(replica, item(5, 0, "x" * 3 * count))
        for n in range(0, count, 1000):
            applied(replica, update({}, {5: [(3 * (n + m), 1) for m in range(1000)]}))
        replica.text()
        return steps(lambda: applied(replica, deletion(5, 1, 1)))

    assert cost(20_000) <= cost(1000)


def test_the_quick_way_to_decode_is_no_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    quick, chance, taken = updates._quick, random.Random(3), 0
    monkeypatch.setattr(updates, "_quick", lambda _: None)
    for number in range(20_000):
        data = chance.choice([*PLAIN.values(), *ASKED.values()])
        data = mutated(chance, data) if number % 4 else data
        found = quick(data)
        if found is not None:
            assert decode(data) == found
            taken += 1
    assert taken > 2000
