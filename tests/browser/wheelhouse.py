"""Real packages for the sandbox, from PyPI by way of pip: those that `wheelhouse.txt` pins."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from arena_ext import wheel_index as indexed
from tests.browser import sandbox_site

PINNED = Path(__file__).with_suffix(".txt")
CACHE = Path(__file__).resolve().parents[2] / "build" / "wheelhouse"


def wheels() -> list[Path]:
    """The wheels, fetched once for each state of the pins. Raises where pip cannot get them."""
    directory = CACHE / hashlib.sha256(PINNED.read_bytes()).hexdigest()[:16]
    complete = directory / "complete"
    if not complete.exists():
        directory.mkdir(parents=True, exist_ok=True)
        # What runs in the sandbox, and not what runs this test.
        sandbox = "--platform=pyemscripten_2026_0_wasm32 --implementation=cp"
        sandbox += " --python-version=314 --abi=cp314 --only-binary=:all:"
        pip = f"-m pip download --quiet --no-deps --require-hashes {sandbox}"
        where = [f"--dest={directory}", f"--requirement={PINNED}"]
        subprocess.run([sys.executable, *pip.split(), *where], check=True, timeout=300)
        complete.touch()
    return sorted(directory.glob("*.whl"))


class _Anybodys(SimpleHTTPRequestHandler):
    """Files that every origin may read, as those of a CDN."""

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def mirror(directory: Path, *names: str) -> Iterator[str]:
    """Serve those of the wheels whose file names begin so, from an origin of their own; its URL."""
    for wheel in wheels():
        if wheel.name.startswith(names):
            shutil.copy(wheel, directory)
    if indexed.main([str(directory)]) != 0:
        raise RuntimeError("the wheels are none for the sandbox")
    handler = partial(_Anybodys, directory=str(directory))
    with sandbox_site.running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as port:
        yield f"http://127.0.0.1:{port}"
