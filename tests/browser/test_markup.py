"""Markdown and formulas on a guest's page: formatted, or as they are; the page always answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Person
from tests.browser.room import join
from tests.support.servers import Server

NewPerson = Callable[..., Person]

pytestmark = pytest.mark.timeout(240)

NOTE = "Shown as plain text: it is too long to format"
#: Keeps the parser of Markdown busy for seconds.
SLOW_MARKDOWN = "- a\n" + "a\n" * 16_000
#: A formula that grows to millions of signs.
SLOW_FORMULA = "\\def\\a{" + "x" * 4000 + "}" + "\\a" * 900
PROGRAM = f"""
from IPython.display import Latex, Markdown, display
display(Markdown({"*_a" * 10_000!r}))
display(Latex({SLOW_FORMULA!r}))
display(Latex({"x" * 8000!r}))
display(Markdown("the *vowels*"))
display(Latex("$x^2$"))
"""


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Each test runs in both browsers."""
    found: Browser = request.getfixturevalue(request.param)
    return found


def test_a_question_is_formatted(stand_alone: Server, new_person: NewPerson) -> None:
    session = stand_alone.session()
    question = "# Count\n\n| a |\n|-|\n| *b* |\n\n&eacute; [web](https://example.org/)"
    stand_alone.call("PATCH", f"sessions/{session}", {"question": question})
    ben = new_person("Ben")
    shown = join(ben.page, stand_alone.invite(session), "Ben").panel.get_by_role(
        "region", name="Question"
    )
    expect(shown.get_by_role("heading", name="Count")).to_be_visible()
    expect(shown.get_by_role("cell").locator("em")).to_have_text("b")
    expect(shown).to_contain_text("é web")
    expect(shown.get_by_text(NOTE)).to_have_count(0)
    assert ben.errors == []


def test_a_question_that_is_too_long_to_format_is_shown_as_it_is(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="javascript")
    stand_alone.call("PATCH", f"sessions/{session}", {"question": SLOW_MARKDOWN[:32_000]})
    ben = new_person("Ben")
    guest = join(ben.page, stand_alone.invite(session), "Ben")
    shown = guest.panel.get_by_role("region", name="Question")
    # The page answers while the worker is busy.
    fold = shown.get_by_role("button", name="Question")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(shown.get_by_text(NOTE)).to_be_visible()
    expect(shown.locator("pre.arena-text").first).to_contain_text("- a\na\na\n")

    # The next question is formatted.
    stand_alone.call("PATCH", f"sessions/{session}", {"question": "the *vowels*"})
    expect(shown.locator("em")).to_have_text("vowels")
    expect(shown.get_by_text(NOTE)).to_have_count(0)
    assert ben.errors == []


def test_output_that_is_too_long_to_format_does_not_keep_the_rest_from_it(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session(language="python")
    ben = new_person("Ben")
    guest = join(ben.page, stand_alone.invite(session), "Ben")
    guest.write(PROGRAM)
    output = guest.run()
    # The page answers while the worker is busy.
    guest.write("typed meanwhile")
    expect(guest.code).to_have_text("typed meanwhile")
    # The formula that grows is markup, too: its source, as for any error in a formula.
    expect(output.locator("iframe")).to_have_count(3)
    expect(output.frame_locator("iframe").last.locator("msup")).to_have_text("x2")
    expect(output.frame_locator("iframe >> nth=1").locator("em")).to_have_text("vowels")
    expect(output.locator("pre.arena-value").first).to_contain_text("*_a*_a")
    output.get_by_role("button", name="Show it").click()
    expect(output.locator("iframe")).to_have_count(4)
    assert ben.errors == []
