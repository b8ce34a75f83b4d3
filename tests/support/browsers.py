"""Which Chromium and which Firefox the browser tests and the benchmarks drive, and how they start.

`python -m tests.support.browsers` gets what is missing, where it can, and says what there is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

CHROMIUMS = ("chromium", "google-chrome", "google-chrome-stable")
FIREFOXES = ("firefox-esr", "firefox")

CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """The Chromium to use: ARENA_CHROMIUM, or the system's, or Playwright's own, or none."""
    found = find("ARENA_CHROMIUM", CHROMIUMS)
    if found:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def find_firefox() -> str | None:
    """The Firefox to use: ARENA_FIREFOX, or the system's, or none. Playwright's is patched."""
    return find("ARENA_FIREFOX", FIREFOXES)


def find(variable: str, names: tuple[str, ...]) -> str | None:
    """The program that a variable names, or the first of some names on the PATH."""
    chosen = os.environ.get(variable)
    if chosen:
        if not Path(chosen).exists():
            raise FileNotFoundError(f"{variable} names no file: {chosen}")
        return chosen
    return next(filter(None, map(shutil.which, names)), None)


def launch_chromium(playwright: Playwright, executable: str, *flags: str) -> Browser:
    """Start a headless Chromium that keeps to itself."""
    # Chromium refuses to sandbox its own processes for root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=executable,
        args=[*CHROMIUM_FLAGS, *sandbox, *flags],
        chromium_sandbox=not sandbox,
    )


def launch_firefox(playwright: Playwright, executable: str) -> Browser:
    """Start a headless Firefox as its distributor ships it, driven by WebDriver BiDi."""
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=executable,
        # As shipped. Playwright would forbid connections ahead of a request, which leak, too.
        firefox_user_prefs={"network.http.speculative-parallel-limit": 20},
    )


def install(package: str) -> bool:
    """Install a package of Debian's; false where that is not allowed or this is no Debian."""
    release = Path("/etc/os-release")
    # Ubuntu's packages of these names are snaps, which containers cannot run.
    debian = release.exists() and "ID=debian" in release.read_text().splitlines()
    if not debian or os.geteuid() != 0:
        return False
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-qq", "-y", package], check=True)
    return True


def install_chromium() -> None:
    """Get a Chromium: from Debian, where that is allowed, and from Playwright elsewhere."""
    if install("chromium"):
        return
    dependencies = ["--with-deps"] if os.geteuid() == 0 else []
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", *dependencies, "chromium"], check=True
    )


def main() -> int:
    """Find or install both, and print their paths; 1 when there is no Chromium."""
    if find_chromium() is None:
        install_chromium()
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium was found; name one in ARENA_CHROMIUM.", file=sys.stderr)
        return 1
    print(f"browser: {chromium}")
    if find_firefox() is None:
        install("firefox-esr")
    print(f"browser: {find_firefox() or 'no Firefox; its tests will be skipped'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
