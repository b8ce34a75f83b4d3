"""The rows of the table about pages, recordings and the engine process, with their promises."""

from __future__ import annotations

import asyncio
import statistics

from playwright.sync_api import Browser

from benchmarks import documents, full, measure, opening, playback, runtime
from benchmarks.table import Row
from tests.support.servers import Server

#: Target: the guest page opens at least this many times faster than JupyterLab.
RATIO = 10.0
#: Largest transfer of the guest page until it is editable. Bytes.
PAGE_LIMIT = 200_000
#: Longest time to open a long recording, and to seek in it. Milliseconds.
OPENING = 2000.0
SEEKING = 100.0
#: Python's time to its first print, and from Stop to the next print, as a share of the time that a
#: plain page with Pyodide takes.
FIRST_PRINT, AFTER_STOP = 0.75, 0.2
SHARE = "… share of the plain page's"
#: Python: largest extra time of a further print over a bare call. JavaScript: longest time of one.
#: Milliseconds.
PYTHON_MORE, JAVASCRIPT_MOST = 15.0, 20.0
#: Largest cost of the engine process: milliseconds for each edit, and the factor for opening a long
#: session.
EDIT_MORE, OPENING_TIMES = 0.3, 1.5
#: Largest ratios: opening a session with a long log to one with a short log and the same text, and
#: formatting the lines of a recording to reading its entries.
LONG_LOG, LINES = 1.5, 1.0
#: Longest time from the death of the engine process until all rooms accept edits again. Seconds.
RECOVERY = 3.0
#: The longest hold of the event loop by a full session, as a multiple of one call of the JSON
#: library for the longest text.
HOLD = 8.0


def pages(browser: Browser, server: Server, rounds: int) -> list[Row]:
    """The guest page and JupyterLab, measured alternately."""
    session = server.session()
    # Warm-up, not counted: the server reads its files from disk for the first time.
    measure.lab_cold(browser, server)
    measure.guest_cold(browser, server, session)
    lab, guest = [], []
    for _ in range(rounds):
        lab.append(measure.lab_cold(browser, server))
        guest.append(measure.guest_cold(browser, server, session))
    lab_ms = statistics.median(lab)
    guest_ms = statistics.median(ms for ms, _ in guest)
    size = max(bytes_ for _, bytes_ in guest)
    ratio = lab_ms / guest_ms
    return [
        Row("JupyterLab, cold, to its launcher", f"{lab_ms:.0f} ms"),
        Row("Guest's page, cold, to the editor", f"{guest_ms:.0f} ms"),
        Row("… how many times faster", f"{ratio:.1f}", f"≥ {RATIO:g}", ratio >= RATIO),
        Row(
            "… on the wire, without the languages",
            f"{size / 1000:.0f} KB",
            f"< {PAGE_LIMIT / 1000:.0f} KB",
            size < PAGE_LIMIT,
        ),
    ]


def runs(browser: Browser, server: Server, rounds: int) -> list[Row]:
    """First and further runs of each language."""
    rows = []
    for language in measure.PROGRAMS:
        results = [measure.runs(browser, server, language) for _ in range(rounds)]
        cold = statistics.median(cold for cold, _ in results)
        warm = statistics.median(warm for _, warm in results)
        rows.append(Row(f"{language}, first run of a guest who just came", f"{cold:.0f} ms"))
        rows.append(Row(f"{language}, further runs", f"{warm:.0f} ms"))
    return rows


def languages(browser: Browser, rounds: int) -> list[Row]:
    """The runtimes and Pyodide in a plain page, measured alternately."""
    times = runtime.measure(browser, rounds)
    first, after_stop = times.first / times.naive, times.after_stop / times.naive
    at_once, hasty = times.after_stop_at_once / times.naive, times.after_hasty_stop / times.naive
    more = times.python - times.call
    return [
        Row("Pyodide in a plain page, to its first print", f"{times.naive:.0f} ms"),
        Row("Python, cold, to its first print", f"{times.first:.0f} ms"),
        Row(SHARE, f"{first:.2f}", f"≤ {FIRST_PRINT:g}", first <= FIRST_PRINT),
        Row(
            "Python, Run to first print, after a Stop at the first print",
            f"{times.after_stop_at_once:.0f} ms",
        ),
        Row(SHARE, f"{at_once:.2f}", f"≤ {AFTER_STOP:g}", at_once <= AFTER_STOP),
        Row("Python, the same after a Stop half a second in", f"{times.after_hasty_stop:.0f} ms"),
        Row(SHARE, f"{hasty:.2f}", f"≤ {AFTER_STOP:g}", hasty <= AFTER_STOP),
        Row("Python, the same after a Stop 3 s in", f"{times.after_stop:.0f} ms"),
        Row(
            SHARE,
            f"{after_stop:.2f}",
            f"≤ {AFTER_STOP:g}",
            after_stop <= AFTER_STOP,
        ),
        Row(
            "Python, a further print, above a bare call",
            f"{more:.1f} ms",
            f"≤ {PYTHON_MORE:g} ms",
            more <= PYTHON_MORE,
        ),
        Row(
            "JavaScript, a further print",
            f"{times.javascript:.1f} ms",
            f"≤ {JAVASCRIPT_MOST:g} ms",
            times.javascript <= JAVASCRIPT_MOST,
        ),
    ]


def typing(browser: Browser, server: Server, rounds: int) -> list[Row]:
    """The delay of a keystroke to the other participant's screen."""
    times = [ms for _ in range(rounds) for ms in measure.keystrokes(browser, server)]
    p95 = statistics.quantiles(times, n=20)[-1]
    return [
        Row("Keystroke to the other's screen, median", f"{statistics.median(times):.1f} ms"),
        Row("Keystroke to the other's screen, 95 of 100", f"{p95:.1f} ms"),
    ]


def processes(rounds: int) -> list[Row]:
    """The cost of the engine process, and the recovery after its death."""
    costs = documents.costs(rounds)
    more, times = costs.edit.more * 1000, costs.opening.ratio
    death = statistics.median(asyncio.run(documents.recovery()) for _ in range(rounds))

    def pair(times: documents.Pair) -> str:
        return f"{times.here * 1000:.2f} → {times.there * 1000:.2f} ms"

    return [
        Row("Native code here → in its own process: an edit, median", pair(costs.edit)),
        Row("… what it costs more", f"{more:.2f} ms", f"≤ {EDIT_MORE:g} ms", more <= EDIT_MORE),
        Row("… an edit, 99 of 100", pair(costs.slow_edit)),
        Row(f"… opening a session of {documents.LONG:,} edits", pair(costs.opening)),
        Row("… times as long", f"{times:.2f}", f"≤ {OPENING_TIMES:g}", times <= OPENING_TIMES),
        Row("… what somebody who joins it late is sent", pair(costs.joining)),
        Row("… its text", pair(costs.text)),
        Row(
            f"From the death of that process until all {documents.ROOMS} rooms type again",
            f"{death:.2f} s",
            f"< {RECOVERY:g} s",
            death < RECOVERY,
        ),
    ]


def long_sessions(rounds: int) -> list[Row]:
    """A session with a long log, and one with a short log and the same text."""
    took = asyncio.run(opening.measure(rounds))
    times, lines = took.long / took.same, took.lines / took.read
    return [
        Row(f"Opening a session of {opening.SHORT} edits", f"{took.short * 1000:.0f} ms"),
        Row(f"… of {documents.LONG:,} edits", f"{took.long * 1000:.0f} ms"),
        Row("… of one edit that has the text of these", f"{took.same * 1000:.0f} ms"),
        Row("… times as long for the log", f"{times:.2f}", f"≤ {LONG_LOG:g}", times <= LONG_LOG),
        Row("Its recording, read", f"{took.read * 1000:.0f} ms"),
        Row("… and written as lines", f"{took.lines * 1000:.0f} ms"),
        Row("… times as long as read", f"{lines:.2f}", f"≤ {LINES:g}", lines <= LINES),
    ]


def full_session(rounds: int) -> list[Row]:
    """A session that is full in every respect: the longest holds of the event loop."""
    holds = asyncio.run(full.measure(rounds))
    rows = [Row("JSON of the longest text, in one call", f"{holds.unit * 1000:.1f} ms")]
    for step, hold in holds.steps.items():
        times = hold / holds.unit
        rows.append(Row(f"A full session, the longest hold by {step}", f"{hold * 1000:.1f} ms"))
        rows.append(Row("… times as long", f"{times:.1f}", f"≤ {HOLD:g}", times <= HOLD))
    return rows


def recordings(browser: Browser, server: Server, rounds: int) -> list[Row]:
    """A long recording in the player, from the list of sessions."""
    entries = playback.long_session(server)
    results = [playback.opened_and_sought(browser, server) for _ in range(rounds)]
    arrived = statistics.median(each.arrived for each in results)
    opened = statistics.median(each.ready for each in results)
    slowest = max(ms for each in results for ms in each.seeks)
    return [
        Row(
            f"Recording of {entries:,} entries, from the click to its last frame",
            f"{opened:.0f} ms",
            f"< {OPENING:.0f} ms",
            opened < OPENING,
        ),
        Row("… of that until its bytes are there", f"{arrived:.0f} ms"),
        Row(
            "… to any moment, the slowest",
            f"{slowest:.0f} ms",
            f"< {SEEKING:.0f} ms",
            slowest < SEEKING,
        ),
    ]
