"""Makes a directory of wheels one that Python programs can import from.

`python -m arena_ext.wheels <directory>` writes `pyodide-lock.json` beside the wheels in it: what
each is called, what it provides and needs, and its checksum, which the page holds it to.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath
from typing import Any

LOCK_FILE = "pyodide-lock.json"


def index(directory: Path) -> dict[str, Any]:
    """The lock of the wheels in `directory`; raises ValueError where one is none."""
    entries = [entry(wheel) for wheel in sorted(directory.glob("*.whl"))]
    names = {each["name"] for each in entries}
    for each in entries:
        # What is not here cannot be brought; a program that needs it says so itself.
        each["depends"] = [name for name in each["depends"] if name in names]
    return {
        "info": {"platform": "emscripten"},
        "packages": {each["name"]: each for each in entries},
    }


def entry(wheel: Path) -> dict[str, Any]:
    """What the lock says of one wheel; raises ValueError where it is none."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            files = [PurePosixPath(name) for name in archive.namelist()]
            (metadata,) = (each for each in files if each.match("*.dist-info/METADATA"))
            headers = HeaderParser().parsestr(archive.read(str(metadata)).decode())
    except (zipfile.BadZipFile, ValueError):
        raise ValueError(f"{wheel.name} is no wheel") from None
    return {
        "name": normal(headers["Name"]),
        "version": headers["Version"],
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "imports": sorted({each for path in files for each in imported_as(path)}),
        # What is needed only for an extra or elsewhere has a condition.
        "depends": [
            normal(re.split(r"[^\w.-]", needed)[0])
            for needed in headers.get_all("Requires-Dist", [])
            if ";" not in needed
        ],
    }


def imported_as(path: PurePosixPath) -> list[str]:
    """The top-level module that a file of a wheel is part of, if it is."""
    top = path.parts[0]
    if path.suffix not in {".py", ".so"} or top.endswith((".dist-info", ".data")):
        return []
    return [top.partition(".")[0]]


def normal(name: str) -> str:
    """A package's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: list[str]) -> int:
    """Write the lock file of the directory that is named; 2 where none is."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m arena_ext.wheels <directory>\n")
        return 2
    directory = Path(arguments[0])
    lock = index(directory)
    (directory / LOCK_FILE).write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(lock['packages'])} packages in {directory / LOCK_FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
