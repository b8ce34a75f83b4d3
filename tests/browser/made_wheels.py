"""Builds wheels for the tests of packages."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path


def wheel(directory: Path, name: str, module: str, source: str, *needs: str, **more: str) -> Path:
    """Build a pure-Python wheel of one module; with `more`, of a package with these modules."""
    path = directory / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in needs)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}/__init__.py" if more else f"{module}.py", source)
        for each, text in more.items():
            archive.writestr(f"{module}/{each}.py", text)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


FIGURE = """
class Figure:
    def savefig(self, file, format, **_):
        file.write(b"drawn as " + format.encode())
Figure.__module__ = "matplotlib.figure"
"""
# Stands in for matplotlib, which no index has for the sandbox: only the display of figures.
FIGURES = """
class Figure:
    def __init__(self, number):
        self.number = number

    def savefig(self, file, format, **_):
        file.write(b"figure %d" % self.number)
"""
PYPLOT = """
from .figure import Figure

_open = {}

def figure(num=None):
    num = num or len(_open) + 1
    return _open.setdefault(num, Figure(num))

def get_fignums():
    return sorted(_open)

def show(*_, **__):
    raise RuntimeError("there is no screen")

def close(_):
    _open.clear()
"""
# A recursion through C that crashes the interpreter.
DEADLY = """
a = []
for _ in range(200_000):
    a = [a]
repr(a)
"""


def tear(path: Path) -> None:
    """Replace a wheel by a file that is not an archive; its checksum still matches."""
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(b"no archive")
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    lock = path.parent / "pyodide-lock.json"
    lock.write_text(lock.read_text().replace(before, after))
