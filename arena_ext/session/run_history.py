"""The runs in a session's state: how they grow, and their bounds.

`src/session/run-history.ts` is the same in the browser.
"""

from __future__ import annotations

from collections.abc import Iterable

from arena_ext.protocol.limits import CODE_KEPT, FILES_KEPT, OUTPUT_KEPT, RUNS_KEPT

from .model import Run, Session
from .output import Chunk, append


def drop_runs(session: Session) -> None:
    """Drop the oldest runs until the others are within `RUNS_KEPT` and `CODE_KEPT`."""
    kept = sum(map(_code_size, session.runs.values()))
    while len(session.runs) > RUNS_KEPT or (kept > CODE_KEPT and len(session.runs) > 1):
        kept -= _code_size(session.runs.pop(next(iter(session.runs))))


def _code_size(run: Run) -> int:
    return len(run.code) + len(run.error or "")


def drop_files(session: Session) -> None:
    """Drop the other files of the oldest runs until the others are within `FILES_KEPT`."""
    kept = sum(map(_files_size, session.runs.values()))
    for run in session.runs.values():
        if kept <= FILES_KEPT:
            return
        if size := _files_size(run):
            kept -= size
            run.files = None


def _files_size(run: Run) -> int:
    return sum(map(len, (run.files or {}).values()))


def add_output(run: Run, more: Iterable[Chunk]) -> None:
    """Add chunks to the output of a run."""
    grown = sum(append(run.chunks, chunk) for chunk in more)
    run.output_size += grown
    run.kept_size += grown


def goes_on(run: Run) -> bool:
    """Whether a run has not ended; a run that was lost may continue."""
    return run.status in {"running", "lost"}


def trim(session: Session) -> None:
    """Drop the output of the oldest runs until the others are within `OUTPUT_KEPT`."""
    kept = sum(run.kept_size for run in session.runs.values())
    for run in session.runs.values():
        if kept <= OUTPUT_KEPT:
            return
        if run.chunks:
            kept -= run.kept_size
            run.chunks, run.kept_size, run.trimmed = [], 0, True
