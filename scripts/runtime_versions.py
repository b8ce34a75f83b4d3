"""The versions of the language runtimes as TypeScript, read from the packages that are shipped."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

MODULES = Path(__file__).resolve().parent.parent / "node_modules"
#: SQLite is only in WebAssembly, so it is asked.
SQLITE = """
require('sql.js')().then(({ Database }) => {
  process.stdout.write(new Database().exec('SELECT sqlite_version()')[0].values[0][0]);
});
"""


def versions_module() -> str:
    """The names of languages with their versions, for people."""
    lock = json.loads((MODULES / "pyodide/pyodide-lock.json").read_text(encoding="utf-8"))
    sqlite = subprocess.run(
        ["node", "-e", SQLITE], cwd=MODULES.parent, check=True, capture_output=True, text=True
    ).stdout
    names = {
        "javascript": "JavaScript (your browser)",
        "python": f"Python {short(lock['info']['python'])} (Pyodide {short(shipped('pyodide'))})",
        "typescript": f"TypeScript {short(shipped('typescript'))}",
        "sql": f"SQL (SQLite {short(sqlite)})",
    }
    lines = ",\n".join(f"  {language}: '{name}'" for language, name in names.items())
    return (
        "/** The versions of the runtimes that are shipped. `make contract` writes them. */\n\n"
        "/** The names of languages for people, with the versions of what runs them. */\n"
        f"export const VERSIONED_NAMES = {{\n{lines}\n}} as const;\n"
    )


def shipped(package: str) -> str:
    """The version of an installed package."""
    text = (MODULES / package / "package.json").read_text(encoding="utf-8")
    version: str = json.loads(text)["version"]
    return version


def short(version: str) -> str:
    """The first two parts of a version."""
    return ".".join(version.split(".")[:2])
