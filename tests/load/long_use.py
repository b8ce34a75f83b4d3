"""`make long-use`: the work of a long interview in two pages; they must not grow.

Two people type and run programs, and others come and go, as fast as the pages can. After each part
of the work, each page counts what it keeps: its heap after a garbage collection, nodes, listeners,
frames, workers and stored drafts. The first half of the parts fills what is bounded, such as the
runs that are kept, the undo history, and the thousand steps of the browser's own; from then on
nothing may grow.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, expect, sync_playwright

from tests.browser.guest import Guest, own_loop
from tests.browser.meter import roomy_server
from tests.browser.room import Room, join
from tests.support import browsers
from tests.support.clients import JsonClient
from tests.support.servers import Server

#: The work of two hours: runs, keys of both together, and people who come and go.
RUNS, KEYS, VISITS = 1500, 30_000, 100
#: Parts of the work, each followed by a count.
PARTS = 6
#: Largest growth from the middle to the end, as a share; and what is noise: bytes of heap, nodes of
#: what is on the screen at that moment, and a few of all else.
GROWTH, NOISE, SOME = 0.05, {"heap": 512 * 1024, "nodes": 50}, 4
#: The program that runs: lines, an error stream and a table.
PROGRAM = """\
for (let at = 0; at < 20; at += 1) console.log('line', at, 'x'.repeat(at));
console.error('to the other stream');
console.table([{ a: 1, b: 2 }, { a: 3, b: 4 }]);
"""
#: A line that somebody types and deletes again, for the most part.
LINE = "const value = 1;"

#: The clock of the pages runs this much faster, so that the keys of two hours are as many steps of
#: undo as in two hours.
FASTER = "const now = Date.now; Date.now = () => 100 * now();"
#: Resolves when the run that the click starts has ended.
RUN = """async () => {
  const status = document.querySelector('.arena-run-status');
  const ended = () => /ok|error|stopped|timeout|lost/.test(status.dataset.status);
  document.querySelector('.arena-run').click();
  await new Promise(done => setTimeout(done));
  while (!ended()) await new Promise(done => setTimeout(done, 5));
}"""
DRAFTS = """async () => {
  const names = (await indexedDB.databases()).map(each => each.name);
  if (!names.includes('arena')) return 0;
  const opened = indexedDB.open('arena');
  await new Promise((done, failed) => { opened.onsuccess = done; opened.onerror = failed; });
  const request = opened.result.transaction('drafts').objectStore('drafts').count();
  await new Promise(done => { request.onsuccess = done; });
  opened.result.close();
  return request.result;
}"""


@dataclass(frozen=True)
class Kept:
    """What a page keeps: bytes of its heap, and numbers of things."""

    heap: int
    nodes: int
    listeners: int
    frames: int
    workers: int
    drafts: int


class Page:
    """A person's page, and its counters."""

    def __init__(self, browser: Browser, link: str, name: str) -> None:
        self._context = browser.new_context()
        self._context.add_init_script(FASTER)
        self.room: Room = join(self._context.new_page(), link, name)
        self._tools: CDPSession = self._context.new_cdp_session(self.room.page)
        self._tools.send("HeapProfiler.enable")

    def kept(self) -> Kept:
        """Count, when everything is saved."""
        expect(self.room.saved).to_have_text("Saved", timeout=60_000)
        page = self.room.page
        for _ in range(3):
            self._tools.send("HeapProfiler.collectGarbage")
        heap = int(self._tools.send("Runtime.getHeapUsage")["usedSize"])
        counters = self._tools.send("Memory.getDOMCounters")
        frames = len(page.frames)
        drafts = int(page.evaluate(DRAFTS))
        listeners = int(counters["jsEventListeners"])
        return Kept(heap, int(counters["nodes"]), listeners, frames, len(page.workers), drafts)

    def type(self, keys: int) -> None:
        """Type lines at the end of the text, and delete most of them."""
        keyboard = self.room.page.keyboard
        self.room.code.focus()
        keyboard.press("ControlOrMeta+End")
        keyboard.type((LINE + "\\n")[: max(1, keys // 2)])
        for _ in range(keys - keys // 2):
            keyboard.press("Backspace")

    def run(self) -> None:
        """Run the program, and wait until it has ended."""
        self.room.page.evaluate(RUN)

    def close(self) -> None:
        """Leave."""
        self._context.close()


class Visitors:
    """People without pages, who come, move a cursor, and leave."""

    def __init__(self, server: Server, session: str, loop: asyncio.AbstractEventLoop) -> None:
        self._guest = Guest(server, session, loop)
        self._url = f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"
        self._loop = loop
        self._count = 0

    def come_and_go(self) -> None:
        """One of them."""
        self._count += 1
        (token,) = self._guest.join(f"Visitor {self._count}")
        asyncio.run_coroutine_threadsafe(self._visit(token), self._loop).result(60)

    async def _visit(self, token: str) -> None:
        client = await JsonClient.open(self._url, token)
        await client.join()
        await client.send("cursor-move", {"cursor": {"line": 1, "column": 1}})
        await client.send("leave-session", {})
        await client.close()

    def close(self) -> None:
        """Close the sockets."""
        self._guest.leave()


@contextmanager
def room(browser: Browser, server: Server) -> Iterator[tuple[list[Page], Visitors]]:
    """Two people's pages in a session, with the program in the editor, and its visitors."""
    session = server.session(language="javascript")
    with own_loop() as loop:
        visitors = Visitors(server, session, loop)
        pages = [Page(browser, server.invite(session), name) for name in ("Grace", "Ada")]
        pages[0].room.write(PROGRAM)
        try:
            yield pages, visitors
        finally:
            for page in pages:
                page.close()
            visitors.close()


def measure(
    browser: Browser, server: Server, runs: int, keys: int, visits: int, parts: int = PARTS
) -> Iterator[list[Kept]]:
    """Do the work; yields what each page keeps after each part."""
    with room(browser, server) as (pages, visitors):
        for _ in range(parts):
            turns = runs // parts
            for turn in range(turns):
                page = pages[turn % 2]
                page.run()
                page.type(keys // parts // turns)
                if turn % max(1, runs // visits) == 0:
                    visitors.come_and_go()
            yield [page.kept() for page in pages]


#: The names of all that is counted.
COUNTED = tuple(each.name for each in fields(Kept))


def grown(kept: list[Kept], counted: tuple[str, ...] = COUNTED) -> list[str]:
    """What of the counted things has grown from the middle to the end."""
    middle, end = asdict(kept[len(kept) // 2 - 1]), asdict(kept[-1])
    return [
        f"{name}: {middle[name]} → {end[name]}"
        for name in counted
        if end[name] > middle[name] * (1 + GROWTH) + NOISE.get(name, SOME)
    ]


def main() -> int:
    """Print what the pages keep; returns 1 if something grows."""
    parser = argparse.ArgumentParser(prog="make long-use", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--keys", type=int, default=KEYS)
    parser.add_argument("--visits", type=int, default=VISITS)
    arguments = parser.parse_args()
    executable = browsers.find_chromium()
    if executable is None:
        print("no Chromium: run `python -m tests.support.browsers`", file=sys.stderr)
        return 1
    rows: list[list[Kept]] = []
    with (
        tempfile.TemporaryDirectory() as home,
        roomy_server(Path(home)) as server,
        sync_playwright() as playwright,
    ):
        browser = browsers.launch_chromium(playwright, executable)
        for kept in measure(browser, server, arguments.runs, arguments.keys, arguments.visits):
            rows.append(kept)
            print("  ".join(str(each) for each in kept), flush=True)
        browser.close()
    failures = [each for page in zip(*rows, strict=True) for each in grown(list(page))]
    print("\n".join(failures) or "nothing grows")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
