"""A session as JSON: for REST, and for a page that connects."""

from __future__ import annotations

import time
from typing import Any

from arena_ext.protocol.wire import Document
from arena_ext.session.permissions import Role

from .encoded import encode, encoded_object
from .state import State


def session_json(state: State, url: str) -> dict[str, Any]:
    """The contract's `Session`; `url` is where it is joined. Raises `EngineFailed`."""
    session = state.session
    created = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(session.created_at / 1000))
    return {
        "id": session.id,
        "createdAt": f"{created}.{session.created_at % 1000:03d}Z",
        "code": state.replica(Document.PAD).text(session.main),
        "language": session.language,
        "title": session.title,
        "question": session.question,
        "status": session.status,
        "url": url,
    }


def snapshot(state: State, url: str, participant: str) -> bytes:
    """The event `session-state` for a participant, as JSON. Raises `EngineFailed`."""
    session = state.session
    user = session.participants[participant]
    encoded = state.encoded
    payload = {
        "session": [encode(session_json(state, url))],
        "user": [encode(user.as_json())],
        "users": encoded.people(session.participants[each] for each in session.present),
        "participants": encoded.people(session.participants.values()),
        "files": [encode([file.as_json() for file in session.files])],
        "main": [encode(session.main)],
        "runs": encoded.runs(session.runs),
        # The numbers of the log would tell others how much is written in the notes.
        "seq": [encode(session.seq if user.role is Role.INTERVIEWER else session.shared)],
    }
    if user.role is Role.INTERVIEWER:
        payload["askToEnter"] = [encode(session.ask_to_enter)]
        payload["waiting"] = encoded.people(session.waiting.values())
    event = {"type": [encode("session-state")], "payload": encoded_object(payload)}
    return b"".join(encoded_object(event))
