"""Imports point one way, in both languages; the order is the one in the design."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

# --- Python ------------------------------------------------------------------------------------

#: From the top down: a module imports from its own line and from those below it.
LAYERS = [
    {"__init__"},
    {"app"},
    {"cli", "wheels"},
    {"pages", "rest", "rest_recording", "websocket"},
    {"call"},
    {"request"},
    {"headers"},
    {"access", "pace"},
    {
        "room",
        "rooms",
        "broadcast",
        "connection",
        "door",
        "exchange",
        "text_view",
        "circuit_breaker",
        "engine_pool",
    },
    {"agreement", "snapshot"},
    {"quotas"},
    {"sqlite_log", "damage", "database"},
    {"export", "imported"},
    {"state"},
    # The three of the design, and their parts.
    {
        *{"replica", "validation", "order", "updates", "frames"},
        *{"native", "engine_process", "engine_protocol"},
        *{"log", "recording", "checkpoint"},
        *{"model", "files", "fold", "events", "names", "presence", "vocabulary"},
    },
    {"protocol"},
]

#: What only these modules may touch, because what it does to a program needs watching.
SHELL = {"app", "pages", "rest", "rest_recording", "call", "websocket", "request", "headers"}
RESERVED = {
    "pycrdt": {"native"},
    "sqlite3": {"sqlite_log", "damage", "database", "cli"},
    "tornado": SHELL,
    "jupyter_server": SHELL,
}


class Imports(NamedTuple):
    """What a Python module imports: names of our modules, and top-level names of others."""

    ours: set[str]
    others: set[str]


def python_modules() -> dict[str, Imports]:
    """Every module of the server extension, with its imports, wherever in the file they stand.

    An import for types alone is none: the program that runs does not know of it.
    """
    return {path.stem: python_imports(path) for path in (ROOT / "arena_ext").glob("*.py")}


class WithoutTypes(ast.NodeTransformer):
    """Drops the blocks that only a type checker reads."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else self.generic_visit(node)


def python_imports(path: Path) -> Imports:
    found = Imports(set(), set())
    for node in ast.walk(WithoutTypes().visit(ast.parse(path.read_text()))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            # `from . import room` names modules, `from .room import Room` one.
            names = [f"arena_ext.{node.module or alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            top, *rest = name.split(".")
            if top == "arena_ext" and rest:
                found.ours.add(rest[0])
            elif top != "arena_ext":
                found.others.add(top)
    # `from . import __version__` names no module.
    found.ours.intersection_update({other.stem for other in path.parent.glob("*.py")})
    return found


def layer(module: str) -> int:
    found = [index for index, names in enumerate(LAYERS) if module in names]
    assert found, f"arena_ext/{module}.py is on no line of LAYERS: say where it belongs"
    return found[0]


def test_python_imports_point_down() -> None:
    modules = python_modules()
    assert "protocol" in modules
    wrong = [
        f"{module} imports {imported}"
        for module, imports in modules.items()
        for imported in imports.ours
        if layer(imported) < layer(module)
    ]
    assert not wrong


def test_python_imports_have_no_circle() -> None:
    modules = python_modules()
    assert any(imports.ours for imports in modules.values())
    TopologicalSorter({name: imports.ours for name, imports in modules.items()}).prepare()


def test_what_needs_watching_is_imported_in_its_place_only() -> None:
    modules = python_modules()
    used = {name for imports in modules.values() for name in imports.others}
    assert used >= {"pycrdt", "tornado"}
    wrong = [
        f"{module} imports {package}"
        for module, imports in modules.items()
        for package, allowed in RESERVED.items()
        if package in imports.others and module not in allowed
    ]
    assert not wrong


# --- TypeScript --------------------------------------------------------------------------------

JUPYTER = ("@jupyterlab/", "@lumino/", "@jupyter/")
BELOW_UI = ("protocol", "session", "storage", "connection", "client", "playback")
ROOM = ("ui/common", "ui/question", "ui/editor", "ui/output")


class Line(NamedTuple):
    """What the files of one folder may import: other folders, and packages (a prefix each)."""

    folders: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


#: Each folder of src/, and each file that is in none; from the bottom up. Tests are not counted.
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
    "run": Line(("client", "session", "protocol")),
    "run/workers": Line(
        ("run", "protocol"),
        (
            *("acorn", "acorn-walk", "node-inspect-extracted", "sucrase"),
            *("@jridgewell/trace-mapping", "pyodide", "sql.js"),
        ),
    ),
    "ui/common": Line(BELOW_UI, ("react",)),
    "ui/question": Line((*BELOW_UI, "ui/common"), ("react", "marked")),
    "ui/editor": Line(
        (*BELOW_UI, "ui/common"),
        (
            *("react", "yjs", "y-codemirror.next", "y-protocols/"),
            *("@codemirror/", "@lezer/"),
        ),
    ),
    "ui/output": Line((*BELOW_UI, "ui/common"), ("react", "katex", "marked")),
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


def folder(path: Path) -> str:
    """The line of `FOLDERS` that a file belongs to: its folder, or its name where it has none."""
    place = path.relative_to(SOURCE)
    return place.name if len(place.parts) == 1 else place.parent.as_posix()


def typescript_imports(path: Path) -> list[str]:
    """What a file imports, types included, as written."""
    return [static or dynamic for static, dynamic in IMPORT.findall(path.read_text())]


def imported_files(path: Path) -> set[Path]:
    """The files of src/ that a file imports; a module of Python's counts as one."""
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
    """`react` allows `react` and `react/jsx-runtime`, `@lezer/` everything below it."""
    return package == allowed or package.startswith(allowed.rstrip("/") + "/")


def test_every_typescript_file_is_on_a_line() -> None:
    lines = {folder(path) for path in typescript_files()}
    assert lines == FOLDERS.keys(), "every folder has a line, and every line a folder"


def test_typescript_imports_point_one_way() -> None:
    files = typescript_files()
    wrong = []
    seen = 0
    for path in files:
        own = folder(path)
        line = FOLDERS[own]
        for target in imported_files(path):
            seen += 1
            if folder(target) not in (own, *line.folders):
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
    """Nothing but what is generated for it, which imports nothing at all."""
    protocol = SOURCE / "protocol"
    assert set(typescript_imports(protocol / "wire.ts")) == {"./contract.generated"}
    for path in protocol.glob("*.generated.ts"):
        assert typescript_imports(path) == []
