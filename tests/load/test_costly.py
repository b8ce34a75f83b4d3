"""The grammar of costly values: within the limits, and the same again with the same seed."""

from __future__ import annotations

from random import Random

import pytest

from tests.load.costly_grammar import GRAMMARS, Grammar, Many, Token


@pytest.mark.parametrize("kind", GRAMMARS)
def test_values_stay_within_the_limit_of_their_kind(kind: str) -> None:
    grammar, chance = GRAMMARS[kind], Random(7)
    value = grammar.any(chance)
    texts = set()
    for _ in range(12):
        value = grammar.changed(chance, value)
        text = grammar.text(value)
        texts.add(text)
        assert len(text) <= grammar.most
    assert len(texts) > 2


@pytest.mark.parametrize("kind", GRAMMARS)
def test_the_same_seed_gives_the_same_values(kind: str) -> None:
    def some() -> list[str]:
        chance = Random(3)
        return [GRAMMARS[kind].text(GRAMMARS[kind].any(chance)) for _ in range(5)]

    assert some() == some()


def test_parts_are_repeated_one_after_another_or_one_within_another() -> None:
    grammar = Grammar([], 100, "<", ">")
    assert grammar.text(Many((Token("a"), Token("b")), 2)) == "<abab>"
    assert grammar.text(Many((Token("x#"),), 2, Token("(#", ")"))) == "<(0(1x1))>"
    assert grammar.text(Many((Token("x"),), 1000)) == "<" + "x" * 98 + ">"
