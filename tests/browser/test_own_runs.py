"""One's own run on the screen while others run theirs, and what becomes of its places and times."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import Person
from tests.browser.room import RUN_TIMEOUT_MS, Room, join
from tests.support import servers
from tests.support.servers import Server

NewPerson = Callable[..., Person]

pytestmark = pytest.mark.timeout(180)

ASKS = "name = input('Who? ')\nprint('Hello', name)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Arena alone."""
    with servers.arena(tmp_path_factory.mktemp("own-runs")) as running:
        yield running


def meet(server: Server, new_person: NewPerson, language: str = "python") -> tuple[Room, Room]:
    """Two candidates in one session."""
    session = server.session(language=language)
    ana, ben = new_person("Ana"), new_person("Ben")
    return (
        join(ana.page, server.invite(session), "Ana"),
        join(ben.page, server.invite(session), "Ben"),
    )


def test_a_half_typed_answer_stays_while_another_person_runs_the_code(
    server: Server, new_person: NewPerson
) -> None:
    ana, ben = meet(server, new_person)
    ana.write(ASKS)
    ana.run_button.click()
    answer = ana.output.get_by_role("textbox", name="Answer to: Who?")
    expect(answer).to_be_focused(timeout=RUN_TIMEOUT_MS)
    ana.page.keyboard.type("Ad")
    expect(ben.code).to_contain_text("Hello")
    ben.run_button.click()
    theirs = ben.output.get_by_role("textbox", name="Answer to: Who?")
    expect(theirs).to_be_focused(timeout=RUN_TIMEOUT_MS)

    other = ana.panel.get_by_text("Ben ran it too.")
    expect(other).to_be_visible()
    expect(answer).to_be_focused()
    ana.page.keyboard.type("a")
    expect(answer).to_have_value("Ada")

    show = ana.panel.get_by_role("button", name="Show")
    show.click()
    expect(ana.output).to_contain_text("Waiting for Ben to answer")
    expect(ana.panel.get_by_text("Your program waits for an answer.")).to_be_visible()
    show.click()
    expect(answer).to_have_value("Ada")
    answer.press("Enter")
    expect(ana.output).to_contain_text("Hello Ada")
    theirs.fill("Ben")
    theirs.press("Enter")
    expect(ben.output).to_contain_text("Hello Ben")
    # The next run of the other one takes the pane: the own one has ended.
    ben.run_button.click()
    expect(ana.panel).to_contain_text("Ran in Ben’s browser", timeout=RUN_TIMEOUT_MS)


def test_a_half_typed_answer_outlives_a_lost_connection(
    server: Server, new_person: NewPerson
) -> None:
    session = server.session(language="python")
    page = new_person("Ana").page
    sockets: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    page.route_web_socket(
        re.compile("/arena/ws/"),
        lambda socket: sockets.append((socket, socket.connect_to_server())),
    )
    ana = join(page, server.invite(session), "Ana")
    ben = join(new_person("Ben").page, server.invite(session), "Ben")
    ana.write(ASKS)
    ana.run_button.click()
    answer = ana.output.get_by_role("textbox", name="Answer to: Who?")
    expect(answer).to_be_focused(timeout=RUN_TIMEOUT_MS)
    expect(ben.output).to_contain_text("Waiting for Ana")
    ana.page.keyboard.type("Ad")
    socket, upstream = sockets[-1]
    upstream.close()
    expect(ben.status).to_have_attribute("data-status", "lost")
    socket.close(code=1001)
    expect(ben.people).to_contain_text("Ana")
    expect(answer).to_have_value("Ad")
    answer.press_sequentially("a")
    answer.press("Enter")
    for room in (ana, ben):
        expect(room.output).to_contain_text("Who? Ada\nHello Ada", use_inner_text=True)
        expect(room.status).to_have_attribute("data-status", "ok")
    expect(ana.panel.locator(".arena-banner-error")).to_have_count(0)


def test_output_says_that_the_code_is_another_one_by_now(
    server: Server, new_person: NewPerson
) -> None:
    ana, ben = meet(server, new_person, "javascript")
    ana.write("console.log(1)")
    ana.run()
    changed = "The code has changed since."
    for room in (ana, ben):
        expect(room.panel).to_contain_text("Code of this run")
        expect(room.panel).not_to_contain_text(changed)
    ben.code.click()
    ben.page.keyboard.press("ControlOrMeta+End")
    ben.page.keyboard.type(";")
    for room in (ana, ben):
        expect(room.panel).to_contain_text(changed)
    ben.page.keyboard.press("Backspace")
    for room in (ana, ben):
        expect(room.panel).not_to_contain_text(changed)
    ben.page.keyboard.type(" ")
    for room in (ana, ben):
        expect(room.panel).to_contain_text(changed)
    ben.page.reload()
    expect(Room(ben.page).wait_until_editable().panel).to_contain_text(changed)


def test_an_old_error_leads_to_where_its_line_is_now(server: Server, new_person: NewPerson) -> None:
    ana, ben = meet(server, new_person)
    ana.write("x = 1\nprint(x / 0)\nprint('end')")
    expect(ana.run()).to_contain_text("ZeroDivisionError")
    ben.code.click()
    ben.page.keyboard.press("ControlOrMeta+Home")
    ben.page.keyboard.type("# one\n# two\n")
    for room in (ana, ben):
        expect(room.code.locator(".cm-line").nth(3)).to_have_text("print(x / 0)")
        link = room.output.get_by_role("button", name="line 2")
        link.click()
        expect(room.panel.locator(".cm-activeLine")).to_have_text("print(x / 0)")
    # A program that is replaced as a whole has the line still, or no more.
    ben.write("y = 0\nprint(1)\nx = 1\nprint(x / 0)")
    expect(ana.code.locator(".cm-line").nth(3)).to_have_text("print(x / 0)")
    ana.output.get_by_role("button", name="line 2").click()
    expect(ana.panel.locator(".cm-activeLine")).to_have_text("print(x / 0)")
    ben.write("y = 0")
    expect(ana.code).to_have_text("y = 0")
    ana.output.get_by_role("button", name="line 2").click()
    expect(ana.panel).to_contain_text("Line 2 is gone.")


def test_both_screens_have_the_servers_time_of_a_run(server: Server, new_person: NewPerson) -> None:
    session = server.session(language="javascript")
    ana, ben = new_person("Ana"), new_person("Ben")
    # Ana's clock is three hours fast.
    ana.page.add_init_script("const now = Date.now; Date.now = () => now() + 3 * 3600_000")
    mine = join(ana.page, server.invite(session), "Ana")
    theirs = join(ben.page, server.invite(session), "Ben")
    mine.write("console.log(1)")
    mine.run()
    times = [room.panel.locator(".arena-run-head time") for room in (mine, theirs)]
    expect(times[1]).to_be_visible()
    at = times[1].get_attribute("datetime")
    assert at is not None
    expect(times[0]).to_have_attribute("datetime", at)
    expect(times[0]).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))


def test_every_output_says_who_ran_it_where_when_and_which_text(
    server: Server, new_person: NewPerson
) -> None:
    ana, ben = meet(server, new_person, "javascript")
    ana.write("console.log('mine')")
    ana.run()
    ana.write("console.log('another')")
    expect(ben.code).to_contain_text("another")
    for room, by in ((ana, "Ran in your browser"), (ben, "Ran in Ana’s browser")):
        head = room.panel.locator(".arena-run-head")
        expect(head).to_contain_text(re.compile(rf"{by} · JavaScript · \d\d:\d\d:\d\d"))
        expect(head).to_contain_text("The code has changed since.")
        head.get_by_text("Code of this run").click()
        expect(head).to_contain_text("console.log('mine')")
