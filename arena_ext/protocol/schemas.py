"""JSON Schemas of client events and REST bodies, and their check."""

from __future__ import annotations

import json
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from arena_ext.protocol.errors import Invalid
from arena_ext.protocol.limits import (
    INVITE_EXPIRES_MAX,
    INVITE_USES_MAX,
    MAX_CHUNK,
    MAX_CHUNKS,
    MAX_FILE_NAME,
    MAX_FILES,
    MAX_ID,
    MAX_INPUT,
    MAX_NAME,
    MAX_OUTPUT,
    MAX_QUESTION,
    MAX_TEXT,
    MAX_TITLE,
    MAX_VALUE,
)
from arena_ext.protocol.wire import LANGUAGES


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(_schema(name))


def _schema(name: str) -> dict[str, Any]:
    return CLIENT_EVENTS.get(name) or REST_BODIES[name]


def check_shape(name: str, value: Any) -> dict[str, Any]:
    """What the event or REST body `name` has in `value`; raises `Invalid` where its shape is wrong.

    What its schema does not name is left out: nobody has looked at it.
    """
    try:
        # Python reads more than JSON has: NaN, Infinity, and halves of surrogate pairs.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise Invalid(f"{name}: there is a number or a character that JSON has not") from None
    # The first error is enough: to look for all would cost as much as somebody put into `value`.
    error = best_match(islice(_validator(name).iter_errors(value), 1))
    if error is not None:
        where = "/".join(map(str, error.absolute_path)) or "payload"
        raise Invalid(f"{name}: {where}: {error.message[:200]}")
    known = _schema(name)["properties"]
    return {key: each for key, each in value.items() if key in known}


_ID: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_ID}


_NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 4 * MAX_NAME}


_TEXT: dict[str, Any] = {"type": "string", "maxLength": MAX_TEXT}


_QUESTION: dict[str, Any] = {"type": "string", "maxLength": MAX_QUESTION}


_LANGUAGE: dict[str, Any] = {"enum": list(LANGUAGES)}


_FILE: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_FILE_NAME}


_ROLE: dict[str, Any] = {"enum": ["interviewer", "candidate", "observer"]}


_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 2**31}


_PLACE: dict[str, Any] = {
    "type": "object",
    "maxProperties": 3,
    "properties": {"line": {**_COUNT, "minimum": 1}, "column": _COUNT},
    "required": ["line", "column"],
    "additionalProperties": False,
}


_SECRET: dict[str, Any] = {"type": "string", "maxLength": 256}


_CHUNK: dict[str, Any] = {
    "type": "object",
    "maxProperties": 2,
    "properties": {
        # `stdin` is what the program was given to read, for everybody to see.
        "stream": {"enum": ["stdout", "stderr", "stdin"]},
        "mime": {"type": "string", "maxLength": 100, "pattern": r"^[\w.+-]+/[\w.+-]+$"},
        "data": {"type": "string", "maxLength": MAX_VALUE},
    },
    "required": ["data"],
    "oneOf": [
        {"required": ["stream"], "properties": {"data": {"maxLength": MAX_CHUNK}}},
        {"required": ["mime"]},
    ],
    "additionalProperties": False,
}


#: Milliseconds that a run may be said to have taken: all that are exact in a double.
MAX_DURATION = 2**53


#: How a run may be said to have ended by the browser that ran it.
RUN_ENDS = ("ok", "error", "stopped", "timeout")


def _payload(required: str = "", **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split()}


#: The payload of every event that a client may send, by type.
CLIENT_EVENTS: dict[str, dict[str, Any]] = {
    "join-session": _payload("username", username=_NAME, token=_SECRET, userId=_ID),
    "leave-session": _payload(userId=_ID),
    "code-change": _payload("changes", changes=_TEXT),
    "cursor-move": _payload(
        "cursor", cursor=_payload("line column", line={**_COUNT, "minimum": 1}, column=_COUNT)
    ),
    "language-change": _payload("language", language=_LANGUAGE),
    "question-change": _payload("question", question=_QUESTION),
    "file-add": _payload("name", name=_FILE),
    "file-rename": _payload("from to", **{"from": _FILE, "to": _FILE}),
    "file-delete": _payload("name", name=_FILE),
    "file-main": _payload("name", name=_FILE),
    "execute-code": _payload(
        "language code",
        runId=_ID,
        language=_LANGUAGE,
        code=_TEXT,
        main=_FILE,
        files={
            "type": "object",
            "maxProperties": MAX_FILES,
            "propertyNames": _FILE,
            "additionalProperties": _TEXT,
        },
    ),
    "execution-output": _payload(
        "runId chunks",
        runId=_ID,
        chunks={"type": "array", "maxItems": MAX_CHUNKS, "items": _CHUNK},
    ),
    "execution-result": _payload(
        "error",
        runId=_ID,
        output={"type": "string", "maxLength": MAX_OUTPUT},
        error={"type": ["string", "null"], "maxLength": MAX_CHUNK},
        durationMs={"type": "number", "minimum": 0, "maximum": MAX_DURATION},
        status={"enum": list(RUN_ENDS)},
        location={**_PLACE, "properties": {**_PLACE["properties"], "end": _PLACE}},
    ),
    "input-request": _payload(
        "runId prompt", runId=_ID, prompt={"type": "string", "maxLength": MAX_INPUT}
    ),
    "input-reply": _payload(
        "runId text", runId=_ID, text={"type": ["string", "null"], "maxLength": MAX_INPUT}
    ),
}


#: Bodies of the REST calls, by operation.
REST_BODIES: dict[str, dict[str, Any]] = {
    "createSession": _payload(
        language=_LANGUAGE,
        title={"type": "string", "maxLength": MAX_TITLE},
        question=_QUESTION,
    ),
    "joinSession": _payload("userName", userName=_NAME, invite=_SECRET),
    "putCode": _payload("code", code=_TEXT),
    "putLanguage": _payload("language", language=_LANGUAGE),
    "execute": _payload(
        "output",
        output={"type": "string", "maxLength": MAX_OUTPUT},
        error={"type": ["string", "null"], "maxLength": MAX_CHUNK},
        timestamp={"type": ["string", "number"], "maxLength": 64},
    ),
    "leaveSession": _payload("userId", userId=_ID),
    "createInvite": _payload(
        "role",
        role=_ROLE,
        label={"type": "string", "maxLength": MAX_TITLE},
        expiresIn={"type": "integer", "minimum": 1, "maximum": INVITE_EXPIRES_MAX},
        maxUses={"type": ["integer", "null"], "minimum": 1, "maximum": INVITE_USES_MAX},
    ),
    "changeRole": _payload("role", role=_ROLE),
    "removeUser": _payload(revokeInvite={"type": "boolean"}),
    "declineUser": _payload(revokeInvite={"type": "boolean"}),
    "updateSession": _payload(
        title={"type": "string", "maxLength": MAX_TITLE},
        question=_QUESTION,
        locked={"type": "boolean"},
        ended={"type": "boolean"},
        askToEnter={"type": "boolean"},
    ),
}
