"""Runs programs in the interpreters of this machine: python3, node and SQLite, for comparison."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Seconds that a program may take.
TIMEOUT = 60
#: Node runs TypeScript by itself: it removes the types, and transforms enums and namespaces.
TYPES = ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"]
#: The Node of the development environment, which is newer than one that the system may have.
NODE = str(Path(sys.executable).with_name("node"))
COMMANDS = {
    "python": [sys.executable, "-I", "-X", "utf8"],
    "javascript": [NODE],
    "typescript": [NODE, *TYPES],
}


@dataclass(frozen=True)
class Outcome:
    """What a person sees of a program; `stderr` only where there is no error."""

    stdout: str
    error: str | None
    stderr: str = ""
    #: Names of columns, and rows.
    tables: list[tuple[list[str], list[list[Any]]]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """All of it as lines of text."""
        rows = [repr(row) for columns, rows in self.tables for row in (columns, *rows)]
        streams = {"stdout": self.stdout, "stderr": self.stderr, "error": self.error}
        return rows + [
            f"{name}: {line}"
            for name, text in streams.items()
            for line in (text or "").split("\n")
            if text is not None
        ]


def run_here(language: str, program: Path, place: Path) -> Outcome:
    """Run a program of a file in the interpreter of its language, in the directory `place`."""
    if language == "sql":
        return run_sql(program.read_text(encoding="utf-8"))
    given = program.with_suffix(".in")
    done = subprocess.run(
        [*COMMANDS[language], str(program)],
        input=given.read_bytes() if given.exists() else b"",
        capture_output=True,
        cwd=place,
        env={**os.environ, "TZ": "UTC", "NO_COLOR": "1"},
        timeout=TIMEOUT,
        check=False,
    )
    stdout, stderr = done.stdout.decode(), done.stderr.decode()
    if done.returncode == 0:
        return Outcome(stdout, None, stderr)
    return Outcome(stdout, error_line(language, stderr) or f"exit code {done.returncode}")


def error_line(language: str, text: str) -> str:
    """The line of an error that says what is wrong."""
    lines = [line for line in text.splitlines() if line.strip()]
    if language in {"javascript", "typescript"}:
        own = [line for line in lines if not re.match(r" +at |Node\.js v|\(Use `node", line)]
        named = [line for line in own if re.match(r"(?:Uncaught )?[\w.]*Error\b", line)]
        return (named or own or [""])[0 if named else -1].removesuffix(" {")
    return lines[-1] if lines else ""


def run_sql(code: str) -> Outcome:
    """Run SQL statement by statement, as the worker does."""
    stdout, tables = "", []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        try:
            for statement in statements(code):
                cursor = database.execute(statement)
                rows = [[readable(value) for value in row] for row in cursor]
                if cursor.description is not None:
                    tables.append(([column[0] for column in cursor.description], rows))
                elif re.match(r"(?:insert|update|delete|replace|with)\b", statement, re.I):
                    (changed,) = database.execute("SELECT changes()").fetchone()
                    stdout += f"{changed} row{'' if changed == 1 else 's'} changed\n"
        except (sqlite3.Error, sqlite3.Warning) as error:
            return Outcome(stdout, f"Error: {error}", tables=tables)
    return Outcome(stdout, None, tables=tables)


def statements(code: str) -> list[str]:
    """The statements of SQL, without comments before them."""
    found, start = [], 0
    ends = [match.end() for match in re.finditer(";", code)]
    for end in [*ends, len(code)]:
        statement = code[start:end]
        if end == len(code) or sqlite3.complete_statement(statement):
            bare = re.sub(
                r"\A(?:\s|;|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))*", "", statement, flags=re.S
            )
            found += [bare] if bare else []
            start = end
    return found


def readable(value: Any) -> Any:
    """A value as a table shows it."""
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return value
