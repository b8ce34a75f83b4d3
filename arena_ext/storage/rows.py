"""Entries as rows of columns."""

from __future__ import annotations

import json
from typing import TypeAlias

from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.wire import Audience, Document
from arena_ext.session.model import Edit, Entry, Event

#: What reading an entry, or folding it, raises where it is not what was written.
DAMAGE = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


class LogError(ArenaError):
    """A session could not be read; its log is not to be taken for empty."""

    code = "unreadable-log"


#: An entry as columns, for who reads so many that objects cost too much: seq, at, participant,
#: audience, the document of an edit or None for an event, and an edit's update or an event as JSON.
Columns: TypeAlias = tuple[int, int, str | None, str, str | None, bytes]


#: What the columns may say; several times as fast as asking the classes.
DOCUMENTS = {each.value: each for each in Document}


_AUDIENCES = {each.value: each for each in Audience}


def to_columns(entry: Entry) -> Columns:
    """The columns of an entry."""
    if isinstance(entry.body, Edit):
        document, body = entry.body.document.value, entry.body.update
    else:
        event = {"type": entry.body.type, "payload": entry.body.payload, "id": entry.body.id}
        document, body = None, json.dumps(event).encode()
    return entry.seq, entry.at, entry.participant, entry.audience.value, document, body


def to_entry(columns: Columns) -> Entry:
    """The inverse of `to_columns`; raises `LogError` where the entry is damaged."""
    seq, at, participant, audience, document, body = columns
    try:
        if document is not None:
            edit = Edit(DOCUMENTS[document], body)
            return Entry(seq, at, participant, _AUDIENCES[audience], edit)
        event = json.loads(body)
        told = Event(event["type"], event["payload"], event["id"])
        return Entry(seq, at, participant, _AUDIENCES[audience], told)
    except DAMAGE as error:
        raise LogError(f"entry {seq} is damaged: {error}") from error
