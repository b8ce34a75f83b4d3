"""Modules of a program: its own files, and the packages that it imports.

Lives in the worker, inside Pyodide, as `arena_modules`.
"""

import ast
import contextlib
import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

from arena_errors import is_own
from arena_state import FILES, Worker

#: Modules that Python imports as it starts, so that a program's file cannot take their place.
FIRST = frozenset(
    {
        *("abc", "builtins", "codecs", "encodings", "errno", "genericpath", "io", "itertools"),
        *("marshal", "os", "posix", "posixpath", "site", "stat", "sys", "time", "zipimport"),
    }
)


def packaged_modules(main: str, source: str, files: Mapping[str, str]) -> list[str]:
    """The imported modules of a program that come in packages, installed or not."""
    trees = parsed([source, *(text for name, text in files.items() if name.endswith(".py"))])
    own = {Path(name).stem for name in (main, *files)}
    names = set[str]().union(*map(imported, trees))
    packaged = (name for name in names if top(name) not in own and is_packaged(top(name)))
    # The page reads a limited number of names: top-level modules first.
    return sorted(packaged, key=lambda name: (name.count("."), name))


def parsed(texts: Iterable[str]) -> list[ast.AST]:
    """The syntax trees of Python texts; a syntax error is skipped and reported by the run."""
    trees = list[ast.AST]()
    for text in texts:
        with (
            contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError),
            warnings.catch_warnings(record=True),
        ):
            trees.append(ast.parse(text))
    return trees


def put(files: Mapping[str, str]) -> None:
    """Write the program's files to a directory from which it can import and open them."""
    directory = Path(FILES)
    directory.mkdir(exist_ok=True)
    os.chdir(directory)
    if FILES not in sys.path:
        sys.path.insert(0, FILES)
    # With kept state, the session may have lost a file.
    for name in Worker.files - files.keys():
        (directory / name).unlink(missing_ok=True)
    Worker.files = frozenset(files)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8", newline="")
    own = {Path(name).stem for name in files} - FIRST
    for name, module in list(sys.modules.items()):
        # With kept state, a file may have changed since it was imported.
        changed = is_own(getattr(module, "__file__", None) or "")
        # Python's own module may have been imported before there was a program.
        if (changed or top(name) in own) and name != "__main__":
            del sys.modules[name]
    importlib.invalidate_caches()


def is_packaged(name: str) -> bool:
    """Whether a top-level module was installed with a package, or is missing."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return name not in sys.modules
    if spec is None:
        return True
    places = [spec.origin, *(spec.submodule_search_locations or [])]
    return any("/site-packages/" in place for place in places if place is not None)


def packages_came(note: str, modules: Iterable[str]) -> None:
    """Import the modules of new packages; `note` is for people, on the available packages.

    The import of a large package takes seconds. So it is done before a program starts or,
    in a spare worker, before there is a program.
    """
    Worker.packages = note
    importlib.invalidate_caches()
    if Worker.runs > 0:
        # The state of an earlier program could change the effect of the import.
        return
    for name in modules:
        # The program's own import reports an error.
        with contextlib.suppress(BaseException):
            importlib.import_module(name)


def imported(tree: ast.AST) -> set[str]:
    """Dotted names of the modules that a program imports; some may be members of modules."""
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
