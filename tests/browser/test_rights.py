"""Rights on the screen: asking for admission, changes of a role, removal."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.room import Room
from tests.support.servers import Server

NewPerson = Callable[..., Person]


def ask(page: Page, link: str, name: str) -> None:
    """Open a link of a session with a waiting room, enter a name, and wait."""
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Waiting for the interviewer to let you in…")).to_be_visible()


def about(room: Room, name: str, choice: str) -> None:
    """Select an item of the menu at a participant's name, by keyboard."""
    menu = room.panel.get_by_role("button", name=f"Manage {name}")
    menu.focus()
    room.page.keyboard.press("Enter")
    item = room.panel.get_by_role("button", name=choice)
    item.focus()
    room.page.keyboard.press("Enter")


def test_asking_to_come_in_a_role_that_changes_and_removal(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session()
    host, ben, eve = new_person("Ana"), new_person("Ben"), new_person("Eve")
    host.page.goto(f"{stand_alone.url}arena/join/{session}?token={stand_alone.token}")
    interviewer = Room(host.page).wait_until_editable()
    interviewer.write("the question")
    expect(interviewer.saved).to_have_text("Saved")
    interviewer.choose_action("Ask before letting people in")
    interviewer.panel.get_by_role("button", name="Session").click()
    asks = interviewer.panel.get_by_role("button", name="Ask before letting people in")
    expect(asks).to_have_attribute("aria-pressed", "true")
    host.page.keyboard.press("Escape")
    link = stand_alone.invite(session)

    # Declined, with a message.
    ask(eve.page, link, "Eve")
    interviewer.panel.get_by_role("button", name="Decline Eve").click()
    expect(eve.page.get_by_role("alert")).to_contain_text("The interviewer declined.")
    assert "the question" not in eve.page.content()

    # Admitted; a reload while waiting changes nothing.
    ask(ben.page, link, "Ben")
    ben.page.reload()
    expect(ben.page.get_by_text("Waiting for the interviewer to let you in…")).to_be_visible()
    expect(interviewer.panel.get_by_role("button", name="Admit Ben")).to_have_count(1)
    interviewer.panel.get_by_role("button", name="Admit Ben").click()
    candidate = Room(ben.page).wait_until_editable()
    expect(candidate.code).to_have_text("the question")
    expect(interviewer.people).to_contain_text("Ben")
    candidate.write("an answer")
    expect(interviewer.code).to_have_text("an answer")

    # An observer can only read; after the change back to candidate, writing works again.
    about(interviewer, "Ben", "Make observer")
    expect(candidate.code).to_have_attribute("aria-readonly", "true")
    expect(candidate.panel).to_contain_text("You are watching.")
    interviewer.write("only for reading")
    expect(candidate.code).to_have_text("only for reading")
    about(interviewer, "Ben", "Make candidate")
    expect(candidate.code).to_have_attribute("aria-readonly", "false")
    candidate.write("back again")
    expect(interviewer.code).to_have_text("back again")

    # Handover: the candidate becomes the interviewer, and the interviewer loses that role.
    about(interviewer, "Ben", "Make interviewer")
    expect(candidate.panel.get_by_role("button", name="Share")).to_be_visible()
    ana = stand_alone.call("GET", f"sessions/{session}/users")[0]["name"]
    about(candidate, ana, "Make candidate")
    expect(interviewer.panel.get_by_role("button", name="Share")).to_have_count(0)
    candidate.choose_action("Lock for candidates")
    expect(interviewer.code).to_have_attribute("aria-readonly", "true")
    candidate.choose_action("Unlock")
    about(candidate, ana, "Make interviewer")
    about(interviewer, "Ben", "Make candidate")
    expect(candidate.panel.get_by_role("button", name="Share")).to_have_count(0)

    # The link shows the name of its user.
    interviewer.panel.get_by_role("button", name="Share").click()
    expect(host.page.get_by_role("dialog")).to_contain_text("used by: Eve, Ben")
    host.page.keyboard.press("Escape")

    # Removed: the page says so, and the link does not work any more.
    about(interviewer, "Ben", "Remove…")
    dialog = host.page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox")).to_be_checked()
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(ben.page.get_by_role("alert")).to_contain_text("You were removed from this interview.")
    expect(interviewer.people).not_to_contain_text("Ben")
    ben.page.reload()
    expect(ben.page.get_by_text("This link does not work")).to_be_visible()
    ben.page.goto("about:blank")
    ben.page.goto(link)
    ben.page.get_by_label("Your name").fill("Ben")
    ben.page.get_by_role("button", name="Join").click()
    expect(ben.page.get_by_text("This link does not work")).to_be_visible()
    assert [each.errors for each in (host, ben, eve)] == [[], [], []]
