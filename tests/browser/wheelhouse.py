"""Real packages for the sandbox, from PyPI by way of pip: those that `wheelhouse.txt` pins."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

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
