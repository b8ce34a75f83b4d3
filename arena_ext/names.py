"""Names and colours that the server gives to participants."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from .protocol import MAX_NAME

#: Distinct hues that carry white text at a contrast of 4.5 and stand out on white and on black.
COLORS = (
    "#1a6fd4",
    "#c2410c",
    "#15803d",
    "#a21caf",
    "#b91c1c",
    "#0e7490",
    "#7c3aed",
    "#a16207",
    "#be185d",
    "#4d7c0f",
)


def clean(name: str) -> str:
    """`name` without control, format (bidi, zero-width) and surplus space characters, shortened.

    Empty where nothing is left.
    """
    kept = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", name)
        if character.isspace()
        or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(kept.split())[:MAX_NAME].strip()


def distinct(name: str, taken: Iterable[str]) -> str:
    """`name`, with a number behind it where somebody has it already."""
    others = {each.casefold() for each in taken}
    if name.casefold() not in others:
        return name
    number = 2
    while f"{name} ({number})".casefold() in others:
        number += 1
    return f"{name} ({number})"


def color(how_many_before: int) -> str:
    """The colour of the next participant, `#rrggbb`."""
    return COLORS[how_many_before % len(COLORS)]
