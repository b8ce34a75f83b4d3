"""A session's state that is full in every respect, made by the real commands and the real fold."""

from __future__ import annotations

from typing import Any

from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.protocol.limits import (
    CHUNK_COST,
    CODE_KEPT,
    FILES_KEPT,
    MAX_CHUNKS,
    MAX_CLIENTS,
    MAX_FILES,
    MAX_ID,
    MAX_INTERVIEWERS,
    MAX_INVITES,
    MAX_ROOTS,
    MAX_TEXT,
    MAX_TITLE,
    MAX_TOKENS_EACH,
    OUTPUT_KEPT,
    RUNS_KEPT,
    WITHDRAWN_KEPT,
    Limits,
)
from arena_ext.protocol.wire import Audience, Document
from arena_ext.rooms.state import State
from arena_ext.session.commands import decide
from arena_ext.session.model import Entry, Event
from arena_ext.session.permissions import Role

#: A character that is six in JSON.
LONG = "\u0001"
#: People who join with a login.
OWNERS = 100
ANA = "ana".ljust(MAX_ID, "x")


def full_state(process: EngineProcess, limits: Limits) -> State:
    """A new state that is full."""
    state = State("s", process, limits)
    fill(state)
    return state


def fill(state: State) -> None:
    """Fill a state that nothing has happened in, or only its beginning."""
    _Filling(state).fill()


class _Filling:
    def __init__(self, state: State) -> None:
        self.limits = state.limits
        self.state = state

    def fill(self) -> None:
        begin = {"owner": "ana", "title": "x" * MAX_TITLE, "language": "python"}
        self._happen(None, Event("session-created", begin))
        self._fill_people()
        self._fill_files()
        self._fill_runs()
        for number in range(self.limits.event_ids_kept + 10):
            change = {"language": ("python", "javascript")[number % 2]}
            self._ask("language-change", change, f"{number:0{MAX_ID}}")
        for document in Document:
            self.state.replica(document).set_text(LONG * MAX_TEXT)
        for client in range(2 * MAX_CLIENTS):
            self.state.hold(ANA, [client])

    def _happen(self, author: str | None, event: Event) -> None:
        entry = Entry(self.state.session.seq + 1, 1, author, Audience.EVERYONE, event)
        self.state.fold(entry)

    def _ask(self, kind: str, payload: dict[str, Any], event: str | None = None) -> None:
        decided = decide(self.state.session, self.state.caller(ANA), kind, payload, event)
        self._happen(ANA, decided)

    def _fill_people(self) -> None:
        invites = [f"invite {number}".ljust(MAX_ID, "x") for number in range(MAX_INVITES)]
        for invite in invites:
            about = {"invite": invite, "label": "x" * MAX_TITLE, "role": Role.CANDIDATE}
            keys = {
                "hash": f"{len(self.state.session.invites):064}",
                "expiresAt": 1,
                "maxUses": None,
            }
            self._happen(None, Event("invite-created", {**about, **keys}))
        people = [f"{number}".ljust(MAX_ID, "x") for number in range(self._people)]
        for number, person in enumerate([ANA, *people]):
            user = {"userId": person, "username": "é" * 128, "color": "#000000"}
            user["role"] = Role.INTERVIEWER if number < MAX_INTERVIEWERS else Role.CANDIDATE
            waits = number >= MAX_INTERVIEWERS + 100
            self._happen(person, Event("entry-requested" if waits else "participant-joined", user))
            # People with a login get a token for each join; the others have one.
            login = person if number < OWNERS else None
            for token in range(MAX_TOKENS_EACH + 2 if login else 1):
                issued = {"userId": person, "hash": f"{number:030}{token:034}", "login": login}
                self._happen(None, Event("token-issued", {**issued, "invite": invites[0]}))
            if waits and number <= self._people - self.limits.max_waiting:
                kind = "entry-declined" if number % 2 else "entry-admitted"
                self._happen(ANA, Event(kind, {"userId": person, "by": ANA}))
            elif number % 3 == 2:
                self._happen(ANA, Event("participant-removed", {"userId": person, "by": ANA}))

        for number in range(WITHDRAWN_KEPT + 10):
            user = {"userId": f"{number} left".ljust(MAX_ID, "x"), "username": "é" * 128}
            user |= {"color": "#000000", "role": Role.CANDIDATE}
            self._happen(None, Event("entry-requested", user))
            self._happen(None, Event("entry-withdrawn", {"userId": user["userId"]}))

    @property
    def _people(self) -> int:
        return self.limits.max_participants + MAX_INTERVIEWERS - 1

    def _fill_files(self) -> None:
        for number in range(MAX_ROOTS - 1):
            name = f"{number:060}.py"
            if number >= MAX_FILES - 1:
                self._ask("file-delete", {"name": f"{number - 1:060}.py"})
            self._ask("file-add", {"name": name})

    def _fill_runs(self) -> None:
        code = LONG * (CODE_KEPT // RUNS_KEPT)
        text = LONG * (FILES_KEPT // RUNS_KEPT // (MAX_FILES - 1))
        files = {f"{number:061}.py": text for number in range(MAX_FILES - 1)}
        cost = OUTPUT_KEPT // RUNS_KEPT
        values = [{"mime": f"text/{'x' * 90}", "data": LONG}] * (cost // CHUNK_COST)
        for number in range(RUNS_KEPT + 2):
            run = f"{number}".ljust(MAX_ID, "x")
            start = {"runId": run, "language": "python", "code": code, "files": files}
            self._ask("execute-code", start)
            chunks = [{"stream": "stdout", "data": LONG * cost}] if number % 2 else values
            for at in range(0, len(chunks), MAX_CHUNKS):
                some = chunks[at : at + MAX_CHUNKS]
                self._ask("execution-output", {"runId": run, "chunks": some})
