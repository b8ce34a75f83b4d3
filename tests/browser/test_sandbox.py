"""The language runtimes in a real browser: what a program prints, and how it ends."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from arena_ext.protocol.wire import LANGUAGES
from tests.browser import sandbox_site
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)

CONTRACT = Path(__file__).resolve().parents[2] / "src" / "testing" / "runner-contract.ts"
RULES = re.findall(r"^  '(.+)': async", CONTRACT.read_text(), re.MULTILINE)
CUT = "output cut after"


@pytest.fixture(scope="session")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("sandbox")
    sandbox_site.build(repository, directory)
    with sandbox_site.serving(directory) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page with runners that stay warm from test to test."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    yield page
    context.close()


def run(page: Page, language: str, code: str, *options: Any) -> dict[str, Any]:
    """Run a program; options are its time limit in ms, output after which it is stopped, wishes."""
    script = "([language, code, options]) => arena.run(language, code, ...options)"
    result: dict[str, Any] = page.evaluate(script, [language, code, list(options)])
    return result


# --- the contract of every runner ---------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_contract(page: Page, language: str, rule: str) -> None:
    complaint = page.evaluate("([rule, language]) => arena.keeps(rule, language)", [rule, language])
    assert complaint is None


def test_every_rule_of_the_contract_is_held_to(page: Page) -> None:
    assert page.evaluate("arena.rules") == RULES


# --- what a program prints ----------------------------------------------------------------------

PRINTS = {
    "node prints objects": (
        "javascript",
        "console.log('a', {b: [1, , 3]}, new Map([[1, 'x']]), null)",
        "a { b: [ 1, <1 empty item>, 3 ] } Map(1) { 1 => 'x' } null\n",
    ),
    "node formats": ("javascript", "console.info('%s is %d%%', 'it', 5)", "it is 5%\n"),
    "dir cuts depth": (
        "javascript",
        "console.dir({a: {b: {c: {}}}}, {depth: 0})",
        "{ a: [Object] }\n",
    ),
    "groups indent": (
        "javascript",
        "console.group('G'); console.log('x\\ny'); console.groupEnd(); console.log('z')",
        "G\n  x\n  y\nz\n",
    ),
    "a table": (
        "javascript",
        "console.table([{a: 1, b: 'x'}, {a: 2}])",
        "┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n"
        "│ 0       │ 1 │ 'x' │\n│ 1       │ 2 │     │\n└─────────┴───┴─────┘\n",
    ),
    "a table of values": (
        "javascript",
        "console.table(['p', 'q'])",
        "┌─────────┬────────┐\n│ (index) │ Values │\n├─────────┼────────┤\n"
        "│ 0       │ 'p'    │\n│ 1       │ 'q'    │\n└─────────┴────────┘\n",
    ),
    "no table": ("javascript", "console.table(5)", "5\n"),
    "timers run out": (
        "javascript",
        "let n = 0\n"
        "const i = setInterval(() => { console.log(++n); if (n === 3) clearInterval(i) })\n"
        "setTimeout(() => setTimeout(() => console.log('last'), 60), 60)",
        "1\n2\n3\nlast\n",
    ),
    "await at the top": (
        "javascript",
        "console.log(await new Promise(resolve => setTimeout(resolve, 5, 'late')))",
        "late\n",
    ),
    "python prints": ("python", "print('a', 1, [None], sep='-')", "a-1-[None]\n"),
    "characters of all sizes": ("python", "print('é漢😀' * 3)", "é漢😀é漢😀é漢😀\n"),
    "an unfinished line": ("python", "print('end', end='')", "end"),
    "bytes": ("python", "import sys\nsys.stdout.buffer.write(b'raw\\n')", "raw\n"),
    "asyncio.run": (
        "python",
        "import asyncio\nasync def main():\n    await asyncio.sleep(0.01)\n    print('done')\n"
        "asyncio.run(main())",
        "done\n",
    ),
    "python awaits at the top": (
        "python",
        "import asyncio\nawait asyncio.sleep(0.01)\nprint('late')",
        "late\n",
    ),
    "its name is main": ("python", "print(__name__, __file__)", "__main__ main.py\n"),
    "deep memoised recursion": (
        "python",
        "from functools import cache\n@cache\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)\n"
        "print(f(900))",
        "900\n",
    ),
    "a polite exit": ("python", "import sys\nprint('x')\nsys.exit()", "x\n"),
}


@pytest.mark.parametrize("case", PRINTS)
def test_prints(page: Page, case: str) -> None:
    language, code, expected = PRINTS[case]
    result = run(page, language, code)
    assert (result["stdout"], result["error"]) == (expected, None)
    assert result["status"] == "ok"


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", "console.log(1); console.error(2); console.log(3); console.warn(4)"),
        ("python", "import sys\nfor n in (1, 2, 3, 4): print(n, file=(0, sys.stdout, sys.stderr)"
         "[2 - n % 2])"),
    ],
)  # fmt: skip
def test_streams_are_told_apart_and_in_order(page: Page, language: str, code: str) -> None:
    result = run(page, language, code)
    assert (result["stdout"], result["stderr"]) == ("1\n3\n", "2\n4\n")
    assert result["order"] == ["stdout", "stderr", "stdout", "stderr"]


# --- what a program asks ------------------------------------------------------------------------

ASKS = {
    "python": (
        "python",
        "name = input('Who? ')\nage = int(input())\nprint(name, age + 1)",
        ["Who? ", ""],
    ),
    "python reads": ("python", "import sys\nprint(sys.stdin.readline().strip(), "
                     "int(sys.stdin.readline()) + 1)", ["", ""]),
    "python reads bytes": ("python", "import sys\nread = sys.stdin.buffer.readline\n"
                           "print(read().decode().strip(), int(read()) + 1)", ["", ""]),
    "python awaits, too": ("python", "import asyncio\nawait asyncio.sleep(0)\n"
                           "print(input('Who? '), int(input()) + 1)", ["Who? ", ""]),
    "python in a callback": ("python", "ask = input\nprint(*map(lambda f: f(ask()), "
                             "[str, lambda n: int(n) + 1]))", ["", ""]),
    "javascript": ("javascript", "const name = prompt('Who?')\n"
                   "async function age() { return Number(prompt()) }\n"
                   "console.log(name, await age() + 1)", ["Who? ", ""]),
    "typescript": ("typescript", "const name: string = prompt('Who?')!\n"
                   "console.log(name, Number(prompt()) + 1)", ["Who? ", ""]),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKS)
def test_asks(page: Page, case: str) -> None:
    language, code, questions = ASKS[case]
    result = run(page, language, code, 60_000, None, {"answers": ["Ada", "36"]})
    assert (result["stdout"], result["error"]) == ("Ada 37\n", None)
    assert result["asked"] == questions


@pytest.mark.parametrize("case", ASKS)
def test_reads_what_it_was_given(page: Page, case: str) -> None:
    language, code, questions = ASKS[case]
    result = run(page, language, code, 60_000, None, {"stdin": "Ada\r\n36\n"})
    assert (result["stdout"], result["error"]) == ("".join(questions) + "Ada 37\n", None)
    assert (result["stdin"], result["asked"]) == ("Ada\n36\n", [])


def test_the_end_of_all_input(page: Page) -> None:
    read = "import sys\nprint(sorted(int(line) for line in sys.stdin))"
    assert run(page, "python", read, 60_000, None, {"answers": ["2", "1", None]})["stdout"] == (
        "[1, 2]\n"
    )
    assert run(page, "python", read, 60_000, None, {"stdin": "2\n1"})["stdout"] == "[1, 2]\n"
    result = run(page, "python", "input()", 60_000, None, {"answers": [None]})
    assert result["error"].endswith("EOFError: EOF when reading a line")
    result = run(page, "javascript", "console.log(prompt())", 60_000, None, {"answers": [None]})
    assert result["stdout"] == "null\n"


def test_waiting_for_an_answer_takes_no_time_and_can_be_stopped(page: Page) -> None:
    run(page, "python", "0")
    stopping = """async () => {
      const run = arena.run('python', 'input()', 700);
      const waited = await Promise.race([run, new Promise(r => setTimeout(r, 1500, 'waits'))]);
      arena.stop();
      return [waited, (await run).status];
    }"""
    assert page.evaluate(stopping) == ["waits", "stopped"]


def test_two_questions_at_once_come_one_after_the_other(page: Page) -> None:
    code = (
        "const ask = async (what) => prompt(what)\n"
        "Promise.all([ask('a'), ask('b')]).then(all => console.log(all.join(' and ')))\n;0"
    )
    result = run(page, "javascript", code, 60_000, None, {"answers": ["1", "2"]})
    assert (result["stdout"], result["error"]) == ("1 and 2\n", None)
    assert result["asked"] == ["a ", "b "]


def test_who_asks_and_computes_on_has_a_time_limit(page: Page) -> None:
    code = "const ask = async () => prompt('a')\nask(); ask()\nwhile (true) {}"
    result = run(page, "javascript", code, 500)
    assert (result["status"], result["asked"]) == ("timeout", [])


def test_a_question_that_is_left_open_stops_no_clock_for_good(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(site.url)
    busy = (
        "const ask = async () => prompt('a')\nask()\n"
        "await new Promise(r => setTimeout(r, 50))\nconsole.log('busy')\nwhile (true) {}"
    )
    page.evaluate("code => { window.run = arena.run('javascript', code, 500) }", busy)
    page.wait_for_function("arena.printed().includes('busy')")
    page.clock.fast_forward("09:30")
    assert page.evaluate("Promise.race([run, 'waits'])") == "waits"
    page.clock.fast_forward("00:31")
    result = page.evaluate("run")
    assert result["status"] == "timeout"
    assert "waited for 10 minutes" in result["error"]
    context.close()


def test_a_prompt_that_cannot_wait_says_how_it_could(page: Page) -> None:
    result = run(page, "javascript", "function f() {\n  return prompt()\n}\nf()")
    assert "make this function async" in result["error"].lower()
    assert result["location"] == {"line": 2, "column": 9}


def test_without_a_way_to_wait_python_says_so_and_reads_what_it_was_given(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context()
    context.add_init_script("delete WebAssembly.Suspending")
    page = context.new_page()
    page.goto(site.url)
    result = run(page, "python", "print(input('Who? '))", 60_000, None, {"stdin": "Ada"})
    assert (result["stdout"], result["stdin"]) == ("Who? Ada\n", "Ada\n")
    result = run(page, "python", "print(input('Who? '))")
    assert 'put what it is to read into "Input" beforehand' in result["error"]
    assert page.evaluate("arena.inputs()") == {
        "javascript": "live", "python": "beforehand", "typescript": "live", "sql": "none",
    }  # fmt: skip
    context.close()


# --- TypeScript and SQL -------------------------------------------------------------------------


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


def tables(result: dict[str, Any]) -> list[Any]:
    """The tables on the screen."""
    mime = "application/vnd.arena.table+json"
    return [json.loads(value["data"]) for value in result["values"] if value["mime"] == mime]


def test_sql_answers_with_tables(page: Page) -> None:
    code = (
        "CREATE TABLE t (a, b); -- a comment; really\n"
        "INSERT INTO t VALUES (1, 'x;'), (2, NULL), (3.5, x'00ff');\n"
        "SELECT *, a AS a FROM t; DELETE FROM t WHERE a = 1; SELECT count(*) FROM t"
    )
    result = run(page, "sql", code)
    assert tables(result) == [
        {
            "columns": ["a", "b", "a"],
            "rows": [[1, "x;", 1], [2, None, 2], [3.5, "x'00ff'", 3.5]],
            "total": 3,
        },
        {"columns": ["count(*)"], "rows": [[2]], "total": 1},
    ]
    assert result["stdout"] == "3 rows changed\n1 row changed\n"
    assert run(page, "sql", "SELECT * FROM t")["status"] == "error"  # nothing is left


def test_sql_shows_the_beginning_of_much(page: Page) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000)"
    code = numbers + " SELECT i, '{}' FROM n"
    (short,) = tables(run(page, "sql", code.format("x")))
    assert (len(short["rows"]), short["total"]) == (500, 9000)
    (long,) = tables(run(page, "sql", code.format("x" * 900)))
    assert 10 < len(long["rows"]) < 100
    assert long["total"] == 9000


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
    assert run(page, language, last)["status"] == "error"  # this one starts afresh
    assert run(page, language, last, *KEEP)["status"] == "error"  # and so does what follows


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


# --- the value of the last expression -----------------------------------------------------------

VALUES = {
    "a sum": ("javascript", "1 + 1", "text/plain", "2"),
    "an object in parentheses": ("javascript", "({a: 1}); // really", "text/plain", "{ a: 1 }"),
    "what main answers": (
        "javascript",
        "async function main() { await null; return 'x' }\nmain()",
        "text/plain",
        "'x'",
    ),
    "a python sum": ("python", "1 + 1", "text/plain", "2"),
    "html": ("python", "class A:\n  def _repr_html_(self): return '<b>x</b>'\nA()", "text/html",
             "<b>x</b>"),
    "a bundle": ("python", "class A:\n  def _repr_mimebundle_(self, **k):\n"
                 "    return {'text/plain': 'p', 'image/svg+xml': '<svg/>'}\nA()",
                 "image/svg+xml", "<svg/>"),
    "png bytes": ("python", "class A:\n  def _repr_png_(self): return b'png'\nA()", "image/png",
                  "cG5n"),
    "a large png": ("python", "class A:\n  def _repr_png_(self): return bytes(140_000)\nA()",
                    "image/png", "AAAA" * 46_666 + "AAA="),
    "display": ("python", "display('shown')\nNone", "text/plain", "'shown'"),
}  # fmt: skip


@pytest.mark.parametrize("case", VALUES)
def test_value(page: Page, case: str) -> None:
    language, code, mime, data = VALUES[case]
    result = run(page, language, code)
    assert (result["values"], result["error"]) == ([{"mime": mime, "data": data}], None)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", "const x = 1"),
        ("javascript", "console.log(1)"),
        ("javascript", "'use strict'"),
        ("python", "x = 1"),
        ("python", "print(1)"),
        ("python", "1;"),
    ],
)
def test_no_value(page: Page, language: str, code: str) -> None:
    result = run(page, language, code)
    assert (result["values"], result["error"]) == ([], None)


def test_values_are_bounded(page: Page) -> None:
    result = run(page, "python", "for n in range(300): display(n)")
    assert len(result["values"]) == 200
    assert "values after the first 200 are not shown" in result["stderr"]


# --- how a program fails ------------------------------------------------------------------------

ERRORS = {
    "js syntax": (
        "javascript",
        "const a = 1;\nlet b = ;",
        "main.js:2\nlet b = ;\n        ^\nSyntaxError: Unexpected token",
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
        "require('fs')",
        "ReferenceError: require is not defined\n    at main.js:1:1",
    ),
    "js wants what is closed": (
        "javascript",
        "new Worker('x.js')",
        "ReferenceError: Worker is not available here: a program reaches nothing beyond its "
        "sandbox\n    at main.js:1:5",
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
        "main.ts:1\nlet a: = 1\n       ^\nSyntaxError: Unexpected token",
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
        "def f(x):\n    return sorted([1], key=f)\nf(1)",
        "a = []\nfor _ in range(200000):\n    a = [a]\nrepr(a)",
        "import asyncio\nclass A:\n    def __eq__(self, o): return A() == A()\nA() == A()",
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
    # The driver takes the crash of any frame for that of the page; so the page itself reports.
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


# --- stopping, limits, floods -------------------------------------------------------------------

FLOODS = {
    "javascript": "for (let n = 0; ; n++) console.log('flood', n)",
    "python": "n = 0\nwhile True:\n    n += 1\n    print('flood', n)",
}


@pytest.mark.parametrize("language", FLOODS)
def test_a_flood_is_cut_and_stopped_and_leaves_the_page_alone(page: Page, language: str) -> None:
    run(page, language, "0")
    script = "([language, code, cut]) => arena.runWatched(language, code, 60000, cut)"
    result = page.evaluate(script, [language, FLOODS[language], CUT])
    assert result["status"] == "stopped"
    assert result["stderr"].count(CUT) == 1
    assert 1_000_000 < result["characters"] <= 1024 * 1024
    # One a line would be some eighty thousand; how many depends on how fast the machine is.
    assert result["pieces"] < 20_000
    assert result["stopMs"] is not None
    assert result["turns"] > 10


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", "for (let n = 0; n < 100; n++) console.log(n)\nwhile (true) {}"),
        ("python", "for n in range(100): print(n)\nwhile True: pass"),
    ],
)
def test_what_was_printed_before_a_hang_is_seen(page: Page, language: str, code: str) -> None:
    result = run(page, language, code, 60_000, "99\n")
    assert result["status"] == "stopped"
    assert result["stdout"] == "".join(f"{n}\n" for n in range(100))


def test_output_arrives_while_the_program_runs(page: Page) -> None:
    code = "import time\nprint('a')\ntime.sleep(2)\nprint('b')"
    first, second = run(page, "python", code)["arrivals"]
    assert second - first > 1000


@pytest.mark.parametrize("language", ["javascript", "python"])
def test_no_program_finds_what_another_left(page: Page, language: str) -> None:
    leave, look, expected = {
        "javascript": (
            "globalThis.left = 1; Array.prototype.map = null; console.log = null",
            "console.log(typeof left, [1].map(String))",
            "undefined [ '1' ]\n",
        ),
        "python": (
            "import builtins, sys\nleft = 1\nbuiltins.len = None\nsys.stdout.close()",
            "print('left' in globals(), len([1]))",
            "False 1\n",
        ),
    }[language]
    assert run(page, language, leave)["error"] is None
    assert run(page, language, look)["stdout"] == expected


def test_python_is_random_in_each_worker(page: Page) -> None:
    code = "import random\nprint(random.random(), hash('x') and random.getrandbits(64))"
    assert run(page, "python", code)["stdout"] != run(page, "python", code)["stdout"]


# --- the long run -------------------------------------------------------------------------------


STOP_WHILE_IT_STARTS = """async language => {
  await arena.run(language, '1');
  // The one before used up what was ready.
  const run = arena.run(language, '1');
  await new Promise(resolve => arena.watch(language, ({ label }) => {
    if (label?.startsWith('Starting')) resolve();
  }));
  arena.stop();
  const { status } = await run;
  await new Promise(resolve => arena.watch(language, ({ phase }) => {
    if (phase === 'ready') resolve();
  }));
  return status;
}"""


def wait_for_workers(page: Page, count: int) -> None:
    """Wait until the page has so many: what was ended takes a moment to be gone."""
    deadline = time.monotonic() + 20
    while len(page.workers) != count and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert len(page.workers) == count


def test_a_stop_while_a_worker_starts_loses_none(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    for _ in range(3):
        assert page.evaluate(STOP_WHILE_IT_STARTS, "python") == "stopped"
    wait_for_workers(page, 1)
    context.close()


def test_fifty_runs_leave_nothing_behind(browser: Browser, site: Site) -> None:
    """Stops, time-outs, errors and crashes among them: no worker stays, and memory comes back."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    seen: list[str] = []
    page.on("worker", lambda worker: seen.append(worker.url))
    deep = "def f(x):\n    return sorted([1], key=f)\nf(1)"
    kept = {"keepState": True}
    mixture: list[tuple[Any, ...]] = [
        ("javascript", "console.log('x'.repeat(1e5))"),
        ("python", "print('x' * 100000)"),
        ("javascript", "console.log('go'); while (true) {}", 60_000, "go"),
        ("typescript", "const all: number[] = Array(1e6).fill(1); all.length"),
        ("javascript", "while (true) {}", 200),
        ("python", "print('go')\nwhile True: pass", 60_000, "go"),
        ("python", "n = bytearray(10_000_000)", 60_000, None, kept),
        ("python", "len(n)", 60_000, None, kept),
        ("sql", "SELECT 1"),
        ("python", "1 / 0"),
        ("javascript", "throw new Error('x')"),
        ("python", deep),
    ]
    expected = [
        "ok", "ok", "stopped", "ok", "timeout", "stopped", "ok", "ok", "ok", "error", "error",
        "error",
    ]  # fmt: skip

    def round_of_runs() -> None:
        assert [run(page, *each)["status"] for each in mixture] == expected
        assert page.evaluate(STOP_WHILE_IT_STARTS, "python") == "stopped"
        wait_for_workers(page, len(LANGUAGES))  # the spare ones

    round_of_runs()
    # The frames of the languages are processes of their own; only their sessions know their heaps.
    frames = [context.new_cdp_session(frame) for frame in page.frames]
    assert len(frames) == 1 + len(LANGUAGES)

    def memory() -> list[float]:
        """Bytes of each frame, what arrays hold among them."""
        each = []
        for session in frames:
            session.send("HeapProfiler.collectGarbage")
            used = session.send("Runtime.getHeapUsage")
            each.append(used["usedSize"] + used["backingStorageSize"])
        return each

    def nodes() -> int:
        return int(frames[0].send("Memory.getDOMCounters")["nodes"])

    before, nodes_before, seen_before = memory(), nodes(), len(seen)
    for _ in range(4):
        round_of_runs()
    # Each has a worker of its own, but the one that found the state of the one before.
    assert len(seen) - seen_before >= 4 * (len(mixture) - 1)
    for now, then in zip(memory(), before, strict=True):
        assert now <= then * 1.15
    assert nodes() <= nodes_before * 1.15 + 20
    context.close()


# --- loading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["url", "encoded"])
def test_loading_shows_how_far_it_is(browser: Browser, site: Site, host: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(getattr(site, host))
    states = page.evaluate("arena.prepare('python')")
    context.close()
    loading = [state for state in states if state.get("label") == "Loading Python…"]
    shares = [state["progress"] for state in loading]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] > 0.98
    assert len(shares) > 5
    assert states[-1] == {"phase": "ready"}


def test_python_works_where_its_snapshot_does_not(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    context.add_init_script("delete WebAssembly.Suspending")
    page = context.new_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    page.goto(site.url)
    result = run(page, "python", "import random\nprint(random.random() < 1, f'{1 + 1}')")
    assert (result["stdout"], result["error"]) == ("True 2\n", None)
    assert "python_stdlib.zip.gz" in loaded
    assert "python.snapshot.gz" not in loaded
    context.close()


@pytest.mark.parametrize(
    "answer",
    [{"status": 404}, {"body": gzip.compress(b"nothing of the kind")}],
    ids=["missing", "no image"],
)
def test_python_works_where_its_snapshot_is_broken(
    browser: Browser, site: Site, answer: dict[str, Any]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/python.snapshot.gz", lambda route: route.fulfill(**answer))
    page.goto(site.url)
    result = run(page, "python", "print(1)")
    assert (result["stdout"], result["error"]) == ("1\n", None)
    context.close()


def test_python_starts_from_its_snapshot(page: Page) -> None:
    """The seed of hashes is in there: elsewhere each worker has one of its own."""
    first, second = (run(page, "python", "print(hash('x'))")["stdout"] for _ in range(2))
    assert first == second


def test_a_failed_load_says_so_and_can_be_repeated(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url)
    page.route("**/version.json", lambda route: route.fulfill(status=404))
    states = page.evaluate("arena.prepare('javascript')")
    assert states[-1]["phase"] == "failed"
    assert "404" in states[-1]["message"]
    result = run(page, "javascript", "1")
    assert result["status"] == "error"
    assert result["error"].startswith("JavaScript could not be started: ")
    page.unroute("**/version.json")
    assert page.evaluate("arena.prepare('javascript')")[-1] == {"phase": "ready"}
    assert run(page, "javascript", "console.log('up')")["stdout"] == "up\n"
    context.close()
