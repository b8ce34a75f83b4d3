"""A program finds only the globals that are listed, whatever its browser has.

The lists are those of `src/run/workers/walls.ts`. All tests run in Chromium and in Firefox, as
distributors ship them: both have features that the other does not have.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.programs import run
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)

#: Names that cannot be deleted: constants of Chromium's file system, whose functions are removed.
UNDELETABLE = {"PERSISTENT", "TEMPORARY"}
#: Two of our own: one rejects, the other asks the person who runs the program.
OWN = {"fetch", "prompt"}
#: Classes of the language that are members of its namespaces, or have no name there.
NAMESPACES = ("self.Intl.", "self.Temporal.", "self.WebAssembly.")
NAMELESS = {"TypedArray"}

#: JavaScript: the value of `finds` is the names of an object and its prototypes, by object, and of
#: the classes that any property of any reachable object leads to, with the way to each.
FINDS = """
const finds = (() => {
  const names = object => {
    const found = [];
    for (let o = object; o !== null && o !== Object.prototype; o = Reflect.getPrototypeOf(o)) {
      found.push(...Reflect.ownKeys(o).filter(key => typeof key === 'string'));
    }
    return found;
  };
  const seen = new Map([[globalThis, 'self']]);
  for (const [object, way] of seen) {
    const see = (value, step) => {
      if (Object(value) === value && !seen.has(value)) seen.set(value, `${way}.${step}`);
    };
    for (let o = object; o !== null; o = Reflect.getPrototypeOf(o)) {
      see(o, '__proto__');
      for (const key of Reflect.ownKeys(o)) {
        try {
          const value = Reflect.get(o, key, object);
          if (value instanceof Promise) value.catch(() => 0);
          see(value, String(key));
        } catch {}
      }
    }
  }
  const classes = {};
  for (const [object, way] of seen) {
    const made = Reflect.getOwnPropertyDescriptor(object, 'constructor')?.value;
    if (typeof made === 'function') classes[made.name] ??= way;
  }
  return { globals: names(globalThis), navigator: names(navigator),
    performance: names(performance), crypto: names(crypto), classes };
})();
"""
#: The same in Python, without the classes.
PYTHON = """
import js, json
def names(each):
    found = []
    while each is not None and each != js.Object.prototype:
        found += [key for key in js.Reflect.ownKeys(each) if isinstance(key, str)]
        each = js.Reflect.getPrototypeOf(each)
    return found
print(json.dumps({"globals": names(js.globalThis), "navigator": names(js.navigator),
    "performance": names(js.performance), "crypto": names(js.crypto), "classes": {}}))
"""
PROGRAMS = {"javascript": f"{FINDS}\nconsole.log(JSON.stringify(finds))", "python": PYTHON}
#: What a later browser might have: on the global object, on its prototypes and on `navigator`.
ADDED = """
self.FutureDevice = class FutureDevice {};
for (const [on, name] of [[self, 'futureOwn'], [DedicatedWorkerGlobalScope.prototype, 'futureNear'],
    [WorkerGlobalScope.prototype, 'futureFar'], [EventTarget.prototype, 'futureEvents'],
    [WorkerNavigator.prototype, 'futureNavigator'], [Performance.prototype, 'futureTiming'],
    [Crypto.prototype, 'futureKeys']]) {
  Object.defineProperty(on, name, {
    configurable: true, enumerable: true, get: () => new FutureDevice()
  });
}
"""


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Each browser in turn."""
    chosen: Browser = request.getfixturevalue(request.param)
    return chosen


def finds(page: Page, language: str) -> dict[str, Any]:
    result = run(page, language, PROGRAMS[language])
    assert result["error"] is None, result["error"]
    found: dict[str, Any] = json.loads(result["stdout"])
    return found


def assert_only_what_is_listed(page: Page, found: dict[str, Any]) -> None:
    assert {"Array", "setTimeout", "addEventListener"} <= set(found["globals"])
    listed = {where: set(names) for where, names in page.evaluate("arena.walls").items()}
    assert set(found["globals"]) - listed["globals"] <= UNDELETABLE | OWN
    for where in ("navigator", "performance", "crypto"):
        assert set(found[where]) <= listed[where]
    classes = {
        name: way
        for name, way in found["classes"].items()
        if name not in listed["globals"] | NAMELESS and not way.startswith(NAMESPACES)
    }
    assert classes == {}


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_reaches_only_what_is_listed(page: Page, language: str) -> None:
    assert_only_what_is_listed(page, finds(page, language))


@pytest.mark.parametrize("language", PROGRAMS)
def test_what_a_later_browser_adds_reaches_no_program(
    browser: Browser, site: Site, language: str
) -> None:
    changed = []

    def add(route: Route) -> None:
        changed.append(route.request.url)
        script = gzip.decompress(route.fetch().body())
        route.fulfill(body=gzip.compress(ADDED.encode() + script, compresslevel=1))

    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.route(f"**/{language}.js.gz", add)
    page.goto(site.url)
    assert_only_what_is_listed(page, finds(page, language))
    assert len(changed) == 1
    context.close()


def test_a_bare_worker_would_have_more(page: Page) -> None:
    """The control: without the walls, the search finds more in this browser."""
    found = json.loads(page.evaluate("arena.runBare", f"{FINDS} report(JSON.stringify(finds))"))
    with pytest.raises(AssertionError):
        assert_only_what_is_listed(page, found)
    assert {"WebSocket", "indexedDB", "importScripts"} <= set(found["globals"])


def test_a_program_has_what_every_runtime_has(page: Page) -> None:
    code = """
      const text = new TextDecoder().decode(new TextEncoder().encode(atob(btoa('bytes'))));
      const url = new URL('?a=1', 'https://example.org/');
      const { port1, port2 } = new MessageChannel();
      const heard = new Promise(resolve => { port1.onmessage = ({ data }) => resolve(data) });
      port2.postMessage(structuredClone(new Map([[1, new Date(0)]])));
      const target = new EventTarget();
      const events = [];
      target.addEventListener('a', event => events.push(event.type));
      target.dispatchEvent(new Event('a'));
      const stop = new AbortController();
      stop.signal.addEventListener('abort', () => events.push('aborted'));
      stop.abort();
      await new Promise(resolve => queueMicrotask(resolve));
      await new Promise(resolve => setTimeout(resolve, 1));
      const stream = new Blob(['blob']).stream().pipeThrough(new CompressionStream('gzip'))
        .pipeThrough(new DecompressionStream('gzip'));
      console.log(text, url.searchParams.get('a'), await heard, events,
        await new Response(stream).text(), crypto.getRandomValues(new Uint8Array(2)).length,
        performance.now() > 0, typeof navigator.userAgent, [3, 1].toSorted(),
        new Intl.NumberFormat('en').format(1e6), typeof Temporal, typeof WebAssembly);
    """
    result = run(page, "javascript", code)
    assert result["error"] is None, result["error"]
    assert result["stdout"] == (
        "bytes 1 Map(1) { 1 => 1970-01-01T00:00:00.000Z } [ 'a', 'aborted' ] blob 2 true string "
        "[ 1, 3 ] 1,000,000 object object\n"
    )


def test_the_modules_of_node_lead_nowhere_either(page: Page) -> None:
    """Of what a bare worker has and a program has not, nothing is behind Node's modules."""
    bare = json.loads(page.evaluate("arena.runBare", f"{FINDS} report(JSON.stringify(finds))"))
    every = "assert buffer crypto events fs module os path process readline stream test url util"
    loads = "".join(f"globalThis.{name}_ = require('{name}');" for name in every.split())
    code = f"{loads} globalThis.required = require;\n{PROGRAMS['javascript']}"
    result = run(page, "javascript", code)
    assert result["error"] is None, result["error"]
    found = json.loads(result["stdout"])
    listed = {where: set(names) for where, names in page.evaluate("arena.walls").items()}
    assert {"Buffer", "EventEmitter"} <= set(found["classes"])
    nameless = NAMELESS | {"AsyncFunction", "GeneratorFunction", "AsyncGeneratorFunction"}
    walled = set(bare["classes"]) - listed["globals"] - nameless
    ways = {name: way for name, way in found["classes"].items() if name in walled}
    assert {n: w for n, w in ways.items() if not w.startswith(NAMESPACES)} == {}
    assert (set(bare["globals"]) - listed["globals"] - UNDELETABLE - OWN) & set(
        found["globals"]
    ) == set()
