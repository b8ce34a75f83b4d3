"""The pad's files: which names they may have, and how they change.

A file is a name for a text of the pad. A Yjs text can be neither renamed nor removed, so events
change the name, and the text under its root stays. `src/session/files.ts` has the same for
browsers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from arena_ext.protocol.contract import LANGUAGES
from arena_ext.protocol.limits import MAX_FILE_NAME, MAX_FILES, MAX_ROOTS
from arena_ext.protocol.wire import MAIN_FILE

#: Bytes of a name at most, as in the file system of Python's runtime.
_FILE_SYSTEM_NAME = 255
#: Control, format and private characters, and every separator but the space.
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the pad: its name for people, and the root of its text."""

    name: str
    root: str

    def as_json(self) -> dict[str, str]:
        """The file as clients know it."""
        return {"name": self.name, "root": self.root}


def first_name(language: str) -> str:
    """The name of a session's first file, until it is renamed."""
    return f"main.{LANGUAGES[language]['extensions'][0]}"


def new_root(roots: Sequence[str]) -> str:
    """The root of the next file, after all `roots` so far: no two files ever share one."""
    return f"{MAIN_FILE}/{1 + max(int(root.partition('/')[2] or 0) for root in roots)}"


def find(files: Sequence[File], name: str) -> File | None:
    """The file with exactly this name."""
    return next((file for file in files if file.name == name), None)


def rejected(files: Sequence[File], name: str, renamed: File | None = None) -> str | None:
    """The reason why a file cannot have this name, or None; `renamed` gives up its name."""
    if not (1 <= len(name) <= MAX_FILE_NAME and len(name.encode()) <= _FILE_SYSTEM_NAME):
        return f"a file's name has 1 to {MAX_FILE_NAME} characters"
    if any(_invisible(character) for character in name) or name != name.strip(" "):
        return "a file's name has visible characters only"
    if re.search(r"[/\\]|\.\.", name) or name == ".":
        return "a file's name has no slashes and no .."
    if any(file.name.lower() == name.lower() for file in files if file != renamed):
        return "there is a file with this name"
    return None


def full(files: Sequence[File], roots: Sequence[str]) -> str | None:
    """The reason why no file can be added; None if one can."""
    if len(files) >= MAX_FILES:
        return f"a session has {MAX_FILES} files at most"
    if len(roots) >= MAX_ROOTS:
        return "too many files were made in this session"
    return None


def follow_language(files: Sequence[File], before: str, after: str) -> list[File]:
    """The files after a change of language: a first file that was never renamed follows it."""
    old, new = first_name(before), first_name(after)
    if any(file.name.lower() == new for file in files):
        return list(files)
    return [File(new, file.root) if file == File(old, MAIN_FILE) else file for file in files]


def _invisible(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _INVISIBLE or (category == "Zs" and character != " ")
