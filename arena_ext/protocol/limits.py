"""The limits of the wire and of documents, and `Limits`: those that an operator may set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

from .contract import limit

# Limits of the wire; the contract has their units and reasons.
MAX_FRAME = limit("frame")
MAX_TEXT = limit("text")
MAX_NAME = limit("name")
MAX_FILE_NAME = limit("fileName")
MAX_FILES = limit("files")
MAX_TITLE = limit("title")
MAX_QUESTION = limit("question")
MAX_ID = limit("id")
MAX_OUTPUT = limit("output")
MAX_CHUNK = limit("chunk")
MAX_CHUNKS = limit("chunks")
CHUNK_COST = limit("chunkCost")
RUNS_KEPT = limit("runs")
OUTPUT_KEPT = limit("outputKept")
CODE_KEPT = limit("codeKept")
FILES_KEPT = limit("filesKept")

# Limits of documents and bodies.
#: All text that was ever written in one document, deleted text too, UTF-16 units: a CRDT keeps it.
MAX_UNITS = 16 * MAX_TEXT
#: Runs and deleted ranges of one document, and growths of the sets of units that its authors have
#: seen. After days of many people, and 100 MB, a document takes no more text.
MAX_REMEMBERED = 500_000
#: Runs of text and deleted ranges in one update. A person who types 400 keys a minute for an hour
#: without a pause and without a connection has 5000; a person who also deletes and jumps much,
#: 8000.
MAX_PARTS = 12_000
#: Client ids in one document, and client ids of one participant: each reload of a page makes a new
#: one.
MAX_CLIENTS, MAX_CLIENTS_EACH = 2000, 200
#: Consecutive edits that depend on missing content: as many as a person types in the seconds before
#: the client learns which edits to send again.
MAX_GAPS = 256
#: Files that a session may ever have had: the text of a deleted file stays.
MAX_ROOTS = 256
#: Guests who left the queue of a waiting room and may ask again with the same token; the oldest are
#: forgotten first.
WITHDRAWN_KEPT = 100
#: A REST body, bytes: JSON may need six bytes for one byte of text.
MAX_BODY = 6 * MAX_TEXT + 4096
#: The same for a call with a question: JSON may need twelve bytes for a character.
MAX_QUESTION_BODY = 12 * MAX_QUESTION + 4096
#: The body of a REST call without text of a session, bytes.
MAX_SMALL_BODY = 128 * 1024
#: Seconds for which an invite is valid by default.
INVITE_EXPIRES = 7 * 86400
#: Interviewers of a session beyond the guests that it may have, and people of a recording that is
#: imported: those who were declined count, too.
MAX_INTERVIEWERS, MAX_RECORDED_PARTICIPANTS = 1000, 2000
#: Invites that a session may ever have, expired and revoked ones included: one for each person of a
#: lecture.
MAX_INVITES = 1000
#: Valid tokens of one participant, who gets one for each join with a login: the oldest lapses.
MAX_TOKENS_EACH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits and waiting times of a server; an operator may set each (`ArenaApp.limits`).

    All are at least 0. A rate is per second; a burst is the most that can be saved up. Work is
    processor time of the server's event loop, in seconds.
    """

    # --- frames, bytes and work of one client -------------------------------------------------

    #: WebSocket frames of a participant: the fastest typist needs 60 a second.
    frame_rate: float = 200.0
    frame_burst: float = 2000.0
    #: Bytes that a participant sends: a paste is one burst.
    byte_rate: float = 512.0 * 1024
    byte_burst: float = 4.0 * 1024 * 1024
    #: Own work of one participant, which causes no delay. A typist needs a hundredth of a second a
    #: second; a cursor by line and column in a full text costs 8 ms, for a message of 100 bytes.
    own_work_rate: float = 0.02
    own_work_burst: float = 0.01
    #: Work of all clients together beyond their own.
    shared_work_rate: float = 0.1
    shared_work_burst: float = 0.05
    #: Shared work that may be owed, seconds: one long step does not delay all others for longer.
    shared_work_debt: float = 0.05
    #: Work of one client in the long run, also on an idle server: a picture is one burst.
    long_work_rate: float = 0.05
    long_work_burst: float = 0.5
    #: Work in the long run that a client may owe, seconds; above it, the client is rejected.
    long_work_debt: float = 2.0
    #: Burst of own work of all unknown clients at one address together, such as a class that joins.
    address_work_burst: float = 0.05
    #: Seconds that a client over its budget is delayed at a time.
    max_delay: float = 0.5

    # --- REST bodies --------------------------------------------------------------------------

    #: Bytes of all bodies in transit, each beyond `MAX_SMALL_BODY`; and of one client's.
    bodies_at_once: int = 24 * 1024 * 1024
    bodies_per_client: int = MAX_BODY
    #: Seconds until a body must have arrived.
    body_timeout: float = 60.0

    # --- sockets ------------------------------------------------------------------------------

    #: Sockets of a room: a panel of interviewers and a class. Interviewers get in anyway. Guests
    #: who wait have one socket each, and do not count here.
    sockets_per_room: int = 64
    #: Sockets of a participant: the tabs of a busy person, and those that are about to time out.
    sockets_per_participant: int = 8
    #: Sockets of an address: a company behind one router.
    sockets_per_address: int = 256
    #: Bytes of a message before its sender has joined.
    join_message_bytes: int = 4 * 1024
    #: Seconds until a JSON client must have sent `join-session`.
    join_timeout: float = 10.0
    #: Unsent bytes of a socket behind the message that is being sent: that one may be a snapshot of
    #: any size, but a client that has stopped reading gets no second one.
    queue_bytes: int = 1536 * 1024
    #: Seconds between protocol pings, and until a silent connection counts as dead.
    ping_interval: float = 10.0
    ping_timeout: float = 8.0

    # --- people and sessions ------------------------------------------------------------------

    #: Joins from an address, a minute: a whole company at nine o'clock.
    joins_per_minute: int = 60
    #: Attempts to join that fail, from an address, a minute. A secret of 256 bits cannot be
    #: guessed: this limits load only.
    failed_joins_per_minute: int = 60
    #: Guests that a session may ever have, declined ones included: enough for a lecture, but a
    #: limit for a leaked link.
    max_participants: int = 1000
    #: Guests who wait for admission to a session: interviewers have to look at each.
    max_waiting: int = 50
    #: Seconds after which a guest without a socket leaves the queue: a reload or a weak network
    #: takes less.
    waiting_grace: float = 60.0
    #: Sessions of one account, or from one address where sessions have no owner: years of
    #: interviews.
    sessions_per_creator: int = 1000

    # --- rooms --------------------------------------------------------------------------------

    #: Seconds after which a participant who joined by REST and opened no socket leaves the roster:
    #: present is who is connected, and a page on a slow line needs this long to connect.
    join_grace: float = 20.0
    #: Seconds after which a participant whose last socket closed leaves the roster: enough for a
    #: page to reload. A participant whose program runs leaves at once.
    reload_grace: float = 5.0
    #: Seconds after which an empty room leaves memory; its log stays.
    evict_after: float = 600.0
    #: Ids of events that a room remembers, so that it takes each event once.
    event_ids_kept: int = 10_000
    #: Seconds between two `code-update` events, at least.
    code_update_interval: float = 0.1
    #: The same as a multiple of the seconds that the last one took to send.
    code_update_pause: float = 10.0
    #: Seconds from a change of a document to its consistency check. A page that differs asks again
    #: after the first check and is put right after the second.
    check_interval: float = 3.0
    #: Seconds that a request waits until its change is stored.
    store_timeout: float = 10.0

    # --- crashes of the CRDT engine -----------------------------------------------------------

    #: Crashes at requests in one session before it is closed, and seconds until one more is
    #: allowed.
    session_failures: int = 5
    session_recovery: float = 60.0
    #: The same for one participant of a session.
    participant_failures: int = 2
    participant_recovery: float = 600.0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Limits:
        """The defaults with some limits set by name.

        Raises ValueError for a name that is no limit, and for a value that is no number, is below
        zero, or has a fraction where things are counted.
        """
        defaults = {each.name: each.default for each in fields(cls)}
        for name, value in settings.items():
            if name not in defaults:
                close = get_close_matches(name, defaults, 1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise ValueError(f"there is no limit {name!r}{hint}")
            whole = type(defaults[name]) is int
            number = type(value) is int or (type(value) is float and not whole)
            if not number or not 0 <= value < math.inf:
                kind = "a whole number" if whole else "a number"
                raise ValueError(f"the limit {name!r} must be {kind} of at least 0, not {value!r}")
        return replace(cls(), **settings)
