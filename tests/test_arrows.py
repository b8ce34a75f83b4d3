"""Imports go in one direction, in both languages; the design gives the order."""

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
    "app": (
        {"_version", "cli", "environment", "messages", "standalone", "web", "rooms", *BELOW_ROOMS},
        TORNADO,
    ),
    "standalone": ({"environment", "messages", "web"}, TORNADO),
    "environment": (set(), TORNADO),
    "wheel_index": (set(), set()),
    "cli": ({"messages", "recording", *BELOW_ROOMS}, {"sqlite3"}),
    "messages": (set(), set()),
    "web": ({"_version", "recording", "rooms", *BELOW_ROOMS}, TORNADO),
    "recording": ({"rooms", *BELOW_ROOMS}, set()),
    "rooms": (BELOW_ROOMS, set()),
    "storage": ({"session", "limits", "protocol"}, {"sqlite3"}),
    "crdt": ({"protocol"}, {"pycrdt"}),
    "session": ({"protocol"}, set()),
    "limits": ({"protocol"}, set()),
    "protocol": (set(), set()),
}

#: Packages that few modules may import, because they affect the whole program.
RESERVED = {
    "pycrdt": {"crdt.engine"},
    "sqlite3": {
        *("storage.sqlite", "storage.committer", "storage.database", "storage.recovery"),
        "cli",
    },
    "tornado": None,
    "jupyter_server": None,
}


class Imports(NamedTuple):
    """The imports of a module: our modules, and top-level names of other packages."""

    ours: set[str]
    others: set[str]


def python_modules() -> dict[str, Imports]:
    """Every module of the server extension by its name below arena_ext, with its imports.

    Imports anywhere in the file count, also those that only a type checker reads.
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
    """The module that an import loads: the path itself, or the module that defines the name."""
    candidates = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    candidates += [f"{each}.__init__" for each in candidates]
    return next((each for each in candidates if each in modules), "__init__")


def python_folder(module: str) -> str:
    """The key of a module in `PYTHON`: its folder, or its own name at the top level."""
    return module.partition(".")[0]


def test_every_python_module_is_on_a_line() -> None:
    assert {python_folder(module) for module in python_modules()} == PYTHON.keys()


def test_python_imports_follow_the_arrows() -> None:
    modules = python_modules()
    wrong = [
        f"{module} imports {imported}"
        for module, imports in modules.items()
        for imported in imports.ours
        if python_folder(imported) not in {python_folder(module), *PYTHON[python_folder(module)][0]}
    ]
    assert sum(len(imports.ours) for imports in modules.values()) > len(modules)
    assert not wrong


def test_python_imports_have_no_circle() -> None:
    modules = python_modules()
    folders: dict[str, set[str]] = {}
    for module, imports in modules.items():
        others = {python_folder(each) for each in imports.ours} - {python_folder(module)}
        folders.setdefault(python_folder(module), set()).update(others)
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
            package not in PYTHON[python_folder(module)][1]
            or (allowed is not None and module not in allowed)
        )
    ]
    assert not wrong


# --- TypeScript --------------------------------------------------------------------------------

JUPYTER = ("@jupyterlab/", "@lumino/", "@jupyter/")
BELOW_UI = ("protocol", "session", "storage", "connection", "client", "playback", "markup")
ROOM = ("ui/common", "ui/question", "ui/editor", "ui/output")


class Line(NamedTuple):
    """The allowed imports of one folder: other folders, and packages (by prefix)."""

    folders: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


#: Each folder of src/, and each file at its top; from the bottom up. Tests are not included.
FOLDERS: dict[str, Line] = {
    "protocol": Line((), ("lib0/",)),
    "session": Line(("protocol",), ("yjs", "lib0/")),
    "storage": Line(("session", "protocol"), ("idb", "lib0/")),
    "connection": Line(("session", "protocol"), ("yjs",)),
    "connection/room": Line(
        ("connection", "storage", "session", "protocol"), ("yjs", "y-protocols/", "lib0/")
    ),
    "client": Line(
        ("connection", "storage", "session", "protocol"), ("yjs", "y-protocols/", "lib0/")
    ),
    "testing": Line(
        ("client", "connection/room", "connection", "storage", "session", "protocol"),
        ("yjs", "y-protocols/", "lib0/", "vitest", "fake-indexeddb"),
    ),
    "playback": Line(("client", "connection", "session", "protocol"), ("yjs", "lib0/")),
    "markup": Line(
        ("connection", "protocol"),
        (
            *("marked", "katex", "entities", "css-tree", "hast"),
            *("hast-util-from-html", "hast-util-sanitize", "hast-util-to-html"),
        ),
    ),
    "run": Line(("client", "session", "protocol")),
    "run/workers": Line(
        ("run", "session", "protocol"),
        (
            *("acorn", "acorn-walk", "eslint-scope", "node-inspect-extracted", "typescript"),
            *("@jridgewell/trace-mapping", "pyodide", "sql.js"),
        ),
    ),
    "run/workers/node": Line(
        ("run/workers",),
        (
            *("assert", "buffer", "events", "path-browserify", "readable-stream", "string_decoder"),
            *("util", "node-inspect-extracted", "chai", "@vitest/expect"),
            *("path", "stream"),  # types only
        ),
    ),
    "ui/common": Line(BELOW_UI, ("react",)),
    "ui/question": Line((*BELOW_UI, "ui/common"), ("react",)),
    "ui/editor": Line(
        (*BELOW_UI, "ui/common"),
        (
            *("react", "yjs", "y-codemirror.next", "y-protocols/"),
            *("@codemirror/", "@lezer/"),
        ),
    ),
    "ui/output": Line((*BELOW_UI, "ui/common"), ("react", "yjs", "lib0/")),
    "ui/room": Line((*BELOW_UI, *ROOM), ("react",)),
    "ui/playback": Line((*BELOW_UI, *ROOM), ("react", "@codemirror/", "lib0/")),
    "ui/lobby": Line((*BELOW_UI, "ui/common", "ui/room"), ("react",)),
    "lab": Line(
        (*BELOW_UI, *ROOM, "ui/room", "ui/lobby", "ui/playback", "connection/room", "run"),
        (*JUPYTER, "react"),
    ),
    "index.ts": Line(
        (*BELOW_UI, *ROOM, "ui/room", "ui/lobby", "ui/playback", "connection/room", "run", "lab"),
        (*JUPYTER, "react"),
    ),
    "guest.tsx": Line(
        (*BELOW_UI, *ROOM, "ui/room", "ui/lobby", "ui/playback", "run"), ("react", "react-dom")
    ),
    "replay.tsx": Line((*BELOW_UI, *ROOM, "ui/playback"), ("react", "react-dom")),
}

IMPORT = re.compile(
    r"""(?:^|[;}\s])(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+?\sfrom\s+)?['"]([^'"]+)['"]"""
    r"""|\bimport\(\s*['"]([^'"]+)['"]"""
)
SOURCE = ROOT / "src"


def typescript_files() -> list[Path]:
    """Every source file of the front end that is not a test."""
    files = [*SOURCE.rglob("*.ts"), *SOURCE.rglob("*.tsx")]
    return [path for path in files if ".test." not in path.name]


def typescript_folder(path: Path) -> str:
    """The key of a file in `FOLDERS`: its folder, or its own name at the top level."""
    place = path.relative_to(SOURCE)
    return place.name if len(place.parts) == 1 else place.parent.as_posix()


def typescript_imports(path: Path) -> list[str]:
    """The import specifiers of a file, as written; type-only imports included."""
    return [static or dynamic for static, dynamic in IMPORT.findall(path.read_text())]


def imported_files(path: Path) -> set[Path]:
    """The files of src/ that a file imports, Python files included."""
    found = set()
    for specifier in typescript_imports(path):
        if specifier.startswith("."):
            target = (path.parent / specifier).resolve()
            names = ("", ".ts", ".tsx", "/index.ts")
            files = [Path(f"{target}{name}") for name in names if Path(f"{target}{name}").is_file()]
            assert files, f"{path.relative_to(ROOT)} imports {specifier}, which is no file"
            found.add(files[0])
    return found


def is_of(package: str, allowed: str) -> bool:
    """`react` allows `react` and `react/jsx-runtime`; `@lezer/` allows everything below it."""
    return package == allowed or package.startswith(allowed.rstrip("/") + "/")


def test_every_typescript_file_is_on_a_line() -> None:
    lines = {typescript_folder(path) for path in typescript_files()}
    assert lines == FOLDERS.keys(), "every folder has a line, and every line a folder"


def test_typescript_imports_point_one_way() -> None:
    files = typescript_files()
    wrong = []
    seen = 0
    for path in files:
        own = typescript_folder(path)
        line = FOLDERS[own]
        for target in imported_files(path):
            seen += 1
            if typescript_folder(target) not in (own, *line.folders):
                wrong.append(f"{path.relative_to(ROOT)} imports {target.relative_to(ROOT)}")
        for specifier in typescript_imports(path):
            if not specifier.startswith("."):
                seen += 1
                if not any(is_of(specifier, package) for package in line.packages):
                    wrong.append(f"{path.relative_to(ROOT)} imports {specifier}")
    assert seen > len(files), "most files import something: the search for imports is broken"
    assert not wrong


def test_typescript_folders_have_no_circle() -> None:
    TopologicalSorter({name: line.folders for name, line in FOLDERS.items()}).prepare()


def test_typescript_files_have_no_circle() -> None:
    TopologicalSorter({path: imported_files(path) for path in typescript_files()}).prepare()


def test_only_tests_import_what_is_for_tests() -> None:
    assert not any("testing" in line.folders for line in FOLDERS.values())


def test_the_wire_imports_nothing() -> None:
    """It imports only its generated file, which imports nothing."""
    protocol = SOURCE / "protocol"
    assert set(typescript_imports(protocol / "wire.ts")) == {"./contract.generated"}
    for path in protocol.glob("*.generated.ts"):
        assert typescript_imports(path) == []
