"""Programs as people write them in interviews, beside python3, node and SQLite on this machine."""

from __future__ import annotations

import re
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.interpreters import Outcome, error_line, run_here
from tests.browser.programs import run, tables

pytestmark = pytest.mark.timeout(180)

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "tests" / "programs"
NAMES = sorted(
    f"{path.parent.name}/{path.name}"
    for path in PROGRAMS.glob("*/*")
    if path.suffix in {".py", ".js", ".ts", ".sql"}
)

#: Programs with another outcome than elsewhere, each with the words of docs/languages.md about it.
DIFFERENT = {
    "python/maxsize_and_platform.py": "Python is compiled for 32 bits: `sys.maxsize` is",
    **dict.fromkeys(
        (
            "python/threads.py",
            "python/thread_pool.py",
            "python/multiprocess.py",
            "python/subprocess_echo.py",
        ),
        "A program has one thread and one process",
    ),
    "python/json_too_deep.py": "The C halves of `json` and of iterators",
    "python/context_managers.py": "`FileNotFoundError` has the number 44 instead of 2",
    **dict.fromkeys(
        ("javascript/promises.js", "javascript/promise_state.js", "javascript/map_set_printing.js"),
        "A promise is shown as pending, and an iterator without its content",
    ),
    **dict.fromkeys(
        ("javascript/throw_string.js", "javascript/reject_with_value.js"),
        "A thrown value that is no error is shown as `Uncaught",
    ),
    "javascript/timer_ids.js": "Timers have numbers",
    "typescript/error_syntax.ts": "words for a syntax error than Node",
    "sql/error_mysql_now.sql": "says in one sentence what to write in SQLite",
}
#: Programs whose outcome is still wrong, each with the fault.
PENDING = {
    "javascript/crypto_uuid.js": "crypto.randomUUID is missing",
    "javascript/event_loop_order.js": "an immediate of a timer's callback runs after its timers",
    "javascript/getter_errors_printing.js": "an async generator is shown as an async function",
}


def in_the_sandbox(page: Page, language: str, program: Path) -> Outcome:
    given = program.with_suffix(".in")
    wishes: dict[str, Any] = {"main": program.name}
    if given.exists():
        wishes["stdin"] = given.read_text(encoding="utf-8")
    code = program.read_text(encoding="utf-8")
    result = run(page, language, code, 60_000, None, wishes)
    error = result["error"]
    if error is None and result["status"] != "ok":
        error = result["status"]
    shown = [(table["columns"], table["rows"]) for table in tables(result)]
    if error is None:
        return Outcome(result["stdout"], None, result["stderr"], shown)
    ended = re.search(r"exit(?:ed with)? code (\d+)$", error, re.IGNORECASE)
    if ended:  # the program has said itself what is wrong, or nothing is
        error = result["stderr"] or f"exit code {ended[1]}"
    return Outcome(result["stdout"], error_line(language, error), tables=shown)


@pytest.mark.parametrize("name", NAMES)
def test_a_program_does_what_it_does_elsewhere(page: Page, name: str, tmp_path: Path) -> None:
    program = PROGRAMS / name
    language = program.parent.name
    expected = run_here(language, program, tmp_path)
    shown = in_the_sandbox(page, language, program)
    # `-` is a line of the interpreter here, `+` of the sandbox.
    lines = unified_diff(expected.lines(), shown.lines(), "here", "sandbox", lineterm="", n=0)
    difference = "\n".join(lines)
    if name in DIFFERENT or name in PENDING:
        assert difference, "it does what it does elsewhere now: remove it from the list"
    else:
        assert not difference, difference


def test_every_difference_is_explained_and_of_a_program() -> None:
    docs = " ".join((ROOT / "docs" / "languages.md").read_text(encoding="utf-8").split())
    assert [reason for reason in DIFFERENT.values() if reason not in docs] == []
    assert {*DIFFERENT, *PENDING} <= set(NAMES)
    assert not set(DIFFERENT) & set(PENDING)
