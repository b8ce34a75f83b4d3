"""Finds and starts Chromium and Firefox for the browser tests and the benchmarks.

`python -m tests.support.browsers` installs missing browsers, if it can, and prints their paths.
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
    """Path of Chromium: ARENA_CHROMIUM, else the system's, else Playwright's, else None."""
    found = find("ARENA_CHROMIUM", CHROMIUMS)
    if found:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def find_firefox() -> str | None:
    """Path of Firefox: ARENA_FIREFOX, else the system's, else None. Playwright's is patched."""
    return find("ARENA_FIREFOX", FIREFOXES)


def find(variable: str, names: tuple[str, ...]) -> str | None:
    """The program named by an environment variable, or the first of `names` on the PATH."""
    chosen = os.environ.get(variable)
    if chosen:
        if not Path(chosen).exists():
            raise FileNotFoundError(f"{variable} names no file: {chosen}")
        return chosen
    return next(filter(None, map(shutil.which, names)), None)


def launch_chromium(playwright: Playwright, executable: str, *flags: str) -> Browser:
    """Start a headless Chromium without background requests."""
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
        # The shipped default. Playwright disables speculative connections, which can leak, too.
        firefox_user_prefs={"network.http.speculative-parallel-limit": 20},
    )


def install(package: str) -> bool:
    """Install a Debian package; False without the permission, or on another system."""
    release = Path("/etc/os-release")
    # Ubuntu's packages with these names are snaps, which cannot run in containers.
    debian = release.exists() and "ID=debian" in release.read_text().splitlines()
    if not debian or os.geteuid() != 0:
        return False
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-qq", "-y", package], check=True)
    return True


def install_chromium() -> None:
    """Install Chromium: from Debian if permitted, else from Playwright."""
    if install("chromium"):
        return
    dependencies = ["--with-deps"] if os.geteuid() == 0 else []
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", *dependencies, "chromium"], check=True
    )


def main() -> int:
    """Find or install both browsers, and print their paths; returns 1 without a Chromium."""
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
