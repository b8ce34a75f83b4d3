"""Failures of programs: errors and their places, crashes and memory bombs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.programs import run, tables
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)
ERRORS = {
    "js syntax": (
        "javascript",
        "const a = 1;\nlet b = ;",
        "main.js:2\nlet b = ;\n        ^\nSyntaxError: Unexpected token ';'",
    ),
    "js throws": (
        "javascript",
        "function f() {\n  throw new TypeError('bad')\n}\n\n  f()",
        "TypeError: bad\n    at f (main.js:2:9)\n    at main.js:5:3",
    ),
    "js throws no error": ("javascript", "throw 'text'", "Uncaught 'text'"),
    "js in a timer": (
        "javascript",
        "setTimeout(() => {\n  throw new Error('late')\n})\n;0",
        "Error: late\n    at main.js:2:9",
    ),
    "js rejection": (
        "javascript",
        "Promise.reject(new Error('nobody'))\n;0",
        "Error: nobody\n    at main.js:1:16",
    ),
    "js unknown name": (
        "javascript",
        "retire('fs')",
        "ReferenceError: retire is not defined\n    at main.js:1:1",
    ),
    "js wants what is closed": (
        "javascript",
        "new Worker('x.js')",
        "ReferenceError: Worker is not available here: a program reaches nothing beyond its "
        "sandbox\n    at main.js:1:1",
    ),
    "python syntax": (
        "python",
        "x = 1\nif x\n    pass",
        "  File \"main.py\", line 2\n    if x\n        ^\nSyntaxError: expected ':'",
    ),
    "python raises": (
        "python",
        "def f(n):\n    return 1 / n\n\nf(0)",
        'Traceback (most recent call last):\n  File "main.py", line 4, in <module>\n    f(0)\n'
        '    ~^^^\n  File "main.py", line 2, in f\n    return 1 / n\n           ~~^~~\n'
        "ZeroDivisionError: division by zero",
    ),
    "python in a library": (
        "python",
        "import json\njson.loads('{')",
        'Traceback (most recent call last):\n  File "main.py", line 2, in <module>\n'
        "    json.loads('{')\n    ~~~~~~~~~~^^^^^\njson.decoder.JSONDecodeError: "
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ),
    "python with a cause": (
        "python",
        "try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('v') from e",
        "Traceback (most recent call last):\n  File \"main.py\", line 2, in <module>\n    {}['k']\n"
        "    ~~^^^^^\nKeyError: 'k'\n\nThe above exception was the direct cause of the following "
        'exception:\n\nTraceback (most recent call last):\n  File "main.py", line 4, in <module>\n'
        "    raise ValueError('v') from e\nValueError: v",
    ),
    "python has a note": (
        "python",
        "e = ValueError('v')\ne.add_note('look here')\nraise e",
        'Traceback (most recent call last):\n  File "main.py", line 3, in <module>\n    raise e\n'
        "ValueError: v\nlook here",
    ),
    "python guesses": (
        "python",
        "length = 1\nlenght",
        'Traceback (most recent call last):\n  File "main.py", line 2, in <module>\n    lenght\n'
        "NameError: name 'lenght' is not defined. Did you mean: 'length'?",
    ),
    "ts throws": (
        "typescript",
        "type A = string\nfunction f(x: A): never {\n  throw new TypeError('bad')\n}\n  f('' as A)",
        "TypeError: bad\n    at f (main.ts:3:9)\n    at main.ts:5:3",
    ),
    "ts syntax": (
        "typescript",
        "let a: = 1",
        "main.ts:1\nlet a: = 1\n       ^\nerror TS1110: Type expected.",
    ),
    "sql syntax": (
        "sql",
        "SELECT 1;\nSELEC 2",
        'main.sql:2\nSELEC 2\n^\nError: near "SELEC": syntax error',
    ),
    "python exits": ("python", "import sys\nsys.exit(3)", "Exited with code 3"),
    "python exits with words": ("python", "raise SystemExit('bye')", "bye"),
}
PLACES = {
    "js syntax": ("javascript", "const a = 1;\nlet b = ;", (2, 8)),
    "js throws": ("javascript", "  null.x", (1, 7)),
    "js shifted": ("javascript", "const a = prompt; a(b)", (1, 20)),
    "ts syntax": ("typescript", "let a: number = 1;\nlet b: = 2", (2, 7)),
    "ts after types": ("typescript", "const x: Record<string, number> = {}; (x as any).y.z",
                       (1, 51)),
    "ts throws": ("typescript", "function f(a: number, b?: string): never { throw new Error() }\n"
                  "f(1)", (1, 49)),
    "python syntax": ("python", "x = 1\n'😀' = 2", (2, 0)),
    "python raises": ("python", "def f(n):\n    return '😀é' + n\n\nf(0)", (2, 11)),
    "python below": ("python", "import json\n'😀'; json.loads('{')", (2, 6)),
    "python recursion": ("python", "def f():\n    f()\nf()", (2, 4)),
    "sql syntax": ("sql", "SELECT 1;\n-- ok\nSELECT *\nFORM t", (4, 0)),
    "sql no table": ("sql", "SELECT 1;\nSELECT * FROM nowhere", (2, 14)),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACES)
def test_an_error_has_its_place(page: Page, case: str) -> None:
    language, code, (line, column) = PLACES[case]
    result = run(page, language, code)
    assert result["status"] == "error"
    found = result["location"]
    assert (found["line"], found["column"]) == (line, column), result["error"]


@pytest.mark.parametrize("case", ERRORS)
def test_error(page: Page, case: str) -> None:
    language, code, expected = ERRORS[case]
    result = run(page, language, code)
    assert result["error"] == expected
    assert result["status"] == "error"


def test_endless_recursion_is_an_error(page: Page) -> None:
    for language, code, expected in (
        ("javascript", "function f() { return f() }\nf()", "RangeError: Maximum call stack"),
        ("python", "def f(n): return f(n + 1)\nf(0)", "RecursionError: maximum recursion depth"),
    ):
        result = run(page, language, code)
        assert result["status"] == "error"
        assert expected in result["error"]


@pytest.mark.parametrize(
    "code",
    [
        "m = iter([])\nfor _ in range(200000):\n    m = map(int, m)\nlist(m)",
        "t = int\nfor _ in range(200000):\n    t = (t,)\nisinstance('', t)",
        "import asyncio\nasync def f():\n    m = iter([])\n    for _ in range(200000):\n"
        "        m = map(int, m)\n    list(m)\nasyncio.run(f())",
    ],
)
def test_a_crash_of_the_interpreter_is_an_outcome(page: Page, code: str) -> None:
    result = run(page, "python", code)
    assert result["status"] == "error"
    assert "recursion" in result["error"].lower()
    assert "main.py" in result["error"]
    assert result["stdout"] == ""
    assert run(page, "python", "print('fine')")["stdout"] == "fine\n"


def test_a_python_memory_bomb_is_a_memory_error(page: Page) -> None:
    result = run(page, "python", "a = []\nwhile True: a.append(bytearray(10_000_000))")
    assert result["error"].endswith("MemoryError\nA program may use 512 MB here.")
    assert run(page, "python", "print('fine')")["stdout"] == "fine\n"


SQL_BOMBS = {
    "a value": ("SELECT length(randomblob(600000000))", "out of memory"),
    "a table": (
        "CREATE TABLE t (b); INSERT INTO t VALUES (zeroblob(600000000))",
        "database or disk is full",
    ),
    "a table that is not kept": (
        "CREATE TEMP TABLE t (b); INSERT INTO t VALUES (zeroblob(600000000))",
        "out of memory",
    ),
}


@pytest.mark.parametrize("case", SQL_BOMBS)
def test_a_sql_memory_bomb_is_an_error(page: Page, case: str) -> None:
    code, expected = SQL_BOMBS[case]
    assert str(run(page, "sql", code)["error"]).endswith(f"Error: {expected}")
    assert tables(run(page, "sql", "SELECT 1 AS one"))[0]["rows"] == [[1]]


def test_a_javascript_heap_bomb_takes_only_its_frame(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url)
    # The driver treats a crash of any frame as one of the page; so the page itself reports.
    page.evaluate("""() => {
      const bomb = 'const all = []; while (true) all.push(new Array(1e7).fill(1.5))';
      (async () => {
        const first = await arena.run('javascript', bomb, 100000);
        const second = await arena.run('javascript', 'console.log("fine")');
        await fetch('report', { method: 'POST', body: JSON.stringify([first, second]) });
      })();
    }""")
    first, second = site.reports.get(timeout=120)
    context.close()
    assert first["status"] == "error"
    assert "ran out of memory" in first["error"]
    assert second["stdout"] == "fine\n"
