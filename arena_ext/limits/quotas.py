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
from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.limits import Limits


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

    def __init__(self, limits: Limits, *, by_address: bool) -> None:
        self._limits = limits
        self._by_address = by_address
        self._door = asyncio.Lock()
        self._sockets: Counter[str] = Counter()
        self._joins: dict[str, TokenBucket] = {}
        self._sessions: Counter[str] = Counter()
        self._shared = TokenBucket(limits.shared_work_rate, limits.shared_work_burst)
        self._participants: dict[str, WorkBudget] = {}
        self._addresses: dict[str, WorkBudget] = {}
        #: Bytes of bodies that are on their way, beyond what each may hold anyway.
        self._bodies = 0

    def open_socket(self, address: str) -> None:
        """One more socket of an address; `close_socket` is called for it once, whatever happens."""
        self._sockets[address] += 1
        if self._by_address and self._sockets[address] > self._limits.sockets_per_address:
            raise TooMany("sockets from your address")

    def close_socket(self, address: str) -> None:
        """One less."""
        self._sockets[address] -= 1
        if not self._sockets[address]:
            del self._sockets[address]

    def count_socket(self, room: Occupied, participant: str, *, interviewer: bool) -> None:
        """One more socket of a participant in a room. Interviewers get into a full room."""
        if room.sockets(participant) >= self._limits.sockets_per_participant:
            raise TooMany("windows open in this session")
        if not interviewer and room.sockets() >= self._limits.sockets_per_room:
            raise TooMany("people in this session")

    async def turn(self) -> None:
        """Wait to be served: one a turn of the event loop, and all who need little between."""
        async with self._door:
            await asyncio.sleep(0)

    def of_participant(self, participant: str) -> WorkBudget:
        """What a participant has left, in all their sockets and calls, those before among them."""
        if participant not in self._participants:
            self._participants = _touched(self._participants)
            own = TokenBucket(self._limits.own_work_rate, self._limits.own_work_burst)
            self._participants[participant] = WorkBudget(own, self._shared, self._limits)
        return self._participants[participant]

    def of_address(self, address: str) -> WorkBudget:
        """What all at an address have left for what they do before it is known who they are."""
        if address not in self._addresses:
            self._addresses = _touched(self._addresses)
            own = TokenBucket(self._limits.own_work_rate, self._limits.address_work_burst)
            if not self._by_address:
                return WorkBudget(own, self._shared, self._limits)
            self._addresses[address] = WorkBudget(own, self._shared, self._limits)
        return self._addresses[address]

    def hold_body(self, more: int, payer: WorkBudget | None) -> None:
        """So many more bytes of bodies are held, or fewer if below zero; None: of a login's."""
        own = 0 if payer is None else payer.held
        too_many = (
            self._bodies + more > self._limits.bodies_at_once
            or own + more > self._limits.bodies_per_client
        )
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
            per_minute = self._limits.joins_per_minute
            self._joins[address] = TokenBucket(per_minute / 60, per_minute)
        if not self._joins[address].take(1):
            raise TooMany("joins from your address within a minute")

    def create(self, sessions: int) -> None:
        """One more session of somebody who has so many."""
        if sessions >= self._limits.sessions_per_creator:
            raise TooMany("sessions of yours; delete some")

    def create_unowned(self, address: str) -> None:
        """One more session that is nobody's, from an address; counted since the server started."""
        if self._by_address:
            self.create(self._sessions[address])
            self._sessions[address] += 1


def _touched(allowances: dict[str, WorkBudget]) -> dict[str, WorkBudget]:
    return {who: left for who, left in allowances.items() if not left.untouched}
