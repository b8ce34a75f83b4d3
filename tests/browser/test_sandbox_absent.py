"""What a Python program does not have in a browser: an error says so in one sentence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.programs import python

pytestmark = pytest.mark.timeout(180)

THREADS = "A program has one thread here: call the function itself, or use asyncio."
PROCESSES = "A program cannot start another program or process here."
NETWORK = "There is no network here: a program reaches nothing beyond its sandbox."
NOT_THERE = {
    "a thread": ("import threading\nthreading.Thread(target=print).start()", THREADS),
    "a timer": ("import threading\nthreading.Timer(1, print).start()", THREADS),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor() as pool: list(pool.map(str, [1]))",
        THREADS,
    ),
    "a process": ("import multiprocessing as m\nm.Process(target=print).start()", PROCESSES),
    "a pool of processes": ("import multiprocessing as m\nm.Pool(2)", PROCESSES),
    "an executor of processes": (
        "from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor()",
        PROCESSES,
    ),
    "subprocess": ("import subprocess\nsubprocess.run(['ls'])", PROCESSES),
    "os.system": ("import os\nos.system('ls')", PROCESSES),
    "os.popen": ("import os\nos.popen('ls')", PROCESSES),
    "os.fork": ("import os\nos.fork()", PROCESSES),
    "a socket": ("import socket\nsocket.create_connection(('example.com', 80))", NETWORK),
    "a server": ("import http.server as h\nh.HTTPServer(('', 80), None)", NETWORK),
    "a URL": ("import urllib.request\nurllib.request.urlopen('https://example.com')", NETWORK),
    "a stream": (
        "import asyncio\nasyncio.run(asyncio.open_connection('example.com', 80))",
        NETWORK,
    ),
    "a typo": ("import randon", "Did you mean: random?"),
    "a typo of an own file": ("import helprs", "Did you mean: helpers?"),
    "a typo in a from": ("from colections import deque", "Did you mean: collections?"),
    **{
        name: (
            f"import {name}",
            f"{name} needs a window or a terminal, which a program does not have in a browser.",
        )
        for name in ("tkinter", "turtle", "pygame", "curses")
    },
    "an own file in the way": (
        "import random\nrandom.randint(1, 2)",
        "This is your file random.py. Rename it to use Python's own module random.",
    ),
    "an own file in the way of a from": (
        "from random import randint",
        "This is your file random.py. Rename it to use Python's own module random.",
    ),
    "%timeit": (
        "%timeit 1 + 1",
        '%timeit is for notebooks: turn on "Keep state" to use it.',
    ),
    "!pip": (
        "import sys\n!pip install numpy",
        '!pip is for notebooks: turn on "Keep state" to use it.',
    ),
    "?name": (
        "?len",
        '?len is for notebooks: turn on "Keep state" to use it.',
    ),
    "_": (
        "print(_)",
        'A notebook has its last value in _: turn on "Keep state" to use it.',
    ),
}


@pytest.mark.parametrize("case", NOT_THERE)
def test_what_is_not_there_is_said_in_one_sentence(page: Page, case: str) -> None:
    code, sentence = NOT_THERE[case]
    result = python(page, code, files={"helpers.py": "", "random.py": ""})
    last = result["error"].splitlines()[-1]
    assert last == sentence or (last.startswith(("OSError", "urllib")) and sentence[:-1] in last)
    assert "pyodide.org" not in result["error"]
    assert result["location"] is not None


def test_a_plain_error_of_these_kinds_is_not_explained(page: Page) -> None:
    for code, last in (
        ("x = = 1", "SyntaxError: invalid syntax"),
        ("x = 1 % % 2", "SyntaxError: invalid syntax"),
        ("undefined", "NameError: name 'undefined' is not defined"),
        ("import math\nmath.nope", "AttributeError: module 'math' has no attribute 'nope'"),
        ("raise OSError('x')", "OSError: x"),
    ):
        assert python(page, code)["error"].splitlines()[-1] == last


# --- commands of notebooks ----------------------------------------------------------------------


def test_commands_of_notebooks_work_where_variables_are_kept(page: Page) -> None:
    code = (
        "def f():\n    'Tells one.'\n    return 1\n%timeit f()\n%time f()\n!pip install x\n?f\nf?"
    )
    result = python(page, f"{code}\nf() + 1", keepState=True)
    assert result["error"] is None
    loops, wall, packages, *help_text = result["stdout"].splitlines()
    assert "loops, best of 5: " in loops
    assert wall.startswith("Wall time: ")
    assert packages.endswith("there is nothing to install.")
    assert "\n".join(help_text).count("Tells one.") == 2
    assert python(page, "print(_, 7 % 4)", keepState=True)["stdout"] == "2 3\n"
    assert "best of 5" in python(page, "%%timeit\nf()\nf()", keepState=True)["stdout"]
    failed = python(page, "x = 1\n%nope", keepState=True)
    assert failed["error"].endswith("the command %nope of notebooks is not available here")
    assert failed["location"]["line"] == 2
    # The worker with the kept state goes.
    python(page, "1")
