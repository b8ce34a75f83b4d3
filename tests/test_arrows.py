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
