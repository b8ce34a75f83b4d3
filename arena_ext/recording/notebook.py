"""A session as a Jupyter notebook, which also holds the recording.

A trusted notebook shows markup and runs scripts; so typed text is escaped, or is shown as source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from arena_ext.session.model import Entry, Run
from arena_ext.session.output import Chunk

from .format import SEEN_BY_INTERVIEWERS, Audiences, in_one, recording_lines
from .history import SessionHistory, session_history, utc

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


def as_notebook(
    about: dict[str, Any], entries: Sequence[Entry], seen: Audiences = SEEN_BY_INTERVIEWERS
) -> bytes:
    """A Jupyter notebook (format 4.5) that can be imported again, because it has the recording."""
    history = session_history(entries)
    cells = [_markdown("summary", _summary(history))]
    for number, (name, text) in enumerate(history.files.items(), 1):
        cells.append(_markdown(f"file-{number}-name", f"### {plain(name)}"))
        cells.append(_code(f"file-{number}", text, None, []))
    for number, run in enumerate(history.runs, 1):
        cells.append(_markdown(f"run-{number}-head", _run_head(history, run, number)))
        cells.append(_code(f"run-{number}", run.code, number, _outputs(run, number)))
    lines = [line.removesuffix("\n") for line in recording_lines(about, entries, seen)]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": _LANGUAGES[history.session.language],
            "language_info": {"name": history.session.language},
            "title": history.session.title,
            "arena": {"recording": lines},
        },
        "cells": cells,
    }
    return in_one(json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(notebook))


def plain(text: str) -> str:
    """`text` escaped, so that Markdown shows its characters: no markup, link, formula or new line.

    In a trusted notebook, Markdown may contain HTML with scripts.
    """
    line = " ".join(text.split())
    return re.sub(r"[^\w ,]|_", lambda found: f"&#{ord(found[0])};", line)


def _source(markdown: str) -> str:
    """Markdown as a code block, which shows its source: rendered Markdown may contain HTML."""
    longest = max(map(len, re.findall("~+", markdown)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{fence}markdown\n{markdown.rstrip()}\n{fence}"


def _summary(history: SessionHistory) -> str:
    session = history.session
    lines = [f"# {plain(session.title)}", ""]
    if session.question.strip():
        lines += [_source(session.question), ""]
    lines += [
        f"- **{plain(each.name)}**, {each.role}" for each in session.participants.values()
    ] or ["- Nobody was there."]
    lasted = _duration(history.last - session.created_at)
    runs = "1 run" if len(history.runs) == 1 else f"{len(history.runs)} runs"
    lines += ["", f"{utc(session.created_at)} UTC, {lasted}, {runs}."]
    return "\n".join(lines)


def _run_head(history: SessionHistory, run: Run, number: int) -> str:
    took = "" if run.duration_ms is None else f", {run.duration_ms:.0f} ms"
    by = plain(history.name_of(run.participant))
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
        # Input is at the place where it was typed, as on a terminal.
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


def _display(chunk: Chunk, count: int) -> dict[str, Any]:
    mime, data = chunk["mime"], chunk["data"]
    if mime == "text/plain":
        bundle = {"data": {mime: data}, "metadata": {}}
        return {"output_type": "execute_result", "execution_count": count, **bundle}
    if mime in _PICTURES and re.fullmatch(r"[A-Za-z0-9+/\s]+={0,2}\s*", data):
        return {"output_type": "display_data", "data": {mime: data}, "metadata": {}}
    shown = {"text/plain": f"{mime}\n{data}"}
    return {"output_type": "display_data", "data": shown, "metadata": {}}


def _clock(milliseconds: int) -> str:
    return utc(milliseconds).partition(" ")[2]


def _duration(milliseconds: int) -> str:
    minutes, seconds = divmod(max(0, milliseconds) // 1000, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
