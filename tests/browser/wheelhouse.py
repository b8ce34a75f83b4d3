"""Real packages for the sandbox, pinned in `wheelhouse.txt`, and fetched from PyPI by pip."""

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
    """The wheels, fetched once for each version of the pins. Raises if pip cannot fetch them."""
    directory = CACHE / hashlib.sha256(PINNED.read_bytes()).hexdigest()[:16]
    complete = directory / "complete"
    if not complete.exists():
        directory.mkdir(parents=True, exist_ok=True)
        # The sandbox's platform and Python version, not those of this test.
        sandbox = "--platform=pyemscripten_2026_0_wasm32 --implementation=cp"
        sandbox += " --python-version=314 --abi=cp314 --only-binary=:all:"
        pip = f"-m pip download --quiet --no-deps --require-hashes {sandbox}"
        where = [f"--dest={directory}", f"--requirement={PINNED}"]
        subprocess.run([sys.executable, *pip.split(), *where], check=True, timeout=300)
        complete.touch()
    return sorted(directory.glob("*.whl"))


class _Anybodys(SimpleHTTPRequestHandler):
    """Serves files that every origin may read, like a CDN."""

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Print no log."""


@contextmanager
def mirror(directory: Path, *names: str) -> Iterator[str]:
    """Serve the wheels whose names start with one of `names`, from another origin; its URL."""
    for wheel in wheels():
        if wheel.name.startswith(names):
            shutil.copy(wheel, directory)
    if indexed.main([str(directory)]) != 0:
        raise RuntimeError("the wheels are none for the sandbox")
    handler = partial(_Anybodys, directory=str(directory))
    with sandbox_site.running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as port:
        yield f"http://127.0.0.1:{port}"
