"""The interview, end to end: an interviewer in JupyterLab, a candidate with only a link."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.meeting import NewPerson, meet, type_by_turns
from tests.browser.room import Room, from_launcher, share
from tests.support.servers import Server


def test_the_editor_has_all_of_its_place_however_short_the_text(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    for room in meet(jupyter_server, new_person):
        room.page.wait_for_function("""() => {
          const height = of => document.querySelector(of).getBoundingClientRect().height;
          const place = height('.arena-editor');
          return place > 200 && height('.arena-editor .cm-content') >= place - 1;
        }""")


def test_two_people_type_at_once(jupyter_server: Server, new_person: NewPerson) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    interviewer.code.click()
    candidate.code.click()
    by_ana, by_ben = "abcde" * 40, "vwxyz" * 40
    type_by_turns((interviewer, by_ana), (candidate, by_ben))
    for room in (interviewer, candidate):
        expect(room.saved).to_have_text("Saved")
        expect(room.code).to_have_text(re.compile("^[a-ev-z]{400}$"))
    text = interviewer.text()
    assert candidate.text() == text
    # No keystroke is lost or out of order, wherever the two texts meet.
    assert re.sub("[^a-e]", "", text) == by_ana
    assert re.sub("[^v-z]", "", text) == by_ben


def test_everybody_sees_names_cursors_and_selections(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    for room in (interviewer, candidate):
        expect(room.people.get_by_role("listitem")).to_have_count(2)
        expect(room.people).to_contain_text("Ben")
    candidate.code.click()
    candidate.page.keyboard.type("hello there")
    expect(interviewer.cursors).to_have_text(["Ben"])
    expect(interviewer.selections).to_have_count(0)
    candidate.page.keyboard.press("Shift+Home")
    expect(interviewer.selections).to_have_count(1)
    interviewer.code.click()
    shown = interviewer.people.get_by_role("listitem").first.get_attribute("title") or ""
    name, _, role = shown.partition(", ")
    assert role == "interviewer (you)"
    expect(candidate.cursors).to_have_text([name])


def test_undo_takes_back_ones_own_typing_only(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    interviewer.code.click()
    # Without a pause: a pause while typing would divide it into two undo steps.
    interviewer.page.keyboard.insert_text("from Ana. ")
    expect(candidate.code).to_have_text("from Ana. ")
    candidate.code.click()
    candidate.page.keyboard.press("End")
    candidate.page.keyboard.type("from Ben.")
    expect(interviewer.code).to_have_text("from Ana. from Ben.")
    interviewer.page.keyboard.press("ControlOrMeta+z")
    expect(candidate.code).to_have_text("from Ben.")
    expect(interviewer.code).to_have_text("from Ben.")


def test_each_runs_both_languages_and_both_see(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    people = (interviewer, candidate)
    for room in people:  # in JupyterLab and on the guest page
        versions = [r"\(your browser\)", r"3\.\d+ \(Pyodide \d", r"5\.\d", r"\(SQLite 3\.\d"]
        names = [re.compile(f"\\w {version}") for version in versions]
        expect(room.language.locator("option")).to_have_text(names)
    for language, code in (
        ("Python", "import sys\nprint('hi from', sys.version_info[0])\n6 * 7"),
        ("JavaScript", "console.log('hi from', typeof window)\n6 * 7"),
    ):
        candidate.choose(language)  # the guest switches
        expect(interviewer.language.locator("option:checked")).to_contain_text(language)
        candidate.write(code)
        for line in code.splitlines():  # both programs have this last line
            expect(interviewer.code).to_contain_text(line)
        for runner in people:
            runner.run()
            for room in people:
                expect(room.output).to_contain_text("hi from")
                expect(room.output).to_contain_text("42")
    author = candidate.panel.get_by_role("region", name="Output", exact=True)
    expect(author).to_contain_text("JavaScript")


def test_an_error_shows_the_persons_own_lines(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    candidate.choose("Python")
    candidate.write("def f():\n    return 1 / 0\nf()")
    candidate.run()
    for room in (interviewer, candidate):
        expect(room.output).to_contain_text("line 2")
        expect(room.output).to_contain_text("ZeroDivisionError")
        expect(room.output).not_to_contain_text("pyodide")


def test_stop_ends_an_infinite_loop_and_the_page_stays_alive(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    for language, loop, after in (
        ("Python", "while True: pass", "print('alive')"),
        ("Python", "while True: print('flood')", "print('alive')"),
        ("JavaScript", "while (true) {}", "console.log('alive')"),
        ("JavaScript", "while (true) console.log('flood')", "console.log('alive')"),
    ):
        candidate.choose(language)
        candidate.write(loop)
        candidate.run_button.click()
        expect(interviewer.status).to_have_attribute("data-status", "running")
        candidate.code.click()
        candidate.page.keyboard.type(" ")  # the page is not blocked
        candidate.panel.get_by_role("button", name="Stop").click()
        for room in (interviewer, candidate):
            expect(room.status).to_have_attribute("data-status", "stopped")
        candidate.write(after)
        expect(candidate.run()).to_contain_text("alive")


def test_a_reload_keeps_name_and_text(jupyter_server: Server, new_person: NewPerson) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    candidate.write("mine 😀")
    expect(interviewer.code).to_have_text("mine 😀")
    assert "#" not in candidate.page.url  # the secret has left the address
    candidate.page.reload()
    again = Room(candidate.page).wait_until_editable()
    expect(again.code).to_have_text("mine 😀")
    expect(again.people).to_contain_text("Ben")
    expect(interviewer.people.get_by_role("listitem")).to_have_count(2)


def test_the_panel_comes_back_after_the_hosts_reload(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    candidate.write("still here")
    expect(interviewer.code).to_have_text("still here")
    interviewer.page.goto(jupyter_server.url + "lab")
    expect(Room(interviewer.page).wait_until_editable().code).to_have_text("still here")


def test_a_closed_tab_leaves_the_roster(jupyter_server: Server, new_person: NewPerson) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    expect(interviewer.people).to_contain_text("Ben")
    candidate.page.close()
    expect(interviewer.people).not_to_contain_text("Ben", timeout=6000)


def test_typing_goes_on_without_the_network(jupyter_server: Server, new_person: NewPerson) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    candidate.write("before. ")
    expect(interviewer.code).to_have_text("before. ")
    # Close open connections, and block new ones.
    candidate.page.context.set_offline(True)
    candidate.page.evaluate("window.dispatchEvent(new Event('offline'))")
    candidate.page.keyboard.type("offline. ")
    interviewer.code.click()
    interviewer.page.keyboard.press("ControlOrMeta+Home")
    interviewer.page.keyboard.type("meanwhile. ")
    candidate.page.context.set_offline(False)
    for room in (interviewer, candidate):
        expect(room.code).to_have_text("meanwhile. before. offline. ")


def test_a_guest_gets_nothing_else_of_the_server(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    _, candidate = meet(jupyter_server, new_person)
    token = candidate.page.evaluate("JSON.stringify(localStorage)")
    assert token != "{}"
    for path in (
        "api/contents",
        "api/kernels",
        "api/terminals",
        "api/sessions",
        "api/config/x",
        "lab",
        "lab/api/workspaces",
        "files/x",
        "arena/api/sessions",
    ):
        status, url = candidate.page.evaluate(
            "url => fetch(url).then(answer => [answer.status, answer.url])",
            jupyter_server.url + path,
        )
        assert status in {401, 403, 404} or "/login" in url, path


def test_a_link_that_was_revoked_says_so(jupyter_server: Server, new_person: NewPerson) -> None:
    host, guest = new_person("Ana"), new_person("Ben")
    host.page.goto(jupyter_server.lab_url)
    interviewer = from_launcher(host.page)
    link = share(interviewer)
    interviewer.panel.get_by_role("button", name="Share").click()
    host.page.get_by_role("dialog").get_by_role("button", name=re.compile("^Revoke")).click()
    expect(
        host.page.get_by_role("dialog").get_by_role("button", name=re.compile("^Revoke"))
    ).to_have_count(0)
    for broken in (link, link[:-4] + "XXXX", jupyter_server.url + "arena/join/nosuchsession#x"):
        guest.page.goto("about:blank")
        guest.page.goto(broken)
        name = guest.page.get_by_label("Your name")
        refused = guest.page.get_by_text("This link does not work")
        expect(name.or_(refused)).to_be_visible()
        if name.is_visible():
            name.fill("Ben")
            guest.page.get_by_role("button", name="Join").click()
        expect(refused).to_be_visible()


def test_an_ended_session_says_so(jupyter_server: Server, new_person: NewPerson) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    interviewer.choose_action("End session…")
    interviewer.page.get_by_role("dialog").get_by_role("button", name=re.compile("^End")).click()
    expect(candidate.page.get_by_text(re.compile("has ended"))).to_be_visible()


def test_a_locked_session_is_read_only_for_the_candidate(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    candidate.write("mine")
    expect(interviewer.code).to_have_text("mine")
    interviewer.choose_action("Lock for candidates")
    expect(candidate.code).to_have_attribute("aria-readonly", "true")
    interviewer.write("pencils down")
    expect(candidate.code).to_have_text("pencils down")
    interviewer.choose_action("Unlock")
    candidate.write("on we go")
    expect(interviewer.code).to_have_text("on we go")
