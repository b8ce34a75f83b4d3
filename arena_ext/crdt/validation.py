"""The rules that an update must meet before the engine applies it, and their validator.

The rules accept the updates that an honest text editor can make, and no others:

- text in a root that the document has;
- under client ids that the author holds, each continuing at its next clock;
- placed beside existing units, or deleting existing units, all in one and the same root;
- between two neighbours that its author saw side by side (see `ordering`);
- never cutting a surrogate pair in two.

An `UpdateValidator` keeps, per client, only the data that these rules need: some bytes per run of
text and four per surrogate pair, not some per character.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.lib0 import Malformed

from .dependencies import as_they_fit, neighbours
from .ordering import Order
from .updates import Block, Deletion, Id, Struct, Update
from .written import Written, has, inside_pairs

#: Says whether the author of an update may write under a client id: False where the id belongs to
#: somebody else. It may raise `Malformed`.
Holds = Callable[[int], bool]


class MissingDependency(ArenaError):
    """An update depends on content that has not arrived: ask its sender to sync again."""

    code = "missing-dependency"


class ClientIdTaken(Malformed):
    """An edit under a client id that belongs to somebody else; `client` is the id."""

    code = "client-id-taken"

    def __init__(self, client: int) -> None:
        super().__init__("an edit under a client id of somebody else")
        self.client = client


@dataclass(frozen=True, slots=True)
class UpdateSummary:
    """The additions of an update: roots that it names, UTF-8 bytes of text, units, client ids."""

    roots: Set[str]
    text_bytes: int
    units: int
    clients: int


class UpdateValidator:
    """The units of text that exist, their order, and where a pair must not be cut."""

    def __init__(self) -> None:
        self._written: dict[int, Written] = {}
        self._order = Order()
        #: Number of units ever written, deleted ones included.
        self.units = 0
        #: Number of deleted ranges.
        self._ranges = 0

    @property
    def size(self) -> int:
        """The number of stored items, here and in the engine.

        Runs of text, growths of the sets of seen units, and deleted ranges.
        """
        return self._order.size + self._ranges

    def clocks(self) -> dict[int, int]:
        """For each client, the next clock expected of it: a state vector."""
        return {client: written.clock for client, written in self._written.items()}

    def clock(self, client: int) -> int:
        """The next clock expected of `client`."""
        written = self._written.get(client)
        return written.clock if written else 0

    def root_of(self, at: Id) -> str | None:
        """The root that a unit is in; None where there is no such unit."""
        return self._order.root_of(at)

    def before(self, at: Id) -> Id | None:
        """The unit directly before an existing one; None at the beginning of its text."""
        return self._order.before(at)

    def inside_pair(self, client: int, clock: int) -> bool:
        """Whether the boundary before `clock` lies inside a surrogate pair."""
        written = self._written.get(client)
        return written is not None and has(written.inside_pairs, clock)

    def check(self, update: Update, holds: Holds) -> UpdateSummary:
        """Summarise `update`; raises `Malformed` or `MissingDependency` where it breaks a rule.

        `ClientIdTaken` comes before all other errors about the same client.
        """
        text_bytes = units = 0
        fresh: dict[int, list[Struct]] = {}
        for block in update.blocks:
            known = self.clock(block.client)
            structs = [s for s in block.structs if s.clock + s.length > known]
            if not structs:
                continue  # a repeated edit: skipped, not punished
            if not holds(block.client):
                raise ClientIdTaken(block.client)
            if block.clock > known:
                raise MissingDependency
            text_bytes += sum(len(s.text.encode()) for s in structs if s.text is not None)
            units += structs[-1].clock + structs[-1].length - known
            fresh[block.client] = structs
        check = _Check(self, self._order, fresh)
        self._order.begin()
        try:
            roots = check.structs()
            for deletion in update.deletions:
                check.deletion(deletion)
        finally:
            self._order.roll_back()
        clients = sum(client not in self._written for client in fresh)
        return UpdateSummary(roots, text_bytes, units, clients)

    def integrate(self, update: Update) -> Set[str]:
        """Add an update that was applied; returns the roots that it names.

        Raises `MissingDependency` where it depends on content that is missing.
        """
        named: set[str] = set()
        left = sum(len(block.structs) for block in update.blocks)
        blocks = {block.client: block.structs for block in update.blocks}
        for client, struct, roots in as_they_fit(blocks, self._order):
            written = self._written.setdefault(client, Written())
            if struct.clock != written.clock:
                raise MissingDependency
            if struct.root is not None:
                named.add(struct.root)
            self._order.insert(client, struct, roots.pop() if roots else struct.root or "")
            written.clock += struct.length
            written.inside_pairs.extend(inside_pairs(struct))
            self.units += struct.length
            if struct.text is None:
                self._delete(Deletion(client, struct.clock, struct.length))
            left -= 1
        if left:
            raise MissingDependency
        for deletion in update.deletions:
            if deletion.client in self._written:
                self._delete(deletion)
        return named

    def take(self, update: Update, holds: Holds) -> int | None:
        """Check and add an update whose form is plain, if it is the actual change that it makes.

        So it is where it adds to what its author has written, each run between two units that are
        side by side, and deletes units that are there. Returns the cost of its cuts (see
        `Order.cut_cost`).
        Returns None, and changes nothing, where it does anything else, or must be refused.
        """
        cost = 0
        for deletion in update.deletions:
            cut = self._cost_of(deletion)
            if cut is None:
                return None
            cost += cut
        for block in update.blocks:  # one at most
            cut = self._extend(block, holds)
            if cut is None:
                return None
            cost += cut
        for deletion in update.deletions:
            self._delete(deletion)
        return cost

    def _cost_of(self, deletion: Deletion) -> int | None:
        """The cost of the cuts of a deletion; None unless all of its units are there."""
        client, clock, end = deletion.client, deletion.clock, deletion.clock + deletion.length
        written = self._written.get(client)
        if written is None or end > written.clock or written.deleted.overlap(clock, end):
            return None
        if written.inside_pairs and (
            self.inside_pair(client, clock) or self.inside_pair(client, end)
        ):
            return None
        cuts = self._order.cut_cost((client, clock)) + self._order.cut_cost((client, end - 1))
        return cuts + len(written.deleted)

    def _extend(self, block: Block, holds: Holds) -> int | None:
        """Add runs to what their author has written; returns the cost of their cuts, as `take`."""
        client, cost = block.client, 0
        written = self._written.get(client)
        if written is None or written.clock != block.clock or not holds(client):
            return None
        runs = list(block.structs) if len(block.structs) == 1 else _joined(block)
        if len(runs) > 1 or not self._order.extend(client, runs[0]):
            for run in runs:
                cut = self._order.gap_cost(client, run)
                if cut is None or (
                    run.origin and self.inside_pair(run.origin[0], run.origin[1] + 1)
                ):
                    return None
                cost += cut
            if len({(run.origin, run.right_origin) for run in runs}) < len(runs):
                return None
            for run in runs:
                beside = run.origin or run.right_origin or (client, 0)
                self._order.insert(client, run, self.root_of(beside) or "")
        for run in runs:
            written.clock += run.length
            written.inside_pairs.extend(inside_pairs(run))
            self.units += run.length
        return cost

    def _delete(self, deletion: Deletion) -> None:
        deleted = self._written[deletion.client].deleted
        self._ranges -= len(deleted)
        deleted.add(deletion.clock, deletion.clock + deletion.length)
        self._ranges += len(deleted)

    def cut(self, at: Id) -> None:
        """Count the engine's work for a cut at a unit; only while an update is checked."""
        written = self._written.get(at[0])
        self._order.cut(at, len(written.deleted) if written else 0)


class _Check:
    """The check of one update against the validator."""

    def __init__(
        self, validator: UpdateValidator, order: Order, fresh: Mapping[int, Sequence[Struct]]
    ) -> None:
        self._validator = validator
        #: In a trial, so that later structs find earlier ones.
        self._order = order
        #: Per client, its structs with new units, and the clocks where they begin; and, where
        #: needed, the clocks at which a pair must not be cut.
        self._fresh = fresh
        self._starts = {
            client: [struct.clock for struct in structs] for client, structs in fresh.items()
        }
        self._inside: dict[Id, Sequence[int]] = {}

    def structs(self) -> Set[str]:
        """Check where every fresh struct is placed; returns the roots that they name."""
        named: set[str] = set()
        left = sum(map(len, self._fresh.values()))
        for client, struct, roots in as_they_fit(self._fresh, self._order):
            if struct.root is not None:
                named.add(struct.root)
                roots.add(struct.root)
            known = self._validator.clock(client)
            if struct.clock < known:
                # Its first part is known already, so the rest is placed after that part.
                self._boundary(client, known)
                root = self._order.root_of((client, known - 1))
                if root is not None:
                    roots.add(root)
            if struct.origin is not None:
                self._boundary(struct.origin[0], struct.origin[1] + 1)
            if struct.right_origin is not None:
                self._boundary(*struct.right_origin)
            root = roots.pop()
            if roots:
                raise Malformed("an edit joins two texts")
            self._insert(client, struct, root, known)
            left -= 1
        if left:
            raise self._stuck()
        return named

    def deletion(self, deletion: Deletion) -> None:
        """Check that a deleted range exists and cuts no character."""
        end = deletion.clock + deletion.length
        structs = self._fresh.get(deletion.client)
        known = self._validator.clock(deletion.client)
        if end > (structs[-1].clock + structs[-1].length if structs else known):
            raise MissingDependency
        self._validator.cut((deletion.client, deletion.clock))
        self._boundary(deletion.client, deletion.clock)
        self._boundary(deletion.client, end)

    def _insert(self, client: int, struct: Struct, root: str, known: int) -> None:
        """Insert `struct`, or the part of it that is not known, during the trial."""
        if struct.clock < known:
            rest = struct.clock + struct.length - known
            struct = Struct(known, rest, None, (client, known - 1), struct.right_origin, None)
        self._order.insert(client, struct, root, check=True)

    def _stuck(self) -> Exception:
        for structs in self._fresh.values():
            for struct in structs:
                for at in neighbours(struct):
                    if self._order.root_of(at) is None and self._struct(at) is None:
                        return MissingDependency()
        return Malformed("edits wait for each other")

    def _struct(self, at: Id) -> Struct | None:
        """The fresh struct that holds a unit."""
        starts = self._starts.get(at[0], [])
        index = bisect_right(starts, at[1]) - 1
        if index < 0:
            return None
        struct = self._fresh[at[0]][index]
        return struct if at[1] < struct.clock + struct.length else None

    def _boundary(self, client: int, clock: int) -> None:
        """Raise `Malformed` if the boundary before `clock` is inside a surrogate pair."""
        cut = self._validator.inside_pair(client, clock)
        struct = None if client not in self._fresh else self._struct((client, clock))
        if struct is not None and struct.text is not None and not struct.text.isascii():
            at = client, struct.clock
            if at not in self._inside:
                self._inside[at] = array("I", inside_pairs(struct))
            cut = cut or has(self._inside[at], clock)
        if cut:
            raise Malformed("an edit cuts a character in two")


def _joined(block: Block) -> list[Struct]:
    """The runs of a block, each in one piece."""
    runs: list[Struct] = []
    for struct in block.structs:
        goes_on = struct.origin == (block.client, struct.clock - 1)
        if runs and goes_on and struct.right_origin == runs[-1].right_origin:
            text = (runs[-1].text or "") + (struct.text or "")
            runs[-1] = replace(runs[-1], text=text, length=runs[-1].length + struct.length)
        else:
            runs.append(struct)
    return runs
