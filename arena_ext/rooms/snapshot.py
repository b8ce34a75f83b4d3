"""A session as JSON: for REST, and for a page that connects."""

from __future__ import annotations

import time
from typing import Any

from arena_ext.protocol.wire import Document
from arena_ext.session.permissions import Role

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


def snapshot(state: State, url: str, participant: str) -> dict[str, Any]:
    """The payload of `session-state`, for a participant. Raises `EngineFailed`."""
    session = state.session
    user = session.participants[participant]
    asking = {
        "askToEnter": session.ask_to_enter,
        "waiting": [each.as_json() for each in session.waiting.values()],
    }
    return {
        "session": session_json(state, url),
        "user": user.as_json(),
        "users": session.users(),
        "participants": [each.as_json() for each in session.participants.values()],
        "files": [file.as_json() for file in session.files],
        "main": session.main,
        "runs": [run.as_json() for run in session.runs.values()],
        # The numbers of the log would tell others how much is written in the notes.
        "seq": session.seq if user.role is Role.INTERVIEWER else session.shared,
        **(asking if user.role is Role.INTERVIEWER else {}),
    }
