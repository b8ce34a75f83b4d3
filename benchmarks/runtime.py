"""The runtimes compared with a plain page that loads Pyodide as its manual describes."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser import sandbox_site

REPOSITORY = Path(__file__).resolve().parents[1]

#: Script: milliseconds until a plain page has printed with Pyodide, and of a further call.
NAIVE = """async base => {
  const started = performance.now();
  const { loadPyodide } = await import(`${base}plain/pyodide.mjs`);
  const pyodide = await loadPyodide({ indexURL: `${base}plain/` });
  pyodide.setStdout({ batched: () => undefined });
  pyodide.runPython('print(1)');
  const cold = performance.now() - started;
  const calls = [];
  for (let n = 0; n < 10; n++) {
    const before = performance.now();
    pyodide.runPython('print(1)');
    calls.push(performance.now() - before);
  }
  return [cold, calls.sort((a, b) => a - b)[5]];
}"""
#: Script: milliseconds until the first print, from Stop to the next print, and of further runs.
OURS = """async () => {
  const first = (await arena.run('python', 'print(1)')).arrivals[0];
  const afterStop = async seconds => {
    const loop = `import time\\nend = time.time() + ${seconds}\\nwhile time.time() < end: pass\\n` +
      'print("go")\\nwhile True: pass';
    await arena.run('python', loop, 60000, 'go');
    return (await arena.run('python', 'print(1)')).arrivals[0];
  };
  const atOnce = await afterStop(0);
  // About as soon as anybody can.
  const hasty = await afterStop(0.5);
  // As long as it takes somebody to see that it does not end.
  const again = await afterStop(3);
  const warm = async (language, code) => {
    const all = [];
    for (let n = 0; n < 6; n++) {
      // Somebody who looks at what was printed: the next worker comes up meanwhile.
      await new Promise(resolve => setTimeout(resolve, 1500));
      all.push((await arena.run(language, code)).arrivals[0]);
    }
    return all.sort((a, b) => a - b)[3];
  };
  await arena.run('javascript', '1');
  const python = await warm('python', 'print(1)');
  return [first, atOnce, hasty, again, python, await warm('javascript', 'console.log(1)')];
}"""


@dataclass(frozen=True)
class Times:
    """Medians, in milliseconds."""

    naive: float
    call: float
    first: float
    after_stop_at_once: float
    after_hasty_stop: float
    after_stop: float
    python: float
    javascript: float


def measure(browser: Browser, rounds: int) -> Times:
    """The plain page and Arena's, alternately, each with empty caches."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        sandbox_site.build(REPOSITORY, directory)
        shutil.copytree(REPOSITORY / "node_modules" / "pyodide", directory / "plain")
        naive: list[list[float]] = []
        ours: list[list[float]] = []
        with sandbox_site.serving(directory) as site:
            for _ in range(rounds):
                naive.append(in_fresh_page(browser, site.url, NAIVE, site.url))
                ours.append(in_fresh_page(browser, site.url, OURS))
    columns = [*zip(*naive, strict=True), *zip(*ours, strict=True)]
    return Times(*map(statistics.median, columns))


def in_fresh_page(browser: Browser, url: str, script: str, *argument: str) -> list[float]:
    """The result of `script` in a page of a browser with empty caches."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(url)
        answer: Any = page.evaluate(script, *argument)
        return [float(each) for each in answer]
    finally:
        context.close()
