"""The question in real browsers: interviewers write it, all people read it, its markup is inert."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.meeting import meet
from tests.browser.room import ask, join
from tests.support.servers import Server

NewPerson = Callable[..., Person]

HOSTILE = """# Vowels

<img src=x onerror="window.__pwned=1"> [run](javascript:window.__pwned=1)
[entity](javascript&colon;window.__pwned=1) [mail](mailto:a@b.c) [web](https://example.org/)
![away](https://evil.example/p.png)

```python
print("<b>bold</b>")
```
"""


def test_everybody_sees_what_an_interviewer_writes(
    stand_alone: Server, new_person: NewPerson
) -> None:
    session = stand_alone.session()
    ana, ben = new_person("Ana"), new_person("Ben")
    host = join(ana.page, stand_alone.invite(session, role="interviewer"), "Ana")
    guest = join(ben.page, stand_alone.invite(session), "Ben")
    expect(guest.panel.get_by_role("button", name="Add a question")).to_have_count(0)
    ask(host, "# Count\n\nthe *vowels*")
    shown = guest.panel.get_by_role("region", name="Question")
    expect(shown.get_by_role("heading", name="Count")).to_be_visible()
    expect(shown.locator("em")).to_have_text("vowels")
    expect(shown.get_by_role("button", name="Edit")).to_have_count(0)

    # A change by another person is announced to the editing one; the last save wins.
    host.panel.get_by_role("button", name="Edit").click()
    field = ana.page.get_by_role("textbox", name="Question, in Markdown")
    field.fill("mine")
    stand_alone.call("PATCH", f"sessions/{session}", {"question": "theirs"})
    expect(host.panel.get_by_role("alert")).to_contain_text("Somebody changed the question")
    host.panel.get_by_role("button", name="Save mine").click()
    expect(shown).to_contain_text("mine")


def test_a_question_is_formatted_in_jupyterlab(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    ask(interviewer, "the *vowels*")
    for room in (interviewer, candidate):
        expect(room.panel.get_by_role("region", name="Question").locator("em")).to_have_text(
            "vowels"
        )


def test_markup_in_a_question_is_text(stand_alone: Server, new_person: NewPerson) -> None:
    session = stand_alone.session()
    ben = new_person("Ben")
    guest = join(ben.page, stand_alone.invite(session), "Ben")
    stand_alone.call("PATCH", f"sessions/{session}", {"question": HOSTILE})
    shown = guest.panel.get_by_role("region", name="Question")
    expect(shown.get_by_role("heading", name="Vowels")).to_be_visible()
    expect(shown).to_contain_text("<img src=x")
    expect(shown.locator("img")).to_have_count(0)
    links = shown.get_by_role("link").evaluate_all(
        "all => all.map(each => [each.getAttribute('href'), each.rel, each.target])"
    )
    assert [each[0] for each in links] == [
        "mailto:a@b.c",
        "https://example.org/",
        "https://evil.example/p.png",
    ], json.dumps(links)
    assert {(each[1], each[2]) for each in links} == {("noopener noreferrer", "_blank")}
    expect(shown.get_by_role("button", name="Copy code")).to_be_visible()
    assert ben.page.evaluate("window.__pwned") is None
