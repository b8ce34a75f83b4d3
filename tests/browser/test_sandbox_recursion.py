"""Deep recursion and long chains in Python: they end as under CPython, and not with a crash."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.programs import run

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Each browser in turn: their stacks differ."""
    found: Browser = request.getfixturevalue(request.param)
    return found


def under_cpython(code: str) -> str:
    """The output of a program under CPython."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


# --- long chains --------------------------------------------------------------------------------

NODE = "class Node:\n    def __init__(self, next):\n        self.next = next\n"
#: How each link of a chain is made from the one before it.
CHAINS = {
    "a linked list": NODE + "link = Node",
    "a linked list with slots": NODE.replace("Node:", "Node:\n    __slots__ = 'next'")
    + "link = Node",
    "a trie": NODE.replace("= next", "= {'a': next}") + "link = Node",
    "a skewed tree of dataclasses": "from dataclasses import dataclass\n@dataclass\nclass Node:\n"
    "    left: object\n    right: object = None\nlink = Node",
    "named tuples": "from collections import namedtuple\nlink = namedtuple('Node', 'next')",
    "lists in lists": "def link(last): return [last]",
    "dictionaries in dictionaries": "def link(last): return {'next': last}",
    "tuples in tuples": "def link(last): return (1, last)",
    "sets in sets": "def link(last): return frozenset([last])",
    "default dictionaries": "import collections\n"
    "def link(last): return collections.defaultdict(int, next=last)",
    "queues in queues": "import collections\ndef link(last): return collections.deque([last])",
    "functions that hold functions": "def link(last): return lambda: last",
    "generators that hold generators": "def held(last):\n    yield last\ndef link(last):\n"
    "    made = held(last)\n    next(made)\n    return made",
    "bound methods": "class Node:\n    def f(self): pass\ndef link(last):\n    node = Node()\n"
    "    node.last = last\n    return node.f",
    "errors with contexts": "def link(last):\n    error = ValueError()\n"
    "    error.__context__ = last\n    return error",
}
DROP = (
    "\nlast = None\nfor _ in range(20_000):\n    last = link(last)\nlast = None\nprint('dropped')"
)


@pytest.mark.parametrize("chain", CHAINS)
def test_a_long_chain_is_dropped(page: Page, chain: str) -> None:
    code = CHAINS[chain] + DROP
    result = run(page, "python", code)
    assert (result["stdout"], result["error"]) == (under_cpython(code), None)


def test_a_long_chain_is_dropped_at_the_end_of_a_function_and_of_the_program(page: Page) -> None:
    make = "last = None\n    for _ in range(20_000):\n        last = Node(last)\n    print('made')"
    code = f"{NODE}def f():\n    {make}\nf()\nif True:\n    {make}"
    result = run(page, "python", code)
    assert (result["stdout"], result["error"]) == (under_cpython(code), None)


# --- deep recursion -----------------------------------------------------------------------------

#: Programs that recur through C functions for ever.
THROUGH_C = {
    "sum": "def f(): return sum(f() for _ in [1])\nf()",
    "sorted": "def f(x): return sorted([1], key=f)\nf(1)",
    "max": "def f(x): return max([1], key=f)\nf(1)",
    "map": "def f(x): return list(map(f, [1]))\nf(1)",
    "any": "def f(): return any(f() for _ in [1])\nf()",
    "join": "def f(): return ''.join(f() for _ in [1])\nf()",
    "reduce": "from functools import reduce\ndef f(a, b): return reduce(f, [1, 2])\nf(1, 2)",
    "cmp_to_key": "from functools import cmp_to_key\n"
    "def f(a, b): return sorted([1, 2], key=cmp_to_key(f))\nf(1, 2)",
    "__repr__": "class A:\n    def __repr__(self): return f'<{A()!r}>'\nrepr(A())",
    "__repr__ in a list": "class A:\n    def __repr__(self): return repr([A()])\nrepr(A())",
    "__eq__": "class A:\n    def __eq__(self, other): return A() == A()\nA() == A()",
    "__lt__": "class A:\n    def __lt__(self, other): return min(A(), A())\nmin(A(), A())",
    "__hash__": "class A:\n    def __hash__(self): return hash((A(),))\nhash(A())",
    "__getattr__": "class A:\n    def __getattr__(self, name): return getattr(A(), name)\nA().x",
    "__call__": "class A:\n    def __call__(self): return A()()\nA()()",
    "__new__": "class A:\n    def __new__(cls): return A()\nA()",
    "__iter__": "class A:\n    def __iter__(self): return iter(A())\niter(A())",
    "next": "def f(): yield next(f())\nnext(f())",
    "json": "import json\ndef f(o): return json.dumps(object(), default=f)\nf(1)",
    "a dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: object\n"
    "class B:\n    def __repr__(self): return repr(A(B()))\nrepr(B())",
    "deepcopy": "import copy\na = []\nfor _ in range(20_000): a = [a]\ncopy.deepcopy(a)",
    "json of nested lists": "import json\na = []\nfor _ in range(100_000): a = [a]\njson.dumps(a)",
    "repr of nested lists": "a = []\nfor _ in range(100_000): a = [a]\nrepr(a)",
    "comparison of nested lists": "a, b = [], []\nfor _ in range(100_000): a, b = [a], [b]\na == b",
    "pickle": "import pickle\na = []\nfor _ in range(20_000): a = [a]\npickle.dumps(a)",
    "plain calls": "def f(): f()\nf()",
    "cached calls": "from functools import cache\n@cache\ndef f(n): return f(n + 1)\nf(0)",
    "coroutines": "import asyncio\nasync def f(): await f()\nasyncio.run(f())",
    "sum in a coroutine": "import asyncio\ndef f(): return sum(f() for _ in [1])\n"
    "async def main():\n    await asyncio.sleep(0.01)\n    f()\nasyncio.run(main())",
}


@pytest.mark.parametrize("way", THROUGH_C)
def test_recursion_that_is_too_deep_can_be_caught(page: Page, way: str) -> None:
    body = "".join(f"    {line}\n" for line in THROUGH_C[way].splitlines())
    # A class or a function of the program is global, as in the program without `try`.
    code = f"try:\n{body}except RecursionError as error:\n    print('caught')"
    result = run(page, "python", code)
    assert (result["stdout"], result["error"]) == (under_cpython(code), None)


@pytest.mark.parametrize("way", ["sorted", "__eq__", "sum"])
def test_recursion_that_is_too_deep_has_its_place(page: Page, way: str) -> None:
    result = run(page, "python", THROUGH_C[way])
    assert "RecursionError" in result["error"]
    assert "main.py" in result["error"]
    assert result["location"]["line"] >= 1


DEEP = {
    "plain": "import sys\nsys.setrecursionlimit(30_000)\n"
    "def f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(20_000))",
    "cached": "from functools import cache\n@cache\n"
    "def f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nprint(f(400))",
    "sum": "def f(n): return 1 + sum(f(n - 1) for _ in range(n > 0))\nprint(f(400))",
    "sorted": "def f(n): return n if n == 0 else sorted([n - 1], key=f)[0]\nprint(f(80))",
    "__repr__": "class A:\n    def __init__(self, n): self.n = n\n"
    "    def __repr__(self): return '.' if self.n == 0 else f'{A(self.n - 1)!r}'\nprint(A(300))",
    "__eq__": "class A:\n    def __init__(self, next): self.next = next\n"
    "    def __eq__(self, other): return self.next == other.next\n"
    "a = b = None\nfor _ in range(300): a, b = A(a), A(b)\nprint(a == b)",
    "deepcopy": "import copy\na = []\nfor _ in range(300): a = [a]\nprint(copy.deepcopy(a) == a)",
    "a tree": "class Node:\n    def __init__(self, right): self.right = right\n"
    "    def __iter__(self):\n        yield 1\n        if self.right: yield from self.right\n"
    "last = None\nfor _ in range(300): last = Node(last)\nprint(sum(last))",
}


@pytest.mark.parametrize("way", DEEP)
def test_recursion_of_some_depth_works(page: Page, way: str) -> None:
    result = run(page, "python", DEEP[way])
    assert (result["stdout"], result["error"]) == (under_cpython(DEEP[way]), None)


def test_the_stack_is_protected_after_waiting(page: Page) -> None:
    code = "import time\nname = input()\ntime.sleep(0.01)\n" + THROUGH_C["sorted"]
    result = run(page, "python", code, 60_000, None, {"answers": ["x"]})
    assert "RecursionError" in result["error"]
    kept = {"keepState": True}
    for _ in range(2):
        result = run(page, "python", THROUGH_C["sorted"], 60_000, None, kept)
        assert "RecursionError" in result["error"]
        assert "lost" not in result["stderr"]
