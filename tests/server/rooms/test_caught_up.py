"""Offline edits are recorded as offline edits, also after a very short disconnection."""

from __future__ import annotations

from typing import Any

from pycrdt import Doc, Text

from arena_ext.recording.format import (
    read_recording,
)
from arena_ext.session.model import Edit, Entry
from tests.server.conftest import ConnectArena, Interview
from tests.support.people import Person

OFFLINE = "for number in range(100):\n    print('typed on a train, key by key', number)\n"


async def recorded(host: Person, session: str) -> list[str]:
    """The recording's entries: events by their type, edits as `edit`."""
    answer = await host.fetch("GET", f"sessions/{session}/recording")
    entries = [each for each in read_recording(answer.text).lines if isinstance(each, Entry)]
    return ["edit" if isinstance(each.body, Edit) else each.body.type for each in entries]


async def test_who_is_back_before_the_server_missed_them_did_not_paste(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    doc: Doc[Any] = Doc()
    code = doc.get("code", type=Text)
    lost = await connect_arena(interview.session, interview.candidate_token)
    await lost.settled()
    # The first socket is dead at the client's end only: the server has not detected it.
    code += OFFLINE
    back = await connect_arena(interview.session, interview.candidate_token, doc=doc)
    await back.settled()
    await back.insert(0, "# pasted, for all that anybody knows: " + "x" * 50)
    await back.settled()
    await lost.settled()
    entries = await recorded(host, interview.session)
    assert "participant-left" not in entries
    assert entries[-3:] == ["typing-caught-up", "edit", "edit"]


async def test_who_has_nothing_new_caught_up_with_nothing(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    for _ in range(2):
        client = await connect_arena(interview.session, interview.candidate_token)
        await client.settled()
    assert "typing-caught-up" not in await recorded(host, interview.session)
