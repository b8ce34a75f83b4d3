"""How much one may take at once: sockets, joins and sessions, counted by room, person and address.

An address is counted where it is a person's own. Behind a proxy all may share one, and the one that
a proxy passes on is as good as the proxy; there it is the proxy that has to count.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Protocol

from arena_ext.limits.token_bucket import TokenBucket
from arena_ext.limits.work_budget import WorkBudget
from arena_ext.protocol import limits
from arena_ext.protocol.errors import ArenaError


class TooMany(ArenaError):
    """Whoever asks has as many as they may have, or asks too often; says of what."""

    code = "too-many"


class Occupied(Protocol):
    """What is counted of a room."""

    def sockets(self, participant: str | None = None) -> int:
        """How many sockets are open, of all or of one participant, those who wait among them."""
        ...


class Quotas:
    """Counts, and raises `TooMany`. All addresses count as none if not `by_address`."""

    def __init__(self, *, by_address: bool) -> None:
        self._by_address = by_address
        self._door = asyncio.Lock()
        self._sockets: Counter[str] = Counter()
        self._joins: dict[str, TokenBucket] = {}
        self._sessions: Counter[str] = Counter()
        self._shared = TokenBucket(limits.SHARED_WORK_RATE, limits.SHARED_WORK_BURST)
        self._participants: dict[str, WorkBudget] = {}
        self._addresses: dict[str, WorkBudget] = {}
        #: Bytes of bodies that are on their way, beyond what each may hold anyway.
        self._bodies = 0

    def open_socket(self, address: str) -> None:
        """One more socket of an address; `close_socket` is called for it once, whatever happens."""
        self._sockets[address] += 1
        if self._by_address and self._sockets[address] > limits.SOCKETS_PER_ADDRESS:
            raise TooMany("sockets from your address")

    def close_socket(self, address: str) -> None:
        """One less."""
        self._sockets[address] -= 1
        if not self._sockets[address]:
            del self._sockets[address]

    @staticmethod
    def count_socket(room: Occupied, participant: str, *, interviewer: bool) -> None:
        """One more socket of a participant in a room. Interviewers get into a full room."""
        if room.sockets(participant) >= limits.SOCKETS_PER_PARTICIPANT:
            raise TooMany("windows open in this session")
        if not interviewer and room.sockets() >= limits.SOCKETS_PER_ROOM:
            raise TooMany("people in this session")

    async def turn(self) -> None:
        """Wait to be served: one a turn of the event loop, and all who need little between."""
        async with self._door:
            await asyncio.sleep(0)

    def of_participant(self, participant: str) -> WorkBudget:
        """What a participant has left, in all their sockets and calls, those before among them."""
        if participant not in self._participants:
            self._participants = _touched(self._participants)
            own = TokenBucket(limits.OWN_WORK_RATE, limits.OWN_WORK_BURST)
            self._participants[participant] = WorkBudget(own, self._shared)
        return self._participants[participant]

    def of_address(self, address: str) -> WorkBudget:
        """What all at an address have left for what they do before it is known who they are."""
        if address not in self._addresses:
            self._addresses = _touched(self._addresses)
            own = TokenBucket(limits.OWN_WORK_RATE, limits.ADDRESS_WORK_BURST)
            if not self._by_address:
                return WorkBudget(own, self._shared)
            self._addresses[address] = WorkBudget(own, self._shared)
        return self._addresses[address]

    def hold_body(self, more: int, payer: WorkBudget | None) -> None:
        """So many more bytes of bodies are held, or fewer if below zero; None: of a login's."""
        own = 0 if payer is None else payer.held
        too_many = self._bodies + more > limits.BODIES_AT_ONCE or own + more > limits.MAX_BODY
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
            per_minute = limits.JOINS_PER_MINUTE
            self._joins[address] = TokenBucket(per_minute / 60, per_minute)
        if not self._joins[address].take(1):
            raise TooMany("joins from your address within a minute")

    def create(self, sessions: int) -> None:
        """One more session of somebody who has so many."""
        if sessions >= limits.SESSIONS_PER_CREATOR:
            raise TooMany("sessions of yours; delete some")

    def create_unowned(self, address: str) -> None:
        """One more session that is nobody's, from an address; counted since the server started."""
        if self._by_address:
            self.create(self._sessions[address])
            self._sessions[address] += 1


def _touched(allowances: dict[str, WorkBudget]) -> dict[str, WorkBudget]:
    return {who: left for who, left in allowances.items() if not left.untouched}
