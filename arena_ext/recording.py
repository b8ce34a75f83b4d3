"""A recording: a session's log as lines of JSON, with a hash chain that shows any change to it.

    {"format": "arena.recording.v1", "session": {…}, "entries": 3}
    {"seq": 1, "digest": "…"}                                       an entry that is kept back
    {"seq": 2, "at": …, "by": "…", "to": "everyone", "event": {"type": …, "payload": …}}
    {"seq": 3, "at": …, "by": "…", "to": "everyone", "edit": {"document": "pad", "update": "…"}}
    {"chain": "…"}

`at` is UTC milliseconds; an update is base64. An entry's digest is the SHA-256 of its line in
canonical JSON (keys sorted, no spaces, UTF-8). The chain begins with 32 zero bytes, and each link
is SHA-256(previous link + digest), so entries that are kept back do not break it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from .model import Edit, Entry, Event
from .protocol import Audience, Document

FORMAT = "arena.recording.v1"

#: The chain before the first entry.
START = bytes(32)


class Tampered(Exception):
    """A recording that is not what was recorded, or not a recording at all."""


def to_json(entry: Entry) -> dict[str, Any]:
    """An entry as the object of its line."""
    line: dict[str, Any] = {
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.participant,
        "to": entry.audience.value,
    }
    if isinstance(entry.body, Edit):
        update = base64.b64encode(entry.body.update).decode()
        return {**line, "edit": {"document": entry.body.document.value, "update": update}}
    event: dict[str, Any] = {"type": entry.body.type, "payload": entry.body.payload}
    if entry.body.id is not None:
        event["id"] = entry.body.id
    return {**line, "event": event}


def from_json(line: dict[str, Any]) -> Entry:
    """The inverse of `to_json`; raises `Tampered` where it is not the object of an entry."""
    try:
        body: Edit | Event
        if "edit" in line:
            update = base64.b64decode(line["edit"]["update"], validate=True)
            body = Edit(Document(line["edit"]["document"]), update)
        else:
            event = line["event"]
            body = Event(str(event["type"]), dict(event["payload"]), event.get("id"))
        return Entry(int(line["seq"]), int(line["at"]), line["by"], Audience(line["to"]), body)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise Tampered(f"not an entry: {error}") from None


def digest(line: dict[str, Any]) -> bytes:
    """The SHA-256 of an entry's line in canonical JSON."""
    text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def link(previous: bytes, entry_digest: bytes) -> bytes:
    """The next link of the chain."""
    return hashlib.sha256(previous + entry_digest).digest()


def lines(session: dict[str, Any], entries: Iterable[Entry], seen: set[Audience]) -> Iterator[str]:
    """The lines of a recording for who may see the audiences in `seen`, newlines included."""
    entries = list(entries)
    yield _line({"format": FORMAT, "session": session, "entries": len(entries)})
    chain = START
    for entry in entries:
        full = to_json(entry)
        entry_digest = digest(full)
        chain = link(chain, entry_digest)
        hidden = {"seq": entry.seq, "digest": entry_digest.hex()}
        yield _line(full if entry.audience in seen else hidden)
    yield _line({"chain": chain.hex()})


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def parse(text: str) -> tuple[dict[str, Any], list[Entry]]:
    """The session and the entries of a recording; raises `Tampered` if anything was changed."""
    try:
        header, *body, end = [json.loads(each) for each in text.splitlines()]
    except (ValueError, RecursionError):
        raise Tampered("not a recording") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise Tampered("not a recording of this version")
    chain, entries = START, []
    for number, each in enumerate(body, 1):
        if not isinstance(each, dict) or each.get("seq") != number:
            raise Tampered(f"entry {number} is missing")
        if "digest" in each:
            try:
                entry_digest = bytes.fromhex(each["digest"])
            except (TypeError, ValueError):
                raise Tampered(f"entry {number} has no digest") from None
        else:
            entry_digest = digest(each)
            entries.append(from_json(each))
        chain = link(chain, entry_digest)
    if not isinstance(end, dict) or end.get("chain") != chain.hex():
        raise Tampered("the chain does not match: an entry was changed")
    return header["session"], entries
