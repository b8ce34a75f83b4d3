"""The panes of a room and its bar, on screens of several sizes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.meeting import NewPerson
from tests.browser.room import Room, join
from tests.support.servers import Server

QUESTION = "Write a function.\n\n" + "\n\n".join(f"Rule {number} of it." for number in range(30))
WIDE: ViewportSize = {"width": 1280, "height": 800}
MIDDLE: ViewportSize = {"width": 820, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
#: A phone held sideways.
LOW: ViewportSize = {"width": 844, "height": 320}


def opened(server: Server, new_person: NewPerson, size: ViewportSize, question: str = "") -> Room:
    """A candidate's room in a window of this size."""
    session = server.session(language="javascript", title="Interview", question=question)
    return join(new_person("Ada", viewport=size).page, server.invite(session), "Ada")


def part(page: Page, pane: str, of: str = "width") -> float:
    """The share of a pane in the workspace."""
    share: float = page.evaluate(
        """([pane, of]) => {
          const size = selector => document.querySelector(selector).getBoundingClientRect()[of];
          return size(`.arena-pane-${pane}`) / size('.arena-workspace');
        }""",
        [pane, of],
    )
    return share


def test_one_bar_of_forty_pixels_is_over_three_panes(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada = opened(stand_alone, new_person, WIDE, QUESTION)
    bar = ada.panel.locator(".arena-toolbar").bounding_box()
    code = ada.code.bounding_box()
    assert bar is not None
    assert code is not None
    assert bar["height"] == 40
    assert code["y"] < 85, "the code begins under the bar and its tabs"
    shares = [part(ada.page, pane) for pane in ("question", "code", "output")]
    assert sum(shares) == pytest.approx(1, abs=0.01)
    assert min(shares) > 0.2


@pytest.mark.parametrize(
    ("size", "name", "pane", "of", "keys", "question"),
    [
        (WIDE, "Width of the question", "question", "width", ("ArrowRight", "ArrowLeft"), QUESTION),
        (WIDE, "Width of the output", "output", "width", ("ArrowLeft", "ArrowRight"), ""),
        (MIDDLE, "Height of the output", "output", "height", ("ArrowUp", "ArrowDown"), ""),
    ],
    ids=["question", "output", "output below"],
)
def test_a_line_between_panes_is_moved_and_stays_where_it_was_left(
    stand_alone: Server,
    new_person: NewPerson,
    size: ViewportSize,
    name: str,
    pane: str,
    of: str,
    keys: tuple[str, str],
    question: str,
) -> None:
    ada = opened(stand_alone, new_person, size, question)
    line = ada.panel.get_by_role("separator", name=name)
    first = part(ada.page, pane, of)
    line.focus()
    for _ in range(3):
        ada.page.keyboard.press(keys[0])
    assert part(ada.page, pane, of) == pytest.approx(first + 0.06, abs=0.005)
    ada.page.keyboard.press(keys[1])
    moved = part(ada.page, pane, of)
    assert moved == pytest.approx(first + 0.04, abs=0.005)
    assert line.get_attribute("aria-valuenow") == str(round(moved * 100))

    box = line.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    far = {"width": (60, 0), "height": (0, 60)}[of]
    ada.page.mouse.move(x, y)
    ada.page.mouse.down()
    ada.page.mouse.move(x + far[0], y + far[1], steps=3)
    ada.page.mouse.up()
    dragged = part(ada.page, pane, of)
    towards = 1 if pane == "question" else -1
    assert (dragged - moved) * towards > 0.03
    ada.page.reload()
    again = Room(ada.page).wait_until_editable()
    assert part(ada.page, pane, of) == pytest.approx(dragged, abs=0.005)
    again.panel.get_by_role("separator", name=name).dblclick()
    assert part(ada.page, pane, of) == pytest.approx(first, abs=0.005)


def test_a_phone_shows_one_pane_at_a_time_and_ones_own_run_at_once(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript", title="Interview", question=QUESTION)
    ada = join(new_person("Ada", viewport=PHONE).page, stand_alone.invite(session), "Ada")
    ben = join(new_person("Ben").page, stand_alone.invite(session), "Ben")
    panes = ada.panel.get_by_role("group", name="Panes")
    expect(ada.panel.get_by_text("Rule 1 of it.")).to_be_hidden()
    panes.get_by_role("button", name="Question").click()
    expect(ada.panel.get_by_text("Rule 1 of it.")).to_be_visible()
    expect(ada.code).to_be_hidden()
    panes.get_by_role("button", name="Code").click()
    ada.write("console.log('hers')")
    expect(ada.run()).to_contain_text("hers")
    expect(ada.code).to_be_hidden()

    # Another's run is announced, and leaves the reader where they are.
    panes.get_by_role("button", name="Code").click()
    expect(ada.code).to_be_visible()
    ben.run()
    expect(panes.get_by_role("button", name="Output, new")).to_be_visible()
    expect(ada.code).to_be_visible()
    panes.get_by_role("button", name="Output, new").click()
    expect(panes.get_by_role("button", name="Output", exact=True)).to_be_visible()


def test_an_error_on_a_phone_leads_to_its_line(stand_alone: Server, new_person: NewPerson) -> None:
    ada = opened(stand_alone, new_person, PHONE)
    ada.write("const answer = 42\nmissing()")
    expect(ada.run()).to_contain_text("missing is not defined")
    ada.output.get_by_role("button", name="2:1").click()
    expect(ada.code).to_be_visible()


def test_eight_lines_of_code_are_left_on_a_low_screen(
    stand_alone: Server, new_person: NewPerson
) -> None:
    ada = opened(stand_alone, new_person, LOW, QUESTION)
    ada.write("\n".join(f"line{number}" for number in range(40)))
    ada.page.keyboard.press("ControlOrMeta+Home")
    for number in range(8):
        expect(ada.code.get_by_text(f"line{number}", exact=True)).to_be_in_viewport(ratio=0.9)


def test_many_people_are_a_few_pictures_until_all_are_asked_for(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript", title="Interview")
    invite = stand_alone.invite(session)
    ada = join(new_person("Ada").page, invite, "Ada")
    names = [f"Person {number}" for number in range(7)]
    for name in names:
        join(new_person(name).page, invite, name)
    shown = ada.people.get_by_role("listitem")
    expect(shown).to_have_count(5)
    expect(ada.people.get_by_text("Person 6")).to_be_hidden()
    ada.panel.get_by_role("button", name="Show 3 more people").click()
    expect(shown).to_have_count(8)
    expect(ada.people.get_by_text("Person 6")).to_be_visible()
    ada.panel.get_by_role("button", name="Show fewer people").click()
    expect(shown).to_have_count(5)
