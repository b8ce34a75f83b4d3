"""Python programs in the sandbox: asyncio, prompts, display of values and errors."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(180)


def run(page: Page, code: str, limit: int = 60_000, **wishes: Any) -> dict[str, Any]:
    """Run a program; `wishes` are the run's options on the page."""
    script = "([code, limit, wishes]) => arena.run('python', code, limit, null, wishes)"
    result: dict[str, Any] = page.evaluate(script, [code, limit, wishes])
    return result


# --- asyncio ------------------------------------------------------------------------------------

LATER = """
import asyncio

async def later(text, error=None):
    await asyncio.sleep(0.05)
    print(text)
    if error:
        raise error
"""
GOES_ON = {
    "a task that nobody awaits": (
        "asyncio.create_task(later('late'))\nawait asyncio.sleep(0)",
        "late\n",
    ),
    "one that starts another": (
        "async def first():\n    asyncio.create_task(later('late'))\n"
        "asyncio.create_task(first())\nawait asyncio.sleep(0)",
        "late\n",
    ),
    "a future of the loop": ("asyncio.ensure_future(later('late'))", "late\n"),
    "what asyncio.run leaves is cancelled, as elsewhere": (
        "async def for_ever():\n    try:\n        await asyncio.sleep(1000)\n"
        "    finally:\n        print('cancelled')\n"
        "async def main():\n    asyncio.create_task(for_ever())\n    await later('main')\n"
        "asyncio.run(main())\nprint('end')",
        "main\ncancelled\nend\n",
    ),
    "an error that is taken": (
        "async def main():\n    try:\n        await asyncio.create_task(later('x', ValueError()))\n"
        "    except ValueError:\n        print('taken')\n"
        "asyncio.run(main())\n"
        "task = asyncio.ensure_future(main())",
        "x\ntaken\nx\ntaken\n",
    ),
    "an error that is taken late": (
        "task = asyncio.ensure_future(later('x', ValueError()))\nawait asyncio.sleep(0.2)\n"
        "try:\n    await task\nexcept ValueError:\n    print('taken')",
        "x\ntaken\n",
    ),
    "errors that are gathered": (
        "print(await asyncio.gather(later('x', KeyError(1)), later('y'), return_exceptions=True))",
        "x\ny\n[KeyError(1), None]\n",
    ),
    "an error out of asyncio.run that is caught": (
        "try:\n    asyncio.run(later('x', ValueError()))\nexcept ValueError:\n    print('caught')",
        "x\ncaught\n",
    ),
}


@pytest.mark.parametrize(("code", "printed"), GOES_ON.values(), ids=GOES_ON)
def test_what_goes_on_is_waited_for(page: Page, code: str, printed: str) -> None:
    result = run(page, LATER + code)
    assert (result["stdout"], result["stderr"], result["error"]) == (printed, "", None)


FAILS = {
    "a task": "asyncio.ensure_future(later('x', ValueError('sad')))",
    "a task that fails before the end": (
        "asyncio.ensure_future(later('x', ValueError('sad')))\nawait asyncio.sleep(0.2)"
    ),
    "one beside another that goes on": (
        "asyncio.ensure_future(asyncio.sleep(1000))\n"
        "asyncio.ensure_future(later('x', ValueError('sad')))"
    ),
    "a task in asyncio.run": (
        "async def main():\n    asyncio.create_task(later('x', ValueError('sad')))\n"
        "    await asyncio.sleep(0.2)\nasyncio.run(main())"
    ),
    "a callback": (
        "def fail():\n    print('x')\n    raise ValueError('sad')\n"
        "asyncio.get_event_loop().call_soon(fail)\nawait asyncio.sleep(0.05)"
    ),
}


@pytest.mark.parametrize("code", FAILS.values(), ids=FAILS)
def test_an_error_that_nobody_takes_is_the_result(page: Page, code: str) -> None:
    result = run(page, LATER + code)
    assert (result["stdout"], result["stderr"], result["status"]) == ("x\n", "", "error")
    assert result["error"].startswith("Traceback (most recent call last):\n")
    assert result["error"].endswith("ValueError: sad")
    assert "pyodide" not in result["error"]


def test_what_goes_on_for_ever_has_the_time_limit_and_can_be_stopped(page: Page) -> None:
    forever = LATER + "print('go')\nasyncio.ensure_future(asyncio.sleep(1000))"
    run(page, "0")
    assert run(page, forever, 500)["status"] == "timeout"
    stopped = page.evaluate("code => arena.run('python', code, 60000, 'go')", forever)
    assert stopped["status"] == "stopped"


# --- prompts ------------------------------------------------------------------------------------

ASKS = {
    "a module of the session": (
        "import a\na.ask()",
        {"a.py": "def ask():\n    print(input('? '))"},
    ),
    "by another name": ("import builtins\nprint(getattr(builtins, 'in' + 'put')('? '))", {}),
    "code that is made": ("exec('print(inp' + 'ut(\"? \"))')", {}),
    "the module for command lines": (
        "import cmd\nclass Shell(cmd.Cmd):\n    prompt = '? '\n"
        "    def do_yes(self, _):\n        print('yes')\n        return True\nShell().cmdloop()",
        {},
    ),
    "getpass": ("import getpass\nprint(getpass.getpass('? '))", {}),
    "a line of stdin": ("from sys import stdin as s\nprint(s.readline(), end='')", {}),
}


@pytest.mark.parametrize(("code", "files"), ASKS.values(), ids=ASKS)
def test_asks_wherever_it_reads(page: Page, code: str, files: dict[str, str]) -> None:
    result = run(page, code, files=files, answers=["yes"])
    assert (result["stdout"].splitlines()[-1:], result["error"]) == (["yes"], None)
    assert len(result["asked"]) == 1


def test_a_breakpoint_asks(page: Page) -> None:
    result = run(page, "n = 41\nbreakpoint()\nprint('end')", answers=["p n + 1", "c"])
    assert "42\n" in result["stdout"]
    assert result["stdout"].endswith("end\n")
    assert result["error"] is None


# --- display ------------------------------------------------------------------------------------


def test_a_form_that_cannot_be_made_gives_way_to_the_next(page: Page) -> None:
    result = run(
        page,
        """
class A:
    def _repr_html_(self):
        raise ValueError('no table')
    def _repr_markdown_(self):
        return '*a*'
display(A())
print('on')
""",
    )
    assert result["values"] == [{"mime": "text/markdown", "data": "*a*"}]
    assert (result["stdout"], result["error"]) == ("on\n", None)
    assert 'File "main.py", line 4, in _repr_html_' in result["stderr"]
    assert "ValueError: no table" in result["stderr"]


def test_a_value_that_cannot_be_told_is_no_failure(page: Page) -> None:
    result = run(page, "class A:\n    def __repr__(self):\n        return 1 / 0\nA()")
    assert (result["values"], result["error"]) == ([], None)
    assert "ZeroDivisionError" in result["stderr"]


def test_a_bundle_of_plain_text_is_shown(page: Page) -> None:
    method = "def _repr_mimebundle_(self, **_): return {'text/plain': 'told'}"
    values = run(page, f"class A:\n    {method}\nA()")["values"]
    assert values == [{"mime": "text/plain", "data": "told"}]


# --- places of errors ---------------------------------------------------------------------------

PLACES = {
    "an expression": ("def f(n):\n    return 1 + '😀' * n / n\nf(0)", (2, 15, 2, 27)),
    "over several lines": ("sum(\n  1,\n  2)", (1, 0, 3, 4)),
    "in a library": ("import json\n'😀'; json.loads('{')", (2, 6, 2, 21)),
    "in the text": ("x = 1\n'😀' = 2", (2, 0, 2, 4)),
}


@pytest.mark.parametrize(("code", "place"), PLACES.values(), ids=PLACES)
def test_an_error_has_a_beginning_and_an_end(
    page: Page, code: str, place: tuple[int, int, int, int]
) -> None:
    line, column, end_line, end_column = place
    assert run(page, code)["location"] == {
        "line": line,
        "column": column,
        "end": {"line": end_line, "column": end_column},
    }
