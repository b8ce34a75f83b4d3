"""The order in which the structs of an update can be inserted: each after its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush

from .ordering import Order
from .updates import Id, Struct


def as_they_fit(
    blocks: Mapping[int, Sequence[Struct]], order: Order
) -> Iterator[tuple[int, Struct, set[str]]]:
    """Yields structs in an order in which the neighbours of each exist, with their roots.

    A struct has to be inserted into `order` before the next one is asked for. Yjs integrates in the
    same way. Structs whose neighbours never appear are left out.
    """
    done = dict.fromkeys(blocks, 0)
    #: Per client, its clocks that other clients wait for.
    waiting: dict[int, list[tuple[int, int]]] = {}
    ready = list(blocks)
    while ready:
        client = ready.pop()
        structs = blocks[client]
        while done[client] < len(structs):
            struct = structs[done[client]]
            roots: set[str] = set()
            for other, clock in neighbours(struct):
                root = order.root_of((other, clock))
                if root is None:
                    heappush(waiting.setdefault(other, []), (clock, client))
                    break
                roots.add(root)
            else:
                yield client, struct, roots
                done[client] += 1
                continue
            break  # until its neighbour exists
        followers = waiting.get(client, [])
        while followers and order.root_of((client, followers[0][0])) is not None:
            ready.append(heappop(followers)[1])


def neighbours(struct: Struct) -> list[Id]:
    """The units between which a struct is inserted."""
    return [at for at in (struct.origin, struct.right_origin) if at is not None]
