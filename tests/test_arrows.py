"""Imports point one way, in both languages; the order is the one in the design."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

# --- Python ------------------------------------------------------------------------------------

BELOW_ROOMS = {"storage", "crdt", "session", "limits", "protocol"}
TORNADO = {"tornado", "jupyter_server"}

#: Each folder and each top-level module of arena_ext/: the folders and modules that it may import,
#: and which of the `RESERVED` packages.
PYTHON: dict[str, tuple[set[str], set[str]]] = {
    "__init__": ({"app", "_version"}, set()),
    "_version": (set(), set()),
    "app": ({"_version", "cli", "standalone", "web", "rooms", *BELOW_ROOMS}, TORNADO),
    "standalone": (set(), TORNADO),
    "wheel_index": (set(), set()),
    "cli": ({"recording", *BELOW_ROOMS}, {"sqlite3"}),
    "web": ({"_version", "recording", "rooms", *BELOW_ROOMS}, TORNADO),
    "recording": ({"rooms", *BELOW_ROOMS}, set()),
    "rooms": (BELOW_ROOMS, set()),
    "storage": ({"session", "protocol"}, {"sqlite3"}),
    "crdt": ({"protocol"}, {"pycrdt"}),
    "session": ({"protocol"}, set()),
    "limits": ({"protocol"}, set()),
    "protocol": (set(), set()),
}

#: Packages that few modules may touch: what they do to a program needs watching.
RESERVED = {
    "pycrdt": {"crdt.engine"},
    "sqlite3": {"storage.sqlite", "storage.database", "storage.recovery", "cli"},
    "tornado": None,
    "jupyter_server": None,
}


class Imports(NamedTuple):
    """What a module imports: modules of ours, and top-level names of other packages."""

    ours: set[str]
    others: set[str]


def python_modules() -> dict[str, Imports]:
    """Every module of the server extension by its name below arena_ext, with its imports.

    An import counts wherever in the file it stands, and also where only a type checker reads it.
    """
    top = ROOT / "arena_ext"
    paths = {
        ".".join(path.relative_to(top).with_suffix("").parts): path for path in top.rglob("*.py")
    }
    return {name: python_imports(name, path, paths.keys()) for name, path in paths.items()}


def python_imports(name: str, path: Path, modules: Collection[str]) -> Imports:
    found = Imports(set(), set())
    package = ["arena_ext", *name.split(".")[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            imported = [f"{origin}.{alias.name}" for alias in node.names]
        else:
            continue
        for each in imported:
            top, *rest = each.split(".")
            if top != "arena_ext":
                found.others.add(top)
            else:
                found.ours.add(module_of(rest, modules))
    return found


def module_of(parts: list[str], modules: Collection[str]) -> str:
    """The module that an import leads to: itself, or the one that a name is taken from."""
    candidates = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    candidates += [f"{each}.__init__" for each in candidates]
    return next((each for each in candidates if each in modules), "__init__")


def folder(module: str) -> str:
    """The line of `PYTHON` that a module is on: its folder, or itself at the top."""
    return module.partition(".")[0]


def test_every_python_module_is_on_a_line() -> None:
    assert {folder(module) for module in python_modules()} == PYTHON.keys()


def test_python_imports_follow_the_arrows() -> None:
    modules = python_modules()
    wrong = [
        f"{module} imports {imported}"
        for module, imports in modules.items()
        for imported in imports.ours
        if folder(imported) not in {folder(module), *PYTHON[folder(module)][0]}
    ]
    assert sum(len(imports.ours) for imports in modules.values()) > len(modules)
    assert not wrong


def test_python_imports_have_no_circle() -> None:
    modules = python_modules()
    folders: dict[str, set[str]] = {}
    for module, imports in modules.items():
        others = {folder(each) for each in imports.ours} - {folder(module)}
        folders.setdefault(folder(module), set()).update(others)
    assert any(imports.ours for imports in modules.values())
    TopologicalSorter({name: imports.ours for name, imports in modules.items()}).prepare()
    TopologicalSorter(folders).prepare()


def test_what_needs_watching_is_imported_in_its_place_only() -> None:
    modules = python_modules()
    used = {name for imports in modules.values() for name in imports.others}
    assert used >= RESERVED.keys()
    wrong = [
        f"{module} imports {package}"
        for module, imports in modules.items()
        for package, allowed in RESERVED.items()
        if package in imports.others
        and (
            package not in PYTHON[folder(module)][1]
            or (allowed is not None and module not in allowed)
        )
    ]
    assert not wrong


# --- TypeScript --------------------------------------------------------------------------------

JUPYTER = ("@jupyterlab/", "@lumino/", "@jupyter/")

#: Each part of src/: which other parts it may import, and which packages (a prefix each).
PARTS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "core": (set(), ("yjs", "y-protocols/", "lib0/", "idb")),
    "run": (
        {"core"},
        (
            *("acorn", "acorn-walk", "node-inspect-extracted", "sucrase"),
            *("@jridgewell/trace-mapping", "pyodide", "sql.js"),
        ),
    ),
    "playback": ({"core"}, ("yjs", "lib0/")),
    "ui": (
        {"core", "playback"},
        (
            "react",
            "@codemirror/",
            "@lezer/",
            "katex",
            "marked",
            "yjs",
            "y-codemirror.next",
            "y-protocols/",
            "lib0/",
        ),
    ),
    "lab": ({"core", "playback", "run", "ui"}, (*JUPYTER, "react")),
    "index.ts": ({"core", "playback", "run", "ui", "lab"}, (*JUPYTER, "react")),
    "replay.tsx": ({"core", "playback", "ui"}, ("react", "react-dom")),
    "guest.tsx": ({"core", "playback", "run", "ui"}, ("react", "react-dom")),
}

IMPORT = re.compile(
    r"""(?:^|[;}\s])(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+?\sfrom\s+)?['"]([^'"]+)['"]"""
    r"""|\bimport\(\s*['"]([^'"]+)['"]"""
)


def typescript_files() -> list[Path]:
    """Every source file of the frontend that is not a test."""
    files = [*(ROOT / "src").rglob("*.ts"), *(ROOT / "src").rglob("*.tsx")]
    return [path for path in files if ".test." not in path.name]


def part(path: Path) -> str:
    return path.relative_to(ROOT / "src").parts[0]


def typescript_imports(path: Path) -> list[str]:
    """What a file imports, types included, as written."""
    return [static or dynamic for static, dynamic in IMPORT.findall(path.read_text())]


def target_part(path: Path, specifier: str) -> str:
    """The part of src/ that a relative import leads to."""
    name = part(Path(ROOT / "src" / path.parent / specifier).resolve())
    files = [f"{name}.ts", f"{name}.tsx"]
    return next((file for file in files if (ROOT / "src" / file).exists()), name)


def is_of(package: str, allowed: str) -> bool:
    """`react` allows `react` and `react/jsx-runtime`, `@lezer/` everything below it."""
    return package == allowed or package.startswith(allowed.rstrip("/") + "/")


def test_every_typescript_file_belongs_to_a_part() -> None:
    assert {part(path) for path in typescript_files()} <= PARTS.keys()


def test_typescript_imports_point_one_way() -> None:
    files = typescript_files()
    wrong = []
    seen = 0
    for path in files:
        parts, packages = PARTS[part(path)]
        for specifier in typescript_imports(path):
            seen += 1
            if specifier.startswith("."):
                target = target_part(path, specifier)
                allowed = target == part(path) or target in parts
            else:
                allowed = any(is_of(specifier, package) for package in packages)
            if not allowed:
                wrong.append(f"{path.relative_to(ROOT)} imports {specifier}")
    assert seen > len(files), "most files import something: the search for imports is broken"
    assert not wrong


def test_the_wire_imports_nothing() -> None:
    assert typescript_imports(ROOT / "src" / "core" / "protocol.ts") == []
