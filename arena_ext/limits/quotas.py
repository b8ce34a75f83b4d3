"""Quotas: how many sockets, joins, sessions and bytes of bodies a client may have at once.

They count by room, participant and address. Addresses count only where each is a client's own:
behind a proxy all clients may share one, and there the proxy has to limit them.
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
    """A client is at a limit or asks too often; the message names the limited thing."""

    code = "too-many"


class Occupied(Protocol):
    """A room, as far as its sockets are counted."""

    def sockets(self, participant: str | None = None) -> int:
        """The number of open sockets, of all or of one participant, without waiting ones."""
        ...


class Quotas:
    """Counts, and raises `TooMany`. Without `by_address`, nothing is counted by address."""

    def __init__(self, limits: Limits, *, by_address: bool) -> None:
        self._limits = limits
        self._by_address = by_address
        self._turn = asyncio.Lock()
        self._sockets: Counter[str] = Counter()
        self._joins: dict[str, TokenBucket] = {}
        self._failed_joins: dict[str, TokenBucket] = {}
        self._sessions: Counter[str] = Counter()
        self._shared = TokenBucket(limits.shared_work_rate, limits.shared_work_burst)
        self._participants: dict[str, WorkBudget] = {}
        self._addresses: dict[str, WorkBudget] = {}
        #: Bytes of bodies in transit, without the bytes that every request may hold.
        self._bodies = 0

    # --- sockets ----------------------------------------------------------------------------------

    def open_socket(self, address: str) -> None:
        """Count a socket of an address; each call needs one `close_socket`, also if it raises."""
        self._sockets[address] += 1
        if self._by_address and self._sockets[address] > self._limits.sockets_per_address:
            raise TooMany("sockets from your address")

    def close_socket(self, address: str) -> None:
        """Count one socket less."""
        self._sockets[address] -= 1
        if not self._sockets[address]:
            del self._sockets[address]

    def count_socket(self, room: Occupied, participant: str, *, interviewer: bool) -> None:
        """Check one more socket of a participant. Interviewers get into a full room."""
        if room.sockets(participant) >= self._limits.sockets_per_participant:
            raise TooMany("windows open in this session")
        if not interviewer and room.sockets() >= self._limits.sockets_per_room:
            raise TooMany("people in this session")

    # --- work -------------------------------------------------------------------------------------

    async def wait_for_turn(self) -> None:
        """Wait in the queue of clients over budget: one is served per turn of the event loop."""
        async with self._turn:
            await asyncio.sleep(0)

    def of_participant(self, participant: str) -> WorkBudget:
        """The budget of a participant, for all their sockets and requests, earlier ones too."""
        if participant not in self._participants:
            self._participants = _in_use(self._participants)
            own = TokenBucket(self._limits.own_work_rate, self._limits.own_work_burst)
            self._participants[participant] = WorkBudget(own, self._shared, self._limits)
        return self._participants[participant]

    def of_address(self, address: str) -> WorkBudget:
        """The budget of all clients at an address whose participant is not known."""
        if address not in self._addresses:
            self._addresses = _in_use(self._addresses)
            own = TokenBucket(self._limits.own_work_rate, self._limits.address_work_burst)
            budget = WorkBudget(own, self._shared, self._limits)
            if not self._by_address:
                return budget
            self._addresses[address] = budget
        return self._addresses[address]

    # --- bodies -----------------------------------------------------------------------------------

    def hold_body(self, more: int, budget: WorkBudget | None) -> None:
        """Count `more` bytes of a body, fewer if negative; `budget` None is for a Jupyter login."""
        own = 0 if budget is None else budget.held
        too_many = (
            self._bodies + more > self._limits.bodies_at_once
            or own + more > self._limits.bodies_per_client
        )
        if more > 0 and too_many:
            raise TooMany("large bodies at once")
        self._bodies += more
        if budget is not None:
            budget.held += more

    # --- joins and sessions -----------------------------------------------------------------------

    def check_join(self, address: str) -> None:
        """Check one more join from an address. Failed attempts of the address do not count."""
        if self._by_address and address in self._joins and self._joins[address].left < 1:
            raise TooMany("joins from your address within a minute")

    def count_join(self, address: str) -> None:
        """Count a join from an address that has succeeded."""
        if self._by_address:
            _bucket(self._joins, address, self._limits.joins_per_minute).charge(1)

    def count_failed_join(self, address: str) -> None:
        """Count an attempt to join that is refused; raises where too many were refused before."""
        per_minute = self._limits.failed_joins_per_minute
        if self._by_address and not _bucket(self._failed_joins, address, per_minute).take(1):
            raise TooMany("failed joins from your address within a minute")

    def check_sessions(self, sessions: int) -> None:
        """Check that an account with so many sessions may have one more."""
        if sessions >= self._limits.sessions_per_creator:
            raise TooMany("sessions of yours; delete some")

    def count_unowned_session(self, address: str) -> None:
        """Count a session without an owner, by address, since the server started."""
        if self._by_address:
            self.check_sessions(self._sessions[address])
            self._sessions[address] += 1


def _bucket(buckets: dict[str, TokenBucket], address: str, per_minute: int) -> TokenBucket:
    """The bucket of an address; full ones of other addresses are dropped."""
    if address not in buckets:
        for unused in [each for each, bucket in buckets.items() if bucket.full]:
            del buckets[unused]
        buckets[address] = TokenBucket(per_minute / 60, per_minute)
    return buckets[address]


def _in_use(budgets: dict[str, WorkBudget]) -> dict[str, WorkBudget]:
    return {each: budget for each, budget in budgets.items() if not budget.full}
