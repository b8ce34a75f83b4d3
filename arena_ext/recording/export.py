"""The formats in which an interview is exported: a notebook, an archive, a page, a recording.

Each is a pure function of the session and its log. Text that people typed is data in all of them:
none of these files runs code, or shows that text as markup, when it is opened.
"""

from __future__ import annotations

import html
import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from arena_ext.protocol.errors import ArenaError
from arena_ext.session.model import Entry

from .archive import as_zip
from .format import SEEN_BY_INTERVIEWERS, Audiences, as_lines, in_one, recording_lines
from .notebook import as_notebook

#: The page that replays a recording, built from `src/replay.tsx`.
REPLAY = Path(__file__).parent.parent / "static" / "replay.html"


_Make = Callable[[dict[str, Any], Sequence[Entry], Audiences], bytes]


class NotBuilt(ArenaError):
    """The page that replays has not been built."""

    code = "not-built"


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    `make` takes the contract's `Session`, its log, and the audiences whose entries are in the file.
    """

    suffix: str
    content_type: str
    make: _Make


def as_page(
    about: dict[str, Any], entries: Sequence[Entry], seen: Audiences = SEEN_BY_INTERVIEWERS
) -> bytes:
    """A page that replays the recording from a disk, without a server or a network.

    Raises `NotBuilt`.
    """
    if not REPLAY.is_file():
        raise NotBuilt
    page = REPLAY.read_text(encoding="utf-8").replace("%NONCE%", secrets.token_urlsafe(16))
    before, _, after = page.partition("%RECORDING%")
    before = before.replace("%TITLE%", html.escape(str(about["title"])))
    lines = recording_lines(about, entries, seen)
    # So no tag can begin in there: JSON has `<` only in strings, where it may be escaped.
    embedded = (line.replace("<", "\\u003c") for line in lines)
    return in_one(chain([before], embedded, [after]))


FORMATS = {
    "ipynb": Format("ipynb", "application/x-ipynb+json", as_notebook),
    "zip": Format("zip", "application/zip", as_zip),
    "html": Format("html", "text/html; charset=UTF-8", as_page),
    "jsonl": Format("jsonl", "application/x-ndjson; charset=UTF-8", as_lines),
}


def file_name(title: str, kind: Format) -> str:
    """A file name that is valid in any HTTP header and on any disk."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^\w]+", "-", ascii_only).strip("-")[:60]
    return f"{stem or 'interview'}.{kind.suffix}"
