"""Updates that wait to be sent to the engine together."""

from __future__ import annotations

from .engine_protocol import NUMBER
from .updates import Update, spread

#: The most updates of a batch, and the most work: their bytes, and the cost of their cuts (see
#: `Order.cut_cost`). The engine takes about a millisecond for either.
_UPDATES, _WORK = 300, 2**20


class Batch:
    """Updates in the order in which the engine is to apply them."""

    __slots__ = ("_updates", "_work")

    def __init__(self) -> None:
        self._updates: list[bytes] = []
        self._work = 0

    def __len__(self) -> int:
        return len(self._updates)

    @property
    def full(self) -> bool:
        """Whether it should be sent now."""
        return len(self._updates) >= _UPDATES or self._work > _WORK

    def add(self, update: Update, cost: int = 0) -> None:
        """Add an update; `cost` is that of its cuts."""
        self._updates.append(spread(update))
        self._work += len(update.data) + cost

    def data(self) -> bytes:
        """The data of a request (`Op.LOAD`)."""
        return b"".join([NUMBER.pack(len(each)) + each for each in self._updates])

    def updates(self) -> frozenset[bytes]:
        """The bytes of each update, with the deletions of a long one in another order."""
        return frozenset(self._updates)
