"""The order of all units of text, deleted ones included, kept as Yjs keeps it.

Yjs places an insert between two neighbours, and resolves concurrent inserts at one place by YATA
(Nicolaescu, Jahns, Derntl, Klamma: "Near Real-Time Peer-to-Peer Shared Editing on Extensible Data
Types", 2016, with the changes that Yjs describes in `INTERNALS.md`). That holds only while the
left neighbour stands left of the right one: with the two crossed, copies that take the insert at
different times differ. So the order has to be known before an edit is let through.

Units that were typed one after the other are one run. Runs of a text are a linked list; their
labels grow from left to right, so that two units are compared without walking.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from .frames import Malformed
from .updates import Id, Struct

#: The distance of labels after they were given anew; halved by each insert at one place.
_GAP = 1 << 64
#: Runs that one insert may have to be compared with: two people typed apart for a whole day.
MAX_CONFLICTS = 20_000


@dataclass(eq=False, slots=True)
class _Run:
    client: int
    clock: int
    length: int
    origin: Id | None
    right_origin: Id | None
    root: str
    left: _Run | None = None
    right: _Run | None = None
    label: int = 0

    @property
    def last(self) -> Id:
        return self.client, self.clock + self.length - 1


@dataclass(slots=True)
class _Runs:
    """The runs of one client, by where they begin."""

    starts: list[int] = field(default_factory=list)
    runs: list[_Run] = field(default_factory=list)


class Order:
    """Where each unit of a document stands."""

    def __init__(self) -> None:
        self._heads: dict[str, _Run] = {}
        self._by_client: dict[int, _Runs] = {}
        #: Runs made since `begin`, and where each client was then; None outside of a trial.
        self._trial: list[_Run] | None = None

    def root_of(self, unit: Id) -> str | None:
        """The text that a unit is in; None where there is no such unit."""
        run = self._find(unit)
        return None if run is None else run.root

    def precedes(self, one: Id, other: Id) -> bool:
        """Whether `one` stands left of `other`; both exist and are in one text."""
        left, right = self._find(one), self._find(other)
        if left is None or right is None or left is right:
            return one[1] < other[1]
        return left.label < right.label

    def insert(self, client: int, struct: Struct, root: str) -> None:
        """Put a run where Yjs puts it; its neighbours exist. Raises `Malformed`."""
        left = self._ending_at(struct.origin)
        right = self._beginning_at(struct.right_origin)
        after = self._resolve(client, struct, root, left, right)
        if (
            self._trial is None
            and after is not None
            and after.client == client
            and struct.origin == after.last == (client, struct.clock - 1)
            and struct.right_origin == after.right_origin
        ):
            after.length += struct.length
            return
        run = _Run(client, struct.clock, struct.length, struct.origin, struct.right_origin, root)
        self._link(run, after)
        runs = self._by_client.setdefault(client, _Runs())
        runs.starts.append(run.clock)
        runs.runs.append(run)

    # --- trials -----------------------------------------------------------------------------

    def begin(self) -> None:
        """What is inserted from now on is a trial, until `roll_back`."""
        self._trial = []

    def roll_back(self) -> None:
        """Undo what was inserted since `begin`."""
        trial, self._trial = self._trial or [], None
        for run in reversed(trial):
            self._unlink(run)
            runs = self._by_client[run.client]
            index = bisect_right(runs.starts, run.clock) - 1
            del runs.starts[index], runs.runs[index]
            if not runs.runs:
                del self._by_client[run.client]

    # --- runs -------------------------------------------------------------------------------

    def _find(self, unit: Id) -> _Run | None:
        client, clock = unit
        runs = self._by_client.get(client)
        if runs is None:
            return None
        index = bisect_right(runs.starts, clock) - 1
        if index < 0:
            return None
        run = runs.runs[index]
        return run if clock < run.clock + run.length else None

    def _ending_at(self, unit: Id | None) -> _Run | None:
        """The run that ends with a unit; splits the one that it is in."""
        run = None if unit is None else self._find(unit)
        if run is not None and unit is not None and unit != run.last:
            self._split(run, unit[1] + 1)
        return run

    def _beginning_at(self, unit: Id | None) -> _Run | None:
        """The run that begins with a unit; splits the one that it is in."""
        run = None if unit is None else self._find(unit)
        if run is not None and unit is not None and unit[1] != run.clock:
            return self._split(run, unit[1])
        return run

    def _split(self, run: _Run, clock: int) -> _Run:
        """Make a run of its own of what begins at `clock`; returns it."""
        rest = _Run(
            run.client,
            clock,
            run.clock + run.length - clock,
            (run.client, clock - 1),
            run.right_origin,
            run.root,
        )
        run.length = clock - run.clock
        runs = self._by_client[run.client]
        index = bisect_right(runs.starts, clock)
        runs.starts.insert(index, clock)
        runs.runs.insert(index, rest)
        # The halves of what was there before a trial may stay apart; those of a trial go.
        was_trial = self._trial is not None and run in self._trial
        trial, self._trial = self._trial, (self._trial if was_trial else None)
        self._link(rest, run)
        self._trial = trial
        return rest

    def _link(self, run: _Run, after: _Run | None) -> None:
        run.left = after
        run.right = self._heads.get(run.root) if after is None else after.right
        if after is None:
            self._heads[run.root] = run
        else:
            after.right = run
        if run.right is not None:
            run.right.left = run
        if self._trial is not None:
            self._trial.append(run)
        low = after.label if after is not None else 0
        high = run.right.label if run.right is not None else low + 2 * _GAP
        run.label = (low + high) // 2
        if run.label in (low, high):
            self._relabel(run.root)

    def _unlink(self, run: _Run) -> None:
        if run.left is not None:
            run.left.right = run.right
        elif run.right is not None:
            self._heads[run.root] = run.right
        else:
            del self._heads[run.root]
        if run.right is not None:
            run.right.left = run.left

    def _relabel(self, root: str) -> None:
        label, run = 0, self._heads.get(root)
        while run is not None:
            label += _GAP
            run.label, run = label, run.right

    def _resolve(
        self, client: int, struct: Struct, root: str, left: _Run | None, right: _Run | None
    ) -> _Run | None:
        """The run after which an insert goes, past those that were put there concurrently."""
        other = self._heads.get(root) if left is None else left.right
        passed: set[_Run] = set()
        undecided: set[_Run] = set()
        while other is not None and other is not right:
            passed.add(other)
            undecided.add(other)
            if len(passed) > MAX_CONFLICTS:
                raise Malformed("an edit is in conflict with too many others")
            if other.origin == struct.origin:
                if other.client < client:
                    left = other
                    undecided.clear()
                elif other.right_origin == struct.right_origin:
                    break
            else:
                beside = None if other.origin is None else self._find(other.origin)
                if beside is None or beside not in passed:
                    break
                if beside not in undecided:
                    left = other
                    undecided.clear()
            other = other.right
        return left
