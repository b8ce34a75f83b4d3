"""Entries as rows: the columns that a log stores."""

from __future__ import annotations

import json
from typing import TypeAlias

from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.wire import Audience, Document
from arena_ext.session.model import Edit, Entry, Event

#: The exceptions that reading or folding a damaged entry raises.
DAMAGE = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


class LogError(ArenaError):
    """A session could not be read; that does not mean that its log is empty."""

    code = "unreadable-log"


#: An entry as columns, because objects for very many entries cost too much: seq, at, participant,
#: audience, the document of an edit or None for an event, and an edit's update or an event as JSON.
Columns: TypeAlias = tuple[int, int, str | None, str, str | None, bytes]


#: The enumerations by value: a look-up is several times as fast as a call of the class.
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
        fact = Event(event["type"], event["payload"], event["id"])
        return Entry(seq, at, participant, _AUDIENCES[audience], fact)
    except DAMAGE as error:
        raise LogError(f"entry {seq} is damaged: {error}") from error
