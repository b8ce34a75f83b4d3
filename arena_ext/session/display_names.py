"""Names and colours that the server gives to participants."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from arena_ext.protocol.limits import MAX_NAME

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


#: What is seen as nothing, or as a blank, although its category does not say so: the rest of
#: Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt (15.1), which `unicodedata`
#: does not have, and the empty Braille pattern.
_UNSEEN = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),  # Khmer inherent vowels
        (0x180B, 0x180F),  # Mongolian variation selectors
        (0x2800, 0x2800),
        (0x3164, 0x3164),  # Hangul filler
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
        (0xE0100, 0xE01EF),  # variation selectors, supplement
    )
    for code in range(first, last + 1)
)


def clean(name: str) -> str:
    """`name` shortened, without control, format (bidi, zero-width), unseen and surplus spaces.

    Empty where nothing is left.
    """
    return _visible(unicodedata.normalize("NFC", name))[:MAX_NAME].strip()


def visible(name: str) -> bool:
    """Whether all of `name` can be seen, as of one that the server gave."""
    return name != "" and _visible(name) == name


def distinct(name: str, taken: Iterable[str]) -> str:
    """`name`, with a number behind it where somebody has it, or what looks like it, already."""
    others = {_skeleton(each) for each in taken}
    if _skeleton(name) not in others:
        return name
    number = 2
    while _skeleton(f"{name} ({number})") in others:
        number += 1
    return f"{name} ({number})"


def _visible(name: str) -> str:
    """What of a name can be seen, words one space apart."""
    kept = "".join(" " if each.isspace() else each for each in name if not _unseen(each))
    return " ".join(kept.split())


def _unseen(character: str) -> bool:
    if character.isspace():
        return False
    category = unicodedata.category(character)
    return character in _UNSEEN or category in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _skeleton(name: str) -> str:
    """The same for all names that differ by case, by width or style of letters, or by nothing seen.

    Unicode's NFKC_Casefold, but for the spaces.
    """
    return _visible(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()))


def color(how_many_before: int) -> str:
    """The colour of the next participant, `#rrggbb`."""
    return COLORS[how_many_before % len(COLORS)]
