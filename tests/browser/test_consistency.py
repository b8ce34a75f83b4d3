"""Pages with different texts detect it: within ten seconds all pages have the same text again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import Person
from tests.browser.room import join
from tests.support.servers import Server

NewPerson = Callable[..., Person]

#: Longest time from the first difference between two pages until their texts are equal.
HEALED_MS = 10_000
#: An edit of the pad: a sync message, an update.
EDIT = b"\x00\x02"

Alter = Callable[[bytes], bytes | None]


def lose(_: bytes) -> None:
    """Drop an edit. The network does not do this; a bug in Arena might."""


def garble(frame: bytes) -> bytes:
    """An edit with the same id and another text: a state vector does not reveal the difference."""
    assert b"never" in frame
    return frame.replace(b"never", b"ever ")


def altered(person: Person, word: bytes, alter: Alter) -> list[bytes]:
    """Apply `alter` to each edit with `word` that a person receives; returns those edits."""
    done: list[bytes] = []

    def between(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def arrived(message: str | bytes) -> None:
            if isinstance(message, bytes) and message.startswith(EDIT) and word in message:
                done.append(message)
                changed = alter(message)
                if changed is not None:
                    route.send(changed)
            else:
                route.send(message)

        server.on_message(arrived)

    person.page.route_web_socket("**/arena/ws/**", between)
    return done


@pytest.mark.parametrize("alter", [lose, garble])
def test_pages_that_differ_agree_again(
    stand_alone: Server, new_person: NewPerson, alter: Alter
) -> None:
    session = stand_alone.session()
    ada, ben = new_person("Ada"), new_person("Ben")
    done = altered(ben, b"never", alter)
    ours = join(ada.page, stand_alone.invite(session), "Ada")
    theirs = join(ben.page, stand_alone.invite(session), "Ben")
    ours.write("x = 1")
    expect(theirs.code).to_have_text("x = 1")
    theirs.code.click()
    theirs.page.keyboard.press("ControlOrMeta+End")
    ours.page.keyboard.insert_text(" # never")
    expect(ours.saved).to_have_text("Saved")
    text = "x = 1 # never"
    expect(theirs.code).to_have_text(text, timeout=HEALED_MS)
    assert len(done) == 1
    assert any("different texts" in said for said in ben.console)
    assert not any("different texts" in said for said in ada.console)
    if alter is garble:
        expect(theirs.panel.get_by_text("had gone wrong")).to_be_visible()
    # Both continue to type, Ben at his cursor.
    expect(theirs.code).to_be_focused()
    ours.page.keyboard.type("!")
    theirs.page.keyboard.type("?")
    expect(ours.code).to_have_text("x = 1? # never!")
    expect(theirs.code).to_have_text("x = 1? # never!")
    assert stand_alone.call("GET", f"sessions/{session}")["code"] == "x = 1? # never!"
