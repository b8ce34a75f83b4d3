"""Surroundings of a program that a browser does not have, and errors that say so in plain words.

Lives in the worker, inside Pyodide, as `arena_surroundings`.
"""

import difflib
import errno
import os
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _pyodide._importhook as pyodide_imports
from arena_notebook import COMMAND
from arena_state import FILES, Worker
from arena_streams import put_input_in_file

THREADS = "A program has one thread here: call the function itself, or use asyncio."
PROCESSES = "A program cannot start another program or process here."
NETWORK = "There is no network here: a program reaches nothing beyond its sandbox."
#: Sentences on errors, by their type and a part of their text.
HINTS = (
    (RuntimeError, "can't start new thread", THREADS),
    (OSError, "does not support processes", PROCESSES),
    (NotImplementedError, "multiprocessing", PROCESSES),
    (NotImplementedError, "OS process APIs", PROCESSES),
    (RuntimeError, "TLS not supported", NETWORK),
)

#: Modules that need a window or a terminal of the computer.
SCREEN = frozenset(
    {
        *("arcade", "kivy", "pygame", "pyglet", "tkinter", "turtle", "turtledemo", "wx"),
        *("PyQt5", "PyQt6", "PySide2", "PySide6", "idlelib", "_tkinter"),
        *("curses", "_curses", "msvcrt", "readline", "termios"),
    }
)

#: How similar a name has to be to be suggested, 0 to 1.
SIMILAR = 0.75


def refuse(number: int, reason: str) -> Callable[..., None]:
    """A function that raises `OSError` with a reason for people."""

    def raise_it(*_: object) -> None:
        raise OSError(number, reason)

    return raise_it


#: What to do at audit events: https://docs.python.org/3/library/audit_events.html
AT_EVENTS: dict[str, Callable[..., None]] = {
    **dict.fromkeys(
        ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"),
        refuse(errno.ENOTSUP, PROCESSES),
    ),
    **dict.fromkeys(
        (
            "socket.bind",
            "socket.connect",
            "socket.getaddrinfo",
            "socket.gethostbyaddr",
            "socket.gethostbyname",
            "socket.sendto",
        ),
        refuse(errno.ENETUNREACH, NETWORK),
    ),
    "open": lambda path, *_: put_input_in_file() if path in (0, "/dev/stdin") else None,
}


def audit(event: str, values: tuple[Any, ...]) -> None:
    """Act on an event of the interpreter."""
    act = AT_EVENTS.get(event)
    if act is not None:
        act(*values)


def hint(error: BaseException) -> str | None:
    """A sentence on an error that is about the surroundings."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return missing(error.name, str(error))
    # The parser, too, raises this error where there is little of the stack left.
    if isinstance(error, MemoryError) and not str(error).startswith("Parser stack"):
        return "A program may use 512 MB here."
    if isinstance(error, (AttributeError, ImportError)):
        return shadowed(error)
    if isinstance(error, SyntaxError | NameError):
        return notebook_only(error)
    text = str(error)
    return next(
        (more for kind, part, more in HINTS if isinstance(error, kind) and part in text), None
    )


def shadowed(error: AttributeError | ImportError) -> str | None:
    """A sentence where a file of the program has the name of a module of Python's own library."""
    module = error.obj if isinstance(error, AttributeError) else sys.modules.get(error.name or "")
    name = getattr(module, "__name__", None)
    if not isinstance(module, types.ModuleType) or name not in sys.stdlib_module_names:
        return None
    if not (getattr(module, "__file__", None) or "").startswith(f"{FILES}/"):
        return None
    return f"This is your file {name}.py. Rename it to use Python's own module {name}."


def notebook_only(error: SyntaxError | NameError) -> str | None:
    """A sentence on what only notebooks understand."""
    keep = 'turn on "Keep state" to use it'
    if isinstance(error, NameError):
        return f"A notebook has its last value in _: {keep}." if error.name == "_" else None
    command = COMMAND.match(error.text or "")
    return None if command is None else f"{command[0].strip()} is for notebooks: {keep}."


def missing(name: str, text: str) -> str | None:
    """A sentence on a module that is missing; None where something else is."""
    if text != f"No module named {name!r}":
        return None
    top, _, rest = name.partition(".")
    if top in SCREEN:
        return f"{top} needs a window or a terminal, which a program does not have in a browser."
    if top in ("_multiprocessing", "_posixshmem"):
        return PROCESSES
    own = {path.stem for path in Path(FILES).glob("*.py")}
    known = [each for each in sys.stdlib_module_names | own if not each.startswith("_")]
    similar = [] if rest else difflib.get_close_matches(top, known, 1, SIMILAR)
    if similar:
        return f"Did you mean: {similar[0]}?"
    return f"{name} is not available here. {Worker.packages}"


def set_up() -> None:
    """Set up a new interpreter."""
    sys.addaudithook(audit)
    # Pyodide's notes on missing modules name its own functions to install them.
    pyodide_imports.STDLIBS = frozenset()
    # As where Python does not know its path; else it is a path of the machine of the build.
    sys.executable = ""


def wake() -> None:
    """Set up the state of each new worker, which a snapshot has from the machine of the build."""
    pyodide_imports.REPODATA_PACKAGES_IMPORT_TO_PACKAGE_NAME = {}
    year = time.gmtime().tm_year
    offsets = [
        time.localtime(time.mktime((year, month, 1, 0, 0, 0, 0, 1, -1))).tm_gmtoff
        for month in (1, 7)
    ]
    standard, summer = min(offsets), max(offsets)
    vars(time).update(
        timezone=-standard,
        altzone=-summer,
        daylight=int(summer != standard),
        tzname=(zone(standard), zone(summer)),
    )


def zone(offset: int) -> str:
    """The name of a time zone with this offset, seconds; browsers do not tell the usual ones."""
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"UTC{'-' if offset < 0 else '+'}{hours:02}{minutes:02}" if offset else "UTC"


def begin(main: str) -> None:
    """Set up what a program finds of its own start."""
    sys.argv = [main]
    sys.orig_argv = ["python3", main]
    os.environ.pop("_", None)
