"""The shape of every event in a log that people may see: for logs that come from outside."""

from __future__ import annotations

import json
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from .limits import MAX_FILE_NAME, MAX_ID, MAX_NAME, MAX_QUESTION, MAX_TITLE
from .schemas import CLIENT_EVENTS
from .wire import LANGUAGES

_ID: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_ID}
_AUTHOR: dict[str, Any] = {**_ID, "type": ["string", "null"]}
# A name that somebody else had got a number behind it.
_NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 2 * MAX_NAME}
_FILE: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_FILE_NAME}
_ROOT: dict[str, Any] = {"type": "string", "pattern": r"^code(/[0-9]{1,16})?$"}
_LANGUAGE: dict[str, Any] = {"enum": list(LANGUAGES)}
_ROLE: dict[str, Any] = {"enum": ["interviewer", "candidate", "observer"]}
_PERSON: dict[str, Any] = {
    "userId": _ID,
    "username": _NAME,
    "color": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
    "role": _ROLE,
}
_RUN = CLIENT_EVENTS["execute-code"]["properties"]
_OUTPUT = CLIENT_EVENTS["execution-output"]["properties"]
_RESULT = CLIENT_EVENTS["execution-result"]["properties"]
_DURATION = {**_RESULT["durationMs"], "type": ["number", "null"]}
_ASKED = CLIENT_EVENTS["input-request"]["properties"]
_REPLIED = CLIENT_EVENTS["input-reply"]["properties"]


def _payload(**required: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required,
        "required": list(required),
        "additionalProperties": False,
    }


#: The payload of every event whose audience is not the server alone, by type.
LOGGED_EVENTS: dict[str, dict[str, Any]] = {
    "participant-joined": _payload(**_PERSON),
    "participant-left": _payload(userId=_ID),
    "participant-removed": _payload(userId=_ID),
    "role-changed": _payload(userId=_ID, role=_ROLE),
    "entry-changed": _payload(userId=_AUTHOR, askToEnter={"type": "boolean"}),
    "entry-requested": _payload(**_PERSON),
    "entry-admitted": _payload(userId=_ID),
    "entry-declined": _payload(userId=_ID),
    "typing-caught-up": _payload(userId=_ID),
    "language-updated": _payload(userId=_AUTHOR, language=_LANGUAGE),
    "file-added": _payload(userId=_AUTHOR, name=_FILE, root=_ROOT),
    "file-renamed": _payload(userId=_AUTHOR, name=_FILE, root=_ROOT, **{"from": _FILE}),
    "file-deleted": _payload(userId=_AUTHOR, name=_FILE, root=_ROOT),
    "main-file-changed": _payload(userId=_AUTHOR, name=_FILE, root=_ROOT),
    "title-updated": _payload(userId=_AUTHOR, title={"type": "string", "maxLength": MAX_TITLE}),
    "question-changed": _payload(
        userId=_AUTHOR, question={"type": "string", "maxLength": MAX_QUESTION}
    ),
    "session-locked": _payload(userId=_AUTHOR, locked={"type": "boolean"}),
    "session-ended": _payload(userId=_AUTHOR),
    "execute-code": {
        **_payload(userId=_AUTHOR, runId=_ID, language=_LANGUAGE, code=_RUN["code"]),
        "properties": {**_RUN, "userId": _AUTHOR},
    },
    "execution-output": _payload(userId=_AUTHOR, runId=_ID, chunks=_OUTPUT["chunks"]),
    "input-request": _payload(userId=_AUTHOR, runId=_ID, prompt=_ASKED["prompt"]),
    "input-reply": _payload(userId=_AUTHOR, runId=_ID, text=_REPLIED["text"]),
    "execution-result": {
        **_payload(
            userId=_AUTHOR,
            runId=_ID,
            output=_RESULT["output"],
            error=_RESULT["error"],
            durationMs=_DURATION,
            status=_RESULT["status"],
        ),
        "properties": {
            **_RESULT,
            "userId": _AUTHOR,
            "durationMs": _DURATION,
        },
    },
}


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(LOGGED_EVENTS[kind])


def misshapen(kind: str, payload: Any) -> str | None:
    """What is wrong with an event of a log, in words; None where nothing is."""
    if kind not in LOGGED_EVENTS:
        return f"{kind[:MAX_ID]!r} is no event that this version knows"
    try:
        # Python reads more than JSON has: NaN, Infinity, and halves of surrogate pairs.
        json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return f"{kind}: there is a number or a character that JSON has not"
    # The first error is enough: to look for all would cost as much as somebody put into it.
    error = best_match(islice(_validator(kind).iter_errors(payload), 1))
    if error is None:
        return None
    where = "/".join(map(str, error.absolute_path)) or "payload"
    return f"{kind}: {where}: {error.message[:200]}"
