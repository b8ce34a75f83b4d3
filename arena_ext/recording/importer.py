"""Imports a recording as the log of a new session that has ended.

The file may be hostile: its hash chain shows only that it was not changed after it was made. So
every edit passes the rules for live edits, and every event has a shape that the fold accepts.
Entries keep their number, time and author. The first entry, which named the owner of the original
session, becomes `session-imported`, which names the importer; a redacted entry stays redacted.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.replica import Replica, TextFull
from arena_ext.crdt.updates import decode
from arena_ext.crdt.validation import MissingDependency
from arena_ext.protocol.errors import EngineFailed
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_ID, MAX_RECORDED_PARTICIPANTS, MAX_TEXT, MAX_TITLE
from arena_ext.protocol.schemas import logged_problem
from arena_ext.protocol.wire import LANGUAGES, Audience, Document
from arena_ext.rooms import checkpoint
from arena_ext.rooms.registry import Rooms
from arena_ext.rooms.room import Room
from arena_ext.session.display_names import visible
from arena_ext.session.files import full, rejected
from arena_ext.session.fold import fold
from arena_ext.session.model import Edit, Entry, Event, Session, new_session_id
from arena_ext.storage.log import Checkpoint, Log, NotStored, append, stored, unfinished

from .format import InvalidRecording, Recording, Redacted, read_recording

#: Bytes of a recording or notebook at most.
MAX_IMPORT = 64 * 1024 * 1024
#: Entries of a recording that wait to be stored together.
_ENTRIES_AT_ONCE = 1000
#: The last millisecond that has a date, in Python.
_LAST_MOMENT = 253_402_300_799_999
#: The types of event that may be the first entry of a log.
_BEGINNINGS = {"session-created", "session-imported"}
_AUDIENCE = {Document.PAD: Audience.EVERYONE, Document.NOTES: Audience.INTERVIEWERS}


@dataclass(frozen=True, slots=True)
class Importer:
    """The importing person: the account that will own the session, and a name for people."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Imported:
    """The log of the new session `session`, and the state that it folds into."""

    session: str
    entries: list[Entry]
    checkpoint: Checkpoint


async def import_recording(rooms: Rooms, data: bytes, importer: Importer) -> Room:
    """Store a recording as a new session that has ended.

    Raises `InvalidRecording`, `NotStored` or `LogError`.
    """
    now = time.time_ns() // 10**6
    found = await asyncio.to_thread(convert_recording, data, new_session_id(), importer, now)
    try:
        await append_all(rooms.log, found, rooms.limits.store_timeout)
    except NotStored:
        rooms.delete_unfinished(found.session)
        raise
    room = await rooms.get(found.session)
    if room is None:
        raise NotStored  # another process has deleted it already
    return room


async def append_all(log: Log, found: Imported, seconds: float) -> None:
    """Store the log of a new session: all of it, or a part that is removed later.

    Raises `NotStored` where a part of it takes longer than `seconds`.
    """
    as_yet = unfinished(found.session)
    for start in range(0, len(found.entries), _ENTRIES_AT_ONCE):
        some = found.entries[start : start + _ENTRIES_AT_ONCE]
        *_, last = [append(log, as_yet, entry) for entry in some]
        await stored(last, seconds)
    await stored(log.finish(found.session, found.checkpoint), seconds)


def convert_recording(data: bytes, session: str, importer: Importer, now: int) -> Imported:
    """Convert a recording, or a notebook with one, to a log. Raises `InvalidRecording`.

    `now` is UTC milliseconds. A long recording takes seconds, so call this in a thread. Its
    documents are in an engine process of their own: a file that crashes the engine harms no room.
    """
    try:
        found = read_recording(_recording_in(data))
        with EngineProcess() as process:
            return _Conversion(found, session, importer, now, process).result()
    except (Malformed, MissingDependency, TextFull, EngineFailed) as error:
        why = str(error) or f"an edit does not fit ({type(error).__name__})"
        raise InvalidRecording(why) from error


def _recording_in(data: bytes) -> str:
    """The text of the recording in a file, which is the recording itself or a notebook."""
    if len(data) > MAX_IMPORT:
        raise InvalidRecording(f"the file has more than {MAX_IMPORT // 2**20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRecording("not a recording: it is not text in UTF-8") from None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text  # a recording is several lines of JSON
    if not isinstance(value, dict) or "nbformat" not in value:
        return text
    kept = value.get("metadata")
    kept = kept.get("arena") if isinstance(kept, dict) else None
    kept = kept.get("recording") if isinstance(kept, dict) else None
    if not isinstance(kept, list) or not all(isinstance(line, str) for line in kept):
        raise InvalidRecording("there is no recording in this notebook")
    return "".join(f"{line}\n" for line in kept)


class _Conversion:
    """One recording, checked line by line and folded."""

    def __init__(
        self, found: Recording, session: str, importer: Importer, now: int, process: EngineProcess
    ) -> None:
        self._found = found
        self._session = Session(session)
        self._replicas = {document: Replica(document, process) for document in Document}
        self._entries: list[Entry] = []
        self._begin(importer, now)

    def result(self) -> Imported:
        """Check all lines and fold them. Raises `InvalidRecording`, or the errors of a replica."""
        for line in self._found.lines[1:]:
            if isinstance(line, Redacted):
                # Its digest stays, so that a reader can check the chain of the file again.
                event = Event("entry-withheld", {"digest": line.digest.hex()})
                self._take(Entry(line.seq, self._entries[-1].at, None, Audience.SERVER, event))
            else:
                self._check(line)
                self._take(line)
        state = checkpoint.dump(checkpoint.cut(self._session, self._replicas, {}, {}, {}))
        kept = Checkpoint(len(self._entries), state)
        return Imported(self._session.id, self._entries, kept)

    def _begin(self, importer: Importer, now: int) -> None:
        if not self._found.lines:
            raise InvalidRecording("there is nothing in this recording")
        first = self._found.lines[0]
        if isinstance(first, Entry) and not (
            isinstance(first.body, Event) and first.body.type in _BEGINNINGS
        ):
            raise InvalidRecording("entry 1 does not begin a session")
        about = self._found.session
        origin, title = about.get("id"), about.get("title")
        language = about.get("firstLanguage", about.get("language"))
        if not _text(origin, MAX_ID) or not _text(title, MAX_TITLE) or language not in LANGUAGES:
            raise InvalidRecording("the first line does not say which session this is")
        payload = {
            "origin": origin,
            "chain": self._found.chain,
            "entries": len(self._found.lines),
            "importedAt": now,
            "importedBy": importer.name,
            "owner": importer.account,
            "title": title,
            "language": language,
        }
        at = _moment(about.get("createdAt"))
        event = Event("session-imported", payload)
        self._take(Entry(1, at, None, Audience.EVERYONE, event))

    def _take(self, entry: Entry) -> None:
        fold(self._session, entry)
        self._entries.append(entry)

    def _check(self, entry: Entry) -> None:
        """Raise unless a live room might have written this entry."""
        by = entry.participant
        if not 0 <= entry.at <= _LAST_MOMENT or not (by is None or _text(by, MAX_ID)):
            raise InvalidRecording(f"entry {entry.seq} does not say when it was, or by whom")
        if isinstance(entry.body, Edit):
            self._check_edit(entry, entry.body)
        else:
            self._check_event(entry, entry.body)

    def _check_edit(self, entry: Entry, edit: Edit) -> None:
        if entry.audience is not _AUDIENCE[edit.document]:
            raise InvalidRecording(f"entry {entry.seq} is not for whom such an edit is")
        roots = self._session.roots if edit.document is Document.PAD else ()
        try:
            # Client ids are not checked against authors: no client will write in this session.
            # While a text is replaced as a whole, it may have twice the size, and any number of
            # parts.
            self._replicas[edit.document].apply(
                decode(edit.update), lambda _: True, roots, most=2 * MAX_TEXT
            )
        except (Malformed, MissingDependency, TextFull, EngineFailed) as error:
            why = str(error) or type(error).__name__
            raise InvalidRecording(f"entry {entry.seq} is no edit of this text: {why}") from None

    def _check_event(self, entry: Entry, event: Event) -> None:
        problem = logged_problem(event.type, event.payload) or self._misfit(entry, event.payload)
        if event.id is not None and not _text(event.id, MAX_ID):
            problem = "its id is none"
        if entry.audience is Audience.SERVER:
            problem = "what only a server may see comes from no other"
        if problem is not None:
            raise InvalidRecording(f"entry {entry.seq}: {problem}")

    def _misfit(self, entry: Entry, payload: Mapping[str, Any]) -> str | None:
        """The reason why an event of the right shape does not fit this session; None if it fits."""
        session, kind = self._session, entry.body.type if isinstance(entry.body, Event) else ""
        if "username" in payload and not visible(payload["username"]):
            return "a name that does not show as it is"
        if kind in {"participant-joined", "entry-requested"}:
            return self._odd_newcomer(payload)
        if kind in {"participant-removed", "role-changed", "participant-renamed"}:
            unknown = payload["userId"] not in session.participants
            return "there is no such participant" if unknown else None
        if kind in {"entry-admitted", "entry-declined", "entry-withdrawn"}:
            return self._odd_answer(kind, payload)
        if kind == "file-added":
            if payload["root"] in session.roots:
                return "the text of another file"
            return full(session.files, session.roots) or rejected(session.files, payload["name"])
        if kind in {"file-renamed", "file-deleted", "main-file-changed"}:
            file = next((each for each in session.files if each.root == payload["root"]), None)
            if file is None or (kind == "file-deleted" and file.root == session.main):
                return "there is no such file"
            if kind == "file-renamed":
                return rejected(session.files, payload["name"], file)
        return None

    def _odd_answer(self, kind: str, payload: Mapping[str, Any]) -> str | None:
        guest = self._session.waiting.get(payload["userId"])
        if guest is None:
            return "nobody waits by this id"
        fits = kind != "entry-admitted" or payload.get("seat") == guest.seat
        return None if fits else "the guest asked for another place"

    def _odd_newcomer(self, payload: Mapping[str, Any]) -> str | None:
        session = self._session
        people = (session.participants, session.waiting, session.declined)
        known = any(payload["userId"] in each for each in people)
        if sum(map(len, people)) >= MAX_RECORDED_PARTICIPANTS and not known:
            return "too many people"
        if "seat" in payload and payload["seat"] not in session.participants:
            return "there is no such participant"
        return None


def _text(value: Any, most: int) -> bool:
    """Whether a value is a string without lone surrogates, of at most so many characters."""
    if not isinstance(value, str) or len(value) > most:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _moment(value: Any) -> int:
    """ISO 8601 as UTC milliseconds."""
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        milliseconds = round(moment.timestamp() * 1000)
    except (TypeError, ValueError, OverflowError):
        milliseconds = -1
    if not 0 <= milliseconds <= _LAST_MOMENT:
        raise InvalidRecording("the first line does not say when the session began")
    return milliseconds
