"""Runs one Python program, and tells in words how it ended.

Lives in the worker, inside Pyodide; `python.ts` calls it.
"""

import ast
import builtins
import contextlib
import functools
import importlib
import importlib.util
import io
import itertools
import linecache
import os
import random
import re
import sys
import traceback
import types
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from inspect import CO_COROUTINE
from pathlib import Path
from typing import Any, Protocol

import arena_display
import arena_tasks
from pyodide.code import CodeRunner
from pyodide.ffi import can_run_sync, run_sync

# Where the program's other files are.
FILES = "/program"
EARLIER = "an earlier run"
#: Words of programs that may ask or wait, or that make such words themselves.
WAITS = re.compile(
    r"\b(input|stdin|getpass|cmd|code|pdb|bdb|breakpoint|fileinput|asyncio|"
    r"exec|eval|compile|getattr|builtins|__builtins__|__import__|importlib|runpy)\b"
)


class Host(Protocol):
    """What the worker does for a program."""

    @property
    def asks(self) -> bool:
        """Whether `ask` can be waited for."""

    def show(self, mime: str, data: str) -> bool:
        """Show a value; False where it is too big."""

    def given(self, prompt: str) -> str:
        """What was given to read: "=" and a line, "." at its end, "?" where nothing was given."""

    def ask(self, prompt: str) -> Awaitable[str]:
        """Ask whoever runs the program; answers like `given`."""


class Program:
    """One program, compiled. `error` is text when it does not compile, and then nothing runs.

    `location` is the line (from 1) and the column (from 0, in UTF-16 units) of what went wrong, and
    those of its end where they are known. `file` is what Python calls its main file, and `entry`
    says how to run it: "sync", "switching" (it may ask or wait, so it has to be entered in a way
    that can be suspended) or "async" (it awaits at its top level).
    """

    def __init__(
        self,
        source: str,
        files: Mapping[str, str],
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
            put(files)
            runner = CodeRunner(
                source,
                filename=file,
                return_mode="last_expr",
                flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
                dedent=False,
            )
            runner.compile()
        except BaseException as error:  # also MemoryError and RecursionError of the parser
            self.error = self._explain(error)
            return
        self._runner = runner
        if runner.code is not None and runner.code.co_flags & CO_COROUTINE:
            self.entry = "async"
        elif may_wait(source, files):
            self.entry = "switching"

    @property
    def unfinished(self) -> bool:
        """Whether what it started with asyncio goes on, or failed and nobody took the error."""
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
        """The same for a program that awaits at its top level."""
        assert self._runner is not None
        with self._showing_figures():
            try:
                self._display(await self._runner.run_async(self._namespace))
            except BaseException as error:
                return self._ended(error)
        return None

    async def finish(self) -> str | None:
        """Wait for all that it started with asyncio; the first error that nobody took, or None."""
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
            self.display(value)

    @contextlib.contextmanager
    def _showing_figures(self) -> Iterator[None]:
        """However it ends, show the figures that were drawn until then."""
        try:
            yield
        finally:
            with contextlib.suppress(Exception):
                arena_display.show_figures()
            flush()

    def _ended(self, error: BaseException) -> str | None:
        """The text for what ended a program; None for a polite `sys.exit()`."""
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


class Worker:
    """What is one for all programs of a worker."""

    #: The program that runs, or ran last.
    program: Program | None = None
    #: What packages there are, in words; said where one is missed.
    packages = "Python's own library is."
    #: The namespace that is kept, and how many programs ran in it.
    kept: dict[str, Any] | None = None
    runs = 0
    #: What Python calls the main files of all programs, and what people do.
    mains: Mapping[str, str] = {}


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
    # Of kept state, each program has a name of its own; the running one is what people see.
    file = f"{main}[{Worker.runs}]" if keep_state else main
    Worker.mains = {**dict.fromkeys(Worker.mains, EARLIER), file: main}
    program = Program(source, files, host, namespace, file)
    Worker.program = program
    builtins.display = program.display  # type: ignore[attr-defined]
    arena_display.install(program.display)
    return program


def packaged_modules(source: str, files: Mapping[str, str]) -> list[str]:
    """The modules that a program imports and that come in packages, those that came among them."""
    trees = parsed([source, *(text for name, text in files.items() if name.endswith(".py"))])
    own = {Path(name).stem for name in files}
    names = set[str]().union(*map(imported, trees))
    packaged = (name for name in names if top(name) not in own and is_packaged(top(name)))
    # Only so many are heard: no package is to be lost to all that is imported from another.
    return sorted(packaged, key=lambda name: (name.count("."), name))


def parsed(texts: Iterable[str]) -> list[ast.AST]:
    """The syntax trees of texts in Python; what fails to be one is told when it runs."""
    trees = list[ast.AST]()
    for text in texts:
        with contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError):
            trees.append(ast.parse(text))
    return trees


def put(files: Mapping[str, str]) -> None:
    """Put the other files where the program imports and opens them by their names."""
    # Where state is kept, a file may have changed since it was imported.
    for name, module in list(sys.modules.items()):
        if is_own(getattr(module, "__file__", None) or "") and name != "__main__":
            del sys.modules[name]
    if not files:
        return
    directory = Path(FILES)
    directory.mkdir(exist_ok=True)
    os.chdir(directory)
    if FILES not in sys.path:
        sys.path.insert(0, FILES)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8", newline="")
    importlib.invalidate_caches()


def there(name: str) -> bool:
    """Whether a module can be imported."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def is_packaged(name: str) -> bool:
    """Whether a top-level module came in a package, or is not there."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return name not in sys.modules
    if spec is None:
        return True
    places = [spec.origin, *(spec.submodule_search_locations or [])]
    return any("/site-packages/" in place for place in places if place is not None)


def packages_came(note: str, modules: Iterable[str]) -> None:
    """Find modules that were not there before; `note` says what packages there are.

    To import a large one takes seconds. So that happens here, before the program starts or, in a
    worker that waits for one, before there is a program.
    """
    Worker.packages = note
    importlib.invalidate_caches()
    if Worker.runs > 0:
        # What an earlier program left behind would have its say in it.
        return
    for name in modules:
        # Whatever comes of it, the program's own import will tell.
        with contextlib.suppress(BaseException):
            importlib.import_module(name)


def fresh_main() -> dict[str, Any]:
    """The namespace of a new `__main__`."""
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    return main.__dict__


def imported(tree: ast.AST) -> set[str]:
    """Names of the modules that a program imports, with dots; some may be of what is in them."""
    names = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return names


def top(name: str) -> str:
    """The top-level module of a name with dots."""
    return name.partition(".")[0]


def may_wait(source: str, files: Mapping[str, str]) -> bool:
    """Whether a program may ask or wait, by its words or in a package."""
    if any(map(WAITS.search, [source, *files.values()])):
        return True
    return bool(packaged_modules(source, files))


def flush() -> None:
    """Send what a program has printed. It may have replaced or closed its streams."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def report(error: Exception) -> None:
    """Say what went wrong where a program goes on all the same."""
    flush()
    sys.stderr.write(f"{explain(error)}\n")


def explain(error: BaseException) -> str:
    """The traceback as Python prints it, with the frames of the program only."""
    told = traceback.TracebackException(type(error), error, error.__traceback__)
    cut(told, set())
    text = "".join(told.format()).rstrip("\n")
    if isinstance(error, ModuleNotFoundError) and error.name and not there(error.name):
        text += f"\n{error.name} is not available here. {Worker.packages}"
    elif isinstance(error, MemoryError):
        text += "\nA program may use 512 MB here."
    return text


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
    return path in Worker.mains or path.startswith(f"{FILES}/")


def shown(path: str) -> str:
    """What a file of this path is called: the program's own have no directory."""
    return Worker.mains.get(path) or path.removeprefix(f"{FILES}/")


def place(error: BaseException, file: str) -> list[int] | None:
    """The line and column of the main file at which an error came up, and those of the end."""
    if isinstance(error, SyntaxError) and error.filename == file and error.lineno is not None:
        text = error.text or ""
        start, end = max(1, error.offset or 1), error.end_offset or 0
        found = [error.lineno, utf16_length(text[: start - 1])]
        if error.end_lineno == error.lineno and end > start:
            found += [error.lineno, utf16_length(text[: end - 1])]
        return found
    trace, last = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            last = trace
        trace = trace.tb_next
    if last is None or last.tb_lineno is None:
        return None
    positions = last.tb_frame.f_code.co_positions()
    line, end_line, column, end_column = next(
        itertools.islice(positions, last.tb_lasti // 2, None), (None, None, None, None)
    )
    if line is None or column is None:
        return [last.tb_lineno, 0]
    found = [line, in_utf16(file, line, column)]
    if end_line is not None and end_column is not None:
        found += [end_line, in_utf16(file, end_line, end_column)]
    return found


def in_utf16(file: str, line: int, column: int) -> int:
    """A column that Python counts in bytes, as editors count."""
    before = linecache.getline(file, line).encode()[:column]
    return utf16_length(before.decode(errors="ignore"))


def utf16_length(text: str) -> int:
    """How long an editor finds a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_line(prompt: str) -> str | None:
    """What the program reads next, without its end of line; None at the end of all input."""
    flush()
    program = Worker.program
    assert program is not None
    answer = program.host.given(prompt)
    if answer == "?":
        if not program.host.asks or not can_run_sync():
            raise RuntimeError(
                "nobody can be asked here while a program runs: "
                'put what it is to read into "Input" beforehand'
            )
        answer = untraced(lambda: run_sync(program.host.ask(prompt)))
    return answer[1:] if answer.startswith("=") else None


def untraced(wait: Callable[[], str]) -> str:
    """Wait without a debugger that looks at how we do: those that there are use either way."""
    trace, debugger = sys.gettrace(), sys.monitoring.DEBUGGER_ID
    watched = sys.monitoring.get_tool(debugger) is not None
    events = sys.monitoring.get_events(debugger) if watched else 0
    sys.settrace(None)
    if watched:
        sys.monitoring.set_events(debugger, 0)
    try:
        return wait()
    finally:
        sys.settrace(trace)
        if watched:
            sys.monitoring.set_events(debugger, events)


def ask(prompt: object = "", /) -> str:
    """Stand-in for `input`."""
    line = read_line(str(prompt))
    if line is None:
        raise EOFError("EOF when reading a line")
    return line


class Stdin(io.TextIOBase):
    """Stand-in for `sys.stdin`: lines as they are read, until there are no more."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._rest = ""
        self._ended = False
        self.buffer = StdinBytes(self)

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        if not self._rest and not self._ended:
            line = read_line("")
            self._ended = line is None
            self._rest = "" if line is None else f"{line}\n"
        end = len(self._rest) if size is None or size < 0 else size
        taken, self._rest = self._rest[:end], self._rest[end:]
        return taken

    def read(self, size: int | None = -1, /) -> str:
        wanted = -1 if size is None else size
        read = ""
        while wanted < 0 or len(read) < wanted:
            line = self.readline(-1 if wanted < 0 else wanted - len(read))
            if not line:
                break
            read += line
        return read


class StdinBytes(io.BufferedIOBase):
    """The same as bytes."""

    def __init__(self, text: Stdin) -> None:
        self._text = text

    def readable(self) -> bool:
        return True

    def readline(self, _: int | None = -1, /) -> bytes:  # type: ignore[override]
        return self._text.readline().encode()

    def read(self, _: int | None = -1, /) -> bytes:
        return self._text.read().encode()


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
    os.environ["MPLBACKEND"] = "agg"  # draws without a screen
    warnings.filterwarnings("ignore", message=".*non-interactive.*")
    arena_display.watch_pyplot()
    arena_tasks.set_up()
    builtins.input = ask
    sys.stdin = Stdin()
    # The pure `lru_cache` takes two frames a call, and a depth that works elsewhere should here.
    sys.setrecursionlimit(2 * sys.getrecursionlimit())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)


def wake() -> None:
    """At the start of every worker: what must differ, and what is not in a snapshot."""
    random.seed()
    with contextlib.suppress(OSError):
        # Nobody sits at a terminal: who wants one, as `getpass` does, reads `sys.stdin` instead.
        Path("/dev/tty").unlink()
