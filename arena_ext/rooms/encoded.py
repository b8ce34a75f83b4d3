"""The parts of a session's state as JSON: each is encoded once, however many pages get it.

Runs change while they are reported, so their parts are encoded as they come: a page that connects
is sent the JSON that is there already. A value of the state is replaced, never changed, so its JSON
is valid for as long as it belongs to the same object.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from arena_ext.session.model import Participant, Run
from arena_ext.session.output import Chunk, cost

#: Characters that are encoded in one step, beyond a single text that is longer: some milliseconds.
STEP = 256 * 1024


def encode(value: Any) -> bytes:
    """A value as JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode()


_AND = b", "
#: JSON in pieces, so that megabytes are copied once, into the message.
Pieces: TypeAlias = list[bytes]


def encoded_object(members: Mapping[str, Pieces]) -> Pieces:
    """An object of members that are JSON already."""
    pieces = [b"{"]
    for name, value in members.items():
        pieces += [_AND if len(pieces) > 1 else b"", encode(name), b": ", *value]
    return [*pieces, b"}"]


def _array(members: list[bytes]) -> Pieces:
    """An array of members from `_member`."""
    return [b"[", *(each[len(_AND) :] for each in members[:1]), *members[1:], b"]"]


def _member(value: Any) -> bytes:
    """A value as JSON, after a comma."""
    return _AND + encode(value)


@dataclass(slots=True)
class _Run:
    """The JSON of the long parts of a run, each beside the part."""

    texts: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    #: Of the first chunks of the run. The last chunk may still grow.
    chunks: list[tuple[Chunk, bytes]] = field(default_factory=list)

    def text(self, name: str, text: str | None) -> bytes:
        if text is None:
            self.texts.pop(name, None)
            return b"null"
        kept = self.texts.get(name)
        if kept is None or kept[0] is not text:
            kept = self.texts[name] = (text, encode(text))
        return kept[1]

    def catch_up(self, chunks: list[Chunk]) -> Iterator[int]:
        """Encode all chunks but the last; yields the cost of each."""
        del self.chunks[len(chunks) :]
        while self.chunks and self.chunks[-1][0] is not chunks[len(self.chunks) - 1]:
            self.chunks.pop()
        for chunk in chunks[len(self.chunks) : -1]:
            self.chunks.append((chunk, _member(chunk)))
            yield cost(chunk)


class EncodedState:
    """The JSON of the runs and participants of one session."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._people: dict[str, tuple[Participant, bytes]] = {}

    def note(self, run: Run) -> Iterator[int]:
        """Encode what has come to a run; yields the characters of each part, encoded or not."""
        kept = self._runs.setdefault(run.id, _Run())
        texts = dict(_texts(run))
        for gone in kept.texts.keys() - texts.keys():
            del kept.texts[gone]
        for name, text in texts.items():
            kept.text(name, text)
            yield len(text or "")
        yield from kept.catch_up(run.chunks)

    def steps(self, runs: Iterable[Run]) -> Iterator[int]:
        """Encode all runs, step by step; yields the characters of each step."""
        size = 0
        for run in runs:
            for part in self.note(run):
                if size and size + part > STEP:
                    yield size
                    size = 0
                size += part
        yield size

    def runs(self, runs: Mapping[str, Run]) -> Pieces:
        """The runs as the contract has them."""
        for gone in self._runs.keys() - runs.keys():
            del self._runs[gone]
        pieces = [b"["]
        for run in runs.values():
            pieces += [_AND if len(pieces) > 1 else b"", *self._run(run)]
        return [*pieces, b"]"]

    def _run(self, run: Run) -> Pieces:
        for _ in self.note(run):
            pass
        kept = self._runs[run.id]
        parts = {name: [kept.text(name, text)] for name, text in _texts(run)}
        files = [b"null"]
        if run.files is not None:
            files = encoded_object({name: parts[f"file {name}"] for name in run.files})
        chunks = [text for _, text in kept.chunks]
        chunks += map(_member, run.chunks[len(chunks) :])
        short = {name: [encode(value)] for name, value in run.short_json().items()}
        long = {
            "code": parts["code"],
            "error": parts["error"],
            "asks": parts["asks"],
            "files": files,
            "chunks": _array(chunks),
        }
        return encoded_object(short | long)

    def people(self, people: Iterable[Participant]) -> Pieces:
        """Participants as the contract's `User`s."""
        return _array([self._person(each) for each in people])

    def _person(self, person: Participant) -> bytes:
        kept = self._people.get(person.id)
        if kept is None or kept[0] is not person:
            kept = self._people[person.id] = (person, _member(person.as_json()))
        return kept[1]


def _texts(run: Run) -> Iterator[tuple[str, str | None]]:
    yield "code", run.code
    yield "error", run.error
    yield "asks", run.asks
    for name, text in (run.files or {}).items():
        yield f"file {name}", text
