"""How much one may take at once: sockets, joins and sessions, counted by room, person and address.

An address is counted where it is a person's own. Behind a proxy all may share one, and the one that
a proxy passes on is as good as the proxy; there it is the proxy that has to count.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from . import protocol


class TooMany(Exception):
    """Whoever asks has as many as they may have, or asks too often; says of what."""


class Occupied(Protocol):
    """What is counted of a room."""

    def sockets(self, participant: str | None = None) -> int:
        """How many sockets are open, of all or of one participant, those who wait among them."""
        ...


class Budget:
    """A token bucket: `rate` units a second, at most `burst` saved up."""

    __slots__ = ("_burst", "_left", "_rate", "_since")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst, self._left = rate, burst, burst
        self._since = time.monotonic()

    def take(self, units: float) -> bool:
        """Spend `units`; False if there are not that many."""
        self._save()
        if units > self._left:
            return False
        self._left -= units
        return True

    @property
    def spent(self) -> bool:
        """Whether there is not even one unit."""
        self._save()
        return self._left < 1

    @property
    def untouched(self) -> bool:
        """Whether all is there that can be saved up."""
        self._save()
        return self._left >= self._burst

    def _save(self) -> None:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._since) * self._rate)
        self._since = now


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one may send and cost: frames, bytes, and seconds of the server's processor."""

    frames: Budget
    bytes: Budget
    work: Budget

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is used."""
        return self.frames.untouched and self.bytes.untouched and self.work.untouched


class Crowd:
    """Counts, and raises `TooMany`. All addresses count as none if not `by_address`."""

    def __init__(self, *, by_address: bool) -> None:
        self._by_address = by_address
        self._sockets: Counter[str] = Counter()
        self._joins: dict[str, Budget] = {}
        self._sessions: Counter[str] = Counter()
        self._allowances: dict[str, Allowance] = {}
        #: Bytes of bodies that are on their way, beyond what each may hold anyway.
        self._bodies = 0

    def open_socket(self, address: str) -> None:
        """One more socket of an address; `close_socket` is called for it once, whatever happens."""
        self._sockets[address] += 1
        if self._by_address and self._sockets[address] > protocol.SOCKETS_PER_ADDRESS:
            raise TooMany("sockets from your address")

    def close_socket(self, address: str) -> None:
        """One less."""
        self._sockets[address] -= 1
        if not self._sockets[address]:
            del self._sockets[address]

    @staticmethod
    def enter(room: Occupied, participant: str, *, interviewer: bool) -> None:
        """One more socket of a participant in a room. Interviewers get into a full room."""
        if room.sockets(participant) >= protocol.SOCKETS_PER_PARTICIPANT:
            raise TooMany("windows open in this session")
        if not interviewer and room.sockets() >= protocol.SOCKETS_PER_ROOM:
            raise TooMany("people in this session")

    def allowance(self, participant: str, fresh: Allowance) -> Allowance:
        """What a participant has left in all their sockets, those before among them."""
        if participant not in self._allowances:
            kept = {who: left for who, left in self._allowances.items() if not left.untouched}
            self._allowances = kept | {participant: fresh}
        return self._allowances[participant]

    def hold_body(self, more: int) -> None:
        """So many more bytes of bodies are held, or fewer if below zero."""
        if more > 0 and self._bodies + more > protocol.BODIES_AT_ONCE:
            raise TooMany("large bodies at once")
        self._bodies += more

    def join(self, address: str) -> None:
        """One more join from an address, whether or not it succeeds."""
        if not self._by_address:
            return
        if address not in self._joins:
            self._joins = {who: left for who, left in self._joins.items() if not left.untouched}
            per_minute = protocol.JOINS_PER_MINUTE
            self._joins[address] = Budget(per_minute / 60, per_minute)
        if not self._joins[address].take(1):
            raise TooMany("joins from your address within a minute")

    def create(self, sessions: int) -> None:
        """One more session of somebody who has so many."""
        if sessions >= protocol.SESSIONS_PER_CREATOR:
            raise TooMany("sessions of yours; delete some")

    def create_unowned(self, address: str) -> None:
        """One more session that is nobody's, from an address; counted since the server started."""
        if self._by_address:
            self.create(self._sessions[address])
            self._sessions[address] += 1
