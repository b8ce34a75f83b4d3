"""The state of a session as bytes, so that a long session opens as fast as a short one.

A checkpoint is derived from the log: where it is damaged, or another version wrote it, the log is
folded instead. It is the SHA-256 of the rest, a line of JSON, and the update of each document.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from arena_ext.crdt.replica import Replica
from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.wire import Document
from arena_ext.session.files import File
from arena_ext.session.model import Edit, Event, Invite, Participant, Run, Session
from arena_ext.session.permissions import Role

#: Entries between two checkpoints, and the weight of them: at most so much is read and folded when
#: a session is opened.
EVERY, MOST = 1000, 8 * 1024 * 1024


def weight(body: Edit | Event) -> int:
    """The size of an entry: bytes of an edit, or characters of an event."""
    return len(body.update) if isinstance(body, Edit) else _characters(body.payload)


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list) else 0


_DIGEST = hashlib.sha256().digest_size


class StaleCheckpoint(ArenaError):
    """A checkpoint of another version, or a damaged one: fold the log instead."""

    code = "stale-checkpoint"


def _schema() -> str:
    """The fields of all classes in a checkpoint, so that a change of them makes it stale."""
    kinds = (Session, Participant, Invite, Run, File)
    return repr([[field.name for field in dataclasses.fields(kind)] for kind in kinds])


def dump(
    session: Session,
    replicas: Mapping[Document, Replica],
    holders: Mapping[int, str | None],
    claims: Mapping[int, str],
    events: Iterable[tuple[str | None, str]],
) -> bytes:
    """Serialise a state. Raises `EngineFailed`."""
    updates = {document: replica.since(b"\x00") for document, replica in replicas.items()}
    state = {
        "schema": _schema(),
        "session": dataclasses.asdict(session),
        "documents": {document.value: len(update) for document, update in updates.items()},
        "holders": list(holders.items()),
        "claims": list(claims.items()),
        "events": list(events),
    }
    rest = b"\n".join([json.dumps(state).encode(), b"".join(updates.values())])
    return hashlib.sha256(rest).digest() + rest


@dataclasses.dataclass(frozen=True, slots=True)
class Restored:
    """A state that was read from a checkpoint."""

    session: Session
    updates: Mapping[Document, bytes]
    holders: Mapping[int, str | None]
    claims: Mapping[int, str]
    events: Iterable[tuple[str | None, str]]


def load(state: bytes) -> Restored:
    """The inverse of `dump`. Raises `StaleCheckpoint`."""
    rest = state[_DIGEST:]
    if hashlib.sha256(rest).digest() != state[:_DIGEST]:
        raise StaleCheckpoint
    line, _, documents = rest.partition(b"\n")
    value: dict[str, Any] = json.loads(line)
    if value.get("schema") != _schema():
        raise StaleCheckpoint
    updates, at = {}, 0
    for document, length in value["documents"].items():
        updates[Document(document)] = documents[at : at + length]
        at += length
    session = Session(**value["session"])
    session.files = [File(**each) for each in value["session"]["files"]]
    for name in ("participants", "waiting", "withdrawn", "declined"):
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
    return Restored(
        session,
        updates,
        dict(value["holders"]),
        dict(value.get("claims", [])),  # older checkpoints have none
        [(author, event) for author, event in value["events"]],
    )
