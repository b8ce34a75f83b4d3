"""What a Python program finds around it, as under CPython: its files, its input and its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.programs import python
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)


def cpython(
    directory: Path, code: str, files: dict[str, str], main: str = "main.py", stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program under CPython, in a directory with its files."""
    for name, text in {main: code, **files}.items():
        (directory / name).write_text(text)
    return subprocess.run(
        [sys.executable, main],
        cwd=directory,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# --- as under CPython ---------------------------------------------------------------------------

TESTS = "from main import add\ndef check():\n    print('adds', add(1, 2) == 3, __name__)\n"
ADD = "def add(a, b): return a + b\n"

#: Programs, their other files, and their input.
SAME: dict[str, tuple[str, dict[str, str], str]] = {
    "a file of tests imports the main file": (
        f"{ADD}if __name__ == '__main__':\n    import checks\n    checks.check()",
        {"checks.py": TESTS},
        "",
    ),
    "the main file imports itself": ("import main\nprint(__name__, main.__name__)", {}, ""),
    "the program's own random.py counts": (
        "import random\nprint(random.x)\nfrom random import choice",
        {"random.py": "x = 'mine'\ndef choice(): pass"},
        "",
    ),
    "an own queue.py is imported by an own file": (
        "import work\nprint(work.Queue().n)",
        {"queue.py": "class Queue: n = 1", "work.py": "from queue import Queue"},
        "",
    ),
    "Python's own sys and time come before a file": (
        "import sys, time\nprint(hasattr(sys, 'path'), hasattr(time, 'sleep'))",
        {"sys.py": "", "time.py": ""},
        "",
    ),
    "sys.argv has the file's name": ("import sys\nprint(sys.argv)", {}, ""),
    "the file can be read": ("print(open(__file__).read() == open('main.py').read())", {}, ""),
    "its source can be inspected": (
        "import inspect\ndef f(): return 1\nprint(inspect.getsource(f), end='')",
        {},
        "",
    ),
    "open(0)": ("print(open(0).read().split())", {}, "1 2\n3\n"),
    "open(0) by lines": ("with open(0) as f:\n    for line in f: print([line])", {}, "a\nb\n"),
    "open(0, 'rb')": ("print(open(0, 'rb').read())", {}, "1 2\n3\n"),
    "open('/dev/stdin')": ("print(open('/dev/stdin').read())", {}, "1 2\n3\n"),
    "open(sys.stdin.fileno())": ("import sys\nprint(open(sys.stdin.fileno()).read())", {}, "1\n"),
    "os.read(0)": (
        "import os\nall = b''\nwhile some := os.read(0, 100): all += some\nprint(all)",
        {},
        "1 2\n3\n",
    ),
    "sys.stdin.buffer": (
        "from sys import stdin\nprint(stdin.buffer.readline(), stdin.buffer.read(2), stdin.read())",
        {},
        "1 2\nabc\n",
    ),
    "input after a line of sys.stdin": (
        "import sys\nprint([next(sys.stdin), input(), sys.stdin.read()])",
        {},
        "1\n2\n3\n",
    ),
    "input from another stream": (
        "import io, sys\nsys.stdin = io.StringIO('a\\nb')\nprint([input('? '), input()])\n"
        "try: input()\nexcept EOFError as error: print(error)",
        {},
        "",
    ),
    "input after a part of a line": (
        "import sys\nprint(sys.stdin.read(2), [input('? '), input()])",
        {},
        "abcd\ne\n",
    ),
    "atexit": (
        "import atexit\natexit.register(print, 'last')\natexit.register(print, 'first')\n"
        "print('end')",
        {},
        "",
    ),
    "atexit after sys.exit": (
        "import atexit, sys\natexit.register(print, 'last')\nsys.exit()",
        {},
        "",
    ),
    "a generator that is not finished": (
        "def f():\n    try:\n        yield 1\n    finally:\n        print('finally')\n"
        "it = f()\nprint(next(it))",
        {},
        "",
    ),
    "a context that is left by the end": (
        "from contextlib import contextmanager\n@contextmanager\ndef f():\n    try:\n"
        "        yield\n    finally:\n        print('closed')\n"
        "open_context = f()\nopen_context.__enter__()\nprint('end')",
        {},
        "",
    ),
    "__del__ at the end": (
        "class A:\n    def __init__(self, n): self.n = n\n"
        "    def __del__(self): print('gone', self.n)\n_a, b = A(1), A(2)\nc = A(3)\nc.c = c\n"
        "print('end')",
        {},
        "",
    ),
    "asyncio.Runner": (
        "import asyncio\nasync def f(n):\n    await asyncio.sleep(0.01)\n    return n\n"
        "with asyncio.Runner() as runner:\n    print(runner.run(f(1)), runner.run(f(2)))",
        {},
        "",
    ),
    "what asyncio.Runner leaves is cancelled": (
        "import asyncio\nasync def for_ever():\n    try:\n        await asyncio.sleep(1000)\n"
        "    finally:\n        print('cancelled')\nasync def main():\n    global task\n"
        "    task = asyncio.create_task(for_ever())\n    await asyncio.sleep(0)\n"
        "with asyncio.Runner() as runner:\n    runner.run(main())\n    print('ran')\n"
        "print(task.cancelled())",
        {},
        "",
    ),
    "IsolatedAsyncioTestCase": (
        "import asyncio, unittest\nclass T(unittest.IsolatedAsyncioTestCase):\n"
        "    async def asyncSetUp(self): self.x = 1\n"
        "    async def test_x(self):\n        await asyncio.sleep(0.01)\n"
        "        print('tested', self.x)\n"
        "    async def asyncTearDown(self): print('torn down')\nunittest.main()",
        {},
        "",
    ),
    "time.sleep stops all coroutines": (
        "import asyncio, time\nasync def f(n):\n    print('begin', n)\n    time.sleep(0.02)\n"
        "    print('end', n)\nasync def main(): await asyncio.gather(f(1), f(2))\n"
        "asyncio.run(main())",
        {},
        "",
    ),
    "os._exit": ("import os\nprint('before')\nos._exit(0)", {}, ""),
}


@pytest.mark.parametrize("case", SAME)
def test_it_is_as_under_cpython(page: Page, tmp_path: Path, case: str) -> None:
    code, files, stdin = SAME[case]
    # CPython's buffer of stdout is lost at `os._exit`, unless stdout is a terminal.
    real = cpython(tmp_path, code.replace("'before'", "'before', flush=True"), files, stdin=stdin)
    assert real.returncode == 0, real.stderr
    result = python(page, code, files=files, stdin=stdin)
    assert (result["stdout"], result["error"]) == (real.stdout, None)


def test_whichever_file_is_run_the_other_imports_it(page: Page) -> None:
    files = {"main.py": f"{ADD}print('imported', __name__)"}
    result = python(page, f"{TESTS}check()", main="checks.py", files=files)
    assert (result["stdout"], result["error"]) == ("imported main\nadds True __main__\n", None)


def test_an_exit_is_not_called_a_deep_recursion(page: Page) -> None:
    result = python(page, "import os\nprint('before')\nos._exit(3)")
    assert (result["stdout"], result["error"]) == ("before\n", "Exited with code 3")
    assert python(page, "print('fine')")["stdout"] == "fine\n"


def test_a_debugger_shows_the_source(page: Page) -> None:
    for kept in (False, True):
        result = python(
            page, "n = 41\nbreakpoint()\nprint('end')", answers=["l", "c"], keepState=kept
        )
        assert "-> breakpoint()" in result["stdout"]
        assert "3  \tprint('end')" in result["stdout"]
        assert result["stdout"].endswith("end\n")


def test_a_warning_comes_once_with_its_file_and_line(page: Page) -> None:
    result = python(page, "x = 1\ny = '\\d'")
    assert result["stderr"].count("SyntaxWarning") == 1
    assert result["stderr"].startswith("main.py:2: SyntaxWarning: ")
    assert result["stderr"].endswith("\n  y = '\\d'\n")
    for code in ("import u", "import u, u\nimport json"):
        result = python(page, code, files={"u.py": "\nx = '\\d'"})
        assert result["stderr"].count("SyntaxWarning") == 1
        assert result["stderr"].startswith("u.py:2: SyntaxWarning: ")


def test_nothing_is_left_of_the_machine_of_the_build(page: Page, repository: Path) -> None:
    code = "import sys, os\nprint(sys.executable, sys.orig_argv, sys.argv, sys.path, os.environ)"
    assert str(repository) not in python(page, code)["stdout"]
    assert "snapshot" not in python(page, code)["stdout"]


def test_the_time_zone_is_the_browsers(browser: Browser, site: Site) -> None:
    context = browser.new_context(timezone_id="America/New_York")
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    code = "import time\nprint(time.timezone, time.altzone, time.daylight, time.tzname)"
    assert python(page, code)["stdout"] == "18000 14400 1 ('UTC-0500', 'UTC-0400')\n"
    context.close()


ZONES = """
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo
NAMES = (
    "Europe/Berlin America/New_York America/Los_Angeles Asia/Kolkata Australia/Sydney UTC "
    "Asia/Tokyo America/Sao_Paulo"
)
for name in NAMES.split():
    zone = ZoneInfo(name)
    at = datetime(1990, 1, 1, tzinfo=timezone.utc)
    while at.year < 2030:
        local = at.astimezone(zone)
        print(name, local, bool(local.dst()), local.tzname() if name[0] != "A" else "")
        at += timedelta(days=29, hours=7)
later = datetime(2024, 3, 10, 1, 59, tzinfo=ZoneInfo("America/New_York"))
print(later.utcoffset(), (later + timedelta(minutes=1)).utcoffset())
try:
    ZoneInfo("Mars/Base")
except KeyError as error:
    print(error)
"""


def test_a_time_zone_has_its_times_of_the_year(page: Page, tmp_path: Path) -> None:
    real = cpython(tmp_path, ZONES, {})
    result = python(page, ZONES)
    assert (result["stdout"].splitlines(), result["error"]) == (real.stdout.splitlines(), None)
