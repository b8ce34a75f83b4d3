"""Commands of clients: checks rights, ownership and limits, and decides the event to record."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from arena_ext.protocol.errors import Invalid, Missing
from arena_ext.protocol.limits import MAX_CHUNK, MAX_OUTPUT, MAX_TEXT
from arena_ext.protocol.wire import UNTITLED
from arena_ext.session.permissions import Caller, Denied

from . import display_names
from .files import File, find, full, new_root, rejected
from .model import Event, Run, Session
from .output import Chunk, answered, asked, growth
from .permissions import Action, Role, Status
from .run_history import goes_on


def decide(
    session: Session, caller: Caller, kind: str, payload: Mapping[str, Any], event: str | None
) -> Event:
    """The event to record for a command. Raises `Denied`, `Invalid` or `Missing`."""
    decision = _DECISIONS.get(kind)
    if decision is None:
        raise Invalid(f"{kind} is not something to ask for here")
    name, content = decision(session, caller, payload)
    return Event(name, {"userId": caller.participant, **content}, event)


_Logged = tuple[str, dict[str, Any]]


def _language(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.SET_LANGUAGE, session.status)
    return "language-updated", {"language": payload["language"]}


def _name(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.CHANGE_NAME, session.status)
    me = session.participants[_person(session, caller.participant or "")]
    cleaned = display_names.clean(payload["name"])
    if not cleaned:
        raise Invalid("a name needs at least one visible character")
    others = [each.name for each in session.people() if me.id not in (each.id, each.seat)]
    name = display_names.distinct(cleaned, others)
    if name == me.name:
        raise Invalid("that is your name already")
    return "participant-renamed", {"from": me.name, "username": name}


def _add(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.WRITE_PAD, session.status)
    name = unicodedata.normalize("NFC", payload["name"])
    problem = full(session.files, session.roots) or rejected(session.files, name)
    if problem is not None:
        raise Invalid(problem)
    return "file-added", {"name": name, "root": new_root(session.roots)}


def _rename(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.WRITE_PAD, session.status)
    file = _file(session, payload["from"])
    name = unicodedata.normalize("NFC", payload["to"])
    problem = rejected(session.files, name, file)
    if problem is not None:
        raise Invalid(problem)
    return "file-renamed", {"from": file.name, "name": name, "root": file.root}


def _delete(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.WRITE_PAD, session.status)
    file = _file(session, payload["name"])
    if file.root == session.main:
        raise Invalid("the main file cannot be deleted: make another one the main file first")
    return "file-deleted", file.as_json()


def _main(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.WRITE_PAD, session.status)
    return "main-file-changed", _file(session, payload["name"]).as_json()


def _file(session: Session, name: str) -> File:
    file = find(session.files, unicodedata.normalize("NFC", name))
    if file is None:
        raise Invalid("there is no file with this name")
    return file


def _start(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.RUN, session.status)
    run = payload.get("runId") or secrets.token_hex(8)
    if run in session.runs:
        raise Invalid("there is a run with this id")
    files = payload.get("files", {})
    if sum(map(len, [payload["code"], *files.values()])) > MAX_TEXT:
        raise Invalid("the files are too long to run")
    return "execute-code", {
        "runId": run,
        "language": payload["language"],
        "code": payload["code"],
        **({"main": payload["main"]} if "main" in payload else {}),
        **({"files": files} if files else {}),
    }


def _output(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    run = _own_run(session, caller, payload["runId"])
    if not all(chunk["data"] for chunk in payload["chunks"]):
        raise Invalid("a chunk of output has no text")
    _demand_room(run, payload["chunks"])
    return "execution-output", {"runId": run.id, "chunks": payload["chunks"]}


def _demand_room(run: Run, more: list[Chunk]) -> None:
    # One chunk more than the limit, for the sender's notice that output was cut.
    if run.output_size + growth(run.chunks, more) > MAX_OUTPUT + MAX_CHUNK:
        raise Invalid("the run's output is at its limit")


def _result(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    run = payload.get("runId") or _running(session, caller)
    if run in session.runs:
        _own_run(session, caller, run)
    else:
        caller.demand(Action.RUN, session.status)
        # A relayed result gets a new id: the sent id may belong to another participant's run, which
        # is in the log but no longer in the state.
        run = secrets.token_hex(8)
    error = payload["error"]
    return "execution-result", {
        "runId": run,
        "output": payload.get("output", ""),
        "error": error,
        "durationMs": payload.get("durationMs"),
        "status": payload.get("status", "ok" if error is None else "error"),
        **({"location": payload["location"]} if "location" in payload else {}),
    }


def _ask(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    run = _own_run(session, caller, payload["runId"])
    if not goes_on(run):
        raise Invalid("the run has ended")
    if run.asks is not None:
        raise Invalid("the run has a question open: one at a time")
    _demand_room(run, asked(payload["prompt"]))
    return "input-request", {"runId": run.id, "prompt": payload["prompt"]}


def _reply(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    run = _own_run(session, caller, payload["runId"])
    if run.asks is None:
        raise Invalid("the run asks for nothing")
    _demand_room(run, answered(payload["text"]))
    return "input-reply", {"runId": run.id, "text": payload["text"]}


def _own_run(session: Session, caller: Caller, run: str) -> Run:
    """A known run of the caller, who may report on it also while the session is locked."""
    known = session.runs.get(run)
    if known is None:
        raise Invalid("there is no such run")
    mine = known.participant == caller.participant and caller.role is not Role.OBSERVER
    if not mine or session.status is Status.ENDED:
        raise Denied("only who started a run reports on it")
    return known


def _running(session: Session, caller: Caller) -> str | None:
    """The caller's latest run that has not ended."""
    for run in reversed(session.runs.values()):
        if run.participant == caller.participant and run.status == "running":
            return run.id
    return None


def _title(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.RENAME, session.status)
    return "title-updated", {"title": payload["title"].strip() or UNTITLED}


def _question(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.SET_QUESTION, session.status)
    return "question-changed", {"question": payload["question"]}


def _lock(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.LOCK, session.status)
    return "session-locked", {"locked": payload["locked"]}


def _end(session: Session, caller: Caller, _: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.END, session.status)
    return "session-ended", {}


def _ask_to_enter(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.ADMIT, session.status)
    return "entry-changed", {"askToEnter": payload["askToEnter"]}


def _role(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.CHANGE_ROLE, session.status)
    person = _person(session, payload["userId"])
    role = Role(payload["role"])
    if role is not Role.INTERVIEWER:
        _keep_one_interviewer(session, person)
    return "role-changed", {"userId": person, "role": role.value, "by": caller.participant}


def _remove(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    caller.demand(Action.REMOVE, session.status)
    person = _person(session, payload["userId"])
    _keep_one_interviewer(session, person)
    return "participant-removed", {"userId": person, "by": caller.participant}


def _admit(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    answer = _answer(session, caller, payload)
    seat = session.waiting[payload["userId"]].seat
    if seat is None:
        return "entry-admitted", answer
    if session.participants[_person(session, seat)].role is Role.INTERVIEWER:
        raise Denied("the place is an interviewer's by now: a link does not lead there")
    return "entry-admitted", {**answer, "seat": seat}


def _decline(session: Session, caller: Caller, payload: Mapping[str, Any]) -> _Logged:
    return "entry-declined", _answer(session, caller, payload)


def _answer(session: Session, caller: Caller, payload: Mapping[str, Any]) -> dict[str, Any]:
    caller.demand(Action.ADMIT, session.status)
    if payload["userId"] not in session.waiting:
        raise Missing("nobody waits to be let in by this id")
    return {"userId": payload["userId"], "by": caller.participant}


def _person(session: Session, identity: str) -> str:
    if identity not in session.participants or identity in session.removed:
        raise Missing("there is no such participant")
    return identity


def _keep_one_interviewer(session: Session, leaving: str) -> None:
    """Refuse to remove the last interviewer of a session without an owner."""
    if session.owner is None and session.interviewers == [leaving]:
        raise Denied("you are the only interviewer: make somebody else one first")


_DECISIONS: dict[str, Callable[[Session, Caller, Mapping[str, Any]], _Logged]] = {
    "language-change": _language,
    "name-change": _name,
    "question-change": _question,
    "file-add": _add,
    "file-rename": _rename,
    "file-delete": _delete,
    "file-main": _main,
    "execute-code": _start,
    "execution-output": _output,
    "execution-result": _result,
    "input-request": _ask,
    "input-reply": _reply,
    # Only REST sends these: they are not among the client events of the WebSocket.
    "title-change": _title,
    "lock": _lock,
    "end": _end,
    "ask-to-enter": _ask_to_enter,
    "role-change": _role,
    "remove": _remove,
    "admit": _admit,
    "decline": _decline,
}
