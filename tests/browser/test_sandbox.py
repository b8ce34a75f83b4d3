"""The language runtimes in a real browser: what a program prints, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import sandbox_site
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)

CONTRACT = Path(__file__).resolve().parents[2] / "src" / "run" / "contract.ts"
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
    """Run a program; options are its time limit in ms, and output after which it is stopped."""
    script = "([language, code, options]) => arena.run(language, code, ...options)"
    result: dict[str, Any] = page.evaluate(script, [language, code, list(options)])
    return result


# --- the contract of every runner ---------------------------------------------------------------


@pytest.mark.parametrize("language", ["javascript", "python"])
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
    "python exits": ("python", "import sys\nsys.exit(3)", "Exited with code 3"),
    "python exits with words": ("python", "raise SystemExit('bye')", "bye"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error(page: Page, case: str) -> None:
    language, code, expected = ERRORS[case]
    result = run(page, language, code)
    assert result["error"] == expected
    assert result["status"] == "error"


def test_input_says_that_it_is_not_there(page: Page) -> None:
    result = run(page, "python", "name = input('Who? ')")
    assert "input() is not available yet" in result["error"]


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
    assert result["error"].endswith("MemoryError")
    assert run(page, "python", "print('fine')")["stdout"] == "fine\n"


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
    assert result["pieces"] < 3000
    assert result["stopMs"] < 1000
    assert result["jank"] < 300


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
    code = "import time\nprint('a')\ntime.sleep(0.5)\nprint('b')"
    first, second = run(page, "python", code)["arrivals"]
    assert second - first > 400


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
