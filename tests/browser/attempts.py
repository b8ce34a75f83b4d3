"""Attempts to get out of the sandbox, inside it and without it, and the result of each."""

from __future__ import annotations

import json
import time
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from tests.browser.attacker import Attacker, attacking
from tests.browser.sandbox_site import Site
from tests.browser.ways_out import (
    HEARD_AS,
    PYTHON_WAYS_OUT,
    WAYS_OUT,
)

#: The result that each way out reported, by way.
Said = dict[str, str]
STILL_TRYING = "stopped: still trying"
#: Seconds in which an open way out must reach the attacker.
DEADLINE = 10.0


def run(page: Page, language: str, code: str) -> dict[str, Any]:
    script = "([language, code]) => arena.run(language, code, 30000)"
    result: dict[str, Any] = page.evaluate(script, [language, code])
    return result


@dataclass(frozen=True)
class Tried:
    """By way out: the reported result, and the records of its attacker."""

    said: Mapping[str, str]
    heard: Mapping[str, list[str]]


@contextmanager
def attackers(ways: Iterable[str]) -> Iterator[dict[str, Attacker]]:
    """An attacker for each way out."""
    with ExitStack() as stack:
        yield {way: stack.enter_context(attacking()) for way in ways}


def wait_for_all(outside: Mapping[str, Attacker]) -> None:
    """Wait until every attacker has received its signal, or until the deadline."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and not all(
        any(HEARD_AS.get(way, "") in each for each in attacker.heard)
        for way, attacker in outside.items()
    ):
        time.sleep(0.02)


def all_heard(listening: Mapping[str, Attacker]) -> dict[str, list[str]]:
    """Stop all attackers; returns the records of each."""
    return {way: attacker.everything() for way, attacker in listening.items()}


def all_of(ways: Iterable[str], listening: Mapping[str, Attacker]) -> str:
    """JavaScript that tries all ways concurrently, for 3 s each; the results are in `said`."""
    functions = ",\n".join(
        f"{json.dumps(way)}: [{json.dumps(listening[way].url)}, async URL => {{ {WAYS_OUT[way]} }}]"
        for way in ways
    )
    return f"""
    const said = {{}};
    await Promise.all(Object.entries({{ {functions} }}).map(async ([name, [url, way]]) => {{
      let timer;
      const late = new Promise((_, f) => {{ timer = setTimeout(f, 3000, 'still trying'); }});
      try {{ await Promise.race([way(url), late]); said[name] = 'got out'; }}
      catch (error) {{ said[name] = `stopped: ${{error}}`; }}
      clearTimeout(timer);
    }}));"""


def each_of(
    page: Page, ways: Iterable[str], listening: Mapping[str, Attacker], attempt: str, report: str
) -> Said:
    """Try each way in a worker of its own, so that a blocked worker does not affect the others.

    `attempt` is a function of the page that runs code in a worker; the code calls `report` with its
    result.
    """
    script = f"""codes => Promise.all(Object.entries(codes).map(([way, code]) =>
      ({attempt})(code).catch(error => ({{ [way]: `stopped: ${{error}}` }}))))"""
    codes = {
        way: f"(async () => {{ {all_of([way], listening)}; return said; }})().then({report})"
        for way in ways
    }
    each: list[Said] = page.evaluate(script, codes)
    return dict(ChainMap(*each))


def in_a_plain_worker(page: Page, ways: Iterable[str], listening: Mapping[str, Attacker]) -> Said:
    script = """code => new Promise((resolve, reject) => {
      const worker = new Worker(URL.createObjectURL(new Blob([code])));
      const stop = end => value => { worker.terminate(); end(value); };
      worker.onmessage = event => stop(resolve)(event.data);
      worker.onerror = event => stop(reject)(event.message);
      setTimeout(stop(reject), 6000, 'still trying');
    })"""
    return each_of(page, ways, listening, script, "postMessage")


def in_a_page(page: Page, ways: Iterable[str], listening: Mapping[str, Attacker]) -> Said:
    said: Said = page.evaluate(f"async () => {{ {all_of(ways, listening)}; return said; }}")
    return said


def in_a_bare_worker(page: Page, ways: Iterable[str], listening: Mapping[str, Attacker]) -> Said:
    script = """code => Promise.race([
      arena.runBare(code).then(JSON.parse),
      new Promise((_, reject) => setTimeout(reject, 6000, 'still trying')),
    ])"""
    return each_of(page, ways, listening, script, "said => report(JSON.stringify(said))")


def in_a_program(page: Page, ways: Iterable[str], listening: Mapping[str, Attacker]) -> Said:
    code = f"{all_of(ways, listening)}; console.log(JSON.stringify(said))"
    result = run(page, "javascript", code)
    assert result["error"] is None, result
    said: Said = json.loads(result["stdout"])
    return said


#: Script: run a program with Pyodide in a plain worker, as its manual describes; the messages until
#: the program ends or the time limit is reached.
PLAIN_PYTHON = """async ([base, python]) => {
  const code = `
    import { loadPyodide } from '${base}plain/pyodide.mjs';
    const pyodide = await loadPyodide({ indexURL: '${base}plain/' });
    onmessage = ({ data }) => pyodide.runPythonAsync(data).then(() => postMessage('end'));
    postMessage('ready');`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  await new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = error => reject(error.message);
    setTimeout(reject, 60000, 'no Pyodide');
  });
  const said = [];
  await new Promise(resolve => {
    worker.onmessage = event => (event.data === 'end' ? resolve() : said.push(event.data));
    worker.postMessage(python);
    setTimeout(resolve, 30000);
  });
  worker.terminate();
  return said;
}"""
ONE_AFTER_ANOTHER = """
import ast, asyncio, inspect, json
for name, (URL, PORT, code) in json.loads(ways).items():
    try:
        code = compile(code, name, 'exec', flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        result = eval(code, {'URL': URL, 'PORT': PORT})
        if inspect.isawaitable(result):
            await asyncio.wait_for(result, 3)
        said = 'done'
    except BaseException as error:
        said = repr(error)
    tell(json.dumps([name, said]))
"""


def all_of_python(
    ways: Iterable[str], sources: Mapping[str, str], listening: Mapping[str, Attacker], tell: str
) -> str:
    """A program that tries all ways in order, and reports the result of each: `[way, said]`."""
    table = {way: [listening[way].url, listening[way].port, sources[way]] for way in ways}
    return f"ways = {json.dumps(table)!r}\n{tell}\n{ONE_AFTER_ANOTHER}"


def in_plain_python(
    browser: Browser, site: Site, ways: Iterable[str], listening: Mapping[str, Attacker]
) -> Said:
    """The results until the end, or until a way out blocked the worker."""
    tell = "from js import postMessage as tell"
    code = all_of_python(ways, PYTHON_WAYS_OUT, listening, tell)
    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(site.url)
        return dict(map(json.loads, page.evaluate(PLAIN_PYTHON, [site.url, code])))


def show_all(
    page: Page, sources: Mapping[str, str], listening: Mapping[str, Attacker], how: str
) -> None:
    """Show each markup in a frame, and click its elements that can be clicked."""
    texts = [source.replace("URL", listening[way].url) for way, source in sources.items()]
    with suppress(PlaywrightError):  # it may have led the page away
        page.evaluate(f"texts => arena.{how}(...texts)", texts)
        for number, source in enumerate(sources.values()):
            if "id=press" in source:
                page.frame_locator(f".shown iframe >> nth={number}").locator("#press").click()
