"""Runs the load generator against a server, and rejects results in which anything is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.load import building
from benchmarks.load.servers import Target

#: Every run ends within these seconds.
TIMEOUT = 120
#: Above this share of a processor, or this delay of its keys in milliseconds (99 of 100), the
#: generator itself may be what is slow.
OWN_BUSY, OWN_LATENESS = 0.85, 5.0
#: Counts that are zero if each client has each character, and Arena has confirmed each edit.
FAULTS = ("missing", "unconfirmed", "wrong", "refused", "lost")

Result = dict[str, Any]


def command(target: Target, scenario: str, settings: Mapping[str, float]) -> list[str]:
    """The command line of a run."""
    known = {"port": target.port, "process": target.process, "dialect": target.dialect}
    given = {"timeout": TIMEOUT, **settings}
    return [
        str(building.generator()),
        scenario,
        *(f"{name}={value}" for name, value in (known | given).items()),
    ]


def run(
    target: Target, scenario: str, settings: Mapping[str, float], lines: list[str] | None = None
) -> Result:
    """The results of a scenario in new rooms, or in those of `lines`. Raises RuntimeError.

    Whether something was missing, wrong or refused is in the result, see `FAULTS`.
    """
    if lines is None:
        lines = target.rooms(int(settings["rooms"]), int(settings["clients"]))
    done = subprocess.run(
        command(target, scenario, settings),
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        timeout=TIMEOUT + 10,
        check=False,
    )
    if done.returncode > 1:
        raise RuntimeError(f"{target.name}, {scenario}: {done.stderr[-500:]}")
    result: Result = json.loads(done.stdout)
    if any(result[what] for what in FAULTS):
        print(f"{target.name}, {scenario}: {done.stderr[-500:]}", file=sys.stderr)
    return result


def trusted(result: Result) -> bool:
    """Whether the generator was fast enough for its delays to be the server's."""
    return bool(result["own_busy"] <= OWN_BUSY and result["own_lateness_p99"] <= OWN_LATENESS)
