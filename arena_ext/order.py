"""The order of all units of text, deleted ones included, kept as Yjs keeps it.

Yjs places an insert between the two units that its author saw side by side, and resolves
concurrent inserts at one place by YATA (Nicolaescu, Jahns, Derntl, Klamma: "Near Real-Time
Peer-to-Peer Shared Editing on Extensible Data Types", 2016, with the changes that Yjs describes in
`INTERNALS.md`). Copies agree only as long as that is true: whatever else stands between the two
neighbours must be something that the author had not seen. What they must have seen follows from
the units that they name: those, what those were placed beside, and so on, and all that the same
clients wrote before. An insert that names neighbours with a seen unit between them is refused.

Units that were typed one after the other are one run; the runs of a text are a linked list.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from .frames import Malformed
from .updates import Id, Struct

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
    #: What its author had seen of the others when writing it: per client, the next clock.
    seen: Mapping[int, int]
    left: _Run | None = None
    right: _Run | None = None

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

    def insert(self, client: int, struct: Struct, root: str, *, check: bool = False) -> None:
        """Put a run where Yjs puts it; its neighbours exist.

        With `check`, raises `Malformed` if its author cannot have seen them side by side.
        """
        # In this order: the other way round, a cut before `right` could shorten `left`.
        right = self._beginning_at(struct.right_origin)
        left = self._ending_at(struct.origin)
        seen = self._seen(client, left, right)
        if check:
            self._check_adjacent(client, struct.clock, root, left, right, seen)
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
        run = _Run(
            client, struct.clock, struct.length, struct.origin, struct.right_origin, root, seen
        )
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
            run.seen,
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

    def _unlink(self, run: _Run) -> None:
        if run.left is not None:
            run.left.right = run.right
        elif run.right is not None:
            self._heads[run.root] = run.right
        else:
            del self._heads[run.root]
        if run.right is not None:
            run.right.left = run.left

    # --- where an insert goes ---------------------------------------------------------------

    def _seen(self, client: int, left: _Run | None, right: _Run | None) -> Mapping[int, int]:
        """What the author of an insert must have seen of the others."""
        own = self._by_client.get(client)
        known = own.runs[-1].seen if own is not None else {}
        for beside in (left, right):
            if beside is None:
                continue
            # Of the left neighbour they saw the last unit, of the right one the first.
            last = beside.clock + (beside.length if beside is left else 1)
            theirs = {**beside.seen, beside.client: last}
            more = {
                other: clock
                for other, clock in theirs.items()
                if other != client and clock > known.get(other, 0)
            }
            if more:
                known = {**known, **more}
        return known

    def _check_adjacent(
        self,
        client: int,
        clock: int,
        root: str,
        left: _Run | None,
        right: _Run | None,
        seen: Mapping[int, int],
    ) -> None:
        between = self._heads.get(root) if left is None else left.right
        steps = 0
        while between is not right:
            if between is None:
                raise Malformed("an edit has its neighbours crossed")
            known = clock if between.client == client else seen.get(between.client, 0)
            if between.clock < known:
                raise Malformed("an edit names neighbours that never were")
            steps += 1
            if steps > MAX_CONFLICTS:
                raise Malformed("an edit is in conflict with too many others")
            between = between.right

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
