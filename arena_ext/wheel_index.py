"""Makes a directory of wheels importable for Python programs.

`python -m arena_ext.wheel_index <directory>` writes `pyodide-lock.json` beside the wheels in it:
for each wheel its name, what it provides and needs, and its checksum, which the page checks. It
reports needs that are not met, and refuses wheels that the sandbox cannot import.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from email.parser import HeaderParser
from functools import cache
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

LOCK_FILE = "pyodide-lock.json"
#: Python in the sandbox: its version, its platform, and the environment for markers of
#: requirements.
PYTHON = (3, 14)
PLATFORM = "pyemscripten_2026_0_wasm32"
ENVIRONMENT = {
    "extra": "",
    "implementation_name": "cpython",
    "implementation_version": "3.14.2",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "python_full_version": "3.14.2",
    "python_version": "3.14",
    "sys_platform": "emscripten",
}


def index(directory: Path) -> tuple[dict[str, Any], list[str]]:
    """The lock of the wheels in `directory`, and the requirements that are not met there.

    Raises ValueError where a wheel cannot be used.
    """
    packages: dict[str, dict[str, Any]] = {}
    needs: dict[str, list[Requirement]] = {}
    for wheel in sorted(directory.glob("*.whl")):
        entry, needed = read(wheel)
        name = entry["name"]
        # Of two versions the newer.
        if name not in packages or Version(packages[name]["version"]) < Version(entry["version"]):
            packages[name], needs[name] = entry, needed
    unmet: list[str] = []
    for name, entry in packages.items():
        for need in needs[name]:
            found = packages.get(canonicalize_name(need.name))
            if found is None:
                unmet.append(f"{name} needs {need}, which is not here")
                continue
            entry["depends"].append(found["name"])
            if not need.specifier.contains(found["version"], prereleases=True):
                unmet.append(f"{name} needs {need}, and {found['version']} is here")
    return {"info": {"platform": "emscripten"}, "packages": packages}, unmet


def read(wheel: Path) -> tuple[dict[str, Any], list[Requirement]]:
    """A wheel's entry in the lock, and its requirements. Raises ValueError if it is unusable."""
    try:
        tags = parse_wheel_filename(wheel.name)[3]
        with zipfile.ZipFile(wheel) as archive:
            files = [PurePosixPath(name) for name in archive.namelist()]
            (metadata,) = (each for each in files if each.match("*.dist-info/METADATA"))
            headers = HeaderParser().parsestr(archive.read(str(metadata)).decode())
        needs = [Requirement(line) for line in headers.get_all("Requires-Dist", [])]
    except (InvalidWheelFilename, InvalidRequirement, zipfile.BadZipFile, ValueError):
        raise ValueError(f"{wheel.name} is no wheel") from None
    if not tags & usable():
        raise ValueError(
            f"{wheel.name} cannot be imported in the sandbox: that takes wheels for any platform, "
            f"or for Python {PYTHON[0]}.{PYTHON[1]} on {PLATFORM}"
        )
    entry = {
        "name": canonicalize_name(headers["Name"]),
        "version": headers["Version"],
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "imports": sorted({each for path in files for each in imported_as(path)}),
        "depends": [],
    }
    # Requirements for an extra, or for another platform, have a condition that is false here.
    return entry, [
        need for need in needs if need.marker is None or need.marker.evaluate(ENVIRONMENT)
    ]


@cache
def usable() -> frozenset[Tag]:
    """The tags of wheels that the sandbox can import."""
    return frozenset(
        chain(
            cpython_tags(PYTHON, abis=["cp314"], platforms=[PLATFORM]),
            compatible_tags(PYTHON, interpreter="cp314", platforms=[PLATFORM]),
        )
    )


def imported_as(path: PurePosixPath) -> list[str]:
    """The top-level module that a file of a wheel is part of, if it is."""
    top = path.parts[0]
    if path.suffix not in {".py", ".so"} or top.endswith((".dist-info", ".data")):
        return []
    return [top.partition(".")[0]]


def main(arguments: list[str]) -> int:
    """Write the lock file of a directory. Returns 2 for wrong usage, 1 for an unusable wheel."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m arena_ext.wheel_index <directory>\n")
        return 2
    directory = Path(arguments[0])
    try:
        lock, unmet = index(directory)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    (directory / LOCK_FILE).write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write("".join(f"{line}\n" for line in unmet))
    sys.stdout.write(f"{len(lock['packages'])} packages in {directory / LOCK_FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
