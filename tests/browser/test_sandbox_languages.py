"""TypeScript, and state kept between runs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.programs import run, tables

pytestmark = pytest.mark.timeout(180)


# --- TypeScript ---------------------------------------------------------------------------------


def test_typescript_runs_without_its_types(page: Page) -> None:
    code = (
        "enum Color { Red, Green }\ninterface P<T> { x: T }\n"
        "const p: P<number> = { x: 1 } satisfies P<number>\n"
        "function f<T extends object>(x?: T): asserts x is T {}\n"
        "console.log(Color[1], p!.x as unknown)\np.x"
    )
    result = run(page, "typescript", code)
    assert (result["stdout"], result["error"]) == ("Green 1\n", None)
    assert result["values"] == [{"mime": "text/plain", "data": "1"}]


def test_the_language_menu_names_the_versions_that_run(page: Page) -> None:
    names = page.evaluate("arena.names")
    asks = "import sys, pyodide\nprint('%d.%d' % sys.version_info[:2], pyodide.__version__)"
    python, pyodide = run(page, "python", asks)["stdout"].split()
    assert names["python"] == f"Python {python} (Pyodide {'.'.join(pyodide.split('.')[:2])})"
    (((sqlite,),),) = [
        table["rows"] for table in tables(run(page, "sql", "SELECT sqlite_version()"))
    ]
    assert names["sql"] == f"SQL (SQLite {'.'.join(sqlite.split('.')[:2])})"


# --- state --------------------------------------------------------------------------------------


KEEP: Any = (60_000, None, {"keepState": True})
STATE = {
    "javascript": ("let n = 1; const f = () => n++; class A {}", "f(); f(); n = n + 10",
                   "console.log(n, typeof A)", "13 function\n"),
    "typescript": ("let n: number = 1; const f = (): number => n++; class A {}",
                   "f(); f(); n = n + 10",
                   "console.log(n, typeof A)", "13 function\n"),
    "python": ("n = 1\ndef f():\n    global n\n    n += 1", "f(); f(); n += 10",
               "print(n, f.__name__)", "13 f\n"),
}  # fmt: skip


@pytest.mark.parametrize("language", STATE)
def test_state_is_kept_where_that_is_wanted(page: Page, language: str) -> None:
    *programs, last, expected = STATE[language]
    for program in programs:
        assert run(page, language, program, *KEEP)["error"] is None
    assert run(page, language, last, *KEEP)["stdout"] == expected
    assert run(page, language, last)["status"] == "error"  # this run starts without state
    assert run(page, language, last, *KEEP)["status"] == "error"  # and so does the next run


def test_sql_keeps_its_database(page: Page) -> None:
    run(page, "sql", "CREATE TABLE t AS SELECT 7 AS n", *KEEP)
    assert tables(run(page, "sql", "SELECT n FROM t", *KEEP))[0]["rows"] == [[7]]


@pytest.mark.parametrize("language", ["javascript", "python"])
def test_a_stop_clears_what_was_kept_and_that_is_said(page: Page, language: str) -> None:
    define, loop, ask = {
        "javascript": ("let n = 1", "console.log('go'); while (true) {}", "typeof n"),
        "python": ("n = 1", "print('go')\nwhile True: pass", "'n' in globals()"),
    }[language]
    run(page, language, define, *KEEP)
    stopped = run(page, language, loop, 60_000, "go", {"keepState": True})
    assert "the next run starts afresh" in stopped["stderr"]
    result = run(page, language, ask, *KEEP)
    assert result["values"][0]["data"] in {"'undefined'", "False"}


def test_errors_in_kept_code_do_not_point_into_the_running_program(page: Page) -> None:
    run(page, "python", "\n\n\n\ndef f():\n    1 / 0", *KEEP)
    result = run(page, "python", "x = 1\nf()", *KEEP)
    assert 'File "main.py", line 2, in <module>' in result["error"]
    assert 'File "an earlier run", line 6, in f' in result["error"]
    assert (result["location"]["line"], result["location"]["column"]) == (2, 0)
    run(page, "javascript", "\n\n\nfunction f() { throw new Error('x') }", *KEEP)
    result = run(page, "javascript", "let x = 1\nf()", *KEEP)
    assert "at f (an earlier run:4:22)" in result["error"]
    assert "at main.js:2:1" in result["error"]
    assert result["location"] == {"line": 2, "column": 0}
