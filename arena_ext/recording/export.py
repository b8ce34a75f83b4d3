"""An interview as one file to take away: notebook, source files, a page that replays it, or lines.

Pure functions of what the session is and of its log. Whatever people typed is data in all of them:
none of these files runs anything, or shows markup of theirs as markup, when it is opened.
"""

from __future__ import annotations

import html
import io
import json
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arena_ext.crdt.engine_process import NativeProcess
from arena_ext.crdt.replica import Replica
from arena_ext.protocol.wire import Audience, Document
from arena_ext.session.fold import fold
from arena_ext.session.model import Edit, Entry, Run, Session

from . import format as recording

#: What the recording in a file has in it, by whom the file is for.
SEEN = {
    Audience.INTERVIEWERS.value: frozenset({Audience.EVERYONE, Audience.INTERVIEWERS}),
    Audience.EVERYONE.value: frozenset({Audience.EVERYONE}),
}
#: What it has unless somebody asks for less.
_ALL = SEEN[Audience.INTERVIEWERS.value]
#: The page that replays a recording, built from `src/replay.tsx`.
REPLAY = Path(__file__).parent.parent / "static" / "replay.html"

#: Pictures that a notebook may show; markup and programs stand in it as text.
_PICTURES = {"image/png", "image/jpeg", "image/gif"}
_LANGUAGES = {
    "python": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "javascript": {
        "name": "javascript",
        "display_name": "JavaScript",
        "language": "javascript",
    },
    "typescript": {
        "name": "typescript",
        "display_name": "TypeScript",
        "language": "typescript",
    },
    "sql": {"name": "sql", "display_name": "SQL", "language": "sql"},
}

_Seen = frozenset[Audience]
_Make = Callable[[dict[str, Any], Sequence[Entry], _Seen], bytes]


class NotBuilt(Exception):
    """The page that replays has not been built."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an interview down.

    `make` takes the contract's `Session`, its log, and the audiences whose entries are in the file.
    """

    suffix: str
    content_type: str
    make: _Make


@dataclass(frozen=True, slots=True)
class Story:
    """What a log tells: the session as it ended, its files' texts by name, and all of its runs."""

    session: Session
    files: dict[str, str]
    runs: list[Run]
    #: When somebody last typed or ran something, UTC milliseconds.
    last: int


def story(entries: Sequence[Entry]) -> Story:
    """Fold a log."""
    with NativeProcess() as process:
        return _story(entries, Replica(Document.PAD, process))


def _story(entries: Sequence[Entry], pad: Replica) -> Story:
    session = Session("")
    # A room forgets old runs and long output. So here each run is folded in a session of its own.
    alone: list[Session] = []
    latest: dict[str, Session] = {}
    last = 0
    for entry in entries:
        fold(session, entry)
        if isinstance(entry.body, Edit):
            if entry.body.document is Document.PAD:
                last = entry.at
                pad.load(entry.body.update)
            continue
        run = entry.body.payload.get("runId")
        if run is not None:
            last = entry.at
            # An id may be used again once a room has forgotten its run; that is another run.
            if run not in latest or entry.body.type == "execute-code":
                latest[run] = Session("", language=session.language)
                alone.append(latest[run])
            fold(latest[run], entry)
        elif entry.body.type == "participant-left":
            for each in alone:
                fold(each, entry)
    return Story(
        session,
        {file.name: pad.text(file.root) for file in session.files},
        [run for each in alone for run in each.runs.values()],
        last or session.created_at,
    )


# --- lines ----------------------------------------------------------------------------------------


def as_lines(about: dict[str, Any], entries: Sequence[Entry], seen: _Seen = _ALL) -> bytes:
    """The recording itself."""
    return "".join(recording.lines(about, entries, seen)).encode()


# --- a notebook -----------------------------------------------------------------------------------


def as_notebook(about: dict[str, Any], entries: Sequence[Entry], seen: _Seen = _ALL) -> bytes:
    """A Jupyter notebook (format 4.5) that also holds the recording, so that it can come back."""
    told = story(entries)
    cells = [_markdown("summary", _summary(told))]
    for number, (name, text) in enumerate(told.files.items(), 1):
        cells.append(_markdown(f"file-{number}-name", f"### {plain(name)}"))
        cells.append(_code(f"file-{number}", text, None, []))
    for number, run in enumerate(told.runs, 1):
        cells.append(_markdown(f"run-{number}-head", _run_head(told, run, number)))
        cells.append(_code(f"run-{number}", run.code, number, _outputs(run, number)))
    lines = "".join(recording.lines(about, entries, seen)).removesuffix("\n").split("\n")
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": _LANGUAGES[told.session.language],
            "language_info": {"name": told.session.language},
            "title": told.session.title,
            "arena": {"recording": lines},
        },
        "cells": cells,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def plain(text: str) -> str:
    """`text` so that Markdown shows just its characters: no markup, link, formula or line of it.

    In a notebook that is trusted, Markdown may hold HTML with scripts in it.
    """
    line = " ".join(text.split())
    return re.sub(r"[^\w ,]|_", lambda found: f"&#{ord(found[0])};", line)


def _source(markdown: str) -> str:
    """Markdown as a block of code that shows its source: what is rendered may hold HTML, too."""
    longest = max(map(len, re.findall("~+", markdown)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{fence}markdown\n{markdown.rstrip()}\n{fence}"


def _summary(told: Story) -> str:
    session = told.session
    lines = [f"# {plain(session.title)}", ""]
    if session.question.strip():
        lines += [_source(session.question), ""]
    lines += [
        f"- **{plain(each.name)}**, {each.role}" for each in session.participants.values()
    ] or ["- Nobody was there."]
    lasted = _duration(told.last - session.created_at)
    runs = "1 run" if len(told.runs) == 1 else f"{len(told.runs)} runs"
    lines += ["", f"{_moment(session.created_at)} UTC, {lasted}, {runs}."]
    return "\n".join(lines)


def _run_head(told: Story, run: Run, number: int) -> str:
    took = "" if run.duration_ms is None else f", {run.duration_ms:.0f} ms"
    by = plain(_name(told, run))
    return f"**Run {number}** by {by} at {_clock(run.started_at)} UTC: {plain(run.status)}{took}"


def _markdown(identity: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": source}


def _code(
    identity: str, source: str, count: int | None, outputs: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": identity,
        "metadata": {},
        "execution_count": count,
        "source": source,
        "outputs": outputs,
    }


def _outputs(run: Run, count: int) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = []
    for chunk in run.chunks:
        stream = chunk.get("stream")
        if stream is None:
            outputs.append(_display(chunk, count))
            continue
        # What was typed into the program stands where it was typed, as on a terminal.
        name = "stderr" if stream == "stderr" else "stdout"
        if outputs and outputs[-1].get("name") == name:
            outputs[-1]["text"] += chunk["data"]
        else:
            outputs.append({"output_type": "stream", "name": name, "text": chunk["data"]})
    if run.error is not None:
        last = (run.error.strip().split("\n") or [""])[-1]
        name, _, value = last.partition(": ")
        outputs.append(
            {
                "output_type": "error",
                "ename": name if value else "Error",
                "evalue": value or last,
                "traceback": run.error.split("\n"),
            }
        )
    return outputs


def _display(chunk: dict[str, str], count: int) -> dict[str, Any]:
    mime, data = chunk["mime"], chunk["data"]
    if mime == "text/plain":
        bundle = {"data": {mime: data}, "metadata": {}}
        return {"output_type": "execute_result", "execution_count": count, **bundle}
    if mime in _PICTURES and re.fullmatch(r"[A-Za-z0-9+/\s]+={0,2}\s*", data):
        return {"output_type": "display_data", "data": {mime: data}, "metadata": {}}
    shown = {"text/plain": f"{mime}\n{data}"}
    return {"output_type": "display_data", "data": shown, "metadata": {}}


# --- source files ---------------------------------------------------------------------------------


def as_zip(about: dict[str, Any], entries: Sequence[Entry], seen: _Seen = _ALL) -> bytes:
    """The files as they ended, the question, the runs as text, and the recording."""
    told = story(entries)
    packed = io.BytesIO()
    moment = datetime.fromtimestamp(max(told.last, _FIRST_OF_ZIP) / 1000, UTC).timetuple()[:6]
    taken: set[str] = set()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: str | bytes) -> None:
            entry = zipfile.ZipInfo(_distinct(name, taken), moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)

        for name, text in told.files.items():
            add(_safe(name) or "file", text)
        if told.session.question.strip():
            add("question.md", told.session.question)
        add("runs.txt", _runs_as_text(told))
        add("recording.jsonl", as_lines(about, entries, seen))
    return packed.getvalue()


#: The first moment that a zip can name, in UTC milliseconds.
_FIRST_OF_ZIP = 315_532_800_000


def _runs_as_text(told: Story) -> str:
    parts = []
    for number, run in enumerate(told.runs, 1):
        head = f"Run {number}, {_name(told, run)}, {_moment(run.started_at)} UTC, {run.status}"
        output = "".join(
            chunk["data"] if "stream" in chunk else f"[{chunk['mime']}] {chunk['data']}\n"
            for chunk in run.chunks
        )
        parts.append(f"{head}\n\n{run.code}\n\n{output}\n{run.error or ''}".rstrip() + "\n")
    return f"\n{'-' * 72}\n".join(parts) or "Nothing was run.\n"


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


def _safe(name: str) -> str:
    """`name` without what makes a path of it, or a device of Windows."""
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


def _name(told: Story, run: Run) -> str:
    participant = told.session.participants.get(run.participant or "")
    return "somebody" if participant is None else participant.name


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _clock(milliseconds: int) -> str:
    return _moment(milliseconds).partition(" ")[2]


def _duration(milliseconds: int) -> str:
    minutes, seconds = divmod(max(0, milliseconds) // 1000, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
