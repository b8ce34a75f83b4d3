"""A participant changes the own name in an open session."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.conftest import ConnectJson, Interview
from tests.support.people import Person


async def test_a_new_name_is_everybodys_and_the_logs(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    session = interview.session
    _, host_token = await host.join(session, "Host")
    boss = await connect_json(session, host_token)
    ada = await connect_json(session, interview.candidate_token)
    for each in (boss, ada):
        await each.join()
    await ada.send("name-change", {"name": " Ada \u200b Lovelace\n"})
    renamed = {"userId": interview.candidate_id, "from": "Ada", "username": "Ada Lovelace"}
    # Its author gets it, too: the name is the server's.
    for each in (boss, ada):
        assert await each.expect("participant-renamed") == renamed
    users = (await host.fetch("GET", f"sessions/{session}/users")).json
    assert "Ada Lovelace" in {each["name"] for each in users}
    late = await connect_json(session, interview.observer_token)
    people = (await late.join())["participants"]
    assert {each["id"]: each["name"] for each in people}[interview.candidate_id] == "Ada Lovelace"
    lines = (await host.fetch("GET", f"sessions/{session}/recording")).text
    assert '"participant-renamed"' in lines


async def test_a_name_that_is_taken_gets_a_number(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    await host.join(interview.session, "Host")
    ada = await connect_json(interview.session, interview.candidate_token)
    await ada.join()
    await ada.send("name-change", {"name": "ＨＯＳＴ"})
    assert (await ada.expect("participant-renamed"))["username"] == "ＨＯＳＴ (2)"


@pytest.mark.parametrize("name", ["\u200b \n", "", "x" * 257, 7, None])
async def test_what_is_no_name_changes_nothing(
    host: Person, interview: Interview, connect_json: ConnectJson, name: Any
) -> None:
    ada = await connect_json(interview.session, interview.candidate_token)
    await ada.join()
    await ada.send("name-change", {"name": name})
    assert (await ada.expect("error"))["code"] == "invalid"
    assert (
        '"participant-renamed"'
        not in (await host.fetch("GET", f"sessions/{interview.session}/recording")).text
    )


async def test_everybody_may_until_the_end(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    here = f"sessions/{interview.session}"
    await host.fetch("PATCH", here, {"locked": True})
    for token, name in ((interview.candidate_token, "Ada B."), (interview.observer_token, "Oz B.")):
        client = await connect_json(interview.session, token)
        await client.join()
        await client.send("name-change", {"name": name})
        assert (await client.expect("participant-renamed"))["username"] == name
    _, host_token = await host.join(interview.session, "Host")
    boss = await connect_json(interview.session, host_token)
    await boss.join()
    await host.fetch("PATCH", here, {"ended": True})
    await boss.send("name-change", {"name": "Too late"})
    assert (await boss.expect("error"))["code"] == "denied"


async def test_the_author_of_a_run_has_the_servers_time_of_it(
    interview: Interview, connect_json: ConnectJson
) -> None:
    ada = await connect_json(interview.session, interview.candidate_token)
    oz = await connect_json(interview.session, interview.observer_token)
    for each in (ada, oz):
        await each.join()
    await ada.send("execute-code", {"runId": "r1", "language": "python", "code": "1"})
    began = []
    for each in (ada, oz):
        await each.expect("execute-code")
        (event,) = [one for one in each.events if one["type"] == "execute-code"]
        began.append(event["at"])
    assert began[0] == began[1]
