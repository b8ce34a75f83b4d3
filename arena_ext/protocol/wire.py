"""The wire: frames, events, close codes and limits, one line of doc each.

`src/protocol/wire.ts` is the same page for browsers; a test compares the two.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

#: What a session's code may be written in; the first is the default.
LANGUAGES = ("javascript", "python", "typescript", "sql")

#: Y.Text root of the pad's first file; a further file is `code/<seq>`, by the entry that added it.
MAIN_FILE = "code"
#: Y.Text root of the notes.
NOTES = "notes"


class Dialect(StrEnum):
    """What a connection speaks, by the WebSocket subprotocol that it asked for."""

    #: Our own pages: binary sync and presence, JSON events.
    ARENA = "arena.v1"
    #: Any standard Yjs provider: binary only, the pad only.
    YJS = "y.v1"
    #: Bots and scripts: JSON events only, code as whole text. Also when none was asked for.
    JSON = "json.v1"


#: A participant token rides as one more subprotocol entry, behind this prefix.
TOKEN_PREFIX = "token."  # noqa: S105 - a prefix, not a secret


class Document(StrEnum):
    """The CRDT documents of a session."""

    #: Everybody's text.
    PAD = "pad"
    #: The interviewers' private text.
    NOTES = "notes"


class Audience(StrEnum):
    """Who may ever see an entry of the log."""

    EVERYONE = "everyone"
    INTERVIEWERS = "interviewers"
    #: Hashes of invites and tokens: never leaves the server, nor any export.
    SERVER = "server"


class Frame(IntEnum):
    """The first varint of a binary frame."""

    #: A sync message of the pad, as y-protocols has it.
    SYNC = 0
    #: Presence, as y-protocols has it.
    AWARENESS = 1
    #: y-protocols' request for everybody's presence.
    QUERY_AWARENESS = 3
    #: A document's name, then a sync message.
    DOCUMENT = 100


class Sync(IntEnum):
    """The first varint of a sync message."""

    #: "This is my state vector: send me what I lack."
    STEP1 = 0
    #: The answer to STEP1: an update.
    STEP2 = 1
    #: One more update.
    UPDATE = 2
    #: From the server: what the texts that are stored hash to. From a page that has others: its
    #: state vector, to be answered as STEP1 is, and to be asked in turn. `arena.v1` alone.
    CHECK = 3


class Close(IntEnum):
    """Why the server closed a socket."""

    #: The server is going away; come back soon.
    GOING_AWAY = 1001
    #: The client asked to leave.
    NORMAL = 1000
    #: A message over `MAX_FRAME`: the WebSocket layer's own, and not even that if it goes on.
    TOO_LARGE = 1009
    #: A binary frame that breaks the protocol, an edit that fails validation or breaks native code.
    MALFORMED = 4400
    #: No such session, or no valid token for it; deliberately not told apart.
    REFUSED = 4403
    #: A JSON client did not send `join-session` in time.
    JOIN_TIMEOUT = 4408
    #: The session has ended.
    ENDED = 4410
    #: An interviewer removed this participant; their token is worth nothing any more.
    REMOVED = 4411
    #: An interviewer did not let this person in.
    DECLINED = 4412
    #: The text, or all that was ever written in it, would grow past its limit.
    TEXT_FULL = 4413
    #: This client reads too slowly; it may reconnect and resync.
    TOO_SLOW = 4414
    #: More frames, bytes or work than allowed, or the session rests; it may reconnect later.
    FLOOD = 4429


# --- limits ---------------------------------------------------------------------------------

#: The title of a session that nobody gave one.
UNTITLED = "Interview"


# --- what clients may say: JSON Schemas ------------------------------------------------------
#
# Keywords are looked at in the order in which they stand here, up to the first that is broken. So
# what bounds a size comes before what looks into it.
