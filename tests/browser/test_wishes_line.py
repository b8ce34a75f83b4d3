"""The line between page and server: proxies, computers that sleep, slow networks."""

from __future__ import annotations

import os
import re
import secrets
import signal
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.conftest import Person
from tests.browser.room import Room, from_launcher, join
from tests.support import browsers, proxies, servers
from tests.support.proxies import proxy
from tests.support.servers import Server

NewPerson = Callable[..., Person]

#: The throughput of a line to and from a page, in the terms of Chromium's debugger.
THROUGHPUT = ("downloadThroughput", "uploadThroughput")
BLOCKED = "This network blocks WebSockets. Arena goes on over HTTPS"


@pytest.fixture(params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Both browsers."""
    browser: Browser = request.getfixturevalue(request.param)
    return browser


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "behaviour", [proxies.REFUSE, proxies.REFUSE_400, proxies.SWALLOW, proxies.MUTE]
)
def test_two_people_type_and_run_where_a_company_blocks_websockets(
    stand_alone: Server, new_person: NewPerson, behaviour: str
) -> None:
    session = stand_alone.session(language="javascript")
    ana, ben = new_person("Ana"), new_person("Ben")
    with proxy(stand_alone, behaviour) as company:
        outside = join(ana.page, stand_alone.invite(session, "interviewer"), "Ana")
        inside = join(ben.page, company.link(stand_alone.invite(session)), "Ben")
        expect(outside.people.get_by_role("listitem")).to_have_count(2)
        inside.code.click()
        ben.page.keyboard.type("console.log(6 * 7)")
        expect(outside.code).to_have_text("console.log(6 * 7)")
        expect(inside.saved).to_have_text("Saved")
        outside.code.click()
        ana.page.keyboard.press("ControlOrMeta+End")
        ana.page.keyboard.type(" // yes")
        expect(inside.code).to_have_text("console.log(6 * 7) // yes")
        expect(inside.run()).to_contain_text("42")
        expect(outside.output).to_contain_text("42")
        expect(outside.run()).to_contain_text("42")
        note = inside.panel.get_by_text(BLOCKED)
        expect(note).to_be_visible()
        expect(outside.panel.get_by_text(BLOCKED)).to_have_count(0)
        inside.panel.get_by_role("button", name="Dismiss").click()
        expect(note).to_have_count(0)
        # The tab knows it now, and does not wait for a WebSocket again.
        ben.page.reload()
        Room(ben.page).wait_until_editable()
        expect(note).to_be_visible()
        ben.page.close()
        expect(outside.people.get_by_role("listitem")).to_have_count(1)
    # Firefox reports each WebSocket that fails.
    assert [each for each in ana.errors + ben.errors if "/arena/ws/" not in each] == []


@pytest.mark.timeout(240)
def test_on_a_slow_line_the_room_comes_first_and_no_key_is_lost(
    stand_alone: Server, new_person: NewPerson, chromium: Browser, browser: Browser
) -> None:
    if browser is not chromium:
        pytest.skip("only Chromium has a slow line")
    link = stand_alone.invite(stand_alone.session(language="python"))
    ben = new_person("Ben")
    page = ben.page
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, **dict.fromkeys(THROUGHPUT, 50_000)},
    )
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(link)
    page.get_by_label("Your name").press_sequentially("Ben")
    page.keyboard.press("Enter")
    # The first moment: there is no editor yet.
    page.keyboard.type("let a = 6")
    page.keyboard.press("Enter")
    page.keyboard.type("a * 7x")
    page.keyboard.press("Backspace")
    room = Room(page).wait_until_editable()
    expect(room.code).to_have_text("let a = 6a * 7")
    expect(room.saved).to_have_text("Saved")
    # Python says how much is left, and JavaScript runs meanwhile.
    left = re.compile(r"Loading Python… \d\.\d of 12\.\d MB")
    expect(room.panel.get_by_text(left).first).to_be_visible(timeout=60_000)
    runtime = next(at for at, url in enumerate(requested) if url.endswith("/version.json"))
    assert not [url for url in requested[runtime:] if "/arena/static/" in url]
    room.choose("JavaScript")
    expect(room.run()).to_have_text("42")
    room.choose("Python")
    room.run_button.click()
    expect(room.output).to_contain_text(left)
    expect(room.panel.get_by_text(BLOCKED)).to_have_count(0)
    assert ben.errors == []


@pytest.mark.timeout(240)
def test_a_computer_that_slept_asks_at_once_and_does_not_say_saved(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session()
    ana, ben = new_person("Ana"), new_person("Ben")
    with proxy(stand_alone) as line:
        stays = join(ana.page, stand_alone.invite(session), "Ana")
        sleeps = join(ben.page, line.link(stand_alone.invite(session)), "Ben")
        sleeps.code.click()
        ben.page.keyboard.type("before. ")
        expect(stays.code).to_have_text("before. ")
        expect(sleeps.saved).to_have_text("Saved")
        line.go_silent()
        # As on waking up: timers have jumped, and the browser says that the page is shown.
        ben.page.evaluate(WAKE)
        expect(sleeps.saved).to_have_text("Checking…")
        ben.page.keyboard.type("after. ")
        # The connection looked open for 15 seconds, and the text saved.
        for room in (stays, sleeps):
            expect(room.code).to_have_text("before. after. ", timeout=8000)
        expect(sleeps.saved).to_have_text("Saved")


#: Script: the page is shown again, two seconds after the last message.
WAKE = """async () => {
  await new Promise(resolve => setTimeout(resolve, 2000));
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.mark.timeout(240)
def test_in_jupyterlab_all_keys_arrive_while_the_server_is_gone(
    tmp_path: Path, new_person: NewPerson, chromium: Browser, browser: Browser
) -> None:
    if browser is not chromium:
        pytest.skip("the dialog is JupyterLab's own, in every browser")
    typed = "every key of this line arrives in the editor, here"
    with servers.jupyterlab(tmp_path) as server:
        page = new_person("Ana").page
        page.goto(server.lab_url)
        room = from_launcher(page)
        room.code.click()
    # JupyterLab asks for its sessions every ten seconds; a failure brings its dialog.
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    while not any("/api/sessions?" in url for url in failed):
        page.keyboard.type(typed[0], delay=500)
        typed = typed[1:] + typed[0]
    page.keyboard.type(typed, delay=20)
    dialog = page.get_by_role("dialog", name="Server Connection Error")
    expect(dialog).to_have_count(0)
    assert len(room.text()) >= 50
    assert room.text().endswith(typed)
    expect(room.panel.get_by_text("The connection is lost.")).to_be_visible()
    # It is kept for other tabs.
    page.keyboard.press("ControlOrMeta+Shift+L")
    expect(dialog).to_be_visible(timeout=120_000)


@pytest.mark.timeout(240)
def test_a_suspended_browser_and_a_restarted_server_lose_nothing_and_repeat_nothing(
    tmp_path: Path, playwright: Playwright, browser: Browser
) -> None:
    port, token = servers.free_port(), secrets.token_hex(16)
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        server = first.enter_context(servers.jupyter("arena", tmp_path, port=port, token=token))
        session = server.session()
        line = stack.enter_context(proxy(server))
        before = descendants()
        laptop = launch(playwright, browser.browser_type.name)
        stack.callback(laptop.close)
        processes = descendants() - before
        ana, ben = browser.new_page(), laptop.new_page()
        stack.callback(ana.close)
        stays = join(ana, server.invite(session), "Ana")
        sleeps = join(ben, line.link(server.invite(session)), "Ben")
        sleeps.code.click()
        ben.keyboard.type("sent. ")
        expect(sleeps.saved).to_have_text("Saved")
        expect(stays.code).to_have_text("sent. ")
        # The last words do not get through any more; then the lid is closed.
        line.go_silent()
        ben.keyboard.type("unsent. ")
        expect(sleeps.code).to_have_text("sent. unsent. ")
        for each in processes:
            servers.send_signal(each, signal.SIGSTOP)
        try:
            stays.code.click()
            ana.keyboard.press("ControlOrMeta+Home")
            ana.keyboard.type("meanwhile. ")
            expect(stays.saved).to_have_text("Saved")
            first.close()
            stack.enter_context(servers.jupyter("arena", tmp_path, port=port, token=token))
        finally:
            for each in processes:
                servers.send_signal(each, signal.SIGCONT)
        for room in (sleeps, stays):
            expect(room.code).to_have_text("meanwhile. sent. unsent. ", timeout=30_000)
            expect(room.saved).to_have_text("Saved", timeout=30_000)
        assert server.call("GET", f"sessions/{session}")["code"] == "meanwhile. sent. unsent. "


def launch(playwright: Playwright, kind: str) -> Browser:
    """A browser of its own."""
    if kind == "firefox":
        return browsers.launch_firefox(playwright, browsers.find_firefox() or "")
    return browsers.launch_chromium(playwright, browsers.find_chromium() or "")


def descendants() -> set[int]:
    """The processes that this process has started, and those that they have started."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in parentheses, may have anything in it.
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found, fresh = set[int](), {os.getpid()}
    while fresh:
        found |= fresh
        fresh = {each for each, parent in parents.items() if parent in fresh} - found
    return found
