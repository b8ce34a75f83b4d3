"""A session as a zip archive: its files, its question, its runs as text, and its recording."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from arena_ext.session.model import Entry

from .format import SEEN_BY_INTERVIEWERS, Audiences, as_lines
from .history import SessionHistory, session_history, utc


def as_zip(
    about: dict[str, Any], entries: Sequence[Entry], seen: Audiences = SEEN_BY_INTERVIEWERS
) -> bytes:
    """The files at the end of the session, the question, the runs as text, and the recording."""
    history = session_history(entries)
    packed = io.BytesIO()
    moment = datetime.fromtimestamp(max(history.last, _FIRST_OF_ZIP) / 1000, UTC).timetuple()[:6]
    taken: set[str] = set()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: str | bytes) -> None:
            entry = zipfile.ZipInfo(_distinct(name, taken), moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)

        for name, text in history.files.items():
            add(_safe(name) or "file", text)
        if history.session.question.strip():
            add("question.md", history.session.question)
        add("runs.txt", _runs_as_text(history))
        add("recording.jsonl", as_lines(about, entries, seen))
    return packed.getvalue()


#: The first moment that a zip archive can hold, UTC milliseconds.
_FIRST_OF_ZIP = 315_532_800_000


def _runs_as_text(history: SessionHistory) -> str:
    parts = []
    for number, run in enumerate(history.runs, 1):
        by, at = history.name_of(run.participant), utc(run.started_at)
        head = f"Run {number}, {by}, {at} UTC, {run.status}"
        output = "".join(
            chunk["data"] if "stream" in chunk else f"[{chunk['mime']}] {chunk['data']}\n"
            for chunk in run.chunks
        )
        parts.append(f"{head}\n\n{run.code}\n\n{output}\n{run.error or ''}".rstrip() + "\n")
    return f"\n{'-' * 72}\n".join(parts) or "Nothing was run.\n"


def _safe(name: str) -> str:
    """`name` without characters of paths, and not the name of a device of Windows."""
    cleaned = re.sub(r"[^\w .()\[\]+=@-]", "_", name).strip(" .")
    return re.sub(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", r"\1_", cleaned)


def _distinct(name: str, taken: set[str]) -> str:
    stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{stem} ({number}){dot}{suffix}"
    taken.add(found.casefold())
    return found
