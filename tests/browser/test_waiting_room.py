"""The waiting room on the screen: one window of a guest waits, and a closed one waits no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.room import Room
from tests.support import servers
from tests.support.servers import Server

pytestmark = pytest.mark.timeout(120)

NewPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Arena alone, where a guest without a page leaves the waiting room after a second."""
    home = tmp_path_factory.mktemp("impatient")
    with servers.arena(home, "--ArenaApp.limits=waiting_grace=1.0") as server:
        yield server


def expect_to_wait(page: Page) -> None:
    expect(page.get_by_text("Waiting for the interviewer to let you in…")).to_be_visible()


def test_a_guest_waits_in_one_window_and_may_close_it_and_come_back(
    impatient: Server, new_person: NewPerson
) -> None:
    session = impatient.session()
    here = f"{impatient.url}arena/join/{session}"
    impatient.call("PATCH", f"sessions/{session}", {"askToEnter": True})
    ana, ben = new_person("Ana"), new_person("Ben")
    ana.page.goto(f"{here}?token={impatient.token}")
    interviewer = Room(ana.page).wait_until_editable()
    admit = interviewer.panel.get_by_role("button", name="Admit Ben")
    link = impatient.invite(session)
    secret = link.partition("#")[2]

    ben.page.goto(link)
    ben.page.get_by_label("Your name").fill("Ben")
    ben.page.get_by_role("button", name="Join").click()
    expect_to_wait(ben.page)
    expect(admit).to_have_count(1)
    storages = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    assert secret not in ben.page.evaluate(storages)

    # A second window takes over, and neither fights for the place.
    second = ben.context.new_page()
    second.goto(here)
    expect_to_wait(second)
    elsewhere = "You are waiting in another window."
    expect(ben.page.get_by_text(elsewhere)).to_be_visible()
    ben.page.get_by_role("button", name="Wait here instead").click()
    expect_to_wait(ben.page)
    expect(second.get_by_text(elsewhere)).to_be_visible()
    expect(admit).to_have_count(1)

    # Gone from the list with the last window; the page asks again without the link.
    second.close()
    ben.page.goto("about:blank")
    expect(admit).to_have_count(0)
    ben.page.goto(here)
    expect_to_wait(ben.page)
    admit.click()
    Room(ben.page).wait_until_editable()
    expect(interviewer.people).to_contain_text("Ben")
    assert [each.errors for each in (ana, ben)] == [[], []]
