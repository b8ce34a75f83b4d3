"""The isolation of the sandbox: no program reaches the page, its origin or the network.

Each way out of `ways_out.py` is tried in the sandbox and, as a control, without it: JavaScript in a
worker of the page, Python in a plain Pyodide there, markup in a plain frame. The control attempt
must reach the attacker; otherwise the attempt proves nothing and the test fails. The attempt in the
sandbox has at least as much time, and each attempt has an attacker of its own. JavaScript is also
tried in a bare worker of the sandbox, where only the frame's origin and policy restrict it. All
tests run in Chromium, and in Firefox as distributors ship it.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import sandbox_site
from tests.browser.attacker import Attacker, attacking
from tests.browser.attempts import (
    STILL_TRYING,
    Said,
    Tried,
    all_heard,
    all_of_python,
    attackers,
    in_a_bare_worker,
    in_a_page,
    in_a_plain_worker,
    in_a_program,
    in_plain_python,
    run,
    show_all,
    wait_for_all,
)
from tests.browser.sandbox_site import Site
from tests.browser.ways_out import (
    HEARD_AS,
    MARKUP_ALONE,
    MARKUP_NOT_EVEN_THEN,
    MARKUP_WAYS_OUT,
    NOT_THERE,
    ONLY_IN_PAGES,
    PYTHON_NOT_EVEN_THEN,
    PYTHON_WAYS_OUT,
    WAYS_OUT,
)

pytestmark = pytest.mark.timeout(300)
ATTEMPTS = 3
NOT_WORTH_HAVING = [
    "document", "window", "parent", "top", "frames", "opener", "localStorage", "sessionStorage",
    "indexedDB", "caches", "cookieStore", "XMLHttpRequest", "WebSocket", "EventSource",
    "WebTransport", "importScripts", "Worker", "SharedWorker", "BroadcastChannel", "FontFace",
    "postMessage", "RTCPeerConnection", "OffscreenCanvas", "VideoDecoder", "ImageDecoder",
    "createImageBitmap", "ServiceWorkerContainer", "Serial", "StorageManager", "LockManager",
]  # fmt: skip


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Each browser in turn: the browser enforces the isolation, so each one is tested."""
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
    # Large enough for all frames: a frame out of sight may not be rendered, and load nothing.
    context = browser.new_context(viewport={"width": 1440, "height": 1400})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    page.evaluate("document.cookie = 'secret=1'")
    yield page
    context.close()


# --- JavaScript -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scripts(page: Page) -> dict[str, Tried]:
    """The result of each way out, in a bare worker, in a program, and outside the sandbox."""
    places = {"bare": in_a_bare_worker, "program": in_a_program, "outside": in_a_plain_worker}
    with ExitStack() as stack:
        said: dict[str, Said] = {}
        listening: dict[str, dict[str, Attacker]] = {}
        for place, attempt in places.items():
            listening[place] = stack.enter_context(attackers(WAYS_OUT))
            outside = set(WAYS_OUT) if place != "outside" else set(WAYS_OUT) - ONLY_IN_PAGES
            said[place] = {}
            for _ in range(ATTEMPTS):  # Firefox sometimes loses a nested worker
                again = [
                    way for way in outside if said[place].get(way, STILL_TRYING) == STILL_TRYING
                ]
                if again:
                    said[place] |= attempt(page, again, listening[place])
        said["outside"] |= in_a_page(page, ONLY_IN_PAGES, listening["outside"])
        wait_for_all(listening["outside"])
        return {place: Tried(said[place], all_heard(listening[place])) for place in places}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_outside_the_attacker_hears_of_it(scripts: dict[str, Tried], way: str) -> None:
    heard = scripts["outside"].heard[way]
    assert any(HEARD_AS.get(way, "") in each for each in heard), scripts["outside"].said[way]


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_frame_alone_stops_it(scripts: dict[str, Tried], way: str) -> None:
    assert scripts["bare"].said[way].startswith(("stopped", "got out"))
    assert scripts["bare"].heard[way] == []


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_javascript_program_cannot(scripts: dict[str, Tried], way: str) -> None:
    assert scripts["program"].said[way].startswith("stopped: ")
    assert scripts["program"].heard[way] == []


def test_a_javascript_program_cannot_import_statically(page: Page) -> None:
    with attacking() as attacker:
        result = run(page, "javascript", f"import '{attacker.url}'")
        assert result["status"] == "error"
        assert attacker.everything() == []


# --- Python ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pythons(browser: Browser, page: Page, site: Site, repository: Path) -> dict[str, Tried]:
    """The result of each way out of Python, in a program and outside the sandbox."""
    directory = Path(site.directory) / "plain"
    shutil.copytree(repository / "node_modules" / "pyodide", directory, dirs_exist_ok=True)
    walled = PYTHON_WAYS_OUT | PYTHON_NOT_EVEN_THEN
    with attackers(walled) as inside, attackers(PYTHON_WAYS_OUT) as outside:
        program = run(page, "python", all_of_python(walled, walled, inside, "tell = print"))
        assert program["error"] is None, program
        said: Said = {}
        again = list(PYTHON_WAYS_OUT)
        for _ in range(ATTEMPTS):
            said |= in_plain_python(browser, site, again, outside)
            again = [way for way in again if way not in said]
            again = again[1:] + again[:1]  # the way that blocked the others goes last
            if not again:
                break
        wait_for_all(outside)
        # Pyodide also prints messages of its own.
        told = [line for line in program["stdout"].splitlines() if line.startswith('["')]
        return {
            "program": Tried(dict(map(json.loads, told)), all_heard(inside)),
            "outside": Tried(said, all_heard(outside)),
        }


@pytest.mark.parametrize("way", PYTHON_WAYS_OUT)
def test_outside_the_attacker_hears_of_python(pythons: dict[str, Tried], way: str) -> None:
    heard = pythons["outside"].heard[way]
    assert any(HEARD_AS.get(way, "") in each for each in heard), pythons["outside"].said.get(way)


@pytest.mark.parametrize("way", [*PYTHON_WAYS_OUT, *PYTHON_NOT_EVEN_THEN])
def test_a_python_program_cannot(pythons: dict[str, Tried], way: str) -> None:
    assert way in pythons["program"].said
    assert pythons["program"].heard[way] == []


# --- markup ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def markups(browser: Browser, site: Site, page: Page) -> dict[str, Tried]:
    """The result of each way out of markup: as in the output pane, and in a plain frame."""
    walled = MARKUP_WAYS_OUT | MARKUP_NOT_EVEN_THEN
    absent = {way for name, way in NOT_THERE if name == browser.browser_type.name}
    groups = [set(walled) - MARKUP_ALONE, *({way} for way in MARKUP_ALONE)]
    with attackers(walled) as inside, attackers(walled) as outside:
        for group in groups:
            show_all(page, {way: walled[way] for way in group}, inside, "showMarkup")
            context = browser.new_context(viewport=page.viewport_size)
            plain = context.new_page()
            plain.goto(site.url)
            present = group.intersection(MARKUP_WAYS_OUT) - absent
            show_all(plain, {way: walled[way] for way in present}, outside, "showPlainly")
            wait_for_all({way: outside[way] for way in present})
            context.close()
        return {"pane": Tried({}, all_heard(inside)), "outside": Tried({}, all_heard(outside))}


@pytest.mark.parametrize("way", MARKUP_WAYS_OUT)
def test_outside_the_attacker_hears_of_markup(
    browser: Browser, markups: dict[str, Tried], way: str
) -> None:
    reason = NOT_THERE.get((browser.browser_type.name, way))
    if reason is not None:
        pytest.skip(reason)
    assert markups["outside"].heard[way]


@pytest.mark.parametrize("way", [*MARKUP_WAYS_OUT, *MARKUP_NOT_EVEN_THEN])
def test_markup_cannot(markups: dict[str, Tried], way: str) -> None:
    assert markups["pane"].heard[way] == []


#: A picture of one pixel.
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg=="
)
HARMLESS = [
    '<p style="color:red;" title="x">text</p>',
    f'<img src="data:image/png;base64,{DOT}" alt="plot">',
    f'<svg><image href="data:image/png;base64,{DOT}"></image><use xlink:href="#mark"></use></svg>',
    '<table><tbody><tr><td colspan="2">cell</td></tr></tbody></table>',
    "<math><mi>x</mi></math>",
]


@pytest.mark.parametrize("source", HARMLESS)
def test_markup_that_leads_nowhere_is_shown_as_it_is(page: Page, source: str) -> None:
    page.evaluate("html => arena.showMarkup(html)", source)
    body = page.frame_locator(".shown iframe").locator("body")
    expect(body).to_have_js_property("innerHTML", source)


def test_there_are_at_least_seventy_ways() -> None:
    assert len(WAYS_OUT) + len(PYTHON_WAYS_OUT) + len(MARKUP_WAYS_OUT) >= 90


def test_javascript_finds_nothing_worth_having(page: Page) -> None:
    names = ", ".join(f"typeof {name}" for name in NOT_WORTH_HAVING)
    devices = [
        "gpu",
        "locks",
        "mediaCapabilities",
        "permissions",
        "serial",
        "serviceWorker",
        "storage",
    ]
    names += "".join(f", typeof navigator.{device}" for device in devices)
    code = f"console.log(new Set([{names}]), self.origin)"
    assert run(page, "javascript", code)["stdout"] == "Set(1) { 'undefined' } null\n"


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
    """A frame with the page's origin does not answer; a sandboxed frame does."""
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
