"""Prints what each costly value costs a reader: `python -m tests.load.costly_table [words]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.costly import Costly, all_costly
from tests.browser.guest import Guest, own_loop
from tests.browser.meter import Cost, Hanging, Reader, roomy_server
from tests.support.servers import Server


def told(cost: Cost | None) -> str:
    if cost is None:
        return "hangs"
    return f"{'**' if cost.over else ''}{cost.fair:.0f}{'**' if cost.over else ''} ({cost.busy:.0f})"


def measure(reader: Reader, value: Costly, baseline: bool = True) -> dict[str, str]:
    """Each moment and its cost."""
    found: dict[str, str] = {}
    server: Server = reader.server
    session = reader.new_session()
    guest = Guest(server, session, reader.loop)
    try:
        marker = reader.mark(guest)
        reader.opening(f"join/{session}", marker)
        for name, measured in (
            ("arrives", lambda: reader.arrival(guest, value.store)),
            *((name, lambda act=act: reader.acting(act)) for name, act in value.acts),
            ("opening", lambda: reader.opening(f"join/{session}", guest.title)),
        ):
            try:
                found[name] = told(measured())
            except Hanging:
                found[name] = "**hangs**"
                break
        return found
    finally:
        guest.leave()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    parser.add_argument("--hang", type=float, default=15.0)
    parser.add_argument("--engines", default="chromium,firefox")
    arguments = parser.parse_args()
    chosen = [
        each
        for each in all_costly()
        if not arguments.words or any(word in str(each) for word in arguments.words)
    ]
    with (
        tempfile.TemporaryDirectory() as home,
        roomy_server(Path(home)) as server,
        sync_playwright() as playwright,
        own_loop() as loop,
    ):
        readers = [Reader(playwright, engine, server, loop) for engine in arguments.engines.split(",")]
        for reader in readers:
            reader.hang = arguments.hang
            reader.start()
        for value in chosen:
            for reader in readers:
                began = time.monotonic()
                try:
                    result = measure(reader, value)
                except Exception as error:  # noqa: BLE001
                    traceback.print_exc(file=open('/tmp/costs/trace.txt', 'a'))
                    result = {"failed": repr(error)[:200]}
                    reader.stop()
                    reader.start()
                shown = ", ".join(f"{name} {cost}" for name, cost in result.items())
                print(
                    f"{str(value)} | {reader.engine} | {shown} | {time.monotonic() - began:.1f} s",
                    flush=True,
                )
        for reader in readers:
            reader.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
