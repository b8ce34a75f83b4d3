"""Commands of notebooks, such as `%timeit`, for programs that keep their state.

Lives in the worker, inside Pyodide, as `arena_notebook`. The commands are those of IPython:
https://ipython.readthedocs.io/en/stable/interactive/magics.html
"""

import ast
import builtins
import re
import time
import timeit
from collections.abc import Callable
from typing import Any

#: A line that is a command: `%name`, `!name`, `?name` or `name?`.
COMMAND = re.compile(
    r"\s*(%%?\s*[A-Za-z_]\w*|!+\s*\S+|\?{1,2}[A-Za-z_][\w.]*|[A-Za-z_][\w.]*\?{1,2}\s*$)"
)

#: The function that runs a command, by this name in a translated program.
RUN = "__notebook_command__"

#: Nanoseconds of a unit of time.
UNITS = {"nsec": 1, "usec": 1e3, "msec": 1e6, "sec": 1e9}

INSTALLED = "Packages are loaded when a program imports them: there is nothing to install."


def translated(source: str) -> str:
    """A program with its commands as calls, on the same lines; no change where it has none."""
    try:
        ast.parse(source)
    except SyntaxError:
        builtins.__notebook_command__ = run  # type: ignore[attr-defined]
        lines = source.split("\n")
        first = lines[0].lstrip()
        if first.startswith("%%") and COMMAND.match(first):
            # Such a command is about all lines below it.
            below = "\n".join(lines[1:])
            return f"{RUN}({first[1:]!r}, {below!r}, globals())"
        return "\n".join(map(translated_line, lines))
    except (ValueError, MemoryError, RecursionError):
        return source
    return source


def translated_line(line: str) -> str:
    """A line as a call, if it is a command."""
    if COMMAND.match(line) is None:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}{RUN}({line.strip()!r}, '', globals())"


def run(line: str, lines: str, namespace: dict[str, Any]) -> None:
    """Run a command; `lines` are those below it where it is about them."""
    kind, rest = line[0], line[1:].strip()
    if kind == "!" and rest.split()[:1] != ["pip"]:
        raise OSError("A program cannot start another program here.")
    if kind not in "%!":
        help(eval(line.strip("? "), namespace))  # noqa: S307
        return
    name, _, text = rest.partition(" ")
    command = COMMANDS.get(name)
    if command is None:
        raise NameError(f"the command %{name} of notebooks is not available here")
    command(text.strip() or lines, namespace)


def measure(text: str, namespace: dict[str, Any]) -> None:
    """Print how long a statement takes, as `python -m timeit` does."""
    timer = timeit.Timer(text, globals=namespace)
    loops, _ = timer.autorange()
    best = min(timer.repeat(5, loops)) / loops * 1e9
    unit = next((unit for unit, size in UNITS.items() if best < 1000 * size), "sec")
    print(f"{loops} loops, best of 5: {best / UNITS[unit]:.3g} {unit} per loop")


def take_time(text: str, namespace: dict[str, Any]) -> None:
    """Run statements, and print how long that took."""
    start = time.perf_counter()
    exec(text, namespace)  # noqa: S102
    print(f"Wall time: {time.perf_counter() - start:.3g} s")


def nothing(*_: object) -> None:
    """Do nothing: the command is about what is always so here."""


COMMANDS: dict[str, Callable[[str, dict[str, Any]], None]] = {
    "timeit": measure,
    "time": take_time,
    "pip": lambda *_: print(INSTALLED),
    "conda": lambda *_: print(INSTALLED),
    "matplotlib": nothing,
    "autosave": nothing,
}
