"""The line between page and server: proxies, computers that sleep, slow networks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Person
from tests.browser.room import Room, join
from tests.support import proxies
from tests.support.proxies import proxy
from tests.support.servers import Server

NewPerson = Callable[..., Person]

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
