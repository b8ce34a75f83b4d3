"""Quotas: how many sockets, joins, sessions and bytes of bodies a client may have at once.

They count by room, participant and address. Addresses count only where each is a client's own:
behind a proxy all clients may share one, and there the proxy has to limit them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

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
        self.by_address = by_address
        self._turn = asyncio.Lock()
        self._sockets: Counter[str] = Counter()
        self._joins: _InUse[TokenBucket] = _InUse()
        self._failed_joins: _InUse[TokenBucket] = _InUse()
        self._sessions: Counter[str] = Counter()
        self._shared = TokenBucket(limits.shared_work_rate, limits.shared_work_burst)
        self._participants: _InUse[WorkBudget] = _InUse()
        self._addresses: _InUse[WorkBudget] = _InUse()
        #: Bytes of bodies in transit, without the bytes that every request may hold.
        self._bodies = 0

    # --- sockets ----------------------------------------------------------------------------------

    def open_socket(self, address: str) -> None:
        """Count a socket of an address; each call needs one `close_socket`, also if it raises."""
        self._sockets[address] += 1
        if self.by_address and self._sockets[address] > self._limits.sockets_per_address:
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
        own = self._limits.own_work_rate, self._limits.own_work_burst
        return self._participants.get(participant, lambda: self._budget(*own))

    def of_address(self, address: str) -> WorkBudget:
        """The budget of all clients at an address whose participant is not known."""
        own = self._limits.own_work_rate, self._limits.address_work_burst
        if not self.by_address:
            return self._budget(*own)
        return self._addresses.get(address, lambda: self._budget(*own))

    def _budget(self, rate: float, burst: float) -> WorkBudget:
        return WorkBudget(TokenBucket(rate, burst), self._shared, self._limits)

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
        joins = self._bucket(self._joins, address, self._limits.joins_per_minute)
        if self.by_address and joins.left < 1:
            raise TooMany("joins from your address within a minute")

    def count_join(self, address: str) -> None:
        """Count a join from an address that has succeeded."""
        if self.by_address:
            self._bucket(self._joins, address, self._limits.joins_per_minute).charge(1)

    def count_failed_join(self, address: str) -> None:
        """Count an attempt to join that is refused; raises where too many were refused before."""
        per_minute = self._limits.failed_joins_per_minute
        if self.by_address and not self._bucket(self._failed_joins, address, per_minute).take(1):
            raise TooMany("failed joins from your address within a minute")

    def check_sessions(self, sessions: int) -> None:
        """Check that an account with so many sessions may have one more."""
        if sessions >= self._limits.sessions_per_creator:
            raise TooMany("sessions of yours; delete some")

    def count_unowned_session(self, address: str) -> None:
        """Count a session without an owner, by address, since the server started."""
        if self.by_address:
            self.check_sessions(self._sessions[address])
            self._sessions[address] += 1

    @staticmethod
    def _bucket(buckets: _InUse[TokenBucket], address: str, per_minute: int) -> TokenBucket:
        return buckets.get(address, lambda: TokenBucket(per_minute / 60, per_minute))


class _Budget(Protocol):
    @property
    def full(self) -> bool:
        """Whether nothing of it is used."""
        ...


B = TypeVar("B", bound=_Budget)

#: Budgets from which on the unused ones are looked for.
_MANY = 64


class _InUse(Generic[B]):
    """Budgets of clients. Each time their number has doubled, those that are full are dropped."""

    def __init__(self) -> None:
        self._all: dict[str, B] = {}
        self._many = _MANY

    def get(self, client: str, make: Callable[[], B]) -> B:
        """The budget of a client, a new one if there is none."""
        budget = self._all.get(client)
        if budget is None:
            if len(self._all) >= self._many:
                self._all = {name: each for name, each in self._all.items() if not each.full}
                self._many = max(_MANY, 2 * len(self._all))
            budget = self._all[client] = make()
        return budget
