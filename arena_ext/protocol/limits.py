"""The limits of the wire and of the server."""

from __future__ import annotations

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
RUNS_KEPT = limit("runs")
OUTPUT_KEPT = limit("outputKept")
CODE_KEPT = limit("codeKept")
FILES_KEPT = limit("filesKept")


#: All text that was ever written in one document, deleted text too, UTF-16 units: a CRDT keeps it.
MAX_UNITS = 16 * MAX_TEXT


#: Pieces that it was written and deleted in, and how often an author saw more of another's: after
#: days of many people, and 100 MB, a document takes no more text.
MAX_REMEMBERED = 500_000


#: Runs of text and deleted ranges in one update. Who types 400 keys a minute for an hour without a
#: pause and without a connection has 5000; who deletes much and jumps about all the while, 8000.
MAX_PARTS = 12_000


#: Client ids in one document, and under how many one participant may write: each reload of a page
#: is a new one.
MAX_CLIENTS, MAX_CLIENTS_EACH = 2000, 200


#: Edits in a row that build on something that never came: as many as somebody types until they hear
#: what to send, some seconds.
MAX_GAPS = 256


#: Files that a session may ever have had: what was written in them stays.
MAX_ROOTS = 256


#: A REST body, bytes: JSON may need six bytes for one of the text.
MAX_BODY = 6 * MAX_TEXT + 4096


#: The same of a call that may carry a question: JSON may need twelve bytes for a character.
MAX_QUESTION_BODY = 12 * MAX_QUESTION + 4096


#: The body of a REST call that carries no text of a session's, bytes.
MAX_SMALL_BODY = 128 * 1024


#: What all bodies together may hold beyond `MAX_SMALL_BODY` each while they come, bytes; and the
#: seconds that one may take to come.
BODIES_AT_ONCE, BODY_TIMEOUT = 24 * 1024 * 1024, 60.0


#: Event ids that the server remembers, to take each once.
EVENT_IDS_KEPT = 10_000


#: Unsent bytes per connection behind the message that is on its way: that one may be a snapshot of
#: any size, and a reader that stopped reading gets no second.
MAX_QUEUE = 1536 * 1024


#: Frames a second that a connection may send, and how many at once: the fastest typist needs 60.
FRAME_RATE, FRAME_BURST = 200.0, 2000.0


#: Bytes a second that a connection may send, and how many at once: a paste is one burst.
BYTE_RATE, BYTE_BURST = 512.0 * 1024, 4.0 * 1024 * 1024


#: Seconds a second for which a participant may keep the server busy at any time, and how many at
#: once. A typist needs a hundredth; a cursor by line and column in a full text costs 8 ms, and
#: takes a hundred bytes to ask for.
OWN_WORK_RATE, OWN_WORK_BURST = 0.02, 0.01


#: The same for all together who need more than their own, and how many they may owe together.
SHARED_WORK_RATE, SHARED_WORK_BURST, MOST_SHARED_DEBT = 0.1, 0.05, 0.05


#: The same for one in the long run, however little the others need; a paste or a picture is one
#: burst.
LONG_WORK_RATE, LONG_WORK_BURST = 0.05, 0.5


#: How many at once all at one address may use until it is known who they are: a class comes in.
ADDRESS_WORK_BURST = 0.05


#: Seconds that one is made to wait at a time, and of work that one may owe; more is a flood.
MOST_REST, MOST_DEBT = 0.5, 2.0


#: A message of somebody who has not joined yet, bytes.
MAX_JOIN = 4 * 1024


#: Seconds that a JSON client has for its `join-session`.
JOIN_TIMEOUT = 10.0


#: Seconds between `code-update`s to one JSON client, at least; and how many times as long as it
#: takes to tell all of them.
CODE_UPDATE_INTERVAL, CODE_UPDATE_PAUSE = 0.1, 10


#: Seconds between two checks of one document, and from a change to its check: a page that differs
#: asks once more at the first and is put right at the second.
CHECK_INTERVAL = 3.0


#: Seconds between protocol pings, and until a silent connection counts as dead.
PING_INTERVAL, PING_TIMEOUT = 10.0, 8.0


#: Seconds after which someone who joined by REST and opened no socket leaves the roster.
JOIN_GRACE = 120.0


#: Seconds after which a room that nobody is in leaves memory; its log stays.
EVICT_AFTER = 600.0


#: Seconds that an invite is good for unless it says otherwise.
INVITE_EXPIRES = 7 * 86400


#: Guests whom one session may ever have: a lecture, and no filling of rosters by a leaked link.
MAX_PARTICIPANTS = 1000


#: People who wait to be let into one session: interviewers have to look at each.
MAX_WAITING = 50


#: Sockets of one room: a panel of interviewers, a class of observers; interviewers get in anyway.
SOCKETS_PER_ROOM = 64


#: Sockets of one participant: the tabs of a busy person, and those that are about to time out.
SOCKETS_PER_PARTICIPANT = 8


#: Sockets of one address: a company behind one router, not a machine that opens all it can.
SOCKETS_PER_ADDRESS = 256


#: Joins from one address: everybody of a company at nine o'clock, and no filling of rosters.
JOINS_PER_MINUTE = 60


#: Sessions of one account, or from one address where nobody owns them: years of interviews.
SESSIONS_PER_CREATOR = 1000
