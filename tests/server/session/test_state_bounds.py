"""Each collection in a session's state has a bound, however long and hostile the session is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sized

import pytest

from arena_ext.protocol.limits import (
    CHUNK_COST,
    MAX_CLIENTS,
    MAX_FILES,
    MAX_INTERVIEWERS,
    MAX_INVITES,
    MAX_ROOTS,
    MAX_TOKENS_EACH,
    OUTPUT_KEPT,
    RUNS_KEPT,
    WITHDRAWN_KEPT,
    Limits,
)
from arena_ext.protocol.wire import Document
from arena_ext.rooms.state import State
from arena_ext.session.files import File
from arena_ext.session.model import Invite, Participant, Run, Session
from tests.support.full_state import full_state
from tests.support.replicas import borrowed

LIMITS = Limits(max_participants=300, max_waiting=20, event_ids_kept=500)
PEOPLE = LIMITS.max_participants + MAX_INTERVIEWERS
#: For each collection, the most members that it can have.
BOUNDS = {
    "files": MAX_FILES,
    "roots": MAX_ROOTS,
    "participants": PEOPLE,
    "present": PEOPLE,
    "waiting": LIMITS.max_waiting,
    "withdrawn": WITHDRAWN_KEPT,
    "declined": PEOPLE,
    "removed": PEOPLE,
    "came_by": PEOPLE,
    "invites": MAX_INVITES,
    "secrets": MAX_INVITES,
    "tokens": MAX_TOKENS_EACH * PEOPLE,
    "logins": PEOPLE,
    "runs": RUNS_KEPT,
}
#: The same of one run; `location` has the fields of the contract.
RUN_BOUNDS = {"chunks": OUTPUT_KEPT // CHUNK_COST, "files": MAX_FILES, "location": 3}


def collections(kind: type) -> Iterator[str]:
    """The fields of a class that are not single values."""
    single = ("str", "int", "bool", "float", "Role")
    for field in dataclasses.fields(kind):
        if str(field.type).removesuffix(" | None") not in single:
            yield field.name


def test_every_collection_has_a_named_bound() -> None:
    assert set(collections(Session)) == set(BOUNDS)
    assert set(collections(Run)) == set(RUN_BOUNDS)
    for kind in (Participant, Invite, File):
        assert list(collections(kind)) == []


@pytest.fixture(scope="module")
def full() -> State:
    with borrowed() as process:
        return full_state(process, LIMITS)


@pytest.mark.parametrize("name", BOUNDS)
def test_a_full_session_is_within_the_bound(full: State, name: str) -> None:
    members: Sized = getattr(full.session, name)
    assert 1 <= len(members) <= BOUNDS[name]


def test_full_runs_are_within_the_bounds(full: State) -> None:
    runs = full.session.runs.values()
    assert 0.9 * OUTPUT_KEPT < sum(run.kept_size for run in runs) <= OUTPUT_KEPT
    assert sum(len(run.chunks) for run in runs) <= RUN_BOUNDS["chunks"]
    assert max(len(run.files or ()) for run in runs) <= MAX_FILES


def test_ids_of_events_and_clients_are_within_the_bounds(full: State) -> None:
    assert sum(map(len, full._events.values())) == LIMITS.event_ids_kept
    assert len(full._holders) <= MAX_CLIENTS * len(Document)
