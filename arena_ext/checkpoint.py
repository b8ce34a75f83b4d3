"""A session's state as bytes, so that opening a long session costs no more than a short one.

A checkpoint is derived: one that another version wrote is not read, and the log is folded instead.
"""

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


class Stale(Exception):
    """A checkpoint of another version: fold the log instead."""


def _form() -> str:
    """What a checkpoint consists of, so that no change of it goes unnoticed."""
    kinds = (Session, Participant, Invite, Run, File)
    return repr([[field.name for field in dataclasses.fields(kind)] for kind in kinds])


def dump(
    session: Session,
    replicas: Mapping[Document, Replica],
    holders: Mapping[int, str | None],
    events: Iterable[tuple[str | None, str]],
) -> bytes:
    """Write a state down."""
    state = {
        "form": _form(),
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
class Kept:
    """A state, read back."""

    session: Session
    updates: Mapping[Document, bytes]
    holders: Mapping[int, str | None]
    events: Iterable[tuple[str | None, str]]


def load(state: bytes) -> Kept:
    """The inverse of `dump`; raises `Stale`."""
    value: dict[str, Any] = json.loads(state)
    if value.get("form") != _form():
        raise Stale
    session = Session(**value["session"])
    session.files = [File(**each) for each in value["session"]["files"]]
    for name in ("participants", "waiting", "declined"):
        people = {
            key: Participant(**{**each, "role": Role(each["role"])})
            for key, each in value["session"][name].items()
        }
        setattr(session, name, people)
    session.invites = {
        key: Invite(**{**each, "role": Role(each["role"])})
        for key, each in value["session"]["invites"].items()
    }
    session.runs = {key: Run(**each) for key, each in value["session"]["runs"].items()}
    return Kept(
        session,
        {Document(key): base64.b64decode(each) for key, each in value["documents"].items()},
        dict(value["holders"]),
        [(author, event) for author, event in value["events"]],
    )
