"""Binary frames and the varints in them, decoded with bounds.

The encoding is lib0's (https://github.com/dmonad/lib0, `encoding.js`) and the messages are
y-protocols' (https://github.com/yjs/y-protocols, `PROTOCOL.md`). All decoders here raise
`Malformed` on any other bytes, and their work is proportional to the frame's length.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from arena_ext.protocol.lib0 import Malformed, Reader, blob, uint

from .wire import Document, Frame, Sync


class SyncMessage(NamedTuple):
    """A sync message of `document`: `payload` is a state vector (STEP1, CHECK) or an update."""

    document: Document
    kind: Sync
    payload: bytes

    def encode(self) -> bytes:
        """The frame: the pad's in y-protocols' own framing, another document's by name."""
        return _HEADS[self.document] + uint(self.kind) + blob(self.payload)


#: The beginning of the frames of each document.
_HEADS = {
    document: uint(Frame.SYNC)
    if document is Document.PAD
    else uint(Frame.DOCUMENT) + blob(document.encode())
    for document in Document
}


@dataclass(frozen=True, slots=True)
class PresenceState:
    """One client's awareness entry; `state` is JSON, None when the client is gone."""

    client: int
    clock: int
    state: Any


@dataclass(frozen=True, slots=True)
class PresenceMessage:
    """An awareness frame."""

    states: Sequence[PresenceState]

    def encode(self) -> bytes:
        """The frame."""
        body = uint(len(self.states)) + b"".join(
            uint(s.client) + uint(s.clock) + blob(json.dumps(s.state).encode()) for s in self.states
        )
        return uint(Frame.AWARENESS) + blob(body)


@dataclass(frozen=True, slots=True)
class PresenceQuery:
    """A request for everybody's presence."""


Message = SyncMessage | PresenceMessage | PresenceQuery
#: The beginning of an edit of the pad.
_EDIT = _HEADS[Document.PAD] + uint(Sync.UPDATE)


def decode(frame: bytes) -> Message:
    """Decode one binary frame; raises `Malformed`."""
    reader = Reader(frame)
    if frame.startswith(_EDIT):  # the beginning of nearly all frames
        reader.position = len(_EDIT)
        edit = SyncMessage(Document.PAD, Sync.UPDATE, reader.bytes())
        reader.end()
        return edit
    kind = reader.uint()
    message: Message
    if kind == Frame.SYNC:
        message = _sync(reader, Document.PAD)
    elif kind == Frame.AWARENESS:
        message = _presence(reader.bytes())
    elif kind == Frame.QUERY_AWARENESS:
        message = PresenceQuery()
    elif kind == Frame.DOCUMENT:
        name = reader.string()
        if name not in set(Document):
            raise Malformed("there is no such document")
        message = _sync(reader, Document(name))
    else:
        raise Malformed(f"there is no frame type {kind}")
    reader.end()
    return message


def _sync(reader: Reader, document: Document) -> SyncMessage:
    kind = reader.uint()
    if kind > Sync.CHECK:
        raise Malformed(f"there is no sync message {kind}")
    return SyncMessage(document, Sync(kind), reader.bytes())


#: Awareness entries in one frame: a client's own, and those of others that it repeats.
MAX_PRESENCE_ENTRIES = 64
#: One awareness state, bytes of JSON: a name, a colour and two positions.
MAX_PRESENCE_STATE = 4096


def _presence(body: bytes) -> PresenceMessage:
    reader = Reader(body)
    count = reader.uint()
    if count > MAX_PRESENCE_ENTRIES:
        raise Malformed("too many awareness entries")
    states = []
    for _ in range(count):
        client, clock, text = reader.uint(), reader.uint(), reader.bytes()
        if len(text) > MAX_PRESENCE_STATE:
            raise Malformed("an awareness state is too large")
        try:
            state = json.loads(text)
        except (ValueError, RecursionError):
            raise Malformed("an awareness state is not JSON") from None
        states.append(PresenceState(client, clock, state))
    reader.end()
    return PresenceMessage(tuple(states))
