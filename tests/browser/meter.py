"""Measures what a stored value costs a reader: the longest time that their page stands still."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.guest import Guest
from tests.support import browsers, servers
from tests.support.servers import Server

METER = (Path(__file__).parent / "meter.js").read_text()
#: Seconds after which a page that does not answer counts as hanging, and its browser is killed.
HANG = 15.0
#: Milliseconds of the meter's calibration on a quiet machine with two cores.
QUIET = {"chromium": 14.0, "firefox": 15.0}
#: Milliseconds that a value may stop a page on a quiet machine.
BUDGET = 100.0
TRIES = 3

#: Stores a value in a session; does what a reader does with it.
Store = Callable[[Guest], None]
Act = Callable[[Page], None]


#: Limits of a server that delays nobody: a guest may take their time, a measurement has none.
ROOMY = {
    "frame_rate": 1e6,
    "frame_burst": 1e7,
    "byte_rate": 1e9,
    "byte_burst": 1e9,
    "own_work_rate": 100,
    "shared_work_rate": 100,
    "long_work_rate": 100,
    "joins_per_minute": 100_000,
    "sockets_per_room": 1000,
    "sockets_per_address": 10_000,
    "max_participants": 100_000,
    "sessions_per_creator": 100_000,
    "max_waiting": 100_000,
}


def roomy_server(home: Path) -> AbstractContextManager[Server]:
    """A stand-alone server with these limits."""
    return servers.arena(home, *[f"--ArenaApp.limits={key}={ROOMY[key]}" for key in ROOMY])


class Hanging(Exception):
    """The page did not answer for `HANG` seconds."""


@dataclass(frozen=True)
class Cost:
    """What a reader's page took: all in milliseconds, but for the scale.

    `milliseconds` is the longest standstill, `busy` the sum of all that anybody would notice, and
    `scale` the slowness of the machine, at least 1.
    """

    milliseconds: float
    busy: float
    scale: float

    @property
    def over(self) -> bool:
        """Whether it is over the budget."""
        return self.milliseconds > BUDGET * self.scale

    @property
    def fair(self) -> float:
        """What it would be on a quiet machine."""
        return self.milliseconds / self.scale


def _children(parent: int) -> set[int]:
    """The child processes of a process."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                after = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(after[1]) == parent:
                    found.add(int(entry.name))
    return found


def _descendants(of: set[int]) -> set[int]:
    """All processes that these have started, and theirs."""
    found: set[int] = set()
    waiting = set(of)
    while waiting:
        waiting = set().union(*map(_children, waiting)) - found
        found |= waiting
    return found


@dataclass
class Reader:
    """An interviewer in a browser of their own, which is killed when it hangs and started again."""

    playwright: Playwright
    engine: str
    server: Server
    loop: asyncio.AbstractEventLoop
    page: Page = field(init=False)
    #: A page without content, for the calibration.
    bench: Page = field(init=False)
    hang: float = HANG
    _browser: Browser | None = None
    _processes: set[int] = field(default_factory=set)
    _marks: int = 0

    def start(self) -> None:
        """Start the browser, and log in."""
        before = _descendants({os.getpid()})
        path = browsers.find_chromium() if self.engine == "chromium" else browsers.find_firefox()
        assert path is not None, self.engine
        launch = browsers.launch_chromium if self.engine == "chromium" else browsers.launch_firefox
        self._browser = launch(self.playwright, path)
        self._processes = _descendants({os.getpid()}) - before
        context = self._browser.new_context()
        context.add_init_script(METER)
        self.bench = context.new_page()
        self.bench.goto(f"{self.server.url}arena/static/none")
        self.page = context.new_page()
        self.page.goto(self.server.lobby_url)

    def stop(self) -> None:
        """End the browser."""
        if self._browser is not None:
            with suppress(PlaywrightError):
                self._browser.close()
            self._browser = None

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Raise `Hanging`, and start another browser, if the block takes longer than `hang`."""
        killed = threading.Event()

        def kill() -> None:
            killed.set()
            for process in self._processes | _descendants(self._processes):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

        timer = threading.Timer(self.hang, kill)
        timer.start()
        try:
            yield
        except PlaywrightError:
            if not killed.is_set():
                raise
        finally:
            timer.cancel()
        if killed.is_set():
            self.stop()
            self.start()
            raise Hanging

    def scale(self) -> float:
        """The slowness of the machine now, at least 1."""
        took = float(self.bench.evaluate("__meter.calibrate()"))
        return max(1.0, took / QUIET[self.engine])

    def new_session(self, language: str = "javascript") -> str:
        """A session that the reader can open."""
        return self.server.session(language=language, title="empty")

    def mark(self, guest: Guest) -> str:
        """Give the session a title that no earlier measurement has seen."""
        self._marks += 1
        marker = f"mark {self._marks}."
        guest.entitle(marker)
        return marker

    def opening(self, path: str, marker: str) -> Cost:
        """What it costs to open a page whose title becomes `marker`, and to scroll through it."""
        with self.bounded():
            scale = self.scale()
            self.page.goto(f"{self.server.url}arena/{path}", wait_until="commit")
            self.page.evaluate("marker => { __meter.marker = marker; }", marker)
            return self._measured(scale)
        raise AssertionError("unreachable")

    def arrival(self, guest: Guest, store: Store) -> Cost:
        """What a value costs that a guest stores while the room is open."""
        with self.bounded():
            scale = self.scale()
            self._marks += 1
            marker = f"mark {self._marks}."
            self.page.evaluate("marker => __meter.begin(marker)", marker)
        # A server that takes long does not hang the page.
        store(guest)
        guest.entitle(marker)
        with self.bounded():
            return self._measured(scale)
        raise AssertionError("unreachable")

    def acting(self, act: Act) -> Cost:
        """What an action of the reader costs in the open page."""
        with self.bounded():
            scale = self.scale()
            self.page.evaluate("__meter.begin(document.querySelector('.arena-title').textContent)")
            act(self.page)
            return self._measured(scale, scroll=False)
        raise AssertionError("unreachable")

    def drawn(self) -> tuple[int, int]:
        """The number of elements and of frames on the page."""
        script = "['*', 'iframe'].map(each => document.querySelectorAll(each).length)"
        elements, frames = self.page.evaluate(script)
        return int(elements), int(frames)

    def _measured(self, scale: float, *, scroll: bool = True) -> Cost:
        self.page.wait_for_function("() => __meter.done", polling=100, timeout=0)
        if scroll:
            self.page.evaluate("__meter.scroll()")
        longest, busy = self.page.evaluate("[__meter.longest, __meter.busy]")
        return Cost(float(longest), float(busy), scale)
