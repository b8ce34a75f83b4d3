"""Prompts and input of programs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.programs import run
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)
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
