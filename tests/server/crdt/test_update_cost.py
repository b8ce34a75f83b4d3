"""The cost of one update is proportional to its length, and has an upper limit."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator

import pytest

from arena_ext.crdt import ordering, replica, updates, validation, written
from arena_ext.crdt.replica import TextFull
from arena_ext.crdt.updates import Struct
from arena_ext.crdt.validation import UpdateValidator
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_CLIENTS_EACH, MAX_PARTS, MAX_UNITS, Limits
from arena_ext.protocol.wire import Document
from arena_ext.rooms import checkpoint
from arena_ext.rooms.state import State
from tests.support.forged import deletion, item, struct, update
from tests.support.honest import Editor, type_for_an_hour
from tests.support.replicas import anybody, applied, borrowed, fresh_replica
from tests.support.steps import steps


def checked(data: bytes) -> None:
    UpdateValidator().check(updates.decode(data), anybody)


def in_turn(count: int) -> bytes:
    """Two clients write in turn, each after the last unit of the other."""
    ones = [struct((2, clock - 1) if clock else None) for clock in range(count)]
    return update({2: [struct((1, clock)) for clock in range(count)], 1: ones})


def awaited(count: int) -> bytes:
    """The same, and a hundred other clients, first in the update, depend on its last unit."""
    waiting = {n: [struct((1, count - 1))] for n in range(110, 10, -1)}
    ones = [struct((2, clock - 1) if clock else None) for clock in range(count)]
    return update(waiting | {2: [struct((1, clock)) for clock in range(count)], 1: ones})


def pairs_deleted(count: int) -> bytes:
    """One text of emoji, with one deletion for each emoji."""
    deleted = {5: [(2 * n, 2) for n in range(count)]}
    return update({5: [struct(text="😀" * count)]}, deleted)


def test_pairs_are_looked_for_once_per_text(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    def look(struct: Struct) -> Iterator[int]:
        looked.append(struct)
        return inside_pairs(struct)

    inside_pairs = written.inside_pairs
    monkeypatch.setattr(validation, "inside_pairs", look)
    checked(pairs_deleted(1000))
    assert len(looked) == 1


def test_what_many_authors_see_of_many_is_bounded() -> None:
    with pytest.raises(Malformed, match="takes too much work"):
        checked(awaited(2000))
    cost = steps(lambda: checked(awaited(2000)), Malformed)
    assert cost < 4 * steps(lambda: checked(in_turn(2000)))


def test_what_an_author_has_seen_is_kept_once_and_not_with_each_run() -> None:
    validator = UpdateValidator()
    for known in (
        update({n: [struct()] for n in range(1002, 2, -1)}),
        update({2: [struct((n, 0)) for n in range(3, 1003)]}),
        # Two clients answer each other; one of them has seen a thousand others.
        update({1: [struct((2, 999))]}),
    ):
        validator.integrate(updates.decode(known))
    answers = update(
        {2: [struct((1, n)) for n in range(500)], 1: [struct((2, 1000 + n)) for n in range(500)]},
        first={2: 1000, 1: 1},
    )
    decoded = updates.decode(answers)
    tracemalloc.start()
    validator.integrate(decoded)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1000 * 500


def test_the_conflicts_of_all_inserts_of_an_update_are_summed() -> None:
    text = fresh_replica()
    applied(text, update({9: [struct(), *(struct(right=(9, n)) for n in range(1999))]}))
    assert applied(text, update({n: [struct()] for n in range(30, 10, -1)}))
    with pytest.raises(Malformed, match="takes too much work"):
        applied(text, update({n: [struct()] for n in range(200, 100, -1)}))
    assert len(text.text()) == 2020


def test_too_many_parts_are_refused_before_they_are_read() -> None:
    text = fresh_replica()
    applied(text, item(5, 0, "x" * 1000))
    structs = update({7: [struct((5, 0))] * (MAX_PARTS + 1)})
    for forged in (structs, update({}, {5: [(0, 1)] * (MAX_PARTS + 1)})):
        with pytest.raises(Malformed, match="too many parts"):
            applied(text, forged)
        assert steps(lambda forged=forged: updates.decode(forged, MAX_PARTS), Malformed) < 50  # type: ignore[misc]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_long_text_is_cut_up_in_no_order_that_takes_long(backwards: bool) -> None:
    """The engine walks through a text at each cut; in order from the end, this takes seconds."""
    text = fresh_replica()
    text.set_text("x" * 1_000_000)
    client = text.client_id
    cuts = sorted(range(80, 1_000_000, 80), reverse=backwards)[:MAX_PARTS]
    assert applied(text, update({}, {client: [(clock, 1) for clock in cuts]}))
    assert len(text.text()) == 1_000_000 - len(cuts)
    for _ in range(2):  # from the log as well
        log, text = text.since(b"\x00"), fresh_replica()
        text.load(updates.decode(log))
        assert len(text.text()) == 1_000_000 - len(cuts)
    # The author sets the order of inserts that cut: thousands of offline inserts into a megabyte,
    # from its end to its start, are refused.
    other = fresh_replica()
    other.set_text("x" * 1_000_000)
    inserts = {
        5: [struct((other.client_id, clock - 1), (other.client_id, clock)) for clock in cuts]
    }
    with pytest.raises(Malformed, match="too much work"):
        applied(other, update(inserts))
    # The refused update has changed nothing.
    assert other._validator.root_of((other.client_id, 999_999)) == "code"
    assert applied(other, item(6, 0, "!", origin=(other.client_id, 999_999)))
    assert other.text() == "x" * 1_000_000 + "!"


def test_what_is_in_the_log_is_never_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "MAX_STEPS", 10)
    text = fresh_replica()
    for client in range(1, 40):
        text.load(updates.decode(item(client, 0, "x")))
    text.load(updates.decode(update({50: [struct(), *[struct((50, 0))] * MAX_PARTS]})))
    text.settle()
    assert len(text.text()) == 39 + MAX_PARTS + 1


@pytest.mark.parametrize(("back", "jump"), [(0.06, 0.03), (0.1, 0.06)], ids=["typing", "jumping"])
def test_an_hour_of_typing_without_a_connection_arrives_in_one(
    back: float, jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people type at the same place, each 400 keys a minute without a pause."""
    monkeypatch.setattr(ordering, "MAX_STEPS", ordering.MAX_STEPS // 5)
    text, base = fresh_replica(), Editor(3)
    applied(text, base.insert(0, "def answer():\n    pass\n"))
    for client in (2**31 + 9, 2**31 + 5):
        editor = Editor(client)
        editor.apply(base.since(b"\x00"))
        type_for_an_hour(editor, random.Random(client), back, jump)
        typed = editor.since(base.state_vector())
        decoded = updates.decode(typed)
        parts = sum(len(each.structs) for each in decoded.blocks) + len(decoded.deletions)
        assert MAX_PARTS / 5 < parts < MAX_PARTS * 0.7
        assert applied(text, typed)


# --- known client ids -------------------------------------------------------------------------


def test_nobody_writes_under_more_ids_than_they_need() -> None:
    with borrowed() as process:
        state = State("s", process, Limits())
    state.hold("ada", range(MAX_CLIENTS_EACH - 1))
    may = state.holds("ada")
    assert all(may(client) for client in (0, 5000, 5000))
    with pytest.raises(Malformed, match="too many client ids"):  # one more, in one update
        may(5001)
    assert state.holds("ben")(5001)
    assert not state.holds("ben")(0)
    # The same after a checkpoint.
    with borrowed() as process:
        again = State("s", process, Limits())
    again.restore(checkpoint.load(checkpoint.dump(state.cut())))
    may = again.holds("ada")
    assert may(5000)
    with pytest.raises(Malformed, match="too many client ids"):
        may(5001)
    assert again.replica(Document.PAD).text() == ""


def test_all_that_was_ever_written_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "MAX_UNITS", 10)
    text = fresh_replica()
    text.set_text("😀😀")
    text.set_text("")
    applied(text, item(5, 0, "four"))
    for more in (item(5, 4, "abc", origin=(5, 3)), item(6, 0, "😀x")):
        with pytest.raises(TextFull):
            applied(text, more)
    with pytest.raises(TextFull):
        text.set_text("another")
    # Existing text can be deleted, and text that fits can be inserted.
    assert applied(text, deletion(5, 0, 1))
    assert applied(text, item(6, 0, "ab", right=(5, 0)))
    assert text.text() == "abour"
    assert text.set_text("ab") is not None


def test_all_pieces_that_were_ever_written_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "MAX_REMEMBERED", 100)
    text = fresh_replica()
    applied(text, item(5, 0, "x" * 300))
    applied(text, update({}, {5: [(2 * n, 1) for n in range(101)]}))
    with pytest.raises(TextFull):
        applied(text, item(5, 300, "y", origin=(5, 299)))
    with pytest.raises(TextFull):
        text.set_text("y")
    assert text.set_text("") is not None


def test_a_pair_costs_four_bytes() -> None:
    validator = UpdateValidator()
    validator.integrate(updates.decode(update({5: [struct(text="😀" * 10_000)]})))
    pairs = validator._written[5].inside_pairs
    assert len(pairs) * pairs.itemsize == 40_000
    assert [validator.inside_pair(5, clock) for clock in (0, 1, 2, 19_999)] == [False, True] * 2
    assert not validator.inside_pair(6, 1)
    assert 2 ** (8 * pairs.itemsize) > MAX_UNITS
