"""The error table: the HTTP status, message and close code for each kind of error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.wire import Close


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one kind of error.

    `status` is the HTTP status; 500 marks a fault of the server, which is logged. `message` goes to
    the client, with the error's own text in the place of `{}`. `close` is the WebSocket close code
    for a client that cannot join or go on; None where no such error ends a connection.
    """

    status: int
    message: str
    close: Close | None = None


#: By `ArenaError.code`. Errors that may pass have a close code after which clients reconnect.
ANSWERS: Mapping[str, Answer] = {
    "invalid": Answer(400, "{}"),
    "invalid-recording": Answer(400, "{}"),
    "denied": Answer(403, "{}"),
    "refused": Answer(403, "this link does not work (any more)", Close.REFUSED),
    "unknown": Answer(404, "there is no such session", Close.REFUSED),
    "missing": Answer(404, "{}"),
    "ended": Answer(409, "the session has ended", Close.ENDED),
    "out-of-order": Answer(409, "these frames do not follow the last ones"),
    "text-full": Answer(413, "the text is too long", Close.TEXT_FULL),
    "too-many": Answer(429, "too many {}", Close.FLOOD),
    # REST has no frames: there these are faults of the server.
    "malformed": Answer(500, "the server failed", Close.MALFORMED),
    "too-large": Answer(500, "the server failed", Close.TOO_LARGE),
    # For clients that read no error events.
    "client-id-taken": Answer(500, "the server failed", Close.MALFORMED),
    "database-unusable": Answer(503, "Arena cannot open its database"),
    "not-started": Answer(503, "Arena could not start"),
    "unreadable-log": Answer(503, "this session cannot be read now", Close.GOING_AWAY),
    "not-stored": Answer(503, "this cannot be stored now; try again"),
    "not-built": Answer(503, "the page that replays has not been built"),
    "engine-failed": Answer(503, "this could not be done; try again", Close.GOING_AWAY),
    "engine-gone": Answer(503, "this could not be done; try again", Close.GOING_AWAY),
    "session-unavailable": Answer(503, "this session is closed for a minute", Close.FLOOD),
}

#: The message for an HTTP status that no `ArenaError` caused.
_MESSAGES = {
    401: "log in first",
    403: "not allowed",
    404: "not found",
    405: "there is no such call",
    413: "the body is too large",
    429: "too many calls at once; wait a little",
}


def answer_to(error: BaseException | None, status: int = 500) -> Answer:
    """The answer to `error`; `status` is the HTTP status where the table has no row for it."""
    row = ANSWERS.get(error.code) if isinstance(error, ArenaError) else None
    if row is None:
        return Answer(status, _MESSAGES.get(status, "the server failed"))
    return Answer(row.status, row.message.format(error), row.close)
