"""The order of units equals the order in Yjs: in it, the units give the replica's text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_ext.crdt import ordering, updates
from arena_ext.crdt.ordering import Order
from arena_ext.crdt.updates import Id
from arena_ext.protocol.lib0 import Malformed
from tests.support.forged import item
from tests.support.honest import Editor
from tests.support.replicas import applied, fresh_replica


class Content:
    """The content of each unit, taken from the updates."""

    def __init__(self) -> None:
        self.units: dict[Id, bytes] = {}

    def take(self, update: bytes) -> None:
        decoded = updates.decode(update)
        for block in decoded.blocks:
            for struct in block.structs:
                data = (struct.text or "\0" * struct.length).encode("utf-16-le")
                for offset in range(struct.length):
                    unit = (block.client, struct.clock + offset)
                    self.units[unit] = data[2 * offset : 2 * offset + 2]
        for deletion in decoded.deletions:
            for clock in range(deletion.clock, deletion.clock + deletion.length):
                self.units[deletion.client, clock] = b""

    def spelled(self, units: Order, root: str = "code") -> str:
        """The text of the units in this order."""
        data, run = b"", units._heads.get(root)
        while run is not None:
            data += b"".join(self.units[run.client, run.clock + n] for n in range(run.length))
            run = run.right
        return data.decode("utf-16-le")


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_order_spells_the_text(seed: int) -> None:
    chance = random.Random(seed)
    replica, content = fresh_replica(), Content()
    editors = [Editor(client) for client in (7, 3, 11)]
    unsent: dict[int, list[bytes]] = {each.client: [] for each in editors}
    for _ in range(chance.randint(10, 80)):
        editor = chance.choice(editors)
        length = len(editor.text)
        if length and chance.random() < 0.3:
            start = chance.randrange(length)
            update = editor.delete(start, min(length, start + chance.randint(1, 3)))
        else:
            text = chance.choice(["a", "bc", "😀", "日x", "\n"])
            where = chance.choice([0, length, chance.randint(0, length)])
            update = editor.insert(where, text)
        unsent[editor.client].append(update)
        if chance.random() < 0.4:
            for update in unsent.pop(editor.client):
                # None: another editor has already deleted the same units.
                content.take(applied(replica, update) or b"\0\0")
            unsent[editor.client] = []
            other = chance.choice(editors)
            if not unsent[other.client]:
                other.apply(replica.since(other.state_vector()))
    for editor in editors:
        for update in unsent[editor.client]:
            content.take(applied(replica, update) or b"\0\0")
    assert content.spelled(replica._validator._order) == replica.text()
    # A fresh replica that loads one merged update has the same order.
    fresh, again = fresh_replica(), Content()
    fresh.load(updates.decode(replica.since(b"\x00")))
    fresh.settle()
    again.take(replica.since(b"\x00"))
    assert again.spelled(fresh._validator._order) == replica.text()


def test_a_refused_update_leaves_the_order_as_it_was() -> None:
    replica, content = fresh_replica(), Content()
    for update in (item(5, 0, "abcdef"), item(7, 0, "XY", origin=(5, 2), right=(5, 3))):
        content.take(applied(replica, update) or b"")
    before = content.spelled(replica._validator._order)
    for forged in (
        item(9, 0, "!", origin=(7, 1), right=(5, 1)),
        item(9, 0, "!", origin=(5, 3), right=(7, 0)),
        item(9, 0, "!", origin=(5, 5), right=(5, 0)),
        item(9, 0, "!", origin=(5, 0), right=(5, 2)),
        item(9, 0, "!", right=(5, 1)),
    ):
        with pytest.raises(Malformed):
            applied(replica, forged)
        assert content.spelled(replica._validator._order) == before == "abcXYdef"


def test_an_insert_between_what_was_apart_only_because_of_others_is_honest() -> None:
    """Ben inserts between a and b without having received Ana's insert there: this is valid."""
    replica = fresh_replica()
    applied(replica, item(1, 0, "ab"))
    applied(replica, item(2, 0, "ANA", origin=(1, 0), right=(1, 1)))
    applied(replica, item(3, 0, "ben", origin=(1, 0), right=(1, 1)))
    assert replica.text() == "aANAbenb"
    # But a client that has inserted next to Ana's text has received that text.
    applied(replica, item(3, 3, "!", origin=(2, 2), right=(3, 0)))
    with pytest.raises(Malformed):
        applied(replica, item(3, 4, "?", origin=(1, 0), right=(1, 1)))


def test_endless_conflict_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "MAX_STEPS", 17)
    replica = fresh_replica()
    for client in range(1, 10):
        applied(replica, item(client, 0, "x"))
    with pytest.raises(Malformed, match="takes too much work"):
        applied(replica, item(20, 0, "x"))
    assert replica.text() == "x" * 9
