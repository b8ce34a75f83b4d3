"""The history of a session: its log, folded for the files that are exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.replica import Replica
from arena_ext.crdt.updates import decode
from arena_ext.protocol.wire import Document
from arena_ext.session.fold import fold
from arena_ext.session.model import Edit, Entry, Run, Session


@dataclass(frozen=True, slots=True)
class SessionHistory:
    """The session at its end, the texts of its files by name, and all of its runs."""

    session: Session
    files: dict[str, str]
    runs: list[Run]
    #: The time of the last typing or run, UTC milliseconds.
    last: int

    def name_of(self, participant: str | None) -> str:
        """The name of a participant, for people."""
        found = self.session.participants.get(participant or "")
        return "somebody" if found is None else found.name


def session_history(entries: Sequence[Entry]) -> SessionHistory:
    """Fold a log; the pad is in an engine process of its own, so a bad edit harms no room.

    Raises `EngineFailed`.
    """
    with EngineProcess() as process:
        return _fold(entries, Replica(Document.PAD, process))


def _fold(entries: Sequence[Entry], pad: Replica) -> SessionHistory:
    session = Session("")
    # A session forgets old runs and long output. So each run is folded in a session of its own.
    alone: list[Session] = []
    latest: dict[str, Session] = {}
    last = 0
    for entry in entries:
        fold(session, entry)
        if isinstance(entry.body, Edit):
            if entry.body.document is Document.PAD:
                last = entry.at
                pad.load(decode(entry.body.update))
            continue
        run = entry.body.payload.get("runId")
        if run is not None:
            last = entry.at
            # An id may be used again after a session has forgotten its run.
            if run not in latest or entry.body.type == "execute-code":
                latest[run] = Session("", language=session.language)
                alone.append(latest[run])
            fold(latest[run], entry)
        elif entry.body.type == "participant-left":
            for each in alone:
                fold(each, entry)
    return SessionHistory(
        session,
        {file.name: pad.text(file.root) for file in session.files},
        [run for each in alone for run in each.runs.values()],
        last or session.created_at,
    )


def utc(milliseconds: int) -> str:
    """A moment as text, `2026-01-31 12:00:00`."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
