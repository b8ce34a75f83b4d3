"""Which Chromium the browser tests and the benchmarks drive, and how it is started.

`python -m tests.browser.chromium` makes sure that there is one, and says which.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "google-chrome", "google-chrome-stable")

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]


def find() -> str | None:
    """The Chromium to use: ARENA_CHROMIUM, or the system's, or Playwright's own, or none."""
    chosen = os.environ.get("ARENA_CHROMIUM")
    if chosen:
        if not Path(chosen).exists():
            raise FileNotFoundError(f"ARENA_CHROMIUM names no file: {chosen}")
        return chosen
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def launch(playwright: Playwright, executable: str, *flags: str) -> Browser:
    """Start a headless Chromium that keeps to itself."""
    # Chromium refuses to sandbox its own processes for root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=executable, args=[*FLAGS, *sandbox, *flags], chromium_sandbox=not sandbox
    )


def install() -> None:
    """Get a Chromium: from Debian, where that is allowed, and from Playwright elsewhere."""
    release = Path("/etc/os-release")
    # Ubuntu's package of that name is a snap, which containers cannot run.
    debian = release.exists() and "ID=debian" in release.read_text().splitlines()
    if debian and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-qq", "-y", "chromium"], check=True)
        return
    dependencies = ["--with-deps"] if os.geteuid() == 0 else []
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", *dependencies, "chromium"], check=True
    )


def main() -> int:
    """Find or install, and print the path; 1 when there is still none."""
    if find() is None:
        install()
    executable = find()
    if executable is None:
        print("No Chromium was found; name one in ARENA_CHROMIUM.", file=sys.stderr)
        return 1
    print(f"browser: {executable}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
