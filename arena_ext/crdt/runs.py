"""Runs of units that were typed one after the other, and what each client has seen of others."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from .updates import Id


@dataclass(eq=False, slots=True)
class Run:
    """Units of one client, typed one after the other; `origin` and `right_origin` as in Yjs."""

    client: int
    clock: int
    length: int
    origin: Id | None
    right_origin: Id | None
    root: str
    left: Run | None = None
    right: Run | None = None

    @property
    def last(self) -> Id:
        """Its last unit."""
        return self.client, self.clock + self.length - 1


@dataclass(slots=True)
class Client:
    """The runs of one client, by their first clock, and the units of others that it has seen."""

    starts: list[int] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    #: The units that its author must have seen: per other client, the next clock.
    seen: dict[int, int] = field(default_factory=dict)
    #: Each growth of `seen`: the own clock, the other client, and the next clock of that client.
    grew_at: array[int] = field(default_factory=lambda: array("q"))
    grew_of: array[int] = field(default_factory=lambda: array("q"))
    grew_to: array[int] = field(default_factory=lambda: array("q"))

    def see(self, at: int, other: int, to: int) -> None:
        """Note that from its clock `at` on, its author has seen `other` before clock `to`."""
        self.seen[other] = to
        self.grew_at.append(at)
        self.grew_of.append(other)
        self.grew_to.append(to)

    def unsee(self, was: int) -> None:
        """Undo the last `see`; `was` is the next clock of the other client before it."""
        other = self.grew_of.pop()
        del self.grew_at[-1], self.grew_to[-1]
        if was:
            self.seen[other] = was
        else:
            del self.seen[other]


@dataclass(slots=True)
class Trial:
    """Changes since `begin`, to be undone: new clients, new runs, and growths of `seen`."""

    clients: list[int] = field(default_factory=list)
    #: New runs; for the second part of a split run, also its first part.
    runs: list[tuple[Run, Run | None]] = field(default_factory=list)
    seen: list[tuple[Client, int]] = field(default_factory=list)
    steps: int = 0
