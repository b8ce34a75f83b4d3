"""The model: entries of a session's log, and the `Session` that they fold into."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arena_ext.protocol.wire import LANGUAGES, MAIN_FILE, Audience, Document
from arena_ext.session.permissions import Role, Status

from .files import File, first_name
from .output import Chunk


def new_session_id() -> str:
    """128 random bits, hexadecimal: a double click selects the id, and it never begins with `-`."""
    return secrets.token_hex(16)


# --- the log's entries ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edit:
    """A Yjs update (version 1) to the text of a document."""

    document: Document
    update: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """A fact of a session; `id` is the id that its author chose, if any."""

    type: str
    payload: Mapping[str, Any]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a session's log.

    `seq` counts from 1 without gaps; `at` is UTC milliseconds on the server's clock;
    `participant` is its author, None for the server itself.
    """

    seq: int
    at: int
    participant: str | None
    audience: Audience
    body: Edit | Event


# --- the state that they fold into ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in a session."""

    id: str
    name: str
    color: str
    role: Role
    #: Of a guest in the waiting room: the participant whose place is asked for, on another device.
    seat: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's `User`, or `WaitingGuest` where there is a seat."""
        user = {"id": self.id, "name": self.name, "color": self.color, "role": self.role}
        return user if self.seat is None else {**user, "seat": self.seat}

    def as_event(self) -> dict[str, Any]:
        """The payload of `participant-joined` and of `entry-requested`."""
        user = self.as_json()
        return {"userId": user.pop("id"), "username": user.pop("name"), **user}


@dataclass(frozen=True, slots=True)
class Invite:
    """A grant of one role; times are UTC milliseconds. The secret itself is not stored."""

    id: str
    role: Role
    label: str
    created_at: int
    expires_at: int
    secret_hash: str
    revoked: bool = False
    #: The number of people that it admits; None for any number.
    max_uses: int | None = None
    #: The participant who made it; None where that is not recorded, or was no participant.
    by: str | None = None

    def valid(self, now: int, uses: int) -> bool:
        """Whether it may be redeemed at `now`, after so many uses."""
        used_up = self.max_uses is not None and uses >= self.max_uses
        return not self.revoked and not used_up and now < self.expires_at


@dataclass(slots=True)
class Run:
    """One execution, as its author's browser reported it; times are UTC milliseconds."""

    id: str
    participant: str | None
    language: str
    code: str
    started_at: int
    chunks: list[Chunk] = field(default_factory=list)
    status: str = "running"
    error: str | None = None
    duration_ms: float | None = None
    trimmed: bool = False
    #: The location of the error in the code: a line from 1, a column from 0 in UTF-16 units, and
    #: its end.
    location: dict[str, Any] | None = None
    #: The name of the main file; None where it is unknown.
    main: str | None = None
    #: The texts of the other files by name; None after they were dropped to stay within
    #: `FILES_KEPT`.
    files: dict[str, str] | None = field(default_factory=dict)
    #: The prompt of the question that the program waits for, also while the run is `lost`; None
    #: while it asks nothing.
    asks: str | None = None
    #: The cost of its output so far, kept or not, and of `chunks`.
    output_size: int = 0
    kept_size: int = 0

    def output(self) -> str:
        """The text that it printed and returned."""
        return "".join(
            chunk["data"]
            for chunk in self.chunks
            if chunk.get("mime", "text/plain") == "text/plain"
        )

    def as_json(self) -> dict[str, Any]:
        """The run as clients know it."""
        return {
            **self.short_json(),
            "code": self.code,
            "chunks": self.chunks,
            "error": self.error,
            "files": self.files,
            "asks": self.asks,
        }

    def short_json(self) -> dict[str, Any]:
        """The fields of `as_json` that are short whatever the run does."""
        return {
            "id": self.id,
            "userId": self.participant,
            "language": self.language,
            "startedAt": self.started_at,
            "status": self.status,
            "durationMs": self.duration_ms,
            "trimmed": self.trimmed,
            "location": self.location,
            "main": self.main,
        }


@dataclass(slots=True)
class Session:
    """The fold of the events of one log; `fold` makes it. Edits fold into a `Replica`."""

    id: str
    created_at: int = 0
    owner: str | None = None
    title: str = ""
    #: The question of the interview, in Markdown; empty if there is none.
    question: str = ""
    language: str = LANGUAGES[0]
    #: In the order in which they were added.
    files: list[File] = field(default_factory=lambda: [File(first_name(LANGUAGES[0]), MAIN_FILE)])
    #: The root of the main file, which runs, and which is `code` for bots and REST.
    main: str = MAIN_FILE
    #: The roots of all files ever: edits that arrive while a file is deleted still count.
    roots: list[str] = field(default_factory=lambda: [MAIN_FILE])
    locked: bool = False
    #: The time of its end, UTC milliseconds; None before it.
    ended_at: int | None = None
    seq: int = 0
    #: The number of entries for everyone so far: the count of a participant who may see no others.
    shared: int = 0
    participants: dict[str, Participant] = field(default_factory=dict)
    #: Ids of the participants who are present, in the order of their arrival.
    present: dict[str, None] = field(default_factory=dict)
    #: Whether guests wait until an interviewer admits them.
    ask_to_enter: bool = False
    #: Guests who wait for admission; they are not participants before it.
    waiting: dict[str, Participant] = field(default_factory=dict)
    #: Guests who left the queue, oldest first: each may ask again with the same token.
    withdrawn: dict[str, Participant] = field(default_factory=dict)
    #: Guests who were declined.
    declined: dict[str, Participant] = field(default_factory=dict)
    #: Ids of removed participants; they stay in `participants` as authors.
    removed: dict[str, None] = field(default_factory=dict)
    #: Participant -> the invite that they used, also while they wait and after they left the queue.
    came_by: dict[str, str] = field(default_factory=dict)
    invites: dict[str, Invite] = field(default_factory=dict)
    #: SHA-256 of an invite's secret -> the id of the invite.
    secrets: dict[str, str] = field(default_factory=dict)
    #: SHA-256 of a participant token -> participant.
    tokens: dict[str, str] = field(default_factory=dict)
    #: Jupyter login -> participant, for those who have one.
    logins: dict[str, str] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """Open, locked or ended."""
        if self.ended_at is not None:
            return Status.ENDED
        return Status.LOCKED if self.locked else Status.OPEN

    @property
    def interviewers(self) -> list[str]:
        """Ids of all interviewers, present or not."""
        return [
            each.id
            for each in self.participants.values()
            if each.role is Role.INTERVIEWER and each.id not in self.removed
        ]

    def uses(self) -> dict[str, list[Participant]]:
        """Per invite, the people who used it, admitted or not, in the order of their arrival.

        A guest who left the queue does not count: the use is free again. A guest who asks for the
        place of a participant is nobody new.
        """
        people = {**self.participants, **self.waiting, **self.declined}
        uses: dict[str, list[Participant]] = {invite: [] for invite in self.invites}
        for each, invite in self.came_by.items():
            if each in people and people[each].seat is None:
                uses[invite].append(people[each])
        return uses

    def people(self) -> list[Participant]:
        """All people who are or were in the session, and the guests who wait."""
        return [*self.participants.values(), *self.waiting.values()]

    def users(self) -> list[dict[str, Any]]:
        """The participants who are present, as the contract's `User`s."""
        return [self.participants[each].as_json() for each in self.present]
