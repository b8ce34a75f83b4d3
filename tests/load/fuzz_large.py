"""Long hostile updates: thousands of parts, many clients, deep chains; each fits one frame."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from arena_ext.crdt.updates import Id
from arena_ext.protocol.limits import MAX_FRAME
from tests.load.fuzz_case import Figures, judged, mutated
from tests.support.forged import struct, update
from tests.support.honest import Editor
from tests.support.replicas import applied, fresh_replica

#: Long cases on one replica, with one seed.
ROUND = 1
#: Parts of an update for which the time limit of a short case applies; with more parts the limit
#: grows in proportion. An hour of typing without a connection has 5000 to 8000 parts.
PARTS = 1500
#: Client ids of forged updates.
FORGER = range(100, 300)

Known = Mapping[int, int]


def large_round(seed: int, figures: Figures) -> None:
    """Long cases on one replica; raises AssertionError with the seed if a check fails."""
    chance = random.Random(seed)
    replica = fresh_replica()
    honest = Editor(8)
    applied(replica, honest.insert(0, "a😀b日x" * chance.choice([1, 100, 5000])), lambda _: True)
    if chance.random() < 0.2:
        replica.set_text(chance.choice("xé😀") * 220_000)
    for _ in range(ROUND):
        known = replica._validator.clocks()
        kind = chance.choice(KINDS)
        data = kind(chance, chance.choice([50, 500, 3000, 8000, 13_000]), known)[:MAX_FRAME]
        if chance.random() < 0.1:
            data = mutated(chance, data)
        judged(seed, replica, data, lambda client: client in FORGER, figures, PARTS)
    state, text = replica.since(b"\x00"), replica.text()
    late = Editor(99)
    late.apply(state)
    assert late.text == text, f"seed {seed}: a late joiner reads another text"
    assert applied(replica, late.insert(0, "go on"), lambda client: client == 99)
    figures.ends.append((state, text))


# --- kinds of long updates ------------------------------------------------------------------------


def chain(chance: random.Random, parts: int, known: Known) -> bytes:
    """One client; each struct is to the left or right of one that it wrote shortly before."""
    client = chance.choice(FORGER)
    first = known.get(client, 0)
    near, side = chance.choice([1, 2, 50]), chance.random()

    def one(clock: int) -> bytes:
        if clock == 0:
            return struct()
        beside = client, max(0, clock - chance.randint(1, near))
        if chance.random() < side:
            return struct(beside)
        # Without a left origin: the position before the last struct is also that of the first one.
        return struct(right=(client, clock - 1))

    return update({client: [one(first + n) for n in range(parts)]}, first={client: first})


def apart(chance: random.Random, parts: int, known: Known) -> bytes:
    """One client inserts all over another client's text, and so splits its items."""
    client, length = chance.choice(FORGER), known[8]
    first = known.get(client, 0)
    clocks = [chance.randrange(length) for _ in range(parts)]
    if chance.random() < 0.5:
        clocks.sort(reverse=chance.random() < 0.5)
    structs = [
        struct((8, clock), (8, clock + 1) if chance.random() < 0.9 and clock + 1 < length else None)
        for clock in clocks
    ]
    return update({client: structs}, first={client: first})


def cluster(chance: random.Random, parts: int, known: Known) -> bytes:
    """Many clients at one place, each once or a few times."""
    place: Id | None = chance.choice([None, (8, 0), (8, known[8] - 1)])
    fresh = [client for client in FORGER if client not in known] or [FORGER[0]]
    clients = chance.sample(fresh, min(len(fresh), max(1, parts // 20)))
    if chance.random() < 0.7:
        clients.sort(reverse=chance.random() < 0.5)
    each = chance.choice([1, 2, 20])
    return update(
        {
            client: [struct(place), *(struct((client, n)) for n in range(each - 1))]
            for client in clients
        },
        first={client: known.get(client, 0) for client in clients},
    )


def in_turn(chance: random.Random, parts: int, known: Known) -> bytes:
    """A few clients in turn, each directly after the last struct of the client before it."""
    clients = chance.sample(FORGER, chance.choice([2, 3, 20, 150]))
    rounds = max(1, parts // len(clients))
    first = {client: known.get(client, 0) for client in clients}
    structs: dict[int, list[bytes]] = {client: [] for client in clients}
    last: Id | None = None
    for number in range(rounds):
        for client in clients:
            structs[client].append(struct(last))
            last = client, first[client] + number
    order = chance.choice([clients, clients[::-1], sorted(clients)])
    return update({client: structs[client] for client in order}, first=first)


def deletions(chance: random.Random, parts: int, known: Known) -> bytes:
    """Many ranges: consecutive, repeated, or scattered."""
    client = chance.choice([8, *known])
    length = known[client]
    step, size = chance.choice([0, 1, 2, -2]), chance.choice([1, 1, 2, 9])
    start = chance.choice([0, length])
    ranges = [((start + n * step) % max(1, length), size) for n in range(parts)]
    if chance.random() < 0.3:
        ranges = [(chance.randrange(length), 1) for _ in range(parts)]
    return update({}, {client: ranges})


def emoji(chance: random.Random, parts: int, known: Known) -> bytes:
    """A long text of surrogate pairs, with deletions at many places, some inside a pair."""
    client = chance.choice(FORGER)
    first = known.get(client, 0)
    pairs = chance.choice(["😀", "a😀"]) * (parts * 2)
    units = len(pairs.encode("utf-16-le")) // 2
    inside = chance.choice([0, 0, 1])
    step = units // (parts * 2) or 1
    ranges = [(first + n * step * 2 + inside, step) for n in range(parts // 2)]
    beside = None if first == 0 else (client, first - 1)
    return update({client: [struct(beside, text=pairs)]}, {client: ranges}, first={client: first})


def waiting(chance: random.Random, parts: int, known: Known) -> bytes:
    """Clients that depend on each other, in a chain or a cycle, sometimes with one missing."""
    clients = chance.sample(FORGER, chance.choice([3, 100, 190]))
    first = {client: known.get(client, 0) for client in clients}
    each = max(1, parts // len(clients))
    last = chance.choice([None, (clients[0], first[clients[0]]), (7, 3)])
    structs = {}
    for client, behind in zip(clients, [*clients[1:], None], strict=True):
        beside = last if behind is None else (behind, first[behind] + each - 1)
        structs[client] = [struct(beside)] * each
    return update(structs, first=first)


KINDS: tuple[Callable[[random.Random, int, Known], bytes], ...] = (
    *(chain, chain, apart, apart, cluster, in_turn),
    *(deletions, emoji, waiting),
)
