"""The replica applies valid edits; forged edits change nothing."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_ext.crdt import updates
from arena_ext.crdt.replica import Replica, TextFull
from arena_ext.crdt.updates import Id
from arena_ext.crdt.validation import MissingDependency
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_TEXT
from tests.support.forged import FORGED, deletion, item
from tests.support.honest import Editor
from tests.support.replicas import anybody, applied, fresh_replica

#: ASCII, two bytes, three bytes, a surrogate pair, and a family of several code points.
LETTERS = st.sampled_from(["a", "\n", "é", "日", "😀", "👩‍👩‍👧", "x"])
TEXTS = st.lists(LETTERS, max_size=12).map("".join)


@pytest.fixture
def written() -> Replica:
    """A replica in which client 5 has written `a😀b`: clocks 0, 1 to 2, and 3."""
    replica = fresh_replica()
    applied(replica, item(5, 0, "a😀b"))
    return replica


# --- honest edits -------------------------------------------------------------------------


@given(st.integers(0, 2**32))
@settings(max_examples=30)
def test_typing_and_deleting_arrives(seed: int) -> None:
    chance = random.Random(seed)
    replica = fresh_replica()
    editor = Editor(5)
    for _ in range(60):
        length = len(editor.text)
        if length and chance.random() < 0.3:
            start = chance.randrange(length)
            update = editor.delete(start, min(length, start + chance.randint(1, 5)))
        else:
            letters = chance.choice(["a", "é", "日本", "😀", "x😀y\n"])
            update = editor.insert(chance.randint(0, length), letters)
        assert applied(replica, update) is not None
        assert replica.text() == editor.text


def test_a_repeated_edit_is_skipped_not_punished() -> None:
    replica = fresh_replica()
    editor = Editor(5)
    first = editor.insert(0, "one")
    second = editor.delete(0, 1)
    for update in (first, second):
        assert applied(replica, update) is not None
    for update in (first, second, editor.since(b"\x00")):
        assert applied(replica, update) is None
    assert replica.text() == "ne"


def test_an_edit_that_skips_ahead_asks_for_a_sync() -> None:
    replica = fresh_replica()
    editor = Editor(5)
    editor.insert(0, "unsent")
    with pytest.raises(MissingDependency):
        applied(replica, editor.insert(6, "!"))
    assert replica.text() == ""
    applied(replica, editor.since(replica.state_vector()))
    assert replica.text() == "unsent!"


def test_an_update_of_several_clients_finds_its_order() -> None:
    one, other = Editor(5), Editor(9)
    other.apply(one.insert(0, "from one"))
    one.apply(other.insert(4, " other"))
    one.insert(0, "> ")
    replica = fresh_replica()
    applied(replica, one.since(b"\x00"))
    assert replica.text() == one.text


def test_the_half_that_is_new_of_a_half_known_edit_arrives(written: Replica) -> None:
    assert applied(written, item(5, 0, "a😀bcd")) is not None
    assert written.text() == "a😀bcd"


def test_further_files_are_texts_of_their_own() -> None:
    replica = fresh_replica()
    applied(replica, item(5, 0, "print(1)", root="code/7"), anybody, {"code/7"})
    assert (replica.text(), replica.text("code/7")) == ("", "print(1)")


# --- forged edits -------------------------------------------------------------------------


@pytest.mark.parametrize("update", FORGED.values(), ids=FORGED.keys())
def test_a_forged_update_is_refused_and_changes_nothing(written: Replica, update: bytes) -> None:
    before = written.since(b"\x00")
    with pytest.raises(Malformed):
        applied(written, update, lambda client: client != 6)
    assert written.since(b"\x00") == before
    assert applied(written, item(5, 4, "!", origin=(5, 3))) is not None
    assert written.text() == "a😀b!"


def test_the_servers_own_client_id_is_nobodys(written: Replica) -> None:
    with pytest.raises(Malformed):
        applied(written, item(written.client_id, 0))


def test_an_edit_cannot_join_two_texts(written: Replica) -> None:
    applied(written, item(7, 0, "other", root="code/9"), anybody, {"code/9"})
    with pytest.raises(Malformed):
        applied(written, item(8, 0, origin=(5, 0), right=(7, 0)))


@pytest.mark.parametrize(
    "update", [deletion(5, 3, 2), deletion(99, 0, 1), item(7, 0, origin=(5, 9))]
)
def test_what_does_not_exist_yet_is_asked_for(written: Replica, update: bytes) -> None:
    with pytest.raises(MissingDependency):
        applied(written, update)
    assert written.text() == "a😀b"


def test_a_text_has_an_end() -> None:
    replica = fresh_replica()
    step = "x" * 200_000
    clock = 0
    while clock + len(step) <= MAX_TEXT:
        applied(replica, item(5, clock, step, origin=(5, clock - 1) if clock else None))
        clock += len(step)
    with pytest.raises(TextFull):
        applied(replica, item(5, clock, step, origin=(5, clock - 1)))
    assert len(replica.text()) == clock
    with pytest.raises(TextFull):
        replica.set_text("😀" * MAX_TEXT)


@given(st.data())
@settings(max_examples=300)
def test_no_mutated_update_breaks_the_replica(data: st.DataObject) -> None:
    editor = Editor(5)
    replica = fresh_replica()
    applied(replica, editor.insert(0, "a😀b日"))
    honest = data.draw(
        st.sampled_from([editor.insert(2, "é😀"), editor.delete(1, 3), item(7, 0, right=(5, 3))])
    )
    forged = bytearray(honest)
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(forged) - 1))
        forged[index] = data.draw(st.integers(0, 255))
    with suppress(Malformed, MissingDependency, TextFull):
        applied(replica, bytes(forged))
    # In each case: the text can be read, late clients have the same text, and edits go on.
    late = Editor(11)
    late.apply(replica.since(b"\x00"))
    assert late.text == replica.text()
    assert applied(replica, late.insert(0, "go on")) is not None
    assert replica.text() == late.text


# --- edits by the server -----------------------------------------------------------------


@given(TEXTS, TEXTS)
def test_whole_text_becomes_a_minimal_edit(old: str, new: str) -> None:
    replica = fresh_replica()
    follower = Editor(5)
    replica.set_text(old)
    follower.apply(replica.since(b"\x00"))
    change = replica.set_text(new)
    assert (change is None) == (old == new)
    if change is not None:
        follower.apply(change.data)
        inserted = [s.text or "" for b in change.blocks for s in b.structs]
        assert len("".join(inserted)) <= len(new)
    assert replica.text() == follower.text == new


def test_a_minimal_edit_leaves_the_rest_alone() -> None:
    replica = fresh_replica()
    replica.set_text("日本 one 😀 two")
    change = replica.set_text("日本 ONE 😀 two")
    assert change is not None
    ((struct,),) = [block.structs for block in change.blocks]
    assert struct.text == "ONE"


# --- cursors -----------------------------------------------------------------------------


def place(replica: Replica, unit: Id | None) -> tuple[int, int]:
    """The line and column of one unit."""
    (at,) = replica.lines_and_columns([unit])
    return at


@given(TEXTS, st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_cursors_come_back_where_they_were(text: str, indices: list[int]) -> None:
    replica = fresh_replica()
    for start in range(0, len(text), 3):
        replica.set_text(text[: start + 3])
    places = []
    for index in indices:
        before = text[: index % (len(text) + 1)]
        places.append((before.count("\n") + 1, updates.utf16_length(before.rpartition("\n")[2])))
    units = [replica.unit_at(line, column) for line, column in places]
    assert replica.lines_and_columns(units) == places
    assert replica.lines_and_columns([]) == []


def test_a_cursor_follows_its_character() -> None:
    replica = fresh_replica()
    replica.set_text("one\ntwo")
    unit = replica.unit_at(2, 1)
    replica.set_text("zero 😀\none\ntwo")
    assert place(replica, unit) == (3, 1)
    replica.set_text("zero 😀\none")
    assert place(replica, unit) == (2, 3)


def test_a_cursor_that_was_made_up_is_at_the_end(written: Replica) -> None:
    assert written.lines_and_columns([(99, 99), (5, 9), (5, 2)]) == [(1, 4), (1, 4), (1, 1)]


def test_nothing_that_somebody_writes_is_taken_for_a_cursor() -> None:
    replica = fresh_replica()
    # All characters for private use, by the client whose id sorts first.
    private = "".join(map(chr, range(0xE000, 0xF900)))
    applied(replica, item(0, 0, private + "\nab"))
    assert place(replica, (0, len(private) + 2)) == (2, 1)
