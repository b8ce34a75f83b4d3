"""Tries the wheel in fresh environments, with the lowest and the highest versions that it allows.

For each Python of this computer and each end of the ranges: JupyterLab and Jupyter Server have the
extension enabled, and `jupyter lab` and `jupyter arena` create a session and serve its page. Prints
a line for each environment; ends with 1 if any of them failed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
TOKEN = "the-token-of-a-trial"
START_SECONDS = 90.0


class Failed(Exception):
    """An environment does not work; the text says why."""


def run(*command: str | Path, **variables: str) -> str:
    """Run a command; returns what it says. Raises `Failed`."""
    done = subprocess.run(
        [str(each) for each in command],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}:\n{done.stdout[-3000:]}")
    return done.stdout


def pythons() -> list[tuple[str, str]]:
    """Version and path of each Python that there is, on the PATH or of pyenv."""
    found = []
    for version in PYTHONS:
        path = shutil.which(f"python{version}")
        ours = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python"))
        if path or ours:
            found.append((version, str(ours[-1]) if ours else str(path)))
    return found


def call(url: str, method: str = "GET") -> str:
    """The body of an answer. Raises OSError for a server that is not up, or an error status."""
    body = b"{}" if method == "POST" else None
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def wait(url: str, process: subprocess.Popen[bytes]) -> str:
    """The first answer of a server. Raises OSError where none comes."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return call(url)
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.2)


def serve(bin_directory: Path, command: str, home: Path) -> None:
    """Start a server, create a session and load its page. Raises `Failed`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home.mkdir()
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [bin_directory / "jupyter", command, "--no-browser", "--allow-root", f"--port={port}"],
            env=os.environ
            | {"HOME": str(home), "JUPYTER_TOKEN": TOKEN, "JUPYTER_PLATFORM_DIRS": ""},
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    base = f"http://127.0.0.1:{port}/arena/"
    try:
        ready = wait(f"{base}api/ready", process)
        session = json.loads(call(f"{base}api/sessions", "POST"))["id"]
        page = call(f"{base}join/{session}")
        if json.loads(ready) != {"status": "ready"} or "arena-base-url" not in page:
            raise Failed(f"jupyter {command} answers {ready} and {page[:200]}")
    except OSError as error:
        raise Failed(f"jupyter {command}: {error}\n{log.read_text()[-3000:]}") from None
    finally:
        process.terminate()
        process.wait(20)


def requirements(*, lab: bool) -> list[str]:
    """What the wheel depends on, with or without JupyterLab."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [*project["dependencies"], *(project["optional-dependencies"]["lab"] if lab else [])]


def attempt(uv: Path, wheel: Path, python: str, resolution: str, work: Path, *, lab: bool) -> str:
    """Install the wheel and use it; returns the versions. Raises `Failed`."""
    environment = work / "environment"
    run(uv, "venv", "--quiet", "--python", python, environment)
    bin_directory = environment / "bin"
    target = ("--python", str(bin_directory / "python"), "--resolution", resolution)
    # The lowest versions are those of requirements that are named here.
    run(uv, "pip", "install", "--quiet", *target, *requirements(lab=lab), str(wheel))
    listed = run(bin_directory / "jupyter", "server", "extension", "list", HOME=str(work))
    if "arena_ext" not in listed or "- Validating arena_ext..." not in listed:
        raise Failed(f"jupyter server has no extension:\n{listed}")
    if lab:
        listed = run(bin_directory / "jupyter", "labextension", "list", HOME=str(work))
        ours = [line for line in listed.splitlines() if "jupyter-arena" in line]
        if not any("enabled" in line and "OK" in line for line in ours):
            raise Failed(f"jupyter lab does not take the extension:\n{listed}")
    for command in ("lab", "arena") if lab else ("server", "arena"):
        serve(bin_directory, command, work / command)
    frozen = run(uv, "pip", "freeze", "--python", str(bin_directory / "python")).splitlines()
    names = ("jupyter-server", "jupyterlab", "tornado", "pycrdt")
    return ", ".join(each for each in frozen if each.partition("==")[0].lower() in names)


def main() -> int:
    """Try all environments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", action="append", choices=PYTHONS, help="only this one")
    wanted = parser.parse_args().python or PYTHONS
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        run(sys.executable, "-m", "venv", work / "tools")
        run(work / "tools/bin/python", "-m", "pip", "install", "--quiet", "uv")
        build = ("-m", "build", "--no-isolation", "--wheel", "--outdir", work)
        run(sys.executable, *build, ROOT, SKIP_JUPYTER_BUILDER="1")
        (wheel,) = work.glob("*.whl")
        for version, python in pythons():
            if version not in wanted:
                continue
            for lab, resolution in product((True, False), ("lowest-direct", "highest")):
                place = Path(tempfile.mkdtemp(dir=work))
                beside = "with" if lab else "without"
                name = f"Python {version}, {resolution.partition('-')[0]} {beside} JupyterLab"
                try:
                    uv = work / "tools/bin/uv"
                    versions = attempt(uv, wheel, python, resolution, place, lab=lab)
                except Failed as error:
                    failed += 1
                    print(f"{name}: FAILED\n{error}", flush=True)
                else:
                    print(f"{name}: {versions}", flush=True)
                shutil.rmtree(place)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
