"""The names and colours by which participants are shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

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


#: Characters that look like nothing, or like a space, although their category does not say so: the
#: rest of Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt (15.1), which
#: `unicodedata` does not have, and the empty Braille pattern.
_INVISIBLE = frozenset(
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
    """`name` without invisible characters and surplus spaces, cut to `MAX_NAME` characters.

    Empty where nothing is left. Control and format characters (bidi, zero-width) are invisible.
    """
    return _visible(unicodedata.normalize("NFC", name))[:MAX_NAME].strip()


def visible(name: str) -> bool:
    """Whether `name` has no invisible characters and no surplus spaces, as a cleaned name."""
    return name != "" and _visible(name) == name


def alike(one: str, other: str) -> bool:
    """Whether two names look the same."""
    return _skeleton(one) == _skeleton(other)


def distinct(name: str, taken: Iterable[str]) -> str:
    """`name`, with a number behind it where a name that looks the same is taken."""
    others = {_skeleton(each) for each in taken}
    if _skeleton(name) not in others:
        return name
    number = 2
    while _skeleton(f"{name} ({number})") in others:
        number += 1
    return f"{name} ({number})"


def _visible(name: str) -> str:
    """The visible characters of a name, with one space between words."""
    kept = "".join(" " if each.isspace() else each for each in name if not _invisible(each))
    return " ".join(kept.split())


def _invisible(character: str) -> bool:
    if character.isspace():
        return False
    category = unicodedata.category(character)
    return character in _INVISIBLE or category in {"Cc", "Cf", "Cs", "Co", "Cn"}


@lru_cache(8192)
def _skeleton(name: str) -> str:
    """Equal for names that differ only in case, width, style or invisible characters.

    Unicode's NFKC_Casefold, except for spaces.
    """
    return _visible(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()))


def color(how_many_before: int) -> str:
    """The colour of the next participant, `#rrggbb`."""
    return COLORS[how_many_before % len(COLORS)]
