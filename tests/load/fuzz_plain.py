"""Updates in and near the plain form: who is asked later must say what is said at once.

Each case is given to two replicas. One asks the engine for each update; the other asks it at random
moments, and when it has to. Outcomes, changes, texts and state vectors are the same, also for a
page that gets each change as it is relayed, and for a replica that loads them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from arena_ext.crdt.replica import Replica, TextFull
from arena_ext.crdt.updates import Id, Update, decode, decode_state_vector
from arena_ext.crdt.validation import MissingDependency
from arena_ext.protocol.lib0 import Malformed, uint
from arena_ext.protocol.limits import MAX_PARTS
from tests.load.fuzz_case import Figures, mutated, timed
from tests.support.forged import struct, update
from tests.support.honest import Editor
from tests.support.replicas import asking_replica, fresh_replica

#: Cases on one pair of replicas.
ROUND = 150
HONEST, FORGER = (3, 8, 2**32 - 5), (5, 6, 300)
TEXTS = ("a", "b", "\n", "é", "日本", "😀", "x😀y", "word " * 30)


@dataclass
class Pair:
    """The two replicas, a page that gets the changes of the first, and these changes."""

    later: Replica = field(default_factory=fresh_replica)
    at_once: Replica = field(default_factory=asking_replica)
    page: Editor = field(default_factory=lambda: Editor(77))
    log: list[bytes] = field(default_factory=list)

    def give(self, data: bytes, holds: Sequence[int]) -> str:
        """Give both an update; returns the outcome. Raises AssertionError if they differ."""
        waiting = len(self.later._unsent)
        outcome, change = _outcome(self.later, data, holds)
        expected, asked = _outcome(self.at_once, data, holds)
        assert outcome == expected, f"{outcome} instead of {expected}"
        if change is None or asked is None:
            assert change is asked
            return outcome
        assert meaning(change) == meaning(asked)
        self.log.append(change.data)
        self.page.apply(change.data)
        return "taken later" if len(self.later._unsent) > waiting else outcome

    def compare(self) -> None:
        """Raise AssertionError if a text or a state vector differs."""
        clocks = decode_state_vector(self.at_once.state_vector())
        assert decode_state_vector(self.later.state_vector()) == clocks
        assert decode_state_vector(self.page.state_vector()) == clocks
        text = self.at_once.text()
        assert self.later.text() == text, "the texts differ"
        assert self.page.text == text, "what was relayed makes another text"
        assert self.later._size == self.at_once._size == len(text.encode())
        one, other = self.later._validator, self.at_once._validator
        assert (one.size, one.units) == (other.size, other.units)


def plain_round(seed: int, figures: Figures) -> None:
    """`ROUND` cases on one pair; raises AssertionError with the seed if a check fails."""
    chance = random.Random(seed)
    pair = Pair()
    editors = [Editor(client) for client in HONEST]
    honest = [editors[0].insert(0, "def f():\n    return '日😀'\n")]
    pair.give(honest[0], HONEST)
    for _ in range(ROUND):
        kind = chance.random()
        if kind < 0.5:
            data, holds = typed(chance, chance.choice(editors), pair), HONEST
            honest.append(data)
        else:
            known = pair.at_once._validator.clocks()
            data = near(chance, known, pair) if kind < 0.9 else mutated(chance, honest[-1])
            holds = chance.choice([FORGER, FORGER, HONEST])
        with timed(seed, figures, "twice") as case:
            try:
                case.outcome = pair.give(data, holds)
                if chance.random() < 0.1:
                    pair.compare()
                if chance.random() < 0.02:
                    pair.later.since(b"\x00")
            except AssertionError as error:
                raise AssertionError(f"seed {seed}: {error} at {data!r}") from None
    pair.compare()
    again = fresh_replica()
    for each in pair.log:
        again.load(decode(each))
    again.settle()
    assert again.text() == pair.later.text(), f"seed {seed}: its log makes another text"
    figures.ends += [
        (each.since(b"\x00"), each.text()) for each in (pair.later, pair.at_once, again)
    ]


def _outcome(replica: Replica, data: bytes, holds: Sequence[int]) -> tuple[str, Update | None]:
    try:
        change = replica.apply(decode(data, MAX_PARTS), lambda client: client in holds)
    except (Malformed, MissingDependency, TextFull) as refusal:
        return type(refusal).__name__, None
    return ("nothing new" if change is None else "taken"), change


def meaning(change: Update) -> tuple[object, ...]:
    """The content of a change, with pieces of one run put together, and sets of what it deletes."""
    runs: list[list[object]] = []
    for block in sorted(change.blocks, key=lambda block: block.client):
        last: tuple[object, ...] = ()
        for each in block.structs:
            goes_on = each.origin == (block.client, each.clock - 1) and each.text is not None
            if goes_on and last == (block.client, each.right_origin):
                runs[-1][-1] = str(runs[-1][-1]) + str(each.text)
                continue
            runs.append([block.client, each.clock, each.origin, each.right_origin, each.root])
            runs[-1].append(each.length if each.text is None else each.text)
            last = () if each.text is None else (block.client, each.right_origin)
    gone = {
        (each.client, clock)
        for each in change.deletions
        for clock in range(each.clock, each.clock + each.length)
    }
    return tuple(map(tuple, runs)), frozenset(gone)


# --- kinds of cases -------------------------------------------------------------------------------


def typed(chance: random.Random, editor: Editor, pair: Pair) -> bytes:
    """What an honest page sends, with or without the latest edits of others."""
    if chance.random() < 0.5 or not editor.text:
        editor.apply(pair.page.since(editor.state_vector()))
    length = len(editor.text)
    at = chance.choice([0, length, length // 2, chance.randint(0, length)])
    if length > 4 and chance.random() < 0.4:
        return editor.delete(
            start := min(at, length - 1), min(length, start + chance.choice([1, 1, 4]))
        )
    if length > 9 and chance.random() < 0.1:
        return editor.insert_at([length - 1, length // 2, 1], chance.choice(TEXTS))
    if length > 4 and chance.random() < 0.1:
        return editor.replace(
            start := chance.randrange(length - 1), start + 1, chance.choice(TEXTS)
        )
    return editor.insert(at, chance.choice(TEXTS))


def near(chance: random.Random, known: dict[int, int], pair: Pair) -> bytes:
    """An update of a forger: in plain form, or nearly so."""
    client = chance.choice(FORGER)
    clock = known.get(client, 0)
    units = [(of, chance.randrange(until)) for of, until in known.items()]
    unit: Id = chance.choice(units)
    structs: list[bytes] = []
    if chance.random() < 0.7:
        structs, end = pieces(chance, client, clock, unit, pair)
        while chance.random() < 0.3:  # at another place, or at the same
            more, end = pieces(chance, client, end, chance.choice(units), pair)
            structs += more
    gone: dict[int, list[tuple[int, int]]] = {}
    for of, start in units if not structs or chance.random() < 0.2 else []:
        if chance.random() < 0.5:
            gone[of] = [(start, chance.choice([1, 1, 1, 2, 5]))]
            if chance.random() < 0.3:
                gone[of].append((max(0, start + chance.choice([-1, 1, 2, 7])), 1))
    first = clock + chance.choice([0] * 12 + [1, -1]) if clock else 0
    data = update({client: structs} if structs else {}, gone, first={client: first})
    if chance.random() < 0.05:  # a number that is longer than it need be
        data = data.replace(uint(client), longer(client), 1)
    return data


def pieces(
    chance: random.Random, client: int, clock: int, unit: Id, pair: Pair
) -> tuple[list[bytes], int]:
    """A run in one piece or more, mostly beside a unit; and the next clock."""
    order = pair.at_once._validator._order
    run = order._find(unit)
    after = None if run is None else order._after(run, unit[1])
    beside: Id | None = unit
    match chance.randrange(8):
        case 0 if clock:  # where it wrote last
            beside = (client, clock - 1)
            run = order._find(beside)
            after = None if run is None else (order._after(run, clock - 1))
        case 1:
            beside, after = order.before(unit), unit
        case 2:
            after = chance.choice([None, (unit[0], unit[1] + 2)])
    if beside is None and after is None:
        after = unit
    texts = [chance.choice(TEXTS) for _ in range(chance.choice([1, 1, 1, 2, 3, 20]))]
    structs = []
    for text in texts:
        structs.append(struct(beside, after, text))
        clock += len(text.encode("utf-16-le")) // 2
        beside = (client, max(0, clock - 1 - (chance.random() < 0.02)))
    return structs, clock


def longer(value: int) -> bytes:
    """A varint with a byte more than its shortest form."""
    data = uint(value)
    return data[:-1] + bytes((data[-1] | 0x80, 0))
