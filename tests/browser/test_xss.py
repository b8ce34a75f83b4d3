"""Hostile names, titles, code, files, output in real browsers: none executes or sends a request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.attacker import Attacker, attacking
from tests.browser.conftest import Person
from tests.browser.room import Room, from_launcher, join
from tests.support.servers import Server

pytestmark = pytest.mark.timeout(120)

NewPerson = Callable[..., Person]

#: Attacks that are short enough for a name, a file's name or a title. URL is the attacker's server.
SHORT = [
    "<img src=URL/a onerror=__pwned=1>",
    "<svg/onload=__pwned=1>",
    "'\"><script>__pwned=1</script>",
    "javascript:__pwned=1",
    "{{__pwned=1}}${__pwned=1}",
    "![x](URL/b)[y](javascript:alert(1))",
]
LONG = "\n".join(
    [
        *SHORT,
        "<script>window.__pwned=1;parent.__pwned=1;top.__pwned=1;alert(1);fetch('URL/c')</script>",
        "<img src=URL/d onerror=\"parent.__pwned=1;alert(1);fetch('URL/e')\">",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><image href='URL/f'/>"
        "<script>parent.__pwned=1</script><foreignObject><img src=URL/g></foreignObject></svg>",
        '<iframe srcdoc="<script>top.__pwned=1</script><img src=URL/h>"></iframe>',
        "<iframe src='URL/i'></iframe><object data='URL/j'></object><embed src='URL/k'>",
        "<meta http-equiv=refresh content='0;url=URL/l'><base href='URL/'>",
        "<style>@import 'URL/m';*{background:url(URL/n)}</style><link rel=stylesheet href='URL/o'>",
        "<link rel=prefetch href='URL/p'><link rel=preconnect href='URL'>",
        "<link rel=dns-prefetch href='URL'><video src='URL/q'></video><audio src='URL/v' autoplay>",
        "<form action='URL/r' id=f><button autofocus onfocus='f.submit()'>x</button></form>",
        "<a href='javascript:parent.__pwned=1' autofocus onfocus=alert(1)>y</a>",
        "<details open ontoggle=alert(1)><input autofocus onfocus=alert(1)></details>",
        "$\\href{javascript:alert(1)}{x}$ \\includegraphics{URL/s} \x1b]8;;URL/t\x07z\x1b]8;;\x07",
    ]
)
MIMES = [
    "text/html",
    "text/plain",
    "text/markdown",
    "text/latex",
    "text/css",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "application/javascript",
    "application/json",
    "application/pdf",
    "application/xhtml+xml",
    "application/vnd.jupyter.widget-view+json",
    "application/vnd.plotly.v1+json",
    "application/x-unknown",
]
END = "this is the end"

#: Script: sends events as JSON on a socket of its own, each after the previous one was processed.
SEND = """([url, token, events]) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url, ['json.v1', `token.${token}`]);
  (window.sockets ??= []).push(socket);
  const count = events.filter(each => each.type !== 'cursor-move').length;
  const refused = [];
  socket.onopen = () => {
    socket.send(JSON.stringify({ type: 'join-session', payload: { username: 'x' } }));
    for (const each of events) socket.send(JSON.stringify(each));
  };
  socket.onmessage = ({ data }) => {
    const { type, payload } = JSON.parse(data);
    if (type === 'error') refused.push(payload.message);
    if (type === 'saved' && payload.count >= count) resolve(refused);
    if (type === 'session-state' && count === 0) resolve(refused);
  };
  socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
})"""

#: Script that runs before those of a page: records violations of the page's policy. The browser
#: also reports markup that is parsed into another document to be sanitized, but without an element
#: of the page as target.
NOTE_VIOLATIONS = """
window.__violations = [];
addEventListener('securitypolicyviolation', event => {
  const { violatedDirective, blockedURI, target } = event;
  const parsed = ['base-uri', 'script-src-attr', 'style-src-attr', 'style-src-elem'];
  if (target instanceof Element || !parsed.includes(violatedDirective))
    __violations.push(`${violatedDirective} ${blockedURI} ${target.outerHTML}`);
});
"""


@pytest.fixture
def attacker() -> Iterator[Attacker]:
    with attacking() as listening:
        yield listening


def poisoned(text: str, attacker: Attacker) -> str:
    return text.replace("URL", attacker.url.rstrip("/"))


def attack(server: Server, session: str, page: Page, attacker: Attacker) -> None:
    """Send every hostile event that a client may send, from a participant's own page."""
    page.goto(f"{server.url}arena/")
    socket = f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"
    token = ""
    for number, short in enumerate(SHORT):
        secret = server.invite(session).partition("#")[2]
        name = poisoned(short, attacker).replace("127.0.0.1", "localhost")[:64]
        body = {"userName": name, "invite": secret}
        label = {"role": "candidate", "label": poisoned(short, attacker)}
        server.call("POST", f"sessions/{session}/invites", label)
        token = server.call("POST", f"sessions/{session}/join", body)["token"]
        cursor = {"type": "cursor-move", "payload": {"cursor": {"line": 1, "column": number}}}
        page.evaluate(SEND, [socket, token, [cursor]])
    long = poisoned(LONG, attacker)
    title = poisoned(SHORT[0], attacker)
    question = "\n\n".join([*long.splitlines(), END])
    server.call("PATCH", f"sessions/{session}", {"title": title, "question": question})
    added = [
        {"type": "file-add", "payload": {"name": poisoned(each, attacker)[:64]}} for each in SHORT
    ]
    page.evaluate(SEND, [socket, token, [*added, event("file-add", name="onerror=alert(1).js")]])
    chunks: list[dict[str, Any]] = [{"mime": mime, "data": long} for mime in MIMES]
    chunks += [{"mime": "text/html", "data": line} for line in long.splitlines()]
    chunks += [{"stream": stream, "data": long} for stream in ("stdout", "stderr")]
    refused = page.evaluate(
        SEND,
        [
            socket,
            token,
            [
                event("code-change", changes=long),
                event("execute-code", runId="evil", language="javascript", code=long),
                event("execution-output", runId="evil", chunks=chunks),
                event("execution-output", runId="evil", chunks=[{"stream": "stdout", "data": END}]),
                event("execution-result", runId="evil", error=long, status="error"),
            ],
        ],
    )
    assert refused == [], "all of it was said"


def request_entry(server: Server, session: str, attacker: Attacker) -> None:
    """Ask for admission with hostile names."""
    server.call("PATCH", f"sessions/{session}", {"askToEnter": True})
    for short in SHORT:
        secret = server.invite(session).partition("#")[2]
        body = {"userName": poisoned(short, attacker)[:64], "invite": secret}
        server.call("POST", f"sessions/{session}/join", body)


def event(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


class Watched:
    """A person's page, and every sign of an executed attack."""

    def __init__(self, person: Person, attacker: Attacker) -> None:
        self.page, self._attacker = person.page, attacker
        self.dialogs: list[str] = []
        self.went: list[str] = []
        person.context.add_init_script(NOTE_VIOLATIONS)
        self.page.on("dialog", self._dismiss)
        self.page.on("popup", lambda it: self.went.append(it.url))

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def is_unharmed(self) -> None:
        """Raise if an attack executed, opened a dialog, or navigated."""
        for frame in self.page.frames:
            frame.wait_for_load_state("load")
        assert self.dialogs == self.went == []
        assert self.page.evaluate("window.__pwned") is None
        # An attack that only the page's policy stopped would be a vulnerability, too.
        assert self.page.evaluate("window.__violations") == []
        for frame in self.page.frames:
            assert str(self._attacker.port) not in frame.url


def has_shown_it(room: Room) -> None:
    """Wait until the hostile question and run are on the screen, with their markup."""
    expect(room.panel.locator(".arena-question-text")).to_contain_text(END)
    # The Markdown is rendered, not shown as source.
    expect(room.panel.locator(".arena-question-text p")).not_to_have_count(0)
    expect(room.output).to_contain_text(END)
    # Only what is in view is drawn: here that is all of it.
    room.page.set_viewport_size({"width": 1280, "height": 8000})
    for number in range(3):
        expect(room.panel.locator("iframe").nth(number)).to_be_attached()


def nothing_came(browser: Browser, attacker: Attacker) -> None:
    """Raise if the attacker received even a connection; then verify that it can receive."""
    assert attacker.heard == [], json.dumps(attacker.heard)
    page = browser.new_page()
    page.evaluate("url => fetch(url, { mode: 'no-cors' })", f"http://localhost:{attacker.port}/end")
    page.close()
    assert {"tcp", "GET /end"} == set(attacker.heard), json.dumps(attacker.heard)


def test_in_jupyterlab(
    jupyter_server: Server, new_person: NewPerson, browser: Browser, attacker: Attacker
) -> None:
    host = new_person("Ana")
    watched = Watched(host, attacker)
    host.page.goto(jupyter_server.lab_url)
    room = from_launcher(host.page)
    session = jupyter_server.call("GET", "sessions")[0]["id"]
    attack(jupyter_server, session, new_person("Eve").page, attacker)
    has_shown_it(room)
    watched.is_unharmed()
    request_entry(jupyter_server, session, attacker)
    waiting = room.panel.get_by_role("status", name="Waiting to be let in")
    expect(waiting.locator("p")).to_have_count(len(SHORT))
    room.panel.get_by_role("button", name="Share").click()
    expect(host.page.get_by_role("dialog")).to_contain_text("used by: <img src=")
    watched.is_unharmed()
    host.page.keyboard.press("Escape")
    host.page.goto(jupyter_server.url + "lab")  # again, from the snapshot
    has_shown_it(Room(host.page).wait_until_editable())
    watched.is_unharmed()
    nothing_came(browser, attacker)


def test_on_a_guests_page(
    stand_alone: Server, new_person: NewPerson, browser: Browser, attacker: Attacker
) -> None:
    session = stand_alone.session()
    ben = new_person("Ben")
    watched = Watched(ben, attacker)
    room = join(ben.page, stand_alone.invite(session), "Ben")
    attack(stand_alone, session, new_person("Eve").page, attacker)
    has_shown_it(room)
    watched.is_unharmed()
    ben.page.reload()
    has_shown_it(Room(ben.page).wait_until_editable())
    watched.is_unharmed()
    nothing_came(browser, attacker)


def test_in_the_lobby(
    stand_alone: Server, new_person: NewPerson, browser: Browser, attacker: Attacker
) -> None:
    session = stand_alone.session()
    attack(stand_alone, session, new_person("Eve").page, attacker)
    host = new_person("Ana")
    watched = Watched(host, attacker)
    host.page.goto(stand_alone.lobby_url)
    expect(host.page.get_by_text("<img src=").first).to_be_visible()
    watched.is_unharmed()
    nothing_came(browser, attacker)


def test_the_attacks_work_where_nothing_stops_them(browser: Browser, attacker: Attacker) -> None:
    """Control: otherwise the tests above would pass in any case."""
    page = browser.new_page()
    # Without the attacks that navigate away from this page.
    lines = [each for each in LONG.splitlines() if "http-equiv" not in each and "<form" not in each]
    page.on("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog"):
        page.set_content(poisoned("\n".join(lines), attacker), wait_until="commit")
    page.wait_for_function("window.__pwned === 1")
    # Requests of the parser arrive at any time.
    deadline = time.monotonic() + 10
    while not any(each.startswith("GET /") for each in attacker.heard):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    page.close()
