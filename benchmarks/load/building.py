"""Builds what the load measurements need: the load generator, and the servers beside Arena.

All of it goes into `build/benchmarks/`, and is built again when its sources have changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE.parent / "peers"
BUILD = HERE.parents[1] / "build" / "benchmarks"
FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror")
#: Time limits, seconds: of apt-get, of npm and of the compiler.
INSTALLING, COMPILING = 300, 120


def generator() -> Path:
    """The path of the load generator. Raises RuntimeError if there is no C compiler."""
    program = BUILD / "generator"
    sources = sorted(HERE.glob("*.[ch]"))
    if _older(program, sources):
        BUILD.mkdir(parents=True, exist_ok=True)
        code = [str(path) for path in sources if path.suffix == ".c"]
        subprocess.run(
            [_compiler(), *FLAGS, "-o", str(program), *code], check=True, timeout=COMPILING
        )
    return program


def peers() -> Path:
    """The directory with the servers of `benchmarks/peers/`, and their packages."""
    built = BUILD / "peers"
    built.mkdir(parents=True, exist_ok=True)
    sources = [path for path in PEERS.iterdir() if path.is_file()]
    lists = [path for path in sources if path.name.startswith((".npmrc", "package"))]
    for path in sources:
        shutil.copy(path, built)
    installed = built / "node_modules" / ".package-lock.json"
    if _older(installed, lists):
        command = ["npm", "ci", "--no-progress", "--loglevel=error"]
        subprocess.run(command, cwd=built, check=True, timeout=INSTALLING)
        installed.touch()
    return built


def _older(product: Path, sources: list[Path]) -> bool:
    return not product.exists() or any(
        path.stat().st_mtime > product.stat().st_mtime for path in sources
    )


def _compiler() -> str:
    """A C compiler; root installs it if need be."""
    if not shutil.which("gcc") and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "-y", "gcc"]):
            subprocess.run(command, check=False, timeout=INSTALLING, stdout=subprocess.DEVNULL)
    found = shutil.which("gcc") or shutil.which("cc")
    if found is None:
        raise RuntimeError("The load generator needs a C compiler: apt-get install gcc libc6-dev")
    return found
