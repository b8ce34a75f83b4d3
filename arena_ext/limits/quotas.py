"""How much one may take at once: sockets, joins and sessions, counted by room, person and address.

An address is counted where it is a person's own. Behind a proxy all may share one, and the one that
a proxy passes on is as good as the proxy; there it is the proxy that has to count.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from typing import Protocol

from arena_ext.protocol import wire as protocol


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
        if units > self.left:
            return False
        self._left -= units
        return True

    def charge(self, units: float) -> None:
        """Spend `units`, also those that are not there: what is `left` may fall below zero."""
        self._left = self.left - units

    @property
    def wait(self) -> float:
        """Seconds until nothing is owed."""
        return max(0.0, -self.left / self._rate if self._rate else -self.left * math.inf)

    @property
    def left(self) -> float:
        """The units that are there; below zero, those that are owed."""
        self._save()
        return self._left

    @property
    def untouched(self) -> bool:
        """Whether all is there that can be saved up."""
        return self.left >= self._burst

    @property
    def more_than_half(self) -> bool:
        """Whether more than half of it is there."""
        return self.left > self._burst / 2

    def _save(self) -> None:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._since) * self._rate)
        self._since = now


class Allowance:
    """What one may send and cost: frames, bytes, and seconds of the server's time.

    Some of that time is one's own, and nobody waits for it. What one needs beyond it comes out of
    what all have together, so those who need much wait for each other.
    """

    __slots__ = ("_long", "_own", "_rests_until", "_shared", "bytes", "frames", "held")

    def __init__(self, own: Budget, shared: Budget) -> None:
        self.frames = Budget(protocol.FRAME_RATE, protocol.FRAME_BURST)
        self.bytes = Budget(protocol.BYTE_RATE, protocol.BYTE_BURST)
        self._own, self._shared = own, shared
        self._long = Budget(protocol.LONG_WORK_RATE, protocol.LONG_WORK_BURST)
        #: When what all have together has made up for what was taken of it here, on the clock.
        self._rests_until = 0.0
        #: Bytes of large bodies that are on their way.
        self.held = 0

    def pay(self, seconds: float) -> float | None:
        """Pay for work that was done; returns for how many seconds no more is to be done.

        None is for who has used little: they do not even wait for their turn.
        """
        self._long.charge(seconds)
        self._own.charge(seconds)
        now, beyond = time.monotonic(), -self._own.left
        if beyond > 0:
            self._own.charge(-beyond)
            # One long step is not to keep all who need more than their own waiting.
            self._shared.charge(min(beyond, self._shared.left + protocol.MOST_SHARED_DEBT))
            self._rests_until = now + self._shared.wait
        rest = min(max(self._long.wait, self._rests_until - now), protocol.MOST_REST)
        if rest > 0:
            return rest
        return None if self._own.more_than_half else 0.0

    @property
    def exhausted(self) -> bool:
        """Whether so much work is owed that resting does not bring it in."""
        return self._long.left < -protocol.MOST_DEBT

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is used."""
        budgets = (self.frames, self.bytes, self._own, self._long)
        return not self.held and all(each.untouched for each in budgets)


class Crowd:
    """Counts, and raises `TooMany`. All addresses count as none if not `by_address`."""

    def __init__(self, *, by_address: bool) -> None:
        self._by_address = by_address
        self._door = asyncio.Lock()
        self._sockets: Counter[str] = Counter()
        self._joins: dict[str, Budget] = {}
        self._sessions: Counter[str] = Counter()
        self._shared = Budget(protocol.SHARED_WORK_RATE, protocol.SHARED_WORK_BURST)
        self._participants: dict[str, Allowance] = {}
        self._addresses: dict[str, Allowance] = {}
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

    async def turn(self) -> None:
        """Wait to be served: one a turn of the event loop, and all who need little between."""
        async with self._door:
            await asyncio.sleep(0)

    def of_participant(self, participant: str) -> Allowance:
        """What a participant has left, in all their sockets and calls, those before among them."""
        if participant not in self._participants:
            self._participants = _touched(self._participants)
            own = Budget(protocol.OWN_WORK_RATE, protocol.OWN_WORK_BURST)
            self._participants[participant] = Allowance(own, self._shared)
        return self._participants[participant]

    def of_address(self, address: str) -> Allowance:
        """What all at an address have left for what they do before it is known who they are."""
        if address not in self._addresses:
            self._addresses = _touched(self._addresses)
            own = Budget(protocol.OWN_WORK_RATE, protocol.ADDRESS_WORK_BURST)
            if not self._by_address:
                return Allowance(own, self._shared)
            self._addresses[address] = Allowance(own, self._shared)
        return self._addresses[address]

    def hold_body(self, more: int, payer: Allowance | None) -> None:
        """So many more bytes of bodies are held, or fewer if below zero; None: of a login's."""
        own = 0 if payer is None else payer.held
        too_many = self._bodies + more > protocol.BODIES_AT_ONCE or own + more > protocol.MAX_BODY
        if more > 0 and too_many:
            raise TooMany("large bodies at once")
        self._bodies += more
        if payer is not None:
            payer.held += more

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


def _touched(allowances: dict[str, Allowance]) -> dict[str, Allowance]:
    return {who: left for who, left in allowances.items() if not left.untouched}
