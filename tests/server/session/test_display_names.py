"""Display names contain no invisible characters, and no two names look the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arena_ext.protocol.limits import MAX_NAME
from arena_ext.session.display_names import clean, distinct, visible
from tests.support.people import Person

#: One character of each kind that is invisible or looks like a space.
UNSEEN = [
    *"\u0000\u0080\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200d\u202e",
    *"\u2060\u2065\u2069\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufffb\ue000",
    *"\U0001d173\U000e0001\U000e0041\U000e0100\U000e01ef\U000e0fff",
]


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda each: f"{ord(each):04X}")
def test_what_is_not_seen_is_in_no_name(unseen: str) -> None:
    assert clean(unseen * 3) == ""
    assert clean(f"{unseen}O{unseen}z{unseen}") == "Oz"
    assert distinct("Oz", [f"o{unseen}Z"]) == "Oz (2)"
    # Normalisation does not bring it back.
    assert clean(unicodedata.normalize("NFKC", f"Oz{unseen}")).strip() == "Oz"


def test_names_that_people_have_are_left_alone() -> None:
    for name in (
        "José",
        "Łukasz Żak",
        "美咲",
        "O'Brien-Smith",
        "محمد",
        "ปิยะ",
        "김민준",
        "Ada 👍🏽",
    ):
        assert clean(name) == name
        assert distinct(name, ["Somebody"]) == name
    assert clean("  Ada \t\n Lovelace\u3000") == "Ada Lovelace"
    assert clean("x" * (MAX_NAME + 1)) == "x" * MAX_NAME


@pytest.mark.parametrize(
    "other", ["OZ", "oz", "\uff2f\uff3a", "\U0001d40e\U0001d433", "ºz", "O\u200dz"]
)
def test_what_looks_the_same_gets_a_number(other: str) -> None:
    assert distinct(other, ["Oz"]) == f"{other} (2)"
    assert distinct("Oz", [other, "OZ (2)"]) == "Oz (3)"


def test_other_letters_are_other_names() -> None:
    assert distinct("Oz", ["Ozz", "O z", "Ož"]) == "Oz"


@given(st.text())
@example("e\u200d\u0301")  # the removed character is between a letter and its accent
def test_a_name_that_the_server_gave_passes_where_it_is_read_again(name: str) -> None:
    given_name = clean(name)
    assert visible(given_name) == (given_name != "")
    assert not given_name or visible(distinct(given_name, [given_name]))


async def test_who_has_no_visible_name_does_not_get_in(host: Person, stranger: Person) -> None:
    session = await host.session()
    body = {"userName": "\u3164\u115f", "invite": await host.invite(session)}
    answer = await stranger.fetch("POST", f"sessions/{session}/join", body)
    assert answer.status == 400
    assert "visible" in answer.text
