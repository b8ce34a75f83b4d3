"""The rows of the table about servers under load: what is promised, and what is aimed at."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks import attack, playback
from benchmarks.load import generator, late, notebook, rounds, single
from benchmarks.load.generator import FAULTS, Result
from benchmarks.load.rounds import Measured
from benchmarks.load.servers import ARENA, HOCUSPOCUS, RELAY, Y_WEBSOCKET
from benchmarks.table import Bound, Row, spread

#: Largest CPU time of a delivery, by load: as a multiple of a bare relay's and of
#: @y/websocket-server's.
TO_RELAY = {"interview": Bound(0.9, 0.6), "pairs": Bound(1.2, 0.8), "watch": Bound(0.4, 0.25)}
TO_Y_WEBSOCKET = {"interview": Bound(0.8, 0.5), "pairs": Bound(1.2, 0.8), "watch": Bound(0.5, 0.3)}
#: The delay of a key, as a multiple of @y/websocket-server's.
DELAY = Bound(1.5, 1)
#: Deliveries a second, and the time until everybody is back, as multiples of Hocuspocus'.
DELIVERIES, BACK = Bound(1, 1.5, least=True), Bound(1, 0.5)
#: A late join: CPU time of the server, and bytes as a multiple of Yjs' own state.
JOIN, STATE = Bound(60, unit=" ms"), Bound(1.2)
#: Memory of an idle room with two connections, and of each further connection.
ROOM, CONNECTION = Bound(40, 30, unit=" KB"), Bound(20, 12, unit=" KB")
#: The longest time for which the event loop may be held.
HELD = Bound(20, 5, unit=" ms")
#: A cell of a notebook beside rooms, and keys beside hostile connections: multiples of the quiet.
CELL, ATTACKED = Bound(1.5), Bound(2)
#: Rounds of an attack, which takes long, and of which each has hundreds of keys.
ATTACKS = 2
#: Memory growth for each hostile connection.
HOSTILE = Bound(2, unit=" MiB")

WHAT = {
    "interview": "interview (20 rooms of 4, 8 keys/s)",
    "pairs": "pairs (100 rooms of 2, 6 keys/s)",
    "watch": "watch (1 room of 60, 8 keys/s)",
}
#: The mark of values from runs in which the generator itself had to wait.
DOUBT = " †"
CPU = "cpu_us_per_delivery"


def doubt(results: Iterable[Result]) -> str:
    """The mark, where it is due."""
    return "" if all(map(generator.trusted, results)) else DOUBT


def timed(name: str, began: float) -> None:
    """Print that a part is done: the whole takes minutes."""
    print(f"load: {name} took {time.monotonic() - began:.0f} s", file=sys.stderr)


def typing(count: int) -> tuple[list[Row], Measured]:
    """CPU time of a delivery, and the delay of a key."""
    measured = rounds.typing(rounds.LOADS, (ARENA, RELAY, Y_WEBSOCKET), count)
    rows = []
    for other, name, bounds in (
        (RELAY, "a bare Tornado relay's", TO_RELAY),
        (Y_WEBSOCKET, "@y/websocket-server's", TO_Y_WEBSOCKET),
    ):
        for load, bound in bounds.items():
            ratio = rounds.ratios(measured, load, ARENA, other, CPU)
            rows.append(bound.row(f"CPU of a delivery to {name}: {WHAT[load]}", ratio))
            cost = [rounds.middle(measured[load, each], CPU) for each in (ARENA, other)]
            rows.append(Row("… in microseconds", f"{cost[0]:.0f} to {cost[1]:.0f}"))
    pair = measured["interview", ARENA], measured["interview", Y_WEBSOCKET]
    ratio = rounds.ratios(measured, "interview", ARENA, Y_WEBSOCKET, "p95")
    what = "95 of 100 keys to the other socket, to @y/websocket-server's: interview"
    rows.append(DELAY.row(what, ratio, doubt=doubt([*pair[0], *pair[1]])))
    delays = [rounds.middle(each, "p95") for each in pair]
    rows.append(Row("… in milliseconds", f"{delays[0]:.1f} to {delays[1]:.1f}"))
    return rows, measured


def ramp(count: int) -> tuple[list[Row], Measured]:
    """Deliveries a second, with the delay of 95 of 100 keys under 100 ms."""
    settings = {"rooms": 200, "clients": 5, "rate": 3, "warm": 0.4, "step": 1.2, "factor": 1.3}
    measured = rounds.alternately("ramp", {"ramp": settings}, (ARENA, HOCUSPOCUS), count)
    ratio = rounds.ratios(measured, "ramp", ARENA, HOCUSPOCUS, "best")
    most = [rounds.middle(measured["ramp", each], "best") for each in (ARENA, HOCUSPOCUS)]
    best = [
        next(
            step for step in reversed(run["steps"]) if step["p95"] <= 100 or step is run["steps"][0]
        )
        for runs in measured.values()
        for run in runs
    ]
    what = "Deliveries a second to Hocuspocus': 200 rooms of 5"
    return [
        DELIVERIES.row(what, ratio, doubt=doubt(best)),
        Row("… in numbers", f"{most[0]:,.0f} to {most[1]:,.0f}"),
    ], measured


def storm(count: int) -> tuple[list[Row], Measured]:
    """All connections are dropped; until the last client is back with its text."""
    measured = rounds.alternately("storm", {"storm": single.STORM}, (ARENA, HOCUSPOCUS), count)
    ratio = rounds.ratios(measured, "storm", ARENA, HOCUSPOCUS, "back_most")
    times = [rounds.middle(measured["storm", each], "back_most") for each in (ARENA, HOCUSPOCUS)]
    return [
        BACK.row("500 clients dropped, all back with their text, to Hocuspocus'", ratio),
        Row("… in milliseconds", f"{times[0]:.0f} to {times[1]:.0f}"),
    ], measured


def alone(count: int) -> tuple[list[Row], list[Result]]:
    """What concerns Arena alone: late joins, memory, and the event loop."""
    edits, state = playback.edits()
    with tempfile.TemporaryDirectory() as home:
        late.prepare(Path(home) / single.DATABASE, edits)
        results, held = single.watched(Path(home), count)
    joins = results["join"]
    rows = [
        JOIN.row(
            f"A late join of {len(edits):,} edits, the server's CPU time",
            [each["cpu_ms_per_join"] for each in joins],
            ".1f",
        ),
        STATE.row("… its bytes to Yjs' own state", [each["bytes"] / len(state) for each in joins]),
    ]
    memory = [single.memory() for _ in range(count)]
    rows += [
        ROOM.row("Memory of an idle room of two", [each.room for each in memory], ".0f"),
        CONNECTION.row("… of each more connection", [each.connection for each in memory], ".0f"),
    ]
    for load, holds in held.items():
        what = f"The event loop was held, longest: {load}"
        rows.append(HELD.row(what, [1000 * each.longest for each in holds], ".1f"))
        busy = [1000 * each.busiest for each in holds]
        rows.append(Row("… of that by work of its own", spread(busy, ".1f") + " ms"))
    return rows, [result for each in results.values() for result in each]


def cells(count: int) -> list[Row]:
    """A notebook beside rooms."""
    quiet, beside = notebook.measure(count)
    ratio = [two / one for one, two in zip(quiet, beside, strict=True)]
    times = [1000 * statistics.median(each) for each in (beside, quiet)]
    return [
        CELL.row("A cell of a notebook beside 100 rooms of two, to without", ratio),
        Row("… in milliseconds", f"{times[0]:.1f} to {times[1]:.1f}"),
    ]


def attacked(count: int) -> list[Row]:
    """Two people type, without an attack and under attack."""
    cost = attack.measure(min(count, ATTACKS))
    ratio = cost.attacked / cost.quiet
    what = f"99 of 100 keys beside {cost.connections} hostile connections, to without"
    return [
        ATTACKED.row(what, [ratio]),
        Row("… in milliseconds", f"{cost.attacked:.1f} to {cost.quiet:.1f}"),
        HOSTILE.row("Memory for each hostile connection", [cost.memory / 2**20]),
    ]


def faults(results: Sequence[Result]) -> Row:
    """All that clients of Arena lacked, in all runs."""
    found = sum(int(each[what]) for each in results for what in FAULTS)
    return Row(
        f"Characters missing or wrong, edits unconfirmed, clients lost: {len(results)} runs",
        str(found),
        "0",
        found == 0,
    )


def rows(count: int) -> list[Row]:
    """Measure everything, `count` times."""
    found: list[Row] = []
    results: list[Result] = []
    for compared in (typing, ramp, storm):
        began = time.monotonic()
        more, measured = compared(count)
        found += more
        results += [run for (_, name), runs in measured.items() if name == ARENA for run in runs]
        timed(compared.__name__, began)
    began = time.monotonic()
    more, own = alone(count)
    found += more
    timed(alone.__name__, began)
    for part in (cells, attacked):
        began = time.monotonic()
        found += part(count)
        timed(part.__name__, began)
    return [*found, faults([*results, *own])]
