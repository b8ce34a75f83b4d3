"""Fuzzer of hostile messages: none may crash or hang the server, or make two copies differ.

`python -m tests.load.fuzz --cases 1000000` (`make fuzz`) is the long run; the tests do a short one.
Short updates are here, those in plain form in `fuzz_plain`, long ones in `fuzz_large`, presence
and events in `fuzz_wire`, and output of runs in `fuzz_output`. A case that fails prints its
seed: add it to `PINNED`.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
import sys
import time

from arena_ext.crdt.replica import Replica
from arena_ext.protocol.lib0 import blob, uint
from tests.load.fuzz_case import Figures, judged, mutated
from tests.load.fuzz_large import large_round
from tests.load.fuzz_output import output_round
from tests.load.fuzz_plain import plain_round
from tests.load.fuzz_wire import event_round, frame_round
from tests.support.honest import Editor
from tests.support.replicas import applied, fresh_replica

#: Seeds of rounds that failed once.
PINNED = (1, 18)
#: One of so many seeds has a long case, which takes as long as a thousand short ones.
LARGE_EVERY = 4
#: Cases of a round: then all copies are compared, and the next round has a new replica.
ROUND = 500
#: Final states that are checked with Yjs in one batch.
AT_ONCE = 200
#: Client ids of the honest editors, and those of forged updates.
HONEST, FORGER = (3, 8), (5, 6, 2**32 - 1)


def forge(chance: random.Random, replica: Replica, honest: list[bytes]) -> bytes:
    """An update that an attacker might send."""
    match chance.randrange(5):
        case 0:
            return chance.randbytes(chance.randint(0, 60))
        case 1 | 2:
            return mutated(chance, chance.choice(honest))
        case _:
            return invented(chance, replica)


def invented(chance: random.Random, replica: Replica) -> bytes:
    """A well-formed update in which every number is near a valid one."""
    clocks = replica._validator.clocks()

    def client() -> int:
        return chance.choice([*HONEST, *FORGER, chance.randrange(2**32)])

    def near(of: int) -> int:
        known = clocks.get(of, 0)
        return max(0, known + chance.choice([-9, -2, -1, 0, 0, 0, 0, 0, 0, 0, 0, 1]))

    def unit() -> bytes:
        of = chance.choice([*clocks, *clocks, client()])
        return uint(of) + uint(chance.randrange(max(1, clocks.get(of, 0) + 1)))

    def struct() -> bytes:
        sides = chance.choice([0, 0x80, 0x40, 0xC0, 0xC0])
        kind = chance.choice([4] * 9 + [1, chance.randrange(32)])
        body = bytes([sides | kind | chance.choice([0] * 9 + [0x20])])
        body += b"".join(unit() for bit in (0x80, 0x40) if sides & bit)
        if not sides:
            body += b"\x01" + blob(chance.choice([b"code"] * 4 + [b"notes", b"code/f"]))
        if kind == 4:
            return body + blob(chance.choice(["x", "y😀", "日", "", "abc" * 9]).encode())
        return body + uint(chance.choice([0, 1, 2, 2**31, chance.randrange(99)]))

    update = uint(blocks := chance.choice([0, 1, 1, 1, 2]))
    for _ in range(blocks):
        of = chance.choice([*FORGER, *FORGER, *FORGER, client()])
        structs = chance.choice([0, 1, 1, 1, 1, 2, 3])
        update += uint(structs) + uint(of) + uint(near(of))
        update += b"".join(struct() for _ in range(structs))
    update += uint(deletes := chance.choice([0, 0, 1, 2]))
    for _ in range(deletes):
        of = client()
        update += (
            uint(of) + b"\x01" + uint(near(of) // 2) + uint(chance.choice([0, 1, 1, 2, 3, 2**31]))
        )
    return update


def fuzz_round(seed: int, figures: Figures) -> None:
    """`ROUND` cases on one replica; raises AssertionError with the seed if a check fails."""
    chance = random.Random(seed)
    replica = fresh_replica()
    editors = [Editor(client) for client in HONEST]
    honest = [applied(replica, editors[0].insert(0, "a😀b日x"), lambda _: True) or b""]
    for _ in range(ROUND):
        if chance.random() < 0.05:
            honest.append(type_honestly(chance, chance.choice(editors), replica))
        update = forge(chance, replica, honest)
        judged(seed, replica, update, lambda client: client in FORGER, figures)
    state = replica.since(b"\x00")
    late = Editor(99)
    late.apply(state)
    assert late.text == replica.text(), f"seed {seed}: a late joiner reads another text"
    for editor in editors:
        editor.apply(replica.since(editor.state_vector()))
        assert editor.text == replica.text(), f"seed {seed}: an editor reads another text"
    figures.ends.append((state, replica.text()))


def type_honestly(chance: random.Random, editor: Editor, replica: Replica) -> bytes:
    """An honest edit between the hostile ones; it must be accepted."""
    editor.apply(replica.since(editor.state_vector()))
    length = len(editor.text)
    if length > 5 and chance.random() < 0.4:
        start = chance.randrange(length - 1)
        update = editor.delete(start, start + 1)
    else:
        update = editor.insert(chance.randint(0, length), chance.choice(["q", "é😀", "日本"]))
    applied(replica, update, lambda client: client == editor.client)
    return update


def fuzz(cases: int, seed: int) -> Figures:
    """Run `cases` cases, and check the final states with Yjs."""
    figures = Figures()
    for number in itertools.chain(PINNED, itertools.count(seed)):
        if figures.cases >= cases and number not in PINNED:
            break
        gc.disable()  # else the time of a case includes the garbage collection of the others
        for a_round in (fuzz_round, plain_round, frame_round, event_round, output_round):
            a_round(number, figures)
        if number % LARGE_EVERY == 0:
            large_round(number, figures)
        gc.enable()
        if len(figures.ends) >= AT_ONCE:
            figures.judge()
    figures.judge()
    return figures


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    options = parser.parse_args()
    began = time.monotonic()
    figures = fuzz(options.cases, options.seed)
    print(
        f"{figures.cases} cases in {time.monotonic() - began:.0f} s (seed {options.seed}), "
        f"{figures.agreed} ends agree with Yjs: {dict(figures.outcomes)}; the slowest: "
        + ", ".join(
            f"{kind} {took * 1000:.1f} ms, {figures.shares[kind]:.0%} of what it may"
            for kind, took in figures.slowest.items()
        )
    )
    return 1 if figures.hung else 0


if __name__ == "__main__":
    sys.exit(main())
