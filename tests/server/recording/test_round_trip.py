"""An exported interview that is imported again is the same, or is refused."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from arena_ext.protocol.contract import LOGGED_EVENTS
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Audience
from arena_ext.recording.format import as_lines
from arena_ext.recording.history import session_history
from arena_ext.recording.notebook import as_notebook
from arena_ext.session.fold import _FOLDS
from arena_ext.session.model import Event
from arena_ext.session.permissions import Caller, Role
from arena_ext.storage import hash_chain
from tests.support.recorded import LINES
from tests.support.recordings import NOW, Recorded, converted, interview, rejection, texts
from tests.support.stage import Stage, settled

#: Events for the server only: hashes, owners, and redacted entries.
SERVERS_OWN = {
    *{"session-created", "session-imported", "token-issued"},
    *{"invite-created", "invite-revoked"},
}


# --- export and import ----------------------------------------------------------------------------


@given(st.integers(0, 2**32), st.sampled_from([as_lines, as_notebook]))
@settings(max_examples=25, deadline=None)
def test_what_comes_back_is_what_was_taken_away(seed: int, make: Any) -> None:
    about, entries = interview(seed)
    back = converted(make(about, entries)).entries
    assert texts(back) == texts(entries)
    mine, theirs = session_history(back), session_history(entries)
    assert mine.runs == theirs.runs
    assert mine.files == theirs.files
    assert mine.session.participants == theirs.session.participants
    assert (mine.session.title, mine.session.language) == (about["title"], about["language"])
    assert mine.session.question == theirs.session.question == about["question"]
    for before, after in zip(entries[1:], back[1:], strict=True):
        if before.audience is not Audience.SERVER:
            assert after == before


def test_a_redacted_entry_stays_redacted_and_names_its_origin() -> None:
    about, entries = interview(1)
    lines = as_lines(about, entries).decode()
    back = converted(lines.encode()).entries
    first = back[0].body
    assert isinstance(first, Event)
    assert first.type == "session-imported"
    assert first.payload["origin"] == about["id"]
    assert first.payload["chain"] == json.loads(lines.splitlines()[-1])["chain"]
    assert (first.payload["importedBy"], first.payload["importedAt"]) == ("Ana", NOW)
    kept_back = [each for each in entries[1:] if each.audience is Audience.SERVER]
    assert kept_back
    for each in kept_back:
        body = back[each.seq - 1].body
        assert isinstance(body, Event)
        digest = hash_chain.digest(hash_chain.to_json(each)).hex()
        assert (body.type, body.payload) == ("entry-withheld", {"digest": digest})
    again = as_lines({**about, "id": "new"}, back).decode()
    assert "entry-withheld" not in again
    assert texts(converted(again.encode()).entries) == texts(entries)


async def changed_people() -> Recorded:
    """A session with a changed role, a removed guest, and a waiting room."""
    stage = Stage(Limits())
    await stage.set_up()
    guest = await stage.invited("Cy", Role.CANDIDATE)
    host = Caller(stage.ana.id, Role.INTERVIEWER)
    stage.room.act(host, "role-change", {"userId": guest.id, "role": "observer"})
    stage.room.act(host, "remove", {"userId": guest.id})
    stage.room.act(host, "ask-to-enter", {"askToEnter": True})
    await settled()
    return stage.room.as_json(), list(await stage.log.read(stage.room.session.id))


def test_a_participant_with_another_role_who_was_removed_comes_back() -> None:
    """The events about these changes also have the author, in `by`."""
    about, entries = asyncio.run(changed_people())
    back = converted(as_lines(about, entries)).entries
    kinds = [each.body.type for each in entries if isinstance(each.body, Event)]
    assert {"role-changed", "participant-removed", "entry-changed"} <= set(kinds)
    shown = [each for each in entries[1:] if each.audience is not Audience.SERVER]
    assert [each for each in back[1:] if each.audience is not Audience.SERVER] == shown


def test_an_entry_has_the_audience_of_the_contract() -> None:
    _, interviewed = interview(2)
    _, changed = asyncio.run(changed_people())
    told = [
        (each.body.type, each.audience)
        for each in [*interviewed, *changed]
        if isinstance(each.body, Event) and each.body.type in LOGGED_EVENTS
    ]
    assert {audience for _, audience in told} == {Audience.EVERYONE, Audience.INTERVIEWERS}
    assert [audience for _, audience in told] == [
        LOGGED_EVENTS[kind]["audience"] for kind, _ in told
    ]


def test_every_event_that_folds_has_a_shape() -> None:
    assert set(_FOLDS) - SERVERS_OWN <= set(LOGGED_EVENTS)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_changed_byte_shows(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LINES) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda new: new != LINES[at]))
    assert rejection(LINES[:at] + bytes([byte]) + LINES[at + 1 :]) is not None


def test_an_endless_number_is_refused() -> None:
    endless = re.sub(rb'"at":\d+', b'"at":1e999', LINES)
    assert endless != LINES
    assert rejection(endless) is not None


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_any_missing_or_added_byte_shows(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LINES) - 2))
    assert rejection(LINES[:at] + LINES[at + 1 :]) is not None
    assert rejection(LINES[:at] + b" " + LINES[at:]) is not None
    assert rejection(LINES[:at]) is not None


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    assert rejection(data) is not None
