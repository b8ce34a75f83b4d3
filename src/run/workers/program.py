"""Runs one Python program, and returns its error as text for people.

Lives in the worker, inside Pyodide; `python.ts` calls it.
"""

import ast
import atexit
import builtins
import contextlib
import functools
import gc
import importlib.util
import io
import linecache
import os
import random
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from inspect import CO_COROUTINE
from pathlib import Path
from typing import Any

import arena_display
import arena_notebook
import arena_streams
import arena_surroundings
import arena_tasks
import arena_zones
from arena_errors import explain, format_warning, place, warn
from arena_modules import packaged_modules, packages_came, put
from arena_state import FILES, Host, Worker
from arena_streams import flush
from pyodide.code import CodeRunner

# `python.ts` calls these through this module.
__all__ = [
    "all_types",
    "compile_program",
    "enter",
    "packaged_modules",
    "packages_came",
    "set_up",
    "wake",
]

#: The name of the main files of earlier programs, in tracebacks.
EARLIER = "an earlier run"


class Program:
    """One program, compiled. `error` is text when it does not compile, and then nothing runs.

    `location` is the line (from 1) and the column (from 0, in UTF-16 units) of the error, and those
    of its end where they are known. `file` is Python's name of its main file, and `entry` says how
    to run it: "sync" or "async" (it awaits at its top level).
    """

    def __init__(
        self,
        source: str,
        host: Host,
        namespace: dict[str, Any],
        file: str,
    ) -> None:
        self.error: str | None = None
        self.location: list[int] | None = None
        self.entry = "sync"
        self.host = host
        self.file = file
        self._namespace = namespace
        self._runner: CodeRunner | None = None
        self._tasks = arena_tasks.Tasks()
        try:
            # The text is parsed, and then compiled: a warning may come twice.
            with warnings.catch_warnings(record=True) as warned:
                runner = CodeRunner(
                    source,
                    filename=file,
                    return_mode="last_expr",
                    flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
                    dedent=False,
                )
                runner.compile()
            warn(warned)
        except BaseException as error:  # also MemoryError and RecursionError of the parser
            self.error = self._explain(error)
            return
        self._runner = runner
        if runner.code is not None and runner.code.co_flags & CO_COROUTINE:
            self.entry = "async"

    @property
    def unfinished(self) -> bool:
        """Whether an asyncio task of it still runs, or failed with an unhandled error."""
        return self._tasks.unfinished

    def run(self) -> str | None:
        """Run to the end; the error as text, or None."""
        assert self._runner is not None
        with self._showing_figures():
            try:
                self._display(self._runner.run(self._namespace))
            except BaseException as error:
                return self._ended(error)
        return None

    async def run_async(self) -> str | None:
        """Like `run`, for a program that awaits at its top level."""
        assert self._runner is not None
        with self._showing_figures():
            try:
                self._display(await self._runner.run_async(self._namespace))
            except BaseException as error:
                return self._ended(error)
        return None

    def close(self) -> None:
        """End as the interpreter does: call the functions of `atexit`, and drop the variables."""
        # The names that begin with one underscore come first, as in CPython.
        names = sorted(self._namespace, key=lambda name: name[:1] != "_" or name[:2] == "__")
        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()  # noqa: SLF001
            for name in names:
                if name not in ("__builtins__", "__name__"):
                    self._namespace[name] = None
            gc.collect()
        flush()

    async def finish(self) -> str | None:
        """Wait for all its asyncio tasks; the first unhandled error as text, or None."""
        with self._showing_figures():
            error = await self._tasks.finish()
            return None if error is None else self._ended(error)

    def display(self, *values: object, **_: object) -> None:
        """Show values in their richest form; programs find this as the built-in `display`."""
        for value in values:
            flush()
            for mime, data in arena_display.forms(value, report):
                if self.host.show(mime, data):
                    break
                if mime == "text/plain":
                    sys.stdout.write(f"{data}\n")

    def _display(self, value: object) -> None:
        """Show the value of the last expression; a figure that is open is shown as one."""
        if value is not None and not arena_display.is_open(value):
            # As in Python's interactive mode, and useful where state is kept.
            builtins._ = value  # type: ignore[attr-defined]
            self.display(value)

    @contextlib.contextmanager
    def _showing_figures(self) -> Iterator[None]:
        """Show the figures that were drawn, whether or not the program fails."""
        try:
            yield
        finally:
            with contextlib.suppress(Exception):
                arena_display.show_figures()
            flush()

    def _ended(self, error: BaseException) -> str | None:
        """The text of the error that ended a program; None for `sys.exit()` without an error."""
        if isinstance(error, SystemExit):
            if error.code is None or error.code == 0:
                return None
            if isinstance(error.code, int):
                return f"Exited with code {error.code}"
            return str(error.code)
        return self._explain(error)

    def _explain(self, error: BaseException) -> str:
        self.location = place(error, self.file)
        return explain(error)


def compile_program(
    main: str, source: str, files: Mapping[str, str], host: Host, keep_state: bool
) -> Program:
    """Make a program of its main file and the others, and give it the built-in `display`."""
    namespace = Worker.kept if keep_state else None
    if namespace is None:
        namespace = fresh_main()
    namespace["__file__"] = main
    Worker.kept = namespace
    Worker.runs += 1
    # With kept state, each main file has a name of its own for Python; people see `main`.
    file = f"{main}[{Worker.runs}]" if keep_state else main
    Worker.mains = {**dict.fromkeys(Worker.mains, EARLIER), file: main}
    if keep_state:
        source = arena_notebook.translated(source)
    Worker.host = host
    put({main: source, **files})
    lines = source.splitlines(keepends=True)
    for name in (file, f"{FILES}/{file}"):
        linecache.cache[name] = (len(source), None, lines, name)
    arena_streams.begin()
    arena_surroundings.begin(main)
    program = Program(source, host, namespace, file)
    builtins.display = program.display  # type: ignore[attr-defined]
    arena_display.install(program.display)
    return program


def fresh_main() -> dict[str, Any]:
    """The namespace of a new `__main__`."""
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    return main.__dict__


def report(error: Exception) -> None:
    """Write an error to stderr that does not end the program."""
    flush()
    sys.stderr.write(f"{explain(error)}\n")


def pure_lru_cache() -> Any:
    """The pure-Python half of `functools.lru_cache`.

    The C half calls back into Python through the WebAssembly stack. A deep memoised recursion,
    which is common in interviews, exhausts that stack and kills the interpreter instead of raising.
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
    """Set up a new interpreter. A worker that starts from a memory snapshot is already set up."""
    vars(functools)["_lru_cache_wrapper"] = pure_lru_cache()
    os.environ["MPLBACKEND"] = "agg"  # draws without a screen
    warnings.filterwarnings("ignore", message=".*non-interactive.*")
    warnings.formatwarning = format_warning
    arena_display.watch_pyplot()
    arena_tasks.set_up()
    arena_streams.set_up()
    arena_surroundings.set_up()
    arena_zones.set_up()
    # The pure `lru_cache` takes two frames a call. The usual depth must work all the same.
    sys.setrecursionlimit(2 * sys.getrecursionlimit())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)


def all_types() -> list[int]:
    """The addresses of all types."""
    found, new = set[type](), {object}
    while new:
        found |= new
        new = {sub for each in new for sub in type.__subclasses__(each)} - found
    return [id(each) for each in found]


def enter(function: Callable[..., object], *values: object) -> object:
    """Call a function, with its stack protected."""
    Worker.protect()
    return function(*values)


def wake(protect: Callable[[], None]) -> None:
    """Set up the state of each new worker that is different each time, or not in a snapshot."""
    Worker.protect = staticmethod(protect)
    random.seed()
    arena_surroundings.wake()
    arena_streams.wake()
    with contextlib.suppress(OSError):
        # There is no terminal: without this, `getpass` would read from it and not from `sys.stdin`.
        Path("/dev/tty").unlink()
    # What is there now stays: a collection then takes 0.4 ms instead of 10.
    gc.freeze()
