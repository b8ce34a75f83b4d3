"""The access table: roles, states of a session, actions, and `can`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from arena_ext.protocol.errors import ArenaError


class Denied(ArenaError):
    """The caller's role does not allow this now."""

    code = "denied"


@dataclass(frozen=True, slots=True)
class Caller:
    """The author of a request: a participant (None where a session id was enough), and a role."""

    participant: str | None
    role: Role

    def demand(self, action: Action, status: Status) -> None:
        """Raise `Denied` unless the caller may do `action` while the session is `status`."""
        if not can(self.role, action, status):
            raise Denied(refusal(self.role, action, status))


class Role(StrEnum):
    """The role of a participant in a session."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"


class Status(StrEnum):
    """The status of a session: candidates write only while it is open, no role after the end."""

    OPEN = "open"
    LOCKED = "locked"
    ENDED = "ended"


class Action(StrEnum):
    """An action in a session; `can` says which roles may do it."""

    READ_PAD = "read the pad"
    WRITE_PAD = "write in the pad"
    READ_NOTES = "read the notes"
    READ_RECORDING = "read the recording"
    WRITE_NOTES = "write in the notes"
    RUN = "run code"
    SET_LANGUAGE = "change the language"
    CHANGE_NAME = "change your name"
    INVITE = "invite"
    LOCK = "lock the session"
    END = "end the session"
    REMOVE = "remove a participant"
    CHANGE_ROLE = "change a role"
    ADMIT = "let people in"
    RENAME = "change the title"
    SET_QUESTION = "change the question"
    DELETE = "delete the session"


_CANDIDATE_WHILE_OPEN = {Action.WRITE_PAD, Action.RUN, Action.SET_LANGUAGE}


_EVERYBODY = {Action.READ_PAD, Action.CHANGE_NAME}


_AFTER_THE_END = {
    Action.READ_PAD,
    Action.READ_NOTES,
    Action.READ_RECORDING,
    Action.DELETE,
}


def can(role: Role, action: Action, status: Status) -> bool:
    """The access table: whether `role` may do `action` while the session is `status`."""
    if status is Status.ENDED:
        return role is Role.INTERVIEWER and action in _AFTER_THE_END
    if role is Role.INTERVIEWER or action in _EVERYBODY:
        return True
    return role is Role.CANDIDATE and status is Status.OPEN and action in _CANDIDATE_WHILE_OPEN


def refusal(role: Role, action: Action, status: Status) -> str:
    """Why `role` may not do `action` while the session is `status`, for people."""
    if status is Status.OPEN or role is Role.OBSERVER:
        return f"your role is {role}: you may not {action}"
    return f"the session is {status}: you may not {action} now"
