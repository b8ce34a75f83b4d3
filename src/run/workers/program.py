"""Runs one Python program as main.py, and tells in words how it ended.

Lives in the worker, inside Pyodide; `python.ts` calls it.
"""

import ast
import builtins
import contextlib
import functools
import importlib
import importlib.util
import io
import os
import random
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from inspect import CO_COROUTINE
from pathlib import Path
from typing import Any, NoReturn

from pyodide.code import CodeRunner

FILE = "main.py"
# Where the program's other files are.
FILES = "/program"

# The richest first: a value is shown in one form.
RICH = {
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "text/latex": "_repr_latex_",
    "text/markdown": "_repr_markdown_",
}

# Calls `show(mime, data)`, which answers False for what is too big to show.
Show = Callable[[str, str], bool]


class Program:
    """One program, compiled. `error` is text when it does not compile, and then nothing runs.

    `entry` says how to run it: "sync", "switching" (it may block on the event loop, so it has to be
    entered in a way that can be suspended) or "async" (it awaits at its top level).
    """

    def __init__(self, source: str, files: Mapping[str, str], show: Show) -> None:
        self.error: str | None = None
        self.entry = "sync"
        self._show = show
        self._runner: CodeRunner | None = None
        try:
            place(files)
            runner = CodeRunner(
                source,
                filename=FILE,
                return_mode="last_expr",
                flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
                dedent=False,
            )
            runner.compile()
        except BaseException as error:  # also MemoryError and RecursionError of the parser
            self.error = explain(error)
            return
        self._runner = runner
        if runner.code is not None and runner.code.co_flags & CO_COROUTINE:
            self.entry = "async"
        elif "asyncio" in imported(runner.ast).union(*map(imported_by, files.values())):
            self.entry = "switching"

    def run(self) -> str | None:
        """Run to the end; the error as text, or None."""
        assert self._runner is not None
        try:
            self._display(self._runner.run(fresh_main()))
        except BaseException as error:
            return ended(error)
        finally:
            flush()
        return None

    async def run_async(self) -> str | None:
        """The same for a program that awaits at its top level."""
        assert self._runner is not None
        try:
            self._display(await self._runner.run_async(fresh_main()))
        except BaseException as error:
            return ended(error)
        finally:
            flush()
        return None

    def display(self, *values: object) -> None:
        """Show values in their richest form; programs find this as the built-in `display`."""
        for value in values:
            flush()
            if not any(self._show(mime, data) for mime, data in forms(value)):
                sys.stdout.write(f"{value!r}\n")

    def _display(self, value: object) -> None:
        if value is not None:
            self.display(value)


def compile_program(source: str, files: Mapping[str, str], show: Show) -> Program:
    """Make a program of source text and other files, and give it the built-in `display`."""
    program = Program(source, files, show)
    builtins.display = program.display  # type: ignore[attr-defined]
    return program


def place(files: Mapping[str, str]) -> None:
    """Put the other files where the program imports and opens them by their names."""
    if not files:
        return
    directory = Path(FILES)
    directory.mkdir(exist_ok=True)
    os.chdir(directory)
    sys.path.insert(0, FILES)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8", newline="")
    importlib.invalidate_caches()


def fresh_main() -> dict[str, Any]:
    """The namespace of a new `__main__`."""
    main = types.ModuleType("__main__")
    main.__dict__.update(__builtins__=builtins, __file__=FILE)
    sys.modules["__main__"] = main
    return main.__dict__


def imported(tree: ast.AST) -> set[str]:
    """Names of the modules that a program imports."""
    names = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module.partition(".")[0])
    return names


def imported_by(source: str) -> set[str]:
    """The same of source text; nothing where it is no Python."""
    try:
        return imported(ast.parse(source))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return set()


def forms(value: object) -> Iterator[tuple[str, str]]:
    """The forms that a value can be shown in, as (mime, data), the richest first."""
    bundle = call(value, "_repr_mimebundle_")
    if isinstance(bundle, tuple) and bundle:
        bundle = bundle[0]
    for mime, method in RICH.items():
        data = bundle.get(mime) if isinstance(bundle, dict) else None
        if data is None:
            data = call(value, method)
        if isinstance(data, bytes):
            import base64

            data = base64.b64encode(data).decode()
        if isinstance(data, str):
            yield mime, data
    yield "text/plain", repr(value)


def call(value: object, method: str) -> object:
    """What a method of display answers, or None: a class shows itself by its repr."""
    if isinstance(value, type):
        return None
    function = getattr(value, method, None)
    return function() if callable(function) else None


def flush() -> None:
    """Send what a program has printed. It may have replaced or closed its streams."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def ended(error: BaseException) -> str | None:
    """The text for what ended a program; None for a polite `sys.exit()`."""
    if isinstance(error, SystemExit):
        if error.code is None or error.code == 0:
            return None
        if isinstance(error.code, int):
            return f"Exited with code {error.code}"
        return str(error.code)
    return explain(error)


def explain(error: BaseException) -> str:
    """The traceback as Python prints it, with the frames of the program only."""
    told = traceback.TracebackException(type(error), error, error.__traceback__)
    cut(told, set())
    return "".join(told.format()).rstrip("\n")


def cut(told: traceback.TracebackException | None, seen: set[int]) -> None:
    """Leave the program's own frames, here and in every exception that this one comes from."""
    if told is None or id(told) in seen:
        return
    seen.add(id(told))
    own = [frame for frame in told.stack if is_own(frame.filename)]
    for frame in own:
        # Its text is looked up by the whole path, and only once.
        _ = frame.line
        frame.filename = shown(frame.filename)
    if isinstance(getattr(told, "filename", None), str):  # it has one where it is a SyntaxError
        told.filename = shown(told.filename)
    told.stack = traceback.StackSummary.from_list(own)
    if not own:
        told.stack = None  # type: ignore[assignment]  # no heading over no lines
    cut(told.__cause__, seen)
    cut(told.__context__, seen)
    for inner in told.exceptions or ():
        cut(inner, seen)


def is_own(path: str) -> bool:
    """Whether a file of this path is one of the program's."""
    return path == FILE or path.startswith(f"{FILES}/")


def shown(path: str) -> str:
    """What a file of this path is called: the program's own have no directory."""
    return path.removeprefix(f"{FILES}/")


def no_input(_prompt: object = "", /) -> NoReturn:
    """Stand-in for `input`."""
    raise RuntimeError("input() is not available yet: put the values into the code instead")


def pure_lru_cache() -> Any:
    """The pure-Python half of `functools.lru_cache`.

    The C half calls back into Python through the WebAssembly stack, which a deep memoised recursion
    (the classic of interviews) exhausts; that kills the interpreter instead of raising.
    """
    spec = importlib.util.find_spec("functools")
    assert spec is not None
    assert spec.loader is not None
    accelerated = sys.modules.pop("_functools")
    sys.modules["_functools"] = None  # type: ignore[assignment]  # makes its import fail
    try:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.modules["_functools"] = accelerated
    return vars(module)["_lru_cache_wrapper"]


def set_up() -> None:
    """Once in a worker's life, or in the life of the snapshot that it starts from."""
    vars(functools)["_lru_cache_wrapper"] = pure_lru_cache()
    builtins.input = no_input
    # The pure `lru_cache` takes two frames a call, and a depth that works elsewhere should here.
    sys.setrecursionlimit(2 * sys.getrecursionlimit())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)


def wake() -> None:
    """At the start of every worker: what must differ from one to the next."""
    random.seed()
