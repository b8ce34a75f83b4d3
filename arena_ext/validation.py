"""What an update must be like before native code sees it: the ledger of what is written, and rules.

The rules let through what an honest text editor can produce and nothing else:

- text in a root that the document has;
- under client ids that the author holds, each continuing where it left off;
- placed beside, or deleting, only what exists, all in one and the same root;
- between two neighbours that its author saw side by side (see `order`);
- never cutting a surrogate pair in two.

A `Ledger` remembers, per client, just what these rules ask about. It costs a few bytes per run
of text, not per character.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Set
from dataclasses import dataclass, field

from .frames import Malformed
from .order import Order
from .updates import Deletion, Id, Struct, Update, utf16_length

#: Tells whether the author of an update may write under a client id.
Holds = Callable[[int], bool]


class Gap(Exception):
    """An update builds on something that has not arrived: ask its sender to sync again."""


@dataclass(slots=True)
class _Written:
    """What one client has written so far."""

    #: The next clock, in UTF-16 units.
    clock: int = 0
    #: Clocks between the two halves of a surrogate pair.
    inside_pairs: set[int] = field(default_factory=set)

    def extend(self, struct: Struct) -> None:
        """Take note of `struct`, which goes on where the last one ended."""
        if struct.text is not None and not struct.text.isascii():
            clock = struct.clock
            for character in struct.text:
                if character > "\uffff":
                    self.inside_pairs.add(clock + 1)
                    clock += 1
                clock += 1
        self.clock = struct.clock + struct.length


@dataclass(frozen=True, slots=True)
class News:
    """What an update would add: roots that it names, UTF-8 bytes of text, client ids."""

    roots: Set[str]
    text_bytes: int
    clients: int


class Ledger:
    """Which units of text exist, where they stand, and where a pair must not be cut."""

    def __init__(self) -> None:
        self._written: dict[int, _Written] = {}
        self._order = Order()

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

    def inside_pair(self, client: int, clock: int) -> bool:
        """Whether the boundary before `clock` lies inside a surrogate pair."""
        written = self._written.get(client)
        return written is not None and clock in written.inside_pairs

    def check(self, update: Update, holds: Holds) -> News:
        """Say what `update` would add; raises `Malformed` or `Gap` where it breaks a rule."""
        text_bytes = 0
        fresh: dict[int, list[Struct]] = {}
        for block in update.blocks:
            known = self.clock(block.client)
            if block.clock > known:
                raise Gap
            structs = [s for s in block.structs if s.clock + s.length > known]
            if not structs:
                continue  # a repeated edit: skipped, not punished
            if not holds(block.client):
                raise Malformed("an edit under a client id of somebody else")
            text_bytes += sum(len(s.text.encode()) for s in structs if s.text is not None)
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
        return News(roots, text_bytes, clients)

    def learn(self, update: Update) -> Set[str]:
        """Take note of what an applied update changed; returns the roots that it names.

        Raises `Gap` where it has parts that nothing holds.
        """
        named: set[str] = set()
        # A struct may sit beside one of a later block, and so has to wait for it.
        waiting = [(block.client, deque(block.structs)) for block in update.blocks]
        while waiting:
            progress = False
            for client, structs in waiting:
                written = self._written.setdefault(client, _Written())
                while structs and (root := self._place(structs[0])) is not None:
                    struct = structs.popleft()
                    if struct.clock != written.clock:
                        raise Gap
                    if struct.root is not None:
                        named.add(struct.root)
                    self._order.insert(client, struct, root)
                    written.extend(struct)
                    progress = True
            waiting = [(client, structs) for client, structs in waiting if structs]
            if waiting and not progress:
                raise Gap
        return named

    def _place(self, struct: Struct) -> str | None:
        """The root that `struct` is in; None while a unit that it sits beside is not known."""
        roots = [self._order.root_of(at) for at in _neighbours(struct)]
        if None in roots:
            return None
        return struct.root if struct.root is not None else roots[0]


class _Check:
    """One update against the ledger.

    Structs are checked in an order in which each finds what it is placed beside, as Yjs will
    integrate them; where there is no such order the update is refused.
    """

    def __init__(self, ledger: Ledger, order: Order, fresh: dict[int, list[Struct]]) -> None:
        self._ledger = ledger
        #: In a trial, so that later structs find the ones before them.
        self._order = order
        #: Per client, the structs that go past what is known, and how many were checked.
        self._fresh = fresh
        self._checked = dict.fromkeys(fresh, 0)

    def structs(self) -> Set[str]:
        """Check where every fresh struct is placed; returns the roots that they name."""
        named: set[str] = set()
        waiting = set(self._fresh)
        while waiting:
            before = sum(self._checked.values())
            waiting = {client for client in waiting if not self._advance(client, named)}
            if waiting and before == sum(self._checked.values()):
                raise self._stuck(waiting)
        return named

    def deletion(self, deletion: Deletion) -> None:
        """Check that a deleted range exists and cuts no character."""
        end = deletion.clock + deletion.length
        structs = self._fresh.get(deletion.client)
        known = self._ledger.clock(deletion.client)
        if end > (structs[-1].clock + structs[-1].length if structs else known):
            raise Gap
        self._boundary(deletion.client, deletion.clock)
        self._boundary(deletion.client, end)

    def _advance(self, client: int, named: set[str]) -> bool:
        """Check the structs of `client` as far as they find their neighbours; True at the end."""
        structs = self._fresh[client]
        while self._checked[client] < len(structs):
            struct = structs[self._checked[client]]
            sides = {self._order.root_of(at) for at in _neighbours(struct)}
            if None in sides:
                return False
            if struct.root is not None:
                named.add(struct.root)
                sides.add(struct.root)
            known = self._ledger.clock(client)
            if struct.clock < known:
                # Its first part is known already, and tells where the rest is.
                self._boundary(client, known)
                sides.add(self._order.root_of((client, known - 1)))
            if struct.origin is not None:
                self._boundary(struct.origin[0], struct.origin[1] + 1)
            if struct.right_origin is not None:
                self._boundary(*struct.right_origin)
            root = sides.pop()
            if sides or root is None:
                raise Malformed("an edit joins two texts")
            self._insert(client, struct, root, known)
            self._checked[client] += 1
        return True

    def _insert(self, client: int, struct: Struct, root: str, known: int) -> None:
        """Put `struct`, or what of it is not known, in its place for the time of this check."""
        if struct.clock < known:
            rest = struct.clock + struct.length - known
            struct = Struct(known, rest, None, (client, known - 1), struct.right_origin, None)
        self._order.insert(client, struct, root, check=True)

    def _stuck(self, waiting: set[int]) -> Exception:
        for client in waiting:
            struct = self._fresh[client][self._checked[client]]
            for at in _neighbours(struct):
                if at[1] >= self._ledger.clock(at[0]) and self._index(at) is None:
                    return Gap()
        return Malformed("edits wait for each other")

    def _index(self, at: Id) -> int | None:
        """Which fresh struct of its client holds a unit."""
        structs = self._fresh.get(at[0], [])
        index = bisect_right(structs, at[1], key=lambda struct: struct.clock) - 1
        if index < 0 or at[1] >= structs[index].clock + structs[index].length:
            return None
        return index

    def _boundary(self, client: int, clock: int) -> None:
        """Raise `Malformed` if the boundary before `clock` is inside a surrogate pair."""
        cut = self._ledger.inside_pair(client, clock)
        index = self._index((client, clock))
        if index is not None:
            cut = cut or _cuts_pair(self._fresh[client][index], clock)
        if cut:
            raise Malformed("an edit cuts a character in two")


def _neighbours(struct: Struct) -> list[Id]:
    return [at for at in (struct.origin, struct.right_origin) if at is not None]


def _cuts_pair(struct: Struct, clock: int) -> bool:
    """Whether the boundary before `clock` lies inside a surrogate pair of `struct`."""
    if struct.text is None or struct.text.isascii():
        return False
    offset = clock - struct.clock
    return utf16_length(utf16_prefix(struct.text, offset)) != offset


def utf16_prefix(text: str, units: int) -> str:
    """The longest prefix of `text` with at most `units` UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
