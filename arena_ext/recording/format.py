"""The format of a recording: a log as lines of JSON, with a hash chain that shows any change.

    {"format": "arena.recording.v1", "session": {…}, "entries": 3}
    {"seq": 1, "digest": "…"}                                             a redacted entry
    {"seq": 2, "at": …, "by": "…", "to": "everyone", "event": {"type": …, "payload": …}}
    {"seq": 3, "at": …, "by": "…", "to": "everyone", "edit": {"document": "pad", "update": "…"}}
    {"chain": "…", "file": "…"}

`at` is UTC milliseconds; an update is base64. An entry's digest is the SHA-256 of its line in
canonical JSON (keys sorted, no spaces, UTF-8). The chain begins with 32 zero bytes, and each link
is SHA-256(previous link + digest), so redacted entries do not break it. `file` is the
SHA-256 of all lines above it, as they are written: it covers the first line too.

A recording for everyone has random numbers in place of the digests of redacted entries: a short
note could be guessed, and its digest would confirm the guess. So this recording has its own chain.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.wire import Audience, Document
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.storage.hash_chain import (
    DIGEST_SIZE,
    START,
    digest,
    entry_digest,
    link,
    quoted,
    to_base64,
    to_json,
    utf8,
)
from arena_ext.storage.rows import DOCUMENTS, Columns, to_columns, to_entry

FORMAT = "arena.recording.v1"

#: Characters of a line. The longest entry has a million, which JSON may write with six each.
MAX_LINE = 8 * 1024 * 1024


Audiences = frozenset[Audience]

#: The audiences whose entries are in a recording, by the readers of the recording.
SEEN = {
    Audience.INTERVIEWERS.value: frozenset({Audience.EVERYONE, Audience.INTERVIEWERS}),
    Audience.EVERYONE.value: frozenset({Audience.EVERYONE}),
}
#: The default.
SEEN_BY_INTERVIEWERS = SEEN[Audience.INTERVIEWERS.value]


class InvalidRecording(ArenaError):
    """A file that is not a recording, or a recording that was changed."""

    code = "invalid-recording"


def from_json(line: dict[str, Any]) -> Entry:
    """The inverse of `to_json`; raises `InvalidRecording` for any other object."""
    try:
        body: Edit | Event
        if "edit" in line:
            update = base64.b64decode(line["edit"]["update"], validate=True)
            body = Edit(Document(line["edit"]["document"]), update)
        else:
            event = line["event"]
            body = Event(str(event["type"]), dict(event["payload"]), event.get("id"))
        return Entry(int(line["seq"]), int(line["at"]), line["by"], Audience(line["to"]), body)
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise InvalidRecording(f"not an entry: {error}") from None


class RecordingWriter:
    """Writes a recording with the entries of the audiences in `seen`, piece by piece.

    `chain` is the link that was stored with the last entry; without it all of them are computed.
    """

    def __init__(self, seen: Set[Audience], chain: bytes | None = None) -> None:
        self._seen = {each.value for each in seen}
        #: Whether the digests of redacted entries have to be random.
        self._guessable = Audience.INTERVIEWERS not in seen
        self._stored = None if self._guessable else chain
        self._computed = START
        self._file = hashlib.sha256()

    def begin(self, session: dict[str, Any], count: int, first: Columns | None = None) -> str:
        """The first line: `session`, and the number of entries; `first` is the first of them.

        The line has the language that the session began with, as the first entry may be redacted.
        """
        began = None if first is None else to_entry(first).body
        if isinstance(began, Event) and "language" in began.payload:
            session = {**session, "firstLanguage": began.payload["language"]}
        return self._written(_line({"format": FORMAT, "session": session, "entries": count}))

    def add(self, entries: Iterable[Columns]) -> str:
        """The lines of the next entries, newlines included; raises `LogError`."""
        return self._written("".join(map(self._entry, entries)))

    def end(self) -> str:
        """The last line."""
        return _line(_end(self._stored or self._computed, self._file.hexdigest()))

    def _entry(self, columns: Columns) -> str:
        seq, at, by, to, document, body = columns
        shown = to in self._seen
        if shown and self._stored is not None and document in DOCUMENTS:
            return _edit_line(seq, at, by, to, document, body)
        entry = to_entry(columns)
        if self._stored is None or not shown:
            blind = self._guessable and not shown
            its_digest = secrets.token_bytes(DIGEST_SIZE) if blind else entry_digest(entry)
            self._computed = link(self._computed, its_digest)
            if not shown:
                return _line({"seq": seq, "digest": its_digest.hex()})
        return _line(to_json(entry))

    def _written(self, text: str) -> str:
        self._file.update(utf8(text))
        return text


def recording_lines(
    session: dict[str, Any], entries: Sequence[Entry], seen: Set[Audience]
) -> Iterator[str]:
    """The lines of a recording with the audiences in `seen`, newlines included."""
    writer = RecordingWriter(seen)
    yield writer.begin(session, len(entries), *map(to_columns, entries[:1]))
    for entry in entries:
        yield writer.add([to_columns(entry)])
    yield writer.end()


def as_lines(
    about: dict[str, Any], entries: Sequence[Entry], seen: Audiences = SEEN_BY_INTERVIEWERS
) -> bytes:
    """A whole recording as the bytes of a file; `about` is the contract's `Session`."""
    return in_one(recording_lines(about, entries, seen))


def in_one(pieces: Iterable[str]) -> bytes:
    """Pieces of text as one file.

    Each is encoded alone, because no other thread goes on during a call for megabytes.
    """
    file = io.BytesIO()
    for piece in pieces:
        file.write(piece.encode())
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Redacted:
    """Stands for an entry that the reader may not see: its number and its digest."""

    seq: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that was read and is unchanged; `chain` is hexadecimal."""

    session: dict[str, Any]
    lines: list[Entry | Redacted]
    chain: str


def read_recording(text: str) -> Recording:
    """Read a recording; raises `InvalidRecording` if a single byte of it was changed."""
    # Not `splitlines`: typed text may contain other line ends, which JSON leaves unchanged.
    head, *body = text.removesuffix("\n").split("\n")
    end = body.pop() if body else ""
    header = _json(head)
    if header.get("format") != FORMAT or not isinstance(header.get("session"), dict):
        raise InvalidRecording("not a recording of this version")
    chain = START
    found: list[Entry | Redacted] = []
    for number, line in enumerate(body, 1):
        each = _json(line)
        if each.get("seq") != number:
            raise InvalidRecording(f"entry {number} is missing")
        if "digest" in each:
            redacted = Redacted(number, _digest_in(each))
            found.append(redacted)
            chain = link(chain, redacted.digest)
        else:
            found.append(from_json(each))
            chain = link(chain, _digest_of(each))
    if header.get("entries") != len(found):
        raise InvalidRecording("the recording is cut off")
    file = hashlib.sha256(utf8("\n".join([head, *body, ""])))
    if end + "\n" != _line(_end(chain, file.hexdigest())):
        raise InvalidRecording("the recording was changed after it was made, or is cut off")
    return Recording(header["session"], found, chain.hex())


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _edit_line(
    seq: int, at: int, by: str | None, to: str, document: str | None, update: bytes
) -> str:
    # The result of `_line(to_json(entry))` for an edit, only faster.
    return (
        f'{{"seq":{seq},"at":{at},"by":{quoted(by)},"to":"{to}","edit":{{"document":'
        f'"{document}","update":"{to_base64(update)}"}}}}\n'
    )


def _end(chain: bytes, file: str) -> dict[str, Any]:
    return {"chain": chain.hex(), "file": file}


def _json(line: str) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise InvalidRecording("a line is longer than any that is written")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise InvalidRecording("not a recording, or cut off") from None
    if not isinstance(value, dict):
        raise InvalidRecording("not a recording")
    return value


def _digest_of(line: dict[str, Any]) -> bytes:
    try:
        return digest(line)
    except RecursionError:
        raise InvalidRecording(f"entry {line['seq']} is nested too deeply") from None


def _digest_in(line: dict[str, Any]) -> bytes:
    try:
        found = bytes.fromhex(line["digest"])
    except (TypeError, ValueError):
        found = b""
    if len(found) != DIGEST_SIZE:
        raise InvalidRecording(f"entry {line['seq']} has no digest")
    return found
