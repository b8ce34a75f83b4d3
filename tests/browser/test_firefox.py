"""A guest in a stock Firefox: joins by a link, types, runs, answers a program and stops one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Person
from tests.browser.programs import run
from tests.browser.room import RUN_TIMEOUT_MS, join
from tests.support.servers import Server

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="session")
def browser(firefox: Browser) -> Browser:
    """The default browser of this module: Firefox."""
    return firefox


def test_a_guest_does_an_interview(stand_alone: Server, new_person: Callable[..., Person]) -> None:
    session = stand_alone.session(language="javascript", title="Interview")
    ada, grace = new_person("Ada"), new_person("Grace")
    hers = join(ada.page, stand_alone.invite(session), "Ada")
    theirs = join(grace.page, stand_alone.invite(session), "Grace")

    hers.code.click()
    ada.page.keyboard.type("console.log(6 * 7)")
    expect(theirs.code).to_have_text("console.log(6 * 7)")
    expect(hers.run()).to_contain_text("42")
    expect(theirs.output).to_contain_text("42")

    hers.choose("Python")
    hers.write("name = input('Who? ')\nprint('Hello', name)")
    hers.run_button.click()
    answer = hers.output.get_by_role("textbox", name="Answer to: Who?")
    answer.press_sequentially("Grace", timeout=RUN_TIMEOUT_MS)
    ada.page.keyboard.press("Enter")
    expect(theirs.output).to_contain_text("Hello Grace")

    hers.write("while True: pass")
    hers.run_button.click()
    hers.panel.get_by_role("button", name="Stop").click()
    expect(hers.status).to_have_attribute("data-status", "stopped")
    hers.write("print('alive')")
    expect(hers.run()).to_contain_text("alive")
    # Firefox logs the end of a worker that is stopped on a stack which can be suspended.
    assert [each for each in ada.errors if each != "undefined"] == grace.errors == []


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (
            "function f() {\n  throw new RangeError('too far')\n}\nf()",
            "RangeError: too far\n    at f (main.js:2:9)\n    at main.js:4:1",
        ),
        (
            "Promise.reject(new Error('nobody'))\n;0",
            "Error: nobody\n    at main.js:1:16",
        ),
        (
            "class Mine extends Error { name = 'Mine' }\nthrow new Mine('own')",
            "Mine: own\n    at Mine (main.js:1:1)\n    at main.js:2:7",
        ),
        (
            "throw new Error('outer', { cause: new Error('inner') })",
            "Error: outer\n    at main.js:1:7 {\n  [cause]: Error: inner\n      at main.js:1:35\n}",
        ),
        (
            "new Worker('x.js')",
            "ReferenceError: Worker is not available here: a program reaches nothing beyond its "
            "sandbox\n    at main.js:1:1",
        ),
    ],
)
def test_an_error_has_its_message_and_its_frames(page: Page, code: str, error: str) -> None:
    assert run(page, "javascript", code)["error"] == error


def test_a_printed_error_has_its_message_and_its_frames(page: Page) -> None:
    result = run(page, "javascript", "console.log(new Error('seen'))\nconsole.log('after')")
    assert result["stdout"] == "Error: seen\n    at main.js:1:13\nafter\n"
