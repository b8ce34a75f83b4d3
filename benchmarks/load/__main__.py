"""`python -m benchmarks.load`: a quick comparison of servers under one load, as a table.

For work on the server; `make benchmark ARGS=load` measures everything that is promised.
"""

from __future__ import annotations

import argparse

from benchmarks.load import rounds, servers
from benchmarks.load.generator import trusted
from benchmarks.table import spread

COLUMNS = ("cpu_us_per_key", "cpu_us_per_delivery", "p50", "p95", "p99")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--servers", default=f"{servers.ARENA},{servers.RELAY}")
    parser.add_argument("--loads", default=",".join(rounds.LOADS))
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    names, loads = arguments.servers.split(","), arguments.loads.split(",")
    measured = rounds.typing(loads, names, arguments.rounds)
    print(f"| | server | {' | '.join(COLUMNS)} | CPU to {names[-1]} |")
    print("| --- | --- |" + " ---: |" * (len(COLUMNS) + 1))
    for load in loads:
        for name in names:
            results = measured[load, name]
            cells = [spread([each[what] for each in results], ".2f") for what in COLUMNS]
            ratio = rounds.ratios(measured, load, name, names[-1], COLUMNS[1])
            doubt = "" if all(map(trusted, results)) else " (the generator was late)"
            print(f"| {load} | {name}{doubt} | {' | '.join(cells)} | {spread(ratio, '.2f')} |")


if __name__ == "__main__":
    main()
