"""The hash chain over the entries of a log."""

from __future__ import annotations

import binascii
import hashlib
import json
from functools import lru_cache
from typing import Any

from arena_ext.session.model import Edit, Entry

#: Bytes of a digest.
_DIGEST = hashlib.sha256().digest_size


#: The chain before the first entry.
START = bytes(_DIGEST)


def to_json(entry: Entry) -> dict[str, Any]:
    """An entry as the object of its line."""
    line: dict[str, Any] = {
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.participant,
        "to": entry.audience.value,
    }
    if isinstance(entry.body, Edit):
        edit = {"document": entry.body.document.value, "update": _base64(entry.body.update)}
        return {**line, "edit": edit}
    event: dict[str, Any] = {"type": entry.body.type, "payload": entry.body.payload}
    if entry.body.id is not None:
        event["id"] = entry.body.id
    return {**line, "event": event}


def entry_digest(entry: Entry) -> bytes:
    """The digest of an entry."""
    body = entry.body
    if not isinstance(body, Edit):
        return digest(to_json(entry))
    # Nearly all entries are edits, and this is what `digest` makes of one, without its pace.
    canonical = (
        f'{{"at":{entry.at},"by":{_quoted(entry.participant)},"edit":{{"document":'
        f'"{body.document.value}","update":"{_base64(body.update)}"}},'
        f'"seq":{entry.seq},"to":"{entry.audience.value}"}}'
    )
    return hashlib.sha256(_bytes(canonical)).digest()


def digest(line: dict[str, Any]) -> bytes:
    """The SHA-256 of an entry's line in canonical JSON."""
    text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def link(previous: bytes, entry_digest: bytes) -> bytes:
    """The next link of the chain."""
    return hashlib.sha256(previous + entry_digest).digest()


def _base64(update: bytes) -> str:
    return binascii.b2a_base64(update, newline=False).decode("ascii")


@lru_cache(1000)
def _quoted(participant: str | None) -> str:
    return json.dumps(participant, ensure_ascii=False)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
