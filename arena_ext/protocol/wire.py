"""Names and numbers of the wire that code compares with: frames, documents, close codes.

The contract has the same members and describes them; a test compares the two. They are repeated
here because a type checker needs to see them.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

from . import contract

#: The languages of a session's code; the first is the default.
LANGUAGES = tuple(contract.LANGUAGES)

#: Y.Text root of the pad's first file; further files are `code/1`, `code/2` and so on.
MAIN_FILE: str = contract.at("/names/mainRoot/value")
#: Y.Text root of the notes.
NOTES: str = contract.at("/names/notesRoot/value")
#: A participant token is one more entry of the subprotocol list, behind this prefix.
TOKEN_PREFIX: str = contract.at("/names/tokenPrefix/value")
#: The title of a session without a title.
UNTITLED: str = contract.at("/names/untitled/value")


class Dialect(StrEnum):
    """The language of a connection, by the WebSocket subprotocol that it asked for."""

    ARENA = "arena.v1"
    YJS = "y.v1"
    #: Also if a connection asked for none.
    JSON = "json.v1"


class Document(StrEnum):
    """The CRDT documents of a session."""

    PAD = "pad"
    NOTES = "notes"


class Audience(StrEnum):
    """The people who may read an entry of the log."""

    EVERYONE = "everyone"
    INTERVIEWERS = "interviewers"
    #: Hashes of invites and tokens: they never leave the server, and are in no export.
    SERVER = "server"


class Frame(IntEnum):
    """The first varint of a binary frame."""

    SYNC = 0
    AWARENESS = 1
    QUERY_AWARENESS = 3
    DOCUMENT = 100


class Sync(IntEnum):
    """The first varint of a sync message."""

    STEP1 = 0
    STEP2 = 1
    UPDATE = 2
    CHECK = 3


class Close(IntEnum):
    """The reason why the server closed a socket."""

    NORMAL = 1000
    GOING_AWAY = 1001
    TOO_LARGE = 1009
    MALFORMED = 4400
    REFUSED = 4403
    JOIN_TIMEOUT = 4408
    REPLACED = 4409
    ENDED = 4410
    REMOVED = 4411
    DECLINED = 4412
    TEXT_FULL = 4413
    TOO_SLOW = 4414
    FLOOD = 4429
