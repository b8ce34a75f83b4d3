"""A large text in the editor: a long paste, many cursors that move, and two people.

All is measured in the pages: the times between frames, and from each key of one page to the text of
the other. The longest time between frames is divided by the slowness of the machine (`meter.js`);
the median is the display's rate, or it is not.
"""

from __future__ import annotations

import asyncio
import base64
import statistics
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Page, expect, sync_playwright

from arena_ext.protocol.frames import PresenceMessage, PresenceState
from arena_ext.protocol.wire import MAIN_FILE, TOKEN_PREFIX, Dialect
from benchmarks.measure import fresh
from tests.browser.guest import Guest, own_loop
from tests.browser.meter import METER, QUIET, roomy_server
from tests.browser.room import Room, join
from tests.support import browsers
from tests.support.servers import Server

#: The longest median of the times between frames, which a display of 60 Hz allows, and the longest
#: of them. Milliseconds.
FRAME, STANDSTILL = 17.0, 100.0
#: Lines before the paste, and of the paste: together almost as much as a document may have.
BEFORE, PASTED = 8_000, 20_000
#: Cursors that move.
CURSORS = 50
#: Sockets of these people: each shows as many cursors as the server allows.
CURSORS_EACH = 4
#: Moves of each cursor in a second: a quick typist's page sends about as many.
MOVES = 4
#: Keys that are measured, and milliseconds between them.
KEYS, KEY_INTERVAL = 150, 80
#: The letter that is typed, which the text does not have.
KEY = "~"
#: Characters at the start of the text that are on the screen.
SCREEN = 900
#: Milliseconds of a page after the paste: checks and other late work belong to it.
AFTER_PASTE = 4000

#: Record, from this call on: the times between frames, the keys, and the letters on the screen.
RECORD = """() => {
  window.arenaFrames = [];
  window.arenaKeys = [];
  window.arenaSeen = [];
  if (window.arenaRecording) return;
  window.arenaRecording = true;
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    arenaFrames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  addEventListener(
    'keydown', () => arenaKeys.push(performance.timeOrigin + performance.now()), true);
  const content = document.querySelector('.arena-panel .cm-content');
  new MutationObserver(() => {
    const typed = content.textContent.split('KEY').length - 1;
    const now = performance.timeOrigin + performance.now();
    while (arenaSeen.length < typed) arenaSeen.push(now);
  }).observe(content, { subtree: true, childList: true, characterData: true });
}""".replace("KEY", KEY)
#: Whether a text has more than 9999 lines.
WIDE = "() => document.querySelector('.cm-gutterElement').textContent.length > 4"
#: A field with the text, selected, so that it can be copied.
FIELD = """text => {
  const field = document.createElement('textarea');
  field.id = 'arena-source';
  field.value = text;
  document.body.append(field);
  field.focus();
  field.select();
}"""


def programs() -> tuple[str, str]:
    """A Python program and a longer one: modules of the standard library."""
    library = Path(sysconfig.get_path("stdlib"))

    def lines() -> Iterator[str]:
        for path in sorted(library.glob("*.py"), key=lambda path: path.name):
            text = path.read_text(errors="replace")
            if text.isascii() and KEY not in text:
                yield from text.splitlines(keepends=True)

    all_lines = list(islice(lines(), BEFORE + PASTED))
    return "".join(all_lines[:BEFORE]), "".join(all_lines[BEFORE:])


class Cursors:
    """People without pages, whose cursors move in the first lines of a text."""

    def __init__(self, client: int) -> None:
        self._client = client
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def enter(self, socket: str, tokens: list[str]) -> None:
        """Open a socket for each token, and move the cursors from now on."""
        host, _, path = socket.removeprefix("ws://").partition("/")
        for number, token in enumerate(tokens):
            reader, writer = await asyncio.open_connection(*host.split(":"))
            writer.write(
                f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\n"
                f"Sec-WebSocket-Protocol: {Dialect.ARENA}, {TOKEN_PREFIX}{token}\r\n\r\n".encode()
            )
            assert b"101" in await reader.readline()
            self._writers.append(writer)
            self._tasks.append(asyncio.create_task(_drain(reader)))
            for each in range(number * CURSORS_EACH, min(CURSORS, (number + 1) * CURSORS_EACH)):
                self._tasks.append(asyncio.create_task(self._move(writer, each)))

    async def _move(self, writer: asyncio.StreamWriter, number: int) -> None:
        random = Random(number)
        await asyncio.sleep(random.random() / MOVES)
        at, clock = random.randrange(SCREEN), 0
        while True:
            # Most moves are by a key, some by a click.
            at = random.randrange(SCREEN) if random.random() < 0.1 else (at + 1) % SCREEN
            clock += 1
            item = {"client": self._client, "clock": at}
            place = {"type": None, "tname": MAIN_FILE, "item": item, "assoc": 0}
            state = PresenceState(
                1000 + number, clock, {"cursor": {"anchor": place, "head": place}}
            )
            writer.write(_masked(PresenceMessage([state]).encode()) + _PONG)
            await asyncio.sleep(1 / MOVES)

    async def leave(self) -> None:
        """Close the sockets."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()


#: An answer to the pings of the server, which nobody reads.
_PONG = b"\x8a\x80" + bytes(4)


def _masked(frame: bytes) -> bytes:
    """A binary message of a client (RFC 6455), with a mask of zeros."""
    assert 126 <= len(frame) < 2**16
    return b"\x82\xfe" + len(frame).to_bytes(2, "big") + bytes(4) + frame


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(2**20):
        pass


@dataclass
class Times:
    """One round: milliseconds between the frames of both pages, and from keys to letters.

    `typist_paste` and `reader_paste` are the longest at the paste, as on a quiet machine; `scale`
    is the slowness of the machine while somebody typed.
    """

    typist_paste: float
    reader_paste: float
    typist: list[float]
    reader: list[float]
    scale: float
    keys: list[float]


@contextmanager
def crowd(guest: Guest, client: int, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """People whose cursors move in the text of a guest, written under this client id."""
    cursors = Cursors(client)
    tokens = guest.join(*[f"Person {each}" for each in range(-(-CURSORS // CURSORS_EACH))])
    asyncio.run_coroutine_threadsafe(cursors.enter(guest.socket, tokens), loop).result(60)
    yield
    asyncio.run_coroutine_threadsafe(cursors.leave(), loop).result(60)


class Meter:
    """The slowness of the machine, by a page without content."""

    def __init__(self, page: Page, server: Server, engine: str) -> None:
        self._page, self._quiet = page, QUIET[engine]
        page.goto(f"{server.url}arena/static/none")
        page.evaluate(METER)

    def scale(self) -> float:
        """At least 1."""
        return max(1.0, float(self._page.evaluate("__meter.calibrate()")) / self._quiet)


def frames(page: Page) -> list[float]:
    """The times between the frames since the last recording."""
    # The first began before the recording.
    return [float(each) for each in page.evaluate("arenaFrames.slice(1)")]


def one_round(browser: Browser, server: Server, engine: str) -> Times:
    """Paste and type in a new session."""
    before, pasted = programs()
    with own_loop() as loop, fresh(browser) as one, fresh(browser) as other:
        session = server.session(language="python")
        guest = Guest(server, session, loop)
        guest.write(before)
        meter = Meter(one.new_page(), server, engine)
        typist = join(one.new_page(), server.invite(session), "Grace")
        reader = join(other.new_page(), server.invite(session), "Ada")
        with crowd(guest, guest.client_id, loop):
            expect(reader.cursors).not_to_have_count(0)
            paste(typist, reader, pasted)
            scale = meter.scale()
            pasting = max(frames(typist.page)) / scale, max(frames(reader.page)) / scale
            letters = keys(typist, reader)
            scale = max(scale, meter.scale())
            typing = frames(typist.page), frames(reader.page)
        guest.leave()
    return Times(*pasting, *typing, scale, letters)


def paste(typist: Room, reader: Room, text: str) -> None:
    """Paste `text` at the end, and wait until the other page has it."""
    typist.page.evaluate(FIELD, text)
    typist.page.keyboard.press("ControlOrMeta+c")
    typist.page.evaluate("document.querySelector('#arena-source').remove()")
    typist.code.focus()
    typist.page.keyboard.press("ControlOrMeta+End")
    for room in (typist, reader):
        room.page.evaluate(RECORD)
    typist.page.keyboard.press("ControlOrMeta+v")
    # The numbers of the lines are as wide as the largest.
    reader.page.wait_for_function(WIDE)
    typist.page.wait_for_timeout(AFTER_PASTE)


def keys(typist: Room, reader: Room) -> list[float]:
    """From each key to its letter on the other page, in a line that both see, milliseconds."""
    keyboard = typist.page.keyboard
    keyboard.press("ControlOrMeta+Home")
    for _ in range(5):
        keyboard.press("ArrowDown")
    for room in (typist, reader):
        room.page.evaluate(RECORD)
    keyboard.type(KEY * KEYS, delay=KEY_INTERVAL)
    reader.page.wait_for_function("keys => arenaSeen.length >= keys", arg=KEYS)
    pressed: list[float] = typist.page.evaluate("arenaKeys")
    seen: list[float] = reader.page.evaluate("arenaSeen")
    return [after - at for at, after in zip(pressed, seen, strict=True)]


def measure(engine: str, rounds: int) -> list[Times]:
    """The times of all rounds in a browser, "chromium" or "firefox", which must be installed."""
    is_chromium = engine == "chromium"
    path = browsers.find_chromium() if is_chromium else browsers.find_firefox()
    launch = browsers.launch_chromium if is_chromium else browsers.launch_firefox
    assert path is not None, engine
    with (
        tempfile.TemporaryDirectory() as home,
        roomy_server(Path(home)) as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright, path)
        times = [one_round(browser, server, engine) for _ in range(rounds)]
        browser.close()
    return times


def rows(rounds: int) -> list[tuple[str, str, str, bool | None]]:
    """Lines of the table for each browser: what, its value, what is promised, if it is kept."""
    engines = ["chromium"] + (["firefox"] if browsers.find_firefox() else [])
    return [row for engine in engines for row in rows_of(engine, rounds)]


def rows_of(engine: str, rounds: int) -> list[tuple[str, str, str, bool | None]]:
    """These lines for one browser."""
    times = measure(engine, rounds)
    place = f"{engine.title()}, a text of a megabyte, {CURSORS} cursors that move"
    found: list[tuple[str, str, str, bool | None]] = []
    for who, pasting, typing in (
        ("typist", [each.typist_paste for each in times], [each.typist for each in times]),
        ("reader", [each.reader_paste for each in times], [each.reader for each in times]),
    ):
        median = statistics.median(frame for each in typing for frame in each)
        # The best of the rounds: another process can stop a page, too.
        longest = min(max(each) / at.scale for each, at in zip(typing, times, strict=True))
        pause = min(pasting)
        promise = f"< {STANDSTILL:g} ms"
        found += [
            (f"{place}: frames of the {who}, median", *_kept(median, f"≤ {FRAME:g} ms", FRAME)),
            ("… the longest while somebody types", *_kept(longest, promise, STANDSTILL)),
            (f"… at a paste of {PASTED:,} lines", *_kept(pause, promise, STANDSTILL)),
        ]
    letters = [ms for each in times for ms in each.keys]
    median = statistics.median(letters)
    p95 = statistics.quantiles(letters, n=20)[-1]
    return [
        *found,
        ("… keystroke to the reader's screen, median", f"{median:.1f} ms", "", None),
        ("… keystroke to the reader's screen, 95 of 100", f"{p95:.1f} ms", "", None),
    ]


def _kept(value: float, promise: str, most: float) -> tuple[str, str, bool]:
    return f"{value:.1f} ms", promise, value <= most
