"""From errors of the domain to HTTP statuses and close codes."""

from __future__ import annotations

from arena_ext.crdt.replica import TextFull
from arena_ext.limits.circuit_breaker import SessionUnavailable
from arena_ext.limits.quotas import TooMany
from arena_ext.protocol.errors import EngineFailed, EngineGone, Invalid, Missing
from arena_ext.protocol.wire import Close
from arena_ext.recording.export import NotBuilt
from arena_ext.recording.format import InvalidRecording
from arena_ext.rooms.credentials import Ended, Refused, Unknown
from arena_ext.session.permissions import Denied
from arena_ext.storage.log import NotStored
from arena_ext.storage.rows import LogError

_STATUS: dict[type[Exception], int] = {
    Invalid: 400,
    InvalidRecording: 400,
    Denied: 403,
    Refused: 403,
    Unknown: 404,
    Missing: 404,
    Ended: 409,
    TextFull: 413,
    TooMany: 429,
    LogError: 503,
    NotStored: 503,
    NotBuilt: 503,
    EngineFailed: 503,
    EngineGone: 503,
    SessionUnavailable: 503,
}


_MESSAGE: dict[type[Exception], str] = {
    Refused: "this link does not work (any more)",
    Unknown: "there is no such session",
    Ended: "the session has ended",
    TextFull: "the text is too long",
    LogError: "this session cannot be read now",
    NotStored: "this cannot be stored now; try again",
    EngineFailed: "this could not be done; try again",
    EngineGone: "this could not be done; try again",
    SessionUnavailable: "this session is closed for a minute",
    NotBuilt: "the page that replays has not been built",
}


#: Why somebody is not let in, and what they are told; who may come back soon is not told to go.
_TURNED_AWAY: dict[type[Exception], Close] = {
    Unknown: Close.REFUSED,
    Refused: Close.REFUSED,
    Ended: Close.ENDED,
    TooMany: Close.FLOOD,
    SessionUnavailable: Close.FLOOD,
    LogError: Close.GOING_AWAY,
    EngineFailed: Close.GOING_AWAY,
}
