"""The state of a session as bytes, so that a long session opens as fast as a short one.

A checkpoint is derived from the log: where it is damaged, or another version wrote it, the log is
folded instead. It is the SHA-256 of the rest, lines of JSON, an empty line, and the update of each
document. The first line has the single values; each other line has the name of a collection and
some of its members.

`cut` takes the state of one moment, quickly, because a state's parts are replaced and never
changed. `dump` and `load` take a while, so call them in a thread. A line is small, because one call
of the JSON library keeps all threads waiting.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
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
#: The weight of the members in one line, beyond a single member that is larger; see `_weight`.
LINE = 128 * 1024
#: The weight of a member beside its text.
_MEMBER = 128


def weight(body: Edit | Event) -> int:
    """The size of an entry: bytes of an edit, or characters of an event."""
    return len(body.update) if isinstance(body, Edit) else _characters(body.payload)


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list | tuple) else 0


_DIGEST = hashlib.sha256().digest_size


class StaleCheckpoint(ArenaError):
    """A checkpoint of another version, or a damaged one: fold the log instead."""

    code = "stale-checkpoint"


#: The classes whose objects are members of a collection of `Session`.
_KINDS = (Session, Participant, Invite, Run, File)
#: The number of the fold's rules: a state that other rules folded may be beyond today's limits.
_RULES = 3


def _schema() -> str:
    """The fields of all classes in a checkpoint, so that a change of them makes it stale."""
    return repr([_RULES, *[[field.name for field in dataclasses.fields(kind)] for kind in _KINDS]])


@dataclasses.dataclass(frozen=True, slots=True)
class Cut:
    """The state at one moment: nothing in it is changed afterwards."""

    seq: int
    facts: Mapping[str, Any]
    collections: Mapping[str, Mapping[Any, Any] | Sequence[Any]]
    updates: Mapping[Document, bytes]


def cut(
    session: Session,
    replicas: Mapping[Document, Replica],
    holders: Mapping[int, str | None],
    claims: Mapping[int, str],
    events: Mapping[str | None, Sequence[str]],
) -> Cut:
    """Take the state of this moment. Raises `EngineFailed`."""
    facts, collections = _fields(session)
    collections |= {
        "runs": [],
        "holders": dict(holders),
        "claims": dict(claims),
        "events": dict(events),
    }
    for run in session.runs.values():
        about, parts = _fields(run)
        collections["runs"].append(about | {"files": None if run.files is None else {}})
        collections |= {f"{name} {run.id}": members for name, members in parts.items()}
    return Cut(
        session.seq,
        facts,
        collections,
        {document: replica.since(b"\x00") for document, replica in replicas.items()},
    )


def _fields(of: Session | Run) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of an object: single values, and copies of collections."""
    facts, collections = {}, {}
    for field in dataclasses.fields(of):
        value = getattr(of, field.name)
        if isinstance(value, dict | list) and field.name != "location":
            collections[field.name] = value.copy()
        else:
            facts[field.name] = value
    return facts, collections


def dump(state: Cut) -> bytes:
    """Serialise a state."""
    digest = hashlib.sha256()
    pieces = [b""]
    for piece in _pieces(state):
        digest.update(piece)
        pieces.append(piece)
    pieces[0] = digest.digest()
    return b"".join(pieces)


def _pieces(state: Cut) -> Iterator[bytes]:
    documents = {document.value: len(update) for document, update in state.updates.items()}
    yield _line({"schema": _schema(), "session": state.facts, "documents": documents})
    for name, members in state.collections.items():
        some: list[Any] = []
        so_far = 0
        for member in members.items() if isinstance(members, Mapping) else members:
            plain = _plain(member)
            if some and so_far + _weight(plain) > LINE:
                yield _line([name, some])
                some, so_far = [], 0
            some.append(plain)
            so_far += _weight(plain)
        if some:
            yield _line([name, some])
    yield b"\n"
    yield from state.updates.values()


def _plain(member: Any) -> Any:
    """A member as JSON has it: objects of the model have scalar fields only."""
    if isinstance(member, tuple):
        return [_plain(each) for each in member]
    if isinstance(member, Participant | Invite | File):
        return {field.name: getattr(member, field.name) for field in dataclasses.fields(member)}
    return member


def _weight(plain: Any) -> int:
    return _MEMBER + _characters(plain)


def _line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Restored:
    """A state that was read from a checkpoint."""

    session: Session
    updates: Mapping[Document, bytes]
    holders: Mapping[int, str | None]
    claims: Mapping[int, str]
    events: Mapping[str | None, Sequence[str]]


def load(state: bytes) -> Restored:
    """The inverse of `dump`. Raises `StaleCheckpoint`."""
    if hashlib.sha256(memoryview(state)[_DIGEST:]).digest() != state[:_DIGEST]:
        raise StaleCheckpoint
    lines = _Lines(state, _DIGEST)
    head = json.loads(lines.next())
    if not isinstance(head, dict) or head.get("schema") != _schema():
        raise StaleCheckpoint
    collections: dict[str, list[Any]] = {}
    while line := lines.next():
        name, some = json.loads(line)
        collections.setdefault(name, []).extend(some)
    updates = {}
    for document, length in head["documents"].items():
        updates[Document(document)] = lines.take(length)
    runs = {each["id"]: _run(each, collections) for each in collections.pop("runs", [])}
    return Restored(
        _session(head["session"], collections, runs),
        updates,
        dict(collections.get("holders", [])),
        dict(collections.get("claims", [])),
        dict(collections.get("events", [])),
    )


class _Lines:
    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def next(self) -> bytes:
        """The next line without its end."""
        end = self._data.find(b"\n", self._at)
        return self.take(end - self._at + 1)[:-1]

    def take(self, length: int) -> bytes:
        start, self._at = self._at, self._at + length
        return self._data[start : self._at]


def _session(
    facts: Mapping[str, Any], collections: Mapping[str, list[Any]], runs: dict[str, Run]
) -> Session:
    session = Session(**facts, runs=runs)
    for field in dataclasses.fields(Session):
        if field.name in facts or field.name == "runs":
            continue
        members = collections.get(field.name, [])
        make = _MEMBERS.get(field.name, lambda each: each)
        if isinstance(getattr(session, field.name), dict):
            setattr(session, field.name, {key: make(each) for key, each in members})
        else:
            setattr(session, field.name, [make(each) for each in members])
    return session


def _run(about: Mapping[str, Any], collections: Mapping[str, list[Any]]) -> Run:
    run = Run(**about)
    run.chunks = collections.get(f"chunks {run.id}", [])
    if run.files is not None:
        run.files = dict(collections.get(f"files {run.id}", []))
    return run


def _with_role(kind: Callable[..., Any]) -> Callable[[Mapping[str, Any]], Any]:
    return lambda each: kind(**{**each, "role": Role(each["role"])})


#: How the members of collections are made of JSON, other than as they are.
_MEMBERS: Mapping[str, Callable[[Any], Any]] = {
    "files": lambda each: File(**each),
    "participants": _with_role(Participant),
    "waiting": _with_role(Participant),
    "withdrawn": _with_role(Participant),
    "declined": _with_role(Participant),
    "invites": _with_role(Invite),
}
