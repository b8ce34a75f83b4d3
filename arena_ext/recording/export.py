"""An interview as one file to take away: notebook, source files, a page that replays it, or lines.

Pure functions of what the session is and of its log. Whatever people typed is data in all of them:
none of these files runs anything, or shows markup of theirs as markup, when it is opened.
"""

from __future__ import annotations

import html
import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena_ext.protocol.errors import ArenaError
from arena_ext.recording.archive import as_zip
from arena_ext.recording.format import _ALL, _Seen, as_lines
from arena_ext.recording.notebook import as_notebook
from arena_ext.session.model import Entry

#: The page that replays a recording, built from `src/replay.tsx`.
REPLAY = Path(__file__).parent.parent / "static" / "replay.html"


_Make = Callable[[dict[str, Any], Sequence[Entry], _Seen], bytes]


class NotBuilt(ArenaError):
    """The page that replays has not been built."""

    code = "not-built"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an interview down.

    `make` takes the contract's `Session`, its log, and the audiences whose entries are in the file.
    """

    suffix: str
    content_type: str
    make: _Make


# --- lines ----------------------------------------------------------------------------------------


# --- a notebook -----------------------------------------------------------------------------------


# --- source files ---------------------------------------------------------------------------------


# --- a page ---------------------------------------------------------------------------------------


def as_page(about: dict[str, Any], entries: Sequence[Entry], seen: _Seen = _ALL) -> bytes:
    """A page that replays the recording from a disk, with no server and no network.

    Raises `NotBuilt`.
    """
    if not REPLAY.is_file():
        raise NotBuilt
    page = REPLAY.read_text(encoding="utf-8").replace("%NONCE%", secrets.token_urlsafe(16))
    before, _, after = page.partition("%RECORDING%")
    before = before.replace("%TITLE%", html.escape(str(about["title"])))
    lines = as_lines(about, entries, seen).decode()
    # No tag can begin in there: JSON has `<` in strings alone, where it may be written so.
    embedded = lines.replace("<", "\\u003c")
    return f"{before}{embedded}{after}".encode()


# --- names and times ------------------------------------------------------------------------------

FORMATS = {
    "ipynb": Format("ipynb", "application/x-ipynb+json", as_notebook),
    "zip": Format("zip", "application/zip", as_zip),
    "html": Format("html", "text/html; charset=UTF-8", as_page),
    "jsonl": Format("jsonl", "application/x-ndjson; charset=UTF-8", as_lines),
}


def file_name(title: str, kind: Format) -> str:
    """A name for the file that any header and any disk can take."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^\w]+", "-", ascii_only).strip("-")[:60]
    return f"{stem or 'interview'}.{kind.suffix}"
