"""A room's state as bytes, so that opening a long session costs no more than a short one."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

from .files import File
from .model import Invite, Participant, Role, Run, Session
from .protocol import Document
from .replica import Replica

#: Entries between two checkpoints: so many are folded at most when a session is opened.
EVERY = 1000


def dump(
    session: Session,
    replicas: Mapping[Document, Replica],
    holders: Mapping[int, str | None],
    events: Iterable[tuple[str | None, str]],
) -> bytes:
    """Write a room's state down."""
    state = {
        "session": dataclasses.asdict(session),
        "documents": {
            document.value: base64.b64encode(replica.since(b"\x00")).decode()
            for document, replica in replicas.items()
        },
        "holders": list(holders.items()),
        "events": list(events),
    }
    return json.dumps(state).encode()


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """A room's state, read back."""

    session: Session
    updates: Mapping[Document, bytes]
    holders: Mapping[int, str | None]
    events: Iterable[tuple[str | None, str]]


def load(state: bytes) -> State:
    """The inverse of `dump`."""
    value: dict[str, Any] = json.loads(state)
    session = Session(**value["session"])
    session.files = [File(**each) for each in value["session"]["files"]]
    for name in ("participants", "waiting", "declined"):
        people = {
            key: Participant(**{**each, "role": Role(each["role"])})
            for key, each in value["session"].get(name, {}).items()
        }
        setattr(session, name, people)
    session.invites = {
        key: Invite(**{**each, "role": Role(each["role"])})
        for key, each in value["session"]["invites"].items()
    }
    session.runs = {key: Run(**each) for key, each in value["session"]["runs"].items()}
    return State(
        session,
        {Document(key): base64.b64decode(each) for key, each in value["documents"].items()},
        dict(value["holders"]),
        [(author, event) for author, event in value["events"]],
    )
