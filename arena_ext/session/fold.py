"""The fold: how each event of a log changes the `Session`.

`src/session/fold.ts` folds the same events in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from arena_ext.protocol.limits import MAX_TOKENS_EACH, WITHDRAWN_KEPT
from arena_ext.protocol.wire import MAIN_FILE, Audience

from .files import File, first_name, follow_language
from .model import Entry, Event, Invite, Participant, Run, Session
from .output import answered, asked, cost
from .permissions import Role
from .run_history import add_output, drop_files, drop_runs, goes_on, trim


def fold(session: Session, entry: Entry) -> None:
    """Fold the next entry. An edit only counts: its text is in a `Replica`."""
    if isinstance(entry.body, Event):
        change = _FOLDS.get(entry.body.type)
        if change is not None:
            change(session, entry, entry.body.payload)
    session.seq = entry.seq
    session.shared += entry.audience is Audience.EVERYONE


# One function per event type. Payloads were validated before they came into the log.


def _created(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    session.created_at = entry.at
    session.owner = payload["owner"]
    session.title = payload["title"]
    session.language = payload["language"]
    session.files = [File(first_name(session.language), MAIN_FILE)]


def _imported(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    """An imported session begins as its original did, and has ended here."""
    _created(session, entry, payload)
    session.ended_at = payload["importedAt"]


def _joined(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.withdrawn.pop(payload["userId"], None)
    session.participants[payload["userId"]] = _participant(payload)
    session.present[payload["userId"]] = None


def _participant(payload: Mapping[str, Any]) -> Participant:
    return Participant(
        payload["userId"],
        payload["username"],
        payload["color"],
        Role(payload["role"]),
        payload.get("seat"),
    )


def _renamed(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    old = session.participants[payload["userId"]]
    session.participants[old.id] = replace(old, name=payload["username"])


def _left(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.present.pop(payload["userId"], None)
    _lose_runs(session, payload["userId"])


def _lose_runs(session: Session, participant: str) -> None:
    for run in session.runs.values():
        if run.participant == participant and run.status == "running":
            # Its question stays: after a short loss of the network its author still answers it.
            run.status = "lost"


def _role(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    old = session.participants[payload["userId"]]
    session.participants[old.id] = replace(old, role=Role(payload["role"]))
    if payload["role"] == Role.OBSERVER:
        _lose_runs(session, old.id)
    if payload["role"] != Role.INTERVIEWER:
        _revoke_grants(session, old.id)


def _removed(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    _left(session, entry, payload)
    session.removed[payload["userId"]] = None
    _forget(session, payload["userId"])
    _revoke_grants(session, payload["userId"])


def _forget(session: Session, participant: str) -> None:
    """Drop all tokens and logins of a participant."""
    for credentials in (session.tokens, session.logins):
        for each in [key for key, owner in credentials.items() if owner == participant]:
            del credentials[each]


def _revoke_grants(session: Session, participant: str) -> None:
    """Revoke the invites that a participant made: no grant outlives the rights of its grantor."""
    for invite in tuple(session.invites.values()):
        if invite.by == participant:
            session.invites[invite.id] = replace(invite, revoked=True)


def _entry(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.ask_to_enter = payload["askToEnter"]


def _requested(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.withdrawn.pop(payload["userId"], None)
    session.waiting[payload["userId"]] = _participant(payload)


def _withdrawn(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    guest = session.waiting.pop(payload["userId"])
    session.withdrawn[guest.id] = guest
    if len(session.withdrawn) > WITHDRAWN_KEPT:
        oldest = next(iter(session.withdrawn))
        del session.withdrawn[oldest]
        session.came_by.pop(oldest, None)
        _forget(session, oldest)


def _admitted(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    guest = session.waiting.pop(payload["userId"])
    if "seat" in payload:
        _take_seat(session, guest.id, payload["seat"])
    else:
        session.participants[guest.id] = guest


def _take_seat(session: Session, guest: str, seat: str) -> None:
    """The tokens of a guest become those of a participant, whose own tokens end."""
    _forget(session, seat)
    session.came_by.pop(guest, None)
    for token, owner in session.tokens.items():
        if owner == guest:
            session.tokens[token] = seat


def _declined(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.declined[payload["userId"]] = session.waiting.pop(payload["userId"])
    _forget(session, payload["userId"])


def _language(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.files = follow_language(session.files, session.language, payload["language"])
    session.language = payload["language"]


def _file_added(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.files = [*session.files, File(payload["name"], payload["root"])]
    session.roots = [*session.roots, payload["root"]]


def _file_renamed(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.files = [
        File(payload["name"], file.root) if file.root == payload["root"] else file
        for file in session.files
    ]


def _file_deleted(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.files = [file for file in session.files if file.root != payload["root"]]


def _main_file(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.main = payload["root"]


def _title(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.title = payload["title"]


def _question(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.question = payload["question"]


def _locked(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.locked = payload["locked"]


def _ended(session: Session, entry: Entry, _: Mapping[str, Any]) -> None:
    # An imported session ended at its import, if not later.
    session.ended_at = max(entry.at, session.ended_at or 0)


def _invite_created(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    session.invites[payload["invite"]] = Invite(
        payload["invite"],
        Role(payload["role"]),
        payload["label"],
        entry.at,
        payload["expiresAt"],
        payload["hash"],
        max_uses=payload.get("maxUses"),
        by=payload.get("by"),
    )
    session.secrets[payload["hash"]] = payload["invite"]


def _invite_revoked(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    old = session.invites[payload["invite"]]
    session.invites[old.id] = replace(old, revoked=True)


def _token_issued(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    session.tokens[payload["hash"]] = payload["userId"]
    if payload["login"] is not None:
        # All others get one token only.
        mine = [token for token, owner in session.tokens.items() if owner == payload["userId"]]
        for lapsed in mine[:-MAX_TOKENS_EACH]:
            del session.tokens[lapsed]
        session.logins[payload["login"]] = payload["userId"]
    if payload["invite"] is not None:
        session.came_by[payload["userId"]] = payload["invite"]


def _run_started(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    run = Run(payload["runId"], entry.participant, payload["language"], payload["code"], entry.at)
    run.main, run.files = payload.get("main"), dict(payload.get("files", {}))
    session.runs.setdefault(run.id, run)
    drop_runs(session)
    drop_files(session)


def _run_output(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    run = session.runs.get(payload["runId"])
    if run is None or not goes_on(run):
        return
    run.status = "running"
    add_output(run, payload["chunks"])
    trim(session)


def _input_requested(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    run = session.runs.get(payload["runId"])
    if run is None or not goes_on(run):
        return
    run.status, run.asks = "running", payload["prompt"]
    add_output(run, asked(payload["prompt"]))
    trim(session)


def _input_replied(session: Session, _: Entry, payload: Mapping[str, Any]) -> None:
    run = session.runs.get(payload["runId"])
    if run is None or not goes_on(run):
        return
    run.status, run.asks = "running", None
    add_output(run, answered(payload["text"]))
    trim(session)


def _run_ended(session: Session, entry: Entry, payload: Mapping[str, Any]) -> None:
    run = session.runs.get(payload["runId"])
    if run is None:
        # A result without a run: a participant relays it from elsewhere.
        started = {"runId": payload["runId"], "language": session.language, "code": ""}
        _run_started(session, entry, started)
        run = session.runs[payload["runId"]]
    if not goes_on(run):
        return
    if not run.chunks and not run.trimmed and payload["output"]:
        run.chunks = [{"stream": "stdout", "data": payload["output"]}]
        run.output_size = run.kept_size = cost(run.chunks[0])
    run.status = payload["status"]
    run.error = payload["error"]
    run.duration_ms = payload["durationMs"]
    run.location = payload.get("location")
    run.asks = None
    drop_runs(session)
    trim(session)


_FOLDS: dict[str, Callable[[Session, Entry, Mapping[str, Any]], None]] = {
    "session-created": _created,
    "session-imported": _imported,
    "participant-joined": _joined,
    "participant-left": _left,
    "participant-renamed": _renamed,
    "participant-removed": _removed,
    "role-changed": _role,
    "entry-changed": _entry,
    "entry-requested": _requested,
    "entry-withdrawn": _withdrawn,
    "entry-admitted": _admitted,
    "entry-declined": _declined,
    "language-updated": _language,
    "file-added": _file_added,
    "file-renamed": _file_renamed,
    "file-deleted": _file_deleted,
    "main-file-changed": _main_file,
    "title-updated": _title,
    "question-changed": _question,
    "session-locked": _locked,
    "session-ended": _ended,
    "invite-created": _invite_created,
    "invite-revoked": _invite_revoked,
    "token-issued": _token_issued,
    "execute-code": _run_started,
    "execution-output": _run_output,
    "execution-result": _run_ended,
    "input-request": _input_requested,
    "input-reply": _input_replied,
}
