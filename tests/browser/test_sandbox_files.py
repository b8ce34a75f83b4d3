"""Programs of several files in a real browser: imports, and file names in errors."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(180)


def run(page: Page, language: str, code: str, files: dict[str, str], **more: Any) -> dict[str, Any]:
    """Run a program with other files; `more` has further wishes, such as the main file's name."""
    script = "([language, code, wishes]) => arena.run(language, code, 60000, null, wishes)"
    result: dict[str, Any] = page.evaluate(script, [language, code, {"files": files, **more}])
    return result


PRINTS = {
    "javascript imports later": (
        "javascript",
        "async function f() { return await import('./a.js') }\n"
        "console.log((await f()).n, (await import('./b.js')).m)",
        {"a.js": "export const n = 1", "b.js": "export const { n: m } = await import('./a.js')"},
        "1 1\n",
    ),
    "javascript imports": (
        "javascript",
        "import { twice } from './a.js'\nimport * as b from './b c.js'\nconsole.log(twice(b.n))",
        {
            "a.js": "export const twice = n => 2 * n",
            "b c.js": "import { twice } from './a.js'\nexport const n = twice(5)",
        },
        "20\n",
    ),
    "javascript runs an imported file once": (
        "javascript",
        "import './a.js'\nimport './b.js'",
        {"a.js": "console.log('a')", "b.js": "import './a.js'; console.log('b')"},
        "a\nb\n",
    ),
    "python imports": (
        "python",
        "import a\nfrom b import n\nprint(a.twice(n), a.__name__)",
        {"a.py": "def twice(n):\n    return 2 * n", "b.py": "from a import twice\nn = twice(5)"},
        "20 a\n",
    ),
    "python opens": (
        "python",
        "print(open('données 1.txt', newline='').read(), end='')",
        {"données 1.txt": "é😀\r\n"},
        "é😀\r\n",
    ),
    "python waits in an imported file": (
        "python",
        "import a",
        {"a.py": "import asyncio\nasync def f(): print('waited')\nasyncio.run(f())"},
        "waited\n",
    ),
}


@pytest.mark.parametrize(("language", "code", "files", "printed"), PRINTS.values(), ids=PRINTS)
def test_prints(page: Page, language: str, code: str, files: dict[str, str], printed: str) -> None:
    result = run(page, language, code, files)
    assert (result["stdout"], result["error"], result["status"]) == (printed, None, "ok")


FAILS: dict[str, tuple[str, str, dict[str, str], list[str]]] = {
    "javascript": (
        "javascript",
        "import { f } from './a.js'\n\nf()",
        {"a.js": "export function f() {\n  throw new Error('sad')\n}"},
        ["Error: sad", "(a.js:2:9)", "main.js:3:1"],
    ),
    "javascript syntax": (
        "javascript",
        "import './a.js'",
        {"a.js": "let a = ;"},
        ["a.js:1", "SyntaxError: Unexpected token"],
    ),
    "javascript with no such file": (
        "javascript",
        "import './b.js'",
        {"a.js": ""},
        ["main.js:1", "Cannot find module './b.js'", "there is no file with this name"],
    ),
    "python": (
        "python",
        "import a\n\na.f()",
        {"a.py": "def f():\n    return 1 / 0"},
        [
            'File "main.py", line 3, in <module>',
            'File "a.py", line 2, in f',
            "    return 1 / 0",
            "ZeroDivisionError",
        ],
    ),
    "python syntax": (
        "python",
        "import a",
        {"a.py": "x = 1\nif x\n"},
        ['File "main.py", line 1', 'File "a.py", line 2', "SyntaxError"],
    ),
    "python with no such file": ("python", "import b", {"a.py": ""}, ["No module named 'b'"]),
}


@pytest.mark.parametrize(("language", "code", "files", "parts"), FAILS.values(), ids=FAILS)
def test_an_error_names_the_file(
    page: Page, language: str, code: str, files: dict[str, str], parts: list[str]
) -> None:
    result = run(page, language, code, files)
    assert result["status"] == "error"
    for part in parts:
        assert part in result["error"]
    for ours in ("blob:", "/program", "pyodide", "importlib"):
        assert ours not in result["error"]


NAMED: dict[str, tuple[str, str, str, dict[str, str], list[str], dict[str, Any]]] = {
    "javascript": (
        "javascript",
        "solution.js",
        "import { f } from './main.js'\n\n\n  f()",
        {"main.js": "\nexport function f() {\n  prompt; throw new Error('sad')\n}"},
        ["at f (main.js:3:17)", "at solution.js:4:3"],
        {"line": 4, "column": 2},
    ),
    "javascript names that look alike": (
        "javascript",
        "c.js",
        "import { f } from './b c.js'\nimport { g } from './b_c.js'\nf(g)",
        {
            "b c.js": "const twice = a => a;\nexport function f(g) {\n  g()\n}",
            "b_c.js": "export function g() { throw new Error('sad') }",
        },
        ["at g (b_c.js:1:29)", "at f (b c.js:3:3)", "at c.js:3:1"],
        {"line": 3, "column": 0},
    ),
    "typescript": (
        "typescript",
        "solution.ts",
        "import { f } from './main'\nconst n: number = 1\nf(n)",
        {"main.ts": "export function f(n: number): never {\n  throw new Error('sad')\n}"},
        ["at f (main.ts:2:9)", "at solution.ts:3:1"],
        {"line": 3, "column": 0},
    ),
    "javascript syntax": (
        "javascript",
        "solution",
        "let b = ;",
        {},
        ["solution:1\nlet b = ;", "SyntaxError"],
        {"line": 1, "column": 8},
    ),
    "python": (
        "python",
        "solution.py",
        "import main\n\nmain.f()",
        {"main.py": "def f():\n    return 1 / 0"},
        ['File "solution.py", line 3, in <module>', 'File "main.py", line 2, in f'],
        {"line": 3, "column": 0, "end": {"line": 3, "column": 8}},
    ),
    "python syntax": (
        "python",
        "löse (1).py",
        "x = 1\nif x\n",
        {},
        ['File "löse (1).py", line 2'],
        {"line": 2, "column": 4, "end": {"line": 2, "column": 5}},
    ),
    "python crashes": (
        "python",
        "solution.py",
        "m = iter([])\nfor _ in range(200000):\n    m = map(int, m)\nlist(m)",
        {},
        ["The Python interpreter crashed", "It was in solution.py, line 4."],
        {"line": 4, "column": 0},
    ),
    "sql": (
        "sql",
        "queries.sql",
        "SELECT 1;\nSELEC 2",
        {},
        ["queries.sql:2\nSELEC 2"],
        {"line": 2, "column": 0},
    ),
}


@pytest.mark.parametrize(
    ("language", "main", "code", "files", "parts", "location"), NAMED.values(), ids=NAMED
)
def test_an_error_calls_the_files_what_they_are_called(
    page: Page,
    language: str,
    main: str,
    code: str,
    files: dict[str, str],
    parts: list[str],
    location: dict[str, Any],
) -> None:
    result = run(page, language, code, files, main=main)
    for part in parts:
        assert part in result["error"]
    assert result["location"] == location


def test_a_python_program_knows_its_name(page: Page) -> None:
    result = run(page, "python", "print(__name__, __file__)", {}, main="solution.py")
    assert result["stdout"] == "__main__ solution.py\n"


def test_kept_state_remembers_no_other_program_by_this_ones_name(page: Page) -> None:
    run(page, "python", "\n\ndef f():\n    1 / 0", {}, main="one.py", keepState=True)
    result = run(page, "python", "f()", {}, main="two.py", keepState=True)
    assert 'File "two.py", line 1, in <module>' in result["error"]
    assert 'File "an earlier run", line 4, in f' in result["error"]


def test_the_next_program_finds_none_of_them(page: Page) -> None:
    run(page, "python", "import a", {"a.py": "x = 1"})
    result = run(page, "python", "import a", {})
    assert "No module named 'a'" in result["error"]


def test_many_files_of_any_name_are_no_danger(page: Page) -> None:
    names = ("constructor", "😀" * 63, "-", "a'b\"c", "main.py", "json.py", "traceback.py")
    files = dict.fromkeys(names, "1")
    for language in ("javascript", "python"):
        assert run(page, language, "1 + 1", files)["error"] is None
