"""Playback of a real interview in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.meeting import NewPerson
from tests.browser.player import (
    HOSTILE,
    OPENED_MS,
    PASTED,
    QUESTION,
    Player,
    interview,
    long_interview,
    watch,
)
from tests.browser.room import ENDED, RUN_TIMEOUT_MS, Room, join
from tests.support.servers import Server


@pytest.fixture(scope="module")
def session(stand_alone: Server, browser: Browser) -> str:
    """One interview for all tests; no test changes it."""
    context = browser.new_context()
    try:
        return interview(stand_alone, context.new_page())
    finally:
        context.close()


def test_the_film_shows_text_output_and_language_as_they_were(
    stand_alone: Server, new_person: NewPerson, session: str
) -> None:
    host = new_person("Ana")
    player = watch(stand_alone, host, session)
    expect(player.root).to_contain_text("Unchanged since it was recorded")
    expect(player.code).to_contain_text("throw new Error")
    expect(player.root.locator("header")).to_contain_text("Python")

    output = player.tab("Output then")
    expect(output).to_contain_text("Error: no")
    player.press("Home")
    expect(player.code).to_have_text("")
    expect(output).to_contain_text("Nothing had been run by then.")
    player.press("]")
    expect(player.code).to_have_text("console.log('first')")
    expect(player.root.locator("header")).to_contain_text("JavaScript")
    player.press("p")
    expect(output).to_contain_text("first")
    expect(player.code).to_contain_text("somewhere else")
    player.press("ArrowLeft")
    expect(player.code).to_have_text("console.log('first')")
    # The editor closes brackets automatically: typing over one has no visible effect.
    player.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
    expect(player.code).to_have_text(re.compile("^c"))
    expect(player.code).not_to_have_text("console.log('first')")
    player.press("End")
    expect(player.root.locator("header")).to_contain_text("Python")
    assert host.errors == []


def test_playing_runs_to_the_end_and_skips_idle_time(
    stand_alone: Server, new_person: NewPerson, session: str
) -> None:
    player = watch(stand_alone, new_person("Ana"), session)
    short = int(player.slider.get_attribute("aria-valuemax") or 0)
    player.press("i")
    whole = int(player.slider.get_attribute("aria-valuemax") or 0)
    assert 0 < short <= whole
    player.press("i", "Home", " ")
    expect(player.root.get_by_role("button", name="Pause")).to_be_visible()
    player.press("+", "+", "+")
    expect(player.root.get_by_role("combobox", name="Speed")).to_have_value("8")
    expect(player.root.get_by_role("button", name="Play")).to_be_visible(timeout=short + 5000)
    expect(player.slider).to_have_attribute("aria-valuenow", str(short))
    assert re.search(r"\d\d:\d\d:\d\d, (\d+:\d\d) of \1$", player.time())


def test_what_happened_is_told_found_and_gone_to(
    stand_alone: Server, new_person: NewPerson, session: str
) -> None:
    host = new_person("Ana")
    dialogs: list[str] = []
    host.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    player = watch(stand_alone, host, session)
    # A guest's name is shown as text, not as markup.
    expect(player.told).to_contain_text(f"{HOSTILE} joined as candidate")
    expect(player.told).to_contain_text(f"{HOSTILE} ran JavaScript: 1 line of output")
    expect(player.told).to_contain_text("error: Error: no")
    expect(player.told).to_contain_text(f"{HOSTILE} changed the language to Python")
    expect(player.root.locator("img")).to_have_count(0)
    find = player.root.get_by_role("searchbox")
    find.fill("PASTED")
    lines = player.told.get_by_role("listitem")
    expect(lines).to_have_count(1)
    expect(lines).to_have_text(re.compile(rf"pasted {len(PASTED) + 4} characters"))
    lines.get_by_role("button").click()
    expect(player.code).to_contain_text("somewhere else")
    expect(player.code).not_to_contain_text("throw")
    find.fill("nothing of the kind")
    expect(player.root).to_contain_text("Nothing like that happened.")
    assert dialogs == []


def test_every_character_has_an_author_and_a_time(
    stand_alone: Server, new_person: NewPerson, session: str
) -> None:
    player = watch(stand_alone, new_person("Ana"), session)
    # The formatted question has another height: the code below it moves.
    expect(player.root.locator(".arena-markdown")).to_be_visible()
    expect(player.code.locator(".arena-authored")).to_have_count(0)
    player.press("a")
    expect(player.code.locator(".arena-authored").first).to_be_visible()
    expect(player.root.get_by_role("checkbox", name="Colour by author")).to_be_checked()
    player.code.get_by_text("console").hover()
    tooltip = player.root.locator(".arena-blame")
    expect(tooltip).to_have_text(re.compile(re.escape(HOSTILE) + r", \d\d:\d\d:\d\d$"))
    player.code.get_by_text("console").click()
    expect(player.root.locator(".arena-film-blame")).to_contain_text(HOSTILE)


def test_the_pointer_goes_to_a_moment_and_drags_on_from_it(
    stand_alone: Server, new_person: NewPerson, session: str
) -> None:
    player = watch(stand_alone, new_person("Ana"), session)
    box = player.slider.bounding_box()
    assert box is not None
    mouse, height = player.page.mouse, box["y"] + box["height"] / 2

    def is_at(share: float) -> None:
        player.page.wait_for_function(
            """([slider, share]) => Math.abs(
              slider.getAttribute('aria-valuenow') / slider.getAttribute('aria-valuemax') - share
            ) < 0.02""",
            arg=[player.slider.element_handle(), share],
        )

    mouse.move(box["x"] + box["width"] / 2, height)
    is_at(1)  # a hover does not seek
    mouse.down()
    is_at(0.5)
    # While dragged, the slider follows the pointer, also beyond its ends and outside the strip.
    mouse.move(box["x"] + box["width"] / 4, height + 200)
    is_at(0.25)
    mouse.move(box["x"] - 50, height)
    is_at(0)
    expect(player.code).to_have_text("")
    mouse.up()
    mouse.move(box["x"] + box["width"] / 2, height)
    is_at(0)


def caret_x(player: Player, before: float | None = None) -> float:
    """The x position of the caret, once it differs from `before`.

    CodeMirror redraws the caret whenever it measures the text.
    """
    drawn = player.page.wait_for_function(
        """before => {
          const caret = document.querySelector('.arena-film-text .arena-remote-caret');
          const x = caret?.getClientRects()[0]?.x;
          return x !== before && x;
        }""",
        arg=before,
    )
    x: float = drawn.json_value()
    return x


def test_a_cursor_shows_where_somebody_last_typed(
    stand_alone: Server, new_person: NewPerson, session: str
) -> None:
    player = watch(stand_alone, new_person("Ana"), session)
    player.press("Home", "]")
    label = player.root.locator(".arena-film-text .arena-remote-label")
    expect(label).to_have_text(HOSTILE[:24])
    end = caret_x(player)
    first = player.code.locator(".cm-line").first.bounding_box()
    player.press("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    before = caret_x(player, end)
    assert first is not None
    assert first["x"] < before < end
    player.press("Home")
    expect(label).to_have_count(0)


def test_a_moment_runs_here_and_begins_a_new_session(
    stand_alone: Server, new_person: NewPerson, session: str
) -> None:
    host = new_person("Ana")
    player = watch(stand_alone, host, session)
    before = stand_alone.call("GET", f"sessions/{session}")
    player.press("Home", "]")
    here = player.tab("Run it here")
    here.get_by_role("button", name="Run as JavaScript").click()
    expect(here.locator(".arena-run-status")).to_have_attribute(
        "data-status", ENDED, timeout=RUN_TIMEOUT_MS
    )
    expect(here).to_contain_text("first")
    expect(here).to_contain_text("in your browser · JavaScript")
    assert stand_alone.call("GET", f"sessions/{session}") == before

    player.root.get_by_role("button", name="Open this text as a new session").click()
    host.page.wait_for_url("**/arena/join/*")
    room = Room(host.page).wait_until_editable()
    expect(room.code).to_have_text("console.log('first')")
    expect(room.language.locator("option:checked")).to_have_text(re.compile("^JavaScript"))
    expect(room.panel).to_contain_text(QUESTION)
    assert session not in host.page.url


def test_an_interview_is_deleted_by_keyboard_after_a_question(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(title="To be deleted")
    page = new_person("Ana").page
    page.goto(stand_alone.lobby_url)
    delete = page.get_by_role("button", name="Delete To be deleted")
    for keys in (["Escape"], ["Tab", "Enter"]):  # the first focus in the dialog is Cancel
        expect(delete).to_have_count(1)
        delete.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("Download it first")
        for key in keys:
            page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(delete).to_have_count(0)
    kept = [each["id"] for each in stand_alone.call("GET", "sessions")]
    assert session not in kept


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:-2], "is cut off"),
        (lambda lines: [*lines[:4], *lines[5:]], "Entry 4 is missing"),
        (lambda lines: ["<html>"], "This recording cannot be played"),
        (
            lambda lines: [line.replace("console.log('first')", "evil()") for line in lines],
            "was changed",
        ),
    ],
    ids=["cut", "a line less", "no recording", "altered"],
)
def test_a_damaged_recording_says_so(
    stand_alone: Server,
    new_person: NewPerson,
    session: str,
    change: Callable[[list[str]], list[str]],
    said: str,
) -> None:
    page = new_person("Ana").page

    def damage(route: Route) -> None:
        lines = route.fetch().text().splitlines()
        assert json.loads(lines[0])["format"] == "arena.recording.v1"
        assert change(lines) != lines
        route.fulfill(body="\n".join(change(lines)), content_type="application/x-ndjson")

    page.route("**/recording", damage)
    page.goto(stand_alone.lobby_url)
    page.goto(f"{stand_alone.url}arena/replay/{session}")
    expect(page.locator(".arena-playback").get_by_role("alert")).to_contain_text(
        said, timeout=OPENED_MS
    )


def test_whoever_may_not_watch_is_told(
    stand_alone: Server, new_person: NewPerson, session: str
) -> None:
    guest = new_person("Cam")
    join(guest.page, stand_alone.invite(session), "Cam")
    guest.page.goto(f"{stand_alone.url}arena/replay/{session}")
    expect(guest.page.get_by_role("alert")).to_contain_text("Only the interviewers")


def test_on_a_phone_the_present_moment_is_in_sight_among_many(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ana = new_person("Ana", viewport={"width": 390, "height": 844})
    player = watch(stand_alone, ana, long_interview(stand_alone))
    present = player.told.locator("[aria-current]")
    expect(present).to_be_in_viewport(ratio=0.8)
    player.press("Home", "PageDown", "PageDown", "PageDown")
    expect(present).to_be_in_viewport(ratio=0.8)


def test_a_long_text_has_its_colours_after_a_jump(
    stand_alone: Server, new_person: NewPerson
) -> None:
    player = watch(stand_alone, new_person("Ana"), long_interview(stand_alone))
    coloured = player.code.locator(".cm-line > span").first
    expect(coloured).to_be_visible()
    player.press("Home")
    expect(coloured).not_to_be_attached()
    player.press("End")
    expect(coloured).to_be_visible()
    # A short step colours its changes immediately.
    player.press("ArrowLeft")
    expect(coloured).to_be_visible()


def test_the_keys_are_listed(stand_alone: Server, new_person: NewPerson, session: str) -> None:
    player = watch(stand_alone, new_person("Ana"), session)
    player.press("?")
    dialog = player.page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Play or pause")
    player.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(player.slider).to_be_focused()


def test_jupyterlab_plays_it_from_the_list_of_interviews(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    session = interview(jupyter_server, new_person("Ben").page)
    host = new_person("Ana")
    host.page.goto(jupyter_server.lab_url)
    host.page.get_by_role("tab", name="Interviews").click()
    host.page.get_by_role("button", name="Watch Backend").first.click()
    player = Player(host.page).wait_until_open()
    expect(player.root).to_contain_text("Unchanged since it was recorded")
    expect(player.code).to_contain_text("throw new Error")
    player.press("Home", "]")
    expect(player.code).to_have_text("console.log('first')")
    player.root.get_by_role("button", name="Open this text as a new session").click()
    room = Room(host.page).wait_until_editable()
    expect(room.code).to_have_text("console.log('first')")
    assert session != ""
