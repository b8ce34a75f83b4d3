"""The runners in a real browser: their contract, their limits, and leaks after many runs."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from arena_ext.protocol.wire import LANGUAGES
from tests.browser.programs import run
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)
CONTRACT = Path(__file__).resolve().parents[2] / "src" / "testing" / "runner-contract.ts"
RULES = re.findall(r"^  '(.+)': async", CONTRACT.read_text(), re.MULTILINE)
CUT = "output cut after"


# --- the contract of every runner ---------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_contract(page: Page, language: str, rule: str) -> None:
    complaint = page.evaluate("([rule, language]) => arena.keeps(rule, language)", [rule, language])
    assert complaint is None


def test_every_rule_of_the_contract_is_held_to(page: Page) -> None:
    assert page.evaluate("arena.rules") == RULES


# --- stopping, limits, floods -------------------------------------------------------------------


FLOODS = {
    "javascript": "for (let n = 0; ; n++) console.log('flood', n)",
    "python": "n = 0\nwhile True:\n    n += 1\n    print('flood', n)",
}


@pytest.mark.parametrize("language", FLOODS)
def test_a_flood_is_cut_and_stopped_and_leaves_the_page_alone(page: Page, language: str) -> None:
    run(page, language, "0")
    script = "([language, code, cut]) => arena.runWatched(language, code, 60000, cut)"
    result = page.evaluate(script, [language, FLOODS[language], CUT])
    assert result["status"] == "stopped"
    assert result["stderr"].count(CUT) == 1
    assert 1_000_000 < result["characters"] <= 1024 * 1024
    # One chunk per line would be about 80,000; the number depends on the speed of the machine.
    assert result["pieces"] < 20_000
    assert result["stopMs"] is not None
    assert result["turns"] > 10


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", "for (let n = 0; n < 100; n++) console.log(n)\nwhile (true) {}"),
        ("python", "for n in range(100): print(n)\nwhile True: pass"),
    ],
)
def test_what_was_printed_before_a_hang_is_seen(page: Page, language: str, code: str) -> None:
    result = run(page, language, code, 60_000, "99\n")
    assert result["status"] == "stopped"
    assert result["stdout"] == "".join(f"{n}\n" for n in range(100))


def test_output_arrives_while_the_program_runs(page: Page) -> None:
    code = "import time\nprint('a')\ntime.sleep(2)\nprint('b')"
    first, second = run(page, "python", code)["arrivals"]
    assert second - first > 1000


@pytest.mark.parametrize("language", ["javascript", "python"])
def test_no_program_finds_what_another_left(page: Page, language: str) -> None:
    leave, look, expected = {
        "javascript": (
            "globalThis.left = 1; Array.prototype.map = null; console.log = null",
            "console.log(typeof left, [1].map(String))",
            "undefined [ '1' ]\n",
        ),
        "python": (
            "import builtins, sys\nleft = 1\nbuiltins.len = None\nsys.stdout.close()",
            "print('left' in globals(), len([1]))",
            "False 1\n",
        ),
    }[language]
    assert run(page, language, leave)["error"] is None
    assert run(page, language, look)["stdout"] == expected


def test_python_is_random_in_each_worker(page: Page) -> None:
    code = "import random\nprint(random.random(), hash('x') and random.getrandbits(64))"
    assert run(page, "python", code)["stdout"] != run(page, "python", code)["stdout"]


# --- the long run -------------------------------------------------------------------------------


#: The numbers of workers that wait for programs, where that is not one.
SPARES = {"python": 2}
STOP_WHILE_IT_STARTS = """async language => {
  await arena.run(language, '1');
  const starts = new Promise(resolve => arena.watch(language, ({ label }) => {
    if (label?.startsWith('Starting')) resolve(true);
  }));
  // Until a run has to wait, because those before it used up the workers that were ready.
  let run;
  do {
    run = arena.run(language, '1');
  } while (!await Promise.race([starts, run.then(() => false)]));
  arena.stop();
  const { status } = await run;
  await new Promise(resolve => arena.watch(language, ({ phase }) => {
    if (phase === 'ready') resolve();
  }));
  return status;
}"""


def wait_for_workers(page: Page, count: int) -> None:
    """Wait until the page has `count` workers: a terminated worker takes a moment to disappear."""
    deadline = time.monotonic() + 20
    while len(page.workers) != count and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert len(page.workers) == count


def test_a_stop_while_a_worker_starts_loses_none(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    for _ in range(3):
        assert page.evaluate(STOP_WHILE_IT_STARTS, "python") == "stopped"
    wait_for_workers(page, SPARES["python"])
    context.close()


STOP_AT_THE_FIRST_PRINT = """async () => {
  const phases = [];
  const end = arena.watch('python', ({ phase }) => phases.push(phase));
  await arena.run('python', 'print("go")\\nwhile True: pass', 60000, 'go');
  await arena.run('python', 'print(1)');
  end();
  return phases;
}"""


def test_the_next_worker_is_up_at_a_stop_at_the_first_print(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    run(page, "python", "1")
    wait_for_workers(page, SPARES["python"])
    # Both need a moment to come up, longer on a busy machine.
    for attempt in range(1, 8):
        page.wait_for_timeout(1000 * attempt)
        if page.evaluate(STOP_AT_THE_FIRST_PRINT) == []:
            break
    else:
        pytest.fail("the run after each stop had to wait for its worker")
    context.close()


def test_a_computer_with_little_memory_has_one_spare_worker(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(navigator, 'deviceMemory', { value: 2 })")
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    run(page, "python", "1")
    for _ in range(3):
        # It ends when a worker is up again.
        page.evaluate(STOP_WHILE_IT_STARTS, "python")
        wait_for_workers(page, 1)
    context.close()


def test_fifty_runs_leave_nothing_behind(browser: Browser, site: Site) -> None:
    """Among them are stops, time-outs, errors and crashes: no worker stays, memory is freed."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    seen: list[str] = []
    page.on("worker", lambda worker: seen.append(worker.url))
    deep = "m = iter([])\nfor _ in range(200000):\n    m = map(int, m)\nlist(m)"
    kept = {"keepState": True}
    mixture: list[tuple[Any, ...]] = [
        ("javascript", "console.log('x'.repeat(1e5))"),
        ("python", "print('x' * 100000)"),
        ("javascript", "console.log('go'); while (true) {}", 60_000, "go"),
        ("typescript", "const all: number[] = Array(1e6).fill(1); all.length"),
        ("javascript", "while (true) {}", 200),
        ("python", "print('go')\nwhile True: pass", 60_000, "go"),
        ("python", "n = bytearray(10_000_000)", 60_000, None, kept),
        ("python", "len(n)", 60_000, None, kept),
        ("sql", "SELECT 1"),
        ("python", "1 / 0"),
        ("javascript", "throw new Error('x')"),
        ("python", deep),
    ]
    expected = [
        "ok", "ok", "stopped", "ok", "timeout", "stopped", "ok", "ok", "ok", "error", "error",
        "error",
    ]  # fmt: skip

    def round_of_runs() -> None:
        assert [run(page, *each)["status"] for each in mixture] == expected
        assert page.evaluate(STOP_WHILE_IT_STARTS, "python") == "stopped"
        wait_for_workers(page, sum(SPARES.get(language, 1) for language in LANGUAGES))

    round_of_runs()
    # The frames of the languages are separate processes; only their CDP sessions report heaps.
    frames = [context.new_cdp_session(frame) for frame in page.frames]
    assert len(frames) == 1 + len(LANGUAGES)

    def memory() -> list[float]:
        """Bytes of each frame's heap, including array buffers."""
        each = []
        for session in frames:
            session.send("HeapProfiler.collectGarbage")
            used = session.send("Runtime.getHeapUsage")
            each.append(used["usedSize"] + used["backingStorageSize"])
        return each

    def nodes() -> int:
        return int(frames[0].send("Memory.getDOMCounters")["nodes"])

    before, nodes_before, seen_before = memory(), nodes(), len(seen)
    for _ in range(4):
        round_of_runs()
    # Each run had its own worker, except the one that kept the state of the previous run.
    assert len(seen) - seen_before >= 4 * (len(mixture) - 1)
    for now, then in zip(memory(), before, strict=True):
        assert now <= then * 1.15
    assert nodes() <= nodes_before * 1.15 + 20
    context.close()
