"""`ArenaError`, the base of the domain's errors, and those that belong to no single folder."""

from __future__ import annotations

from typing import ClassVar


class ArenaError(Exception):
    """Base of all errors that the domain raises.

    `code` names the kind of error and is unique: it is the key of the table that says how HTTP and
    WebSocket answer (`web/errors.py`), and `error` events carry it. The message, if there is one,
    is for people.
    """

    code: ClassVar[str] = "error"

    def __str__(self) -> str:
        return super().__str__() or self.code


class Invalid(ArenaError):
    """An invalid request or event; the message says why."""

    code = "invalid"


class Missing(ArenaError):
    """A request names something that does not exist; the message says what."""

    code = "missing"


class EngineFailed(ArenaError):
    """The CRDT engine failed, or its result differs from ours: discard the replica."""

    code = "engine-failed"


class EngineGone(EngineFailed):
    """The engine's process had ended before it was asked: the request is not the cause."""

    code = "engine-gone"
