"""The fold: how each event of a log changes the `Session`.

`src/core/model.ts` folds the same events in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .model import Entry, Event, Invite, Participant, Role, Run, Session
from .protocol import MAX_CHUNK, OUTPUT_KEPT, RUNS_KEPT


def fold(session: Session, entry: Entry) -> None:
    """Take in the next entry; what is not an event only counts."""
    session.seq = entry.seq
    if isinstance(entry.body, Event):
        change = _FOLDS.get(entry.body.type)
        if change is not None:
            change(session, entry, entry.body.payload)


# One function per event type. Payloads were validated before they came into the log.


def _created(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    session.created_at = entry.at
    session.owner = payload["owner"]
    session.title = payload["title"]
    session.language = payload["language"]


def _joined(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    identity = payload["userId"]
    session.participants[identity] = Participant(
        identity,
        payload["username"],
        payload["color"],
        Role(payload["role"]),
    )
    session.present[identity] = None


def _left(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.present.pop(payload["userId"], None)
    for run in session.runs.values():
        if run.participant == payload["userId"] and run.status == "running":
            run.status = "lost"


def _language(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.language = payload["language"]


def _title(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.title = payload["title"]


def _locked(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.locked = payload["locked"]


def _ended(session: Session, entry: Entry, _: Mapping[str, Any]) -> None:
    session.ended_at = entry.at


def _invite_created(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    session.invites[payload["invite"]] = Invite(
        payload["invite"],
        Role(payload["role"]),
        payload["label"],
        entry.at,
        payload["expiresAt"],
        payload["hash"],
    )


def _invite_revoked(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    old = session.invites[payload["invite"]]
    session.invites[old.id] = Invite(
        old.id, old.role, old.label, old.created_at, old.expires_at, old.secret_hash, True
    )


def _token_issued(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.tokens[payload["hash"]] = payload["userId"]
    if payload["login"] is not None:
        session.logins[payload["login"]] = payload["userId"]


def _run_started(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    run = Run(payload["runId"], entry.participant, payload["language"], payload["code"], entry.at)
    session.runs.pop(run.id, None)
    session.runs[run.id] = run
    while len(session.runs) > RUNS_KEPT:
        del session.runs[next(iter(session.runs))]


def _run_output(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    run = session.runs.get(payload["runId"])
    if run is None:
        return
    run.status = "running"
    for chunk in payload["chunks"]:
        run.output_size += len(chunk["data"])
        last = run.chunks[-1] if run.chunks else {}
        joined = len(last.get("data", "")) + len(chunk["data"])
        if chunk.get("stream", "") == last.get("stream") and joined <= MAX_CHUNK:
            run.chunks[-1] = {**last, "data": last["data"] + chunk["data"]}
        else:
            run.chunks.append(dict(chunk))
    _trim(session)


def _run_ended(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    run = session.runs.get(payload["runId"])
    if run is None:
        # A result with no run before it: somebody computed it elsewhere and relays it.
        started = {"runId": payload["runId"], "language": session.language, "code": ""}
        _run_started(session, entry, started)
        run = session.runs[payload["runId"]]
    if not run.chunks and not run.trimmed and payload["output"]:
        run.chunks = [{"stream": "stdout", "data": payload["output"]}]
        run.output_size = len(payload["output"])
    run.status = payload["status"]
    run.error = payload["error"]
    run.duration_ms = payload["durationMs"]
    _trim(session)


def _trim(session: Session) -> None:
    """Drop the output of the oldest runs until what is left is within `OUTPUT_KEPT`."""
    kept = sum(run.output_size for run in session.runs.values() if run.chunks)
    for run in session.runs.values():
        if kept <= OUTPUT_KEPT:
            return
        if run.chunks:
            kept -= run.output_size
            run.chunks, run.trimmed = [], True


_FOLDS: dict[str, Callable[[Session, Entry, Mapping[str, Any]], None]] = {
    "session-created": _created,
    "participant-joined": _joined,
    "participant-left": _left,
    "language-updated": _language,
    "title-updated": _title,
    "session-locked": _locked,
    "session-ended": _ended,
    "invite-created": _invite_created,
    "invite-revoked": _invite_revoked,
    "token-issued": _token_issued,
    "execute-code": _run_started,
    "execution-output": _run_output,
    "execution-result": _run_ended,
}
