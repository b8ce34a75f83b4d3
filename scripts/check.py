"""Run all checks and tests, each with a time limit; the last line of output counts the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "test-results"


class Count(NamedTuple):
    """Numbers of tests by outcome."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def plus(self, other: Count) -> Count:
        """The sum of both counts."""
        return Count(*(a + b for a, b in zip(self, other, strict=True)))


@dataclass(frozen=True)
class Check:
    """One command; `report` is its JUnit file with the outcomes of its tests."""

    name: str
    command: list[str]
    #: Time limit against a hang: several times the duration on two idle cores.
    minutes: int = 10
    report: Path | None = None


STATIC = [
    Check("prettier", ["npx", "prettier", "--check", "--log-level=warn", "."]),
    Check("eslint", ["npx", "eslint", "--max-warnings=0", "."]),
    Check("tsc", ["npx", "tsc", "-p", "tsconfig.json"]),
    Check("ruff check", ["ruff", "check", "--quiet", "."]),
    Check("ruff format", ["ruff", "format", "--check", "--quiet", "."]),
    Check("mypy", ["mypy", "--no-error-summary"]),
    Check("contract", [sys.executable, "-m", "scripts.generate_contract", "--check"]),
]


def pytest(name: str, *paths: str, minutes: int) -> Check:
    """A pytest run with its report, in two processes: a small machine has two cores.

    The tests of a file stay in one process, as they share the browser, the server or the site.
    """
    report = RESULTS / f"{name.replace(' ', '-')}.xml"
    shared = ["-n", "2", "--dist", "loadfile"]
    command = [sys.executable, "-m", "pytest", "-q", *shared, f"--junitxml={report}", *paths]
    return Check(name, command, minutes, report)


TESTS = [
    Check(
        "vitest",
        [
            *["npx", "vitest", "run", "--reporter=default", "--reporter=junit"],
            f"--outputFile.junit={RESULTS / 'vitest.xml'}",
        ],
        10,
        RESULTS / "vitest.xml",
    ),
    pytest("server tests", minutes=15),
    # Last, in a separate run: Playwright and the server tests' event loop cannot share a process.
    pytest("browser tests", "tests/browser", minutes=45),
]


def run(check: Check) -> bool:
    """Run one check with its output on the screen; False if it failed or exceeded its limit."""
    print(f"--- {check.name}", flush=True)
    # A process session of its own, so that the command's child processes end with it.
    with subprocess.Popen(check.command, cwd=ROOT, start_new_session=True) as process:
        try:
            return process.wait(check.minutes * 60) == 0
        except subprocess.TimeoutExpired:
            print(f"{check.name} was ended after {check.minutes} minutes")
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def count(report: Path) -> Count:
    """Count the tests in a JUnit file; all counts are zero if the file does not exist."""
    if not report.exists():
        return Count()
    total = Count()
    for case in ET.parse(report).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            total = total.plus(Count(failed=1))
        elif case.find("skipped") is not None:
            total = total.plus(Count(skipped=1))
        else:
            total = total.plus(Count(passed=1))
    return total


def main() -> int:
    """Run the requested checks and return the exit code."""
    static_only = "--static" in sys.argv[1:]
    RESULTS.mkdir(exist_ok=True)
    failed: list[str] = []
    total = Count()
    for check in STATIC if static_only else STATIC + TESTS:
        if check.report:
            check.report.unlink(missing_ok=True)
        succeeded = run(check)
        if not succeeded:
            failed.append(check.name)
        if check.report:
            counted = count(check.report)
            if not succeeded and not counted.failed:
                # A failure outside of any test must not look like a success.
                counted = counted.plus(Count(failed=1))
            total = total.plus(counted)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall checks passed")
    if not static_only:
        skipped = f", {total.skipped} skipped" if total.skipped else ""
        print(f"{total.passed} passed, {total.failed} failed{skipped}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
