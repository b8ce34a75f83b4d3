"""Printed output of a program, and the value of its last expression."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.programs import run

pytestmark = pytest.mark.timeout(180)


# --- printed output -----------------------------------------------------------------------------


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
