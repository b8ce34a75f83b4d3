"""The hash chain over the entries of a log.

An entry's digest is the SHA-256 of its line in a recording as canonical JSON: keys sorted, no
spaces, UTF-8. The chain begins with `START`, 32 zero bytes, and each link is
SHA-256(previous link + digest of the entry).
"""

from __future__ import annotations

import binascii
import hashlib
import json
from functools import lru_cache
from typing import Any

from arena_ext.session.model import Edit, Entry

#: Bytes of a digest.
DIGEST_SIZE = hashlib.sha256().digest_size
#: The chain before the first entry.
START = bytes(DIGEST_SIZE)


def to_json(entry: Entry) -> dict[str, Any]:
    """An entry as the object of its line."""
    line: dict[str, Any] = {
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.participant,
        "to": entry.audience.value,
    }
    if isinstance(entry.body, Edit):
        edit = {"document": entry.body.document.value, "update": to_base64(entry.body.update)}
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
    # Nearly all entries are edits; this is the result of `digest` for an edit, only faster.
    canonical = (
        f'{{"at":{entry.at},"by":{quoted(entry.participant)},"edit":{{"document":'
        f'"{body.document.value}","update":"{to_base64(body.update)}"}},'
        f'"seq":{entry.seq},"to":"{entry.audience.value}"}}'
    )
    return hashlib.sha256(utf8(canonical)).digest()


def digest(line: dict[str, Any]) -> bytes:
    """The SHA-256 of an entry's line in canonical JSON."""
    text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(utf8(text)).digest()


def link(previous: bytes, entry_digest: bytes) -> bytes:
    """The next link of the chain."""
    return hashlib.sha256(previous + entry_digest).digest()


def to_base64(update: bytes) -> str:
    """An update as base64 without line ends."""
    return binascii.b2a_base64(update, newline=False).decode("ascii")


@lru_cache(1000)
def quoted(participant: str | None) -> str:
    """A participant id as JSON; cached, because a log repeats few ids."""
    return json.dumps(participant, ensure_ascii=False)


def utf8(text: str) -> bytes:
    """Text as UTF-8; a lone surrogate, which JSON may hold, is encoded as it is."""
    return text.encode("utf-8", "surrogatepass")
