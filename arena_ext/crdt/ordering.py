"""The order of all units of text in a document, deleted ones included, as Yjs keeps it.

Yjs places an insert between the two units that its author saw side by side, and resolves concurrent
inserts at one place by YATA (Nicolaescu, Jahns, Derntl, Klamma: "Near Real-Time Peer-to-Peer Shared
Editing on Extensible Data Types", 2016, with the changes that Yjs describes in `INTERNALS.md`).
Copies converge only if this holds: the author had not seen any other unit between the two
neighbours. An insert shows which units its author must have seen: its neighbours, the neighbours of
these units, and so on, and all earlier units of the same clients. An insert is refused if a unit
that its author has seen stands between its two neighbours.

Units that were typed one after the other are one run; the runs of a text are a linked list. The set
of units that a client has seen only grows, so only its growths are stored.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from arena_ext.protocol.lib0 import Malformed

from .runs import Client, Run, Trial
from .updates import Id, Struct

#: Steps that one update may take: runs that are compared or split for its inserts, and growths of
#: the set of units that its author has seen. An hour of typing by two authors in one place takes
#: 40,000.
MAX_STEPS = 250_000
#: Steps for each growth of the set of seen units.
_STEPS_TO_NOTE = 10
#: Growths of the sets of others that an insert in plain form may add to the set of its author.
_FEW_GROWTHS = 100
#: Splitting a run costs one more step for each so many further runs of its client, which move;
#: units before the split, which the engine counts; and units after it, which the engine copies.
_MOVED_IN_A_STEP, _COUNTED_IN_A_STEP, _COPIED_IN_A_STEP = 256, 256, 8192


class Order:
    """The order of all units of a document."""

    def __init__(self) -> None:
        self._heads: dict[str, Run] = {}
        self._by_client: dict[int, Client] = {}
        #: None outside of a trial.
        self._trial: Trial | None = None
        #: The number of runs, and of growths of the clients' sets of seen units.
        self.size = 0

    def root_of(self, unit: Id) -> str | None:
        """The root of the text that a unit is in; None where there is no such unit."""
        run = self._find(unit)
        return None if run is None else run.root

    def before(self, unit: Id) -> Id | None:
        """The unit directly before an existing one; None at the beginning of its text."""
        client, clock = unit
        run = self._find(unit)
        if run is not None and clock == run.clock:
            return None if run.left is None else run.left.last
        return client, clock - 1

    def insert(self, client: int, struct: Struct, root: str, *, check: bool = False) -> None:
        """Insert a run where Yjs inserts it; its neighbours must exist.

        With `check`, raises `Malformed` if its author cannot have seen them side by side.
        """
        # In this order: the other way round, a cut before `right` could shorten `left`.
        right = self._beginning_at(struct.right_origin)
        left = self._ending_at(struct.origin)
        own = self._by_client.get(client)
        if own is None:
            own = self._by_client[client] = Client()
            if self._trial is not None:
                self._trial.clients.append(client)
        knew = len(own.grew_at)
        if left is not None and left.client != client:
            self._see(client, own, struct.clock, left.client, left.clock + left.length)
        if right is not None and right.client != client:
            # The author saw the last unit of the left neighbour, and the first of the right one.
            self._see(client, own, struct.clock, right.client, right.clock + 1)
        goes_on = (
            left is not None
            and left.client == client
            and left.clock + left.length == struct.clock
            and left.right_origin == struct.right_origin
        )
        # An author who continues and has seen nothing more inserts between the same two as before.
        if check and not (goes_on and knew == len(own.grew_at)):
            self._check_adjacent(client, own, struct.clock, root, left, right)
        after = self._resolve(client, struct, root, left, right)
        if goes_on and after is left and left is not None and self._trial is None:
            left.length += struct.length
            return
        run = Run(client, struct.clock, struct.length, struct.origin, struct.right_origin, root)
        self._link(run, after)
        own.starts.append(run.clock)
        own.runs.append(run)

    # --- the plain form ---------------------------------------------------------------------

    def extend(self, client: int, struct: Struct) -> bool:
        """Insert the next units of a client where it wrote last, if nothing is to be resolved."""
        origin, right_origin = struct.origin, struct.right_origin
        if origin is None or origin != (client, struct.clock - 1):
            return False
        left = self._find(origin)
        if left is None or left.right_origin != right_origin:
            return False
        if self._after(left, origin[1]) != right_origin:
            return False
        left.length += struct.length
        return True

    def gap_cost(self, client: int, struct: Struct) -> int | None:
        """The cost of the cut for the next run of a known client, if nothing is to be resolved.

        So it is between two units that are side by side. None where they are not, or where the
        author has seen very much that is new. See `cut_cost`.
        """
        origin, right_origin = struct.origin, struct.right_origin
        left = None if origin is None else self._find(origin)
        if left is not None and origin is not None:
            if self._after(left, origin[1]) != right_origin:
                return None
        elif origin is not None or right_origin is None or self.before(right_origin) is not None:
            return None
        beside = [unit for unit in (origin, right_origin) if unit is not None]
        if sum(self._growths_beside(client, unit) for unit in beside) > _FEW_GROWTHS:
            return None
        inside = origin is not None and right_origin == (origin[0], origin[1] + 1)
        return self.cut_cost(beside[0]) if inside else 0

    def cut_cost(self, unit: Id) -> int:
        """The cost of a cut beside an existing unit, for the engine: units and pieces at most.

        It counts the units of a piece, and moves the pieces of a client.
        """
        run = self._find(unit)
        return 0 if run is None else run.length + len(self._by_client[run.client].starts)

    # --- trials -----------------------------------------------------------------------------

    def cut(self, unit: Id, further: int) -> None:
        """Count the steps of a cut at a unit; its client has `further` pieces beside its runs."""
        own = self._by_client.get(unit[0])
        pieces = further + (0 if own is None else len(own.starts))
        self.take(1 + pieces // _MOVED_IN_A_STEP)

    def begin(self) -> None:
        """Begin a trial: `roll_back` undoes all that is inserted from now on.

        A trial that takes too many steps raises `Malformed`.
        """
        self._trial = Trial()

    def roll_back(self) -> None:
        """Undo the inserts since `begin`."""
        trial, self._trial = self._trial or Trial(), None
        for client, was in reversed(trial.seen):
            client.unsee(was)
        self.size -= len(trial.seen) + len(trial.runs)
        for run, cut_from in reversed(trial.runs):
            if cut_from is not None:
                cut_from.length += run.length
            self._unlink(run)
            own = self._by_client[run.client]
            index = bisect_right(own.starts, run.clock) - 1
            del own.starts[index], own.runs[index]
        for fresh in trial.clients:
            del self._by_client[fresh]

    def take(self, steps: int) -> None:
        """Count steps of a trial. Raises `Malformed` where there are too many."""
        if self._trial is not None:
            self._trial.steps += steps
            if self._trial.steps > MAX_STEPS:
                raise Malformed("an update takes too much work")

    # --- runs -------------------------------------------------------------------------------

    def _find(self, unit: Id) -> Run | None:
        client, clock = unit
        own = self._by_client.get(client)
        if own is None:
            return None
        index = bisect_right(own.starts, clock) - 1
        if index < 0:
            return None
        run = own.runs[index]
        return run if clock < run.clock + run.length else None

    def _after(self, run: Run, clock: int) -> Id | None:
        """The unit directly after one of a run; None at the end of its text."""
        if clock + 1 < run.clock + run.length:
            return run.client, clock + 1
        return None if run.right is None else (run.right.client, run.right.clock)

    def _ending_at(self, unit: Id | None) -> Run | None:
        """The run that ends with a unit; a run that contains the unit is split where needed."""
        run = None if unit is None else self._find(unit)
        if run is not None and unit is not None and unit[1] + 1 != run.clock + run.length:
            self._split(run, unit[1] + 1)
        return run

    def _beginning_at(self, unit: Id | None) -> Run | None:
        """The run that begins with a unit; a run that contains the unit is split where needed."""
        run = None if unit is None else self._find(unit)
        if run is not None and unit is not None and unit[1] != run.clock:
            return self._split(run, unit[1])
        return run

    def _split(self, run: Run, clock: int) -> Run:
        """Split a run before `clock`; returns the second part."""
        before, length = clock - run.clock, run.clock + run.length - clock
        own = self._by_client[run.client]
        index = bisect_right(own.starts, clock)
        moved = (len(own.starts) - index) // _MOVED_IN_A_STEP
        self.take(1 + moved + before // _COUNTED_IN_A_STEP + length // _COPIED_IN_A_STEP)
        origin = run.client, clock - 1
        rest = Run(run.client, clock, length, origin, run.right_origin, run.root)
        run.length = before
        own.starts.insert(index, clock)
        own.runs.insert(index, rest)
        self._link(rest, run, run)
        return rest

    def _link(self, run: Run, after: Run | None, cut_from: Run | None = None) -> None:
        run.left = after
        run.right = self._heads.get(run.root) if after is None else after.right
        if after is None:
            self._heads[run.root] = run
        else:
            after.right = run
        if run.right is not None:
            run.right.left = run
        self.size += 1
        if self._trial is not None:
            self._trial.runs.append((run, cut_from))

    def _unlink(self, run: Run) -> None:
        if run.left is not None:
            run.left.right = run.right
        elif run.right is not None:
            self._heads[run.root] = run.right
        else:
            del self._heads[run.root]
        if run.right is not None:
            run.right.left = run.left

    # --- where an insert goes ---------------------------------------------------------------

    def _see(self, client: int, own: Client, at: int, other: int, to: int) -> None:
        """Note that an author who writes beside a unit has seen it, and all that its author saw."""
        known = own.seen.get(other, 0)
        if known >= to:
            return
        theirs = self._by_client[other]
        # Growths before the known part are known as well.
        first, last = (bisect_left(theirs.grew_at, clock) for clock in (known, to))
        self.take(_STEPS_TO_NOTE * (1 + last - first))
        for index in range(first, last):
            third, clock = theirs.grew_of[index], theirs.grew_to[index]
            if third != client and clock > own.seen.get(third, 0):
                self._note(own, at, third, clock)
        self._note(own, at, other, to)

    def _growths_beside(self, client: int, unit: Id) -> int:
        """How many growths `_see` would look at for a client that writes beside a unit."""
        other, clock = unit
        if other == client:
            return 0
        known = self._by_client[client].seen.get(other, 0)
        first, last = (bisect_left(self._by_client[other].grew_at, at) for at in (known, clock + 1))
        return last - first

    def _note(self, own: Client, at: int, other: int, to: int) -> None:
        if self._trial is not None:
            self._trial.seen.append((own, own.seen.get(other, 0)))
        own.see(at, other, to)
        self.size += 1

    def _check_adjacent(
        self,
        client: int,
        own: Client,
        clock: int,
        root: str,
        left: Run | None,
        right: Run | None,
    ) -> None:
        seen = own.seen
        between = self._heads.get(root) if left is None else left.right
        steps = 0
        while between is not right:
            if between is None:
                raise Malformed("an edit has its neighbours crossed")
            known = clock if between.client == client else seen.get(between.client, 0)
            if between.clock < known:
                raise Malformed("an edit names neighbours that never were")
            steps += 1
            if steps > MAX_STEPS:
                break
            between = between.right
        self.take(steps)

    def _resolve(
        self, client: int, struct: Struct, root: str, left: Run | None, right: Run | None
    ) -> Run | None:
        """The run after which an insert is placed: behind concurrent inserts that come first."""
        other = self._heads.get(root) if left is None else left.right
        passed: set[Run] = set()
        undecided: set[Run] = set()
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
            if self._trial is not None and len(passed) > MAX_STEPS:
                break
            other = other.right
        self.take(len(passed))
        return left
