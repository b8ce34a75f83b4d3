"""Consistency checks over real sockets: sending hashes, and the repair of a different text."""

from __future__ import annotations

import hashlib
import logging

import pytest
from pycrdt import Doc, Text

from arena_ext.crdt.updates import decode_state_vector
from arena_ext.protocol.frames import SyncMessage, decode
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Close, Document, Sync
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.clients import ArenaClient
from tests.support.honest import Editor
from tests.support.people import Person

#: A short interval, so that no test waits for seconds.
pytestmark = pytest.mark.limits(check_interval=0.05)


def test_a_page_that_differs_is_put_right_within_ten_seconds() -> None:
    assert Limits().check_interval * 2 < 10


def expected(doc: Doc[Text], **texts: str) -> bytes:
    """The hash of a consistency check, computed as the documentation describes it."""
    clocks = sorted(decode_state_vector(doc.get_state()).items())
    whole = ",".join(f"{client}:{clock}" for client, clock in clocks)
    for root, text in sorted(texts.items()):
        whole += f"\n{root}\n{len(text.encode())}\n{text}"
    return hashlib.sha256(whole.encode()).digest()


async def test_our_pages_are_told_what_the_text_is(
    interview: Interview, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    here = interview.session
    ada = await connect_arena(here, interview.candidate_token)
    oz = await connect_arena(here, interview.observer_token)
    stock = await connect_arena(here, interview.observer_token, dialect="y.v1")
    bot = await connect_json(here, interview.observer_token)
    await bot.join()
    await ada.settled()
    await ada.insert(0, "é😀 = 1\n")
    for each in (ada, oz):
        await each.until(lambda each=each: expected(ada.doc, code=ada.text) in each.checks)  # type: ignore[misc]
    await bot.expect_code(ada.text)
    await stock.expect_text(ada.text)
    assert stock.checks == []


async def test_only_interviewers_are_told_of_the_notes(
    host: Person, stranger: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    here = interview.session
    _, token = await stranger.join(here, "Ivy", await host.invite(here, "interviewer"))
    ivy = await connect_arena(here, token)
    ada = await connect_arena(here, interview.candidate_token)
    await ada.settled()
    notes = Editor(5, root="notes")
    note = SyncMessage(Document.NOTES, Sync.UPDATE, notes.insert(0, "she is good"))
    await ivy.send_raw(note.encode())
    check = expected(notes.doc, notes="she is good")
    await ivy.until(lambda: SyncMessage(Document.NOTES, Sync.CHECK, check).encode() in ivy.frames)
    await ivy.insert(0, "x")
    await ada.until(lambda: expected(ivy.doc, code="x") in ada.checks)
    assert not [each for each in ada.frames if each.startswith(b"\x64")]


async def differs(client: ArenaClient, vector: bytes) -> None:
    """Report that the client's text differs from the server's."""
    await client.send_raw(SyncMessage(Document.PAD, Sync.CHECK, vector).encode())


async def test_a_page_that_differs_gets_what_it_lacks_and_is_asked_for_what_it_has(
    interview: Interview, connect_arena: ConnectArena, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    other = await connect_arena(interview.session, interview.candidate_token, doc=Doc())
    await ada.settled()
    await ada.insert(0, "hello")
    await other.expect_text("hello")
    # An edit that is never sent. Pages do not do this, so the test empties the client's queue.
    other.doc.get("code", type=Text).insert(5, " world")
    other._local.clear()
    with caplog.at_level(logging.WARNING, "arena_ext"):
        for _ in range(3):
            await differs(other, other.doc.get_state())
        await ada.expect_text("hello world")
    for each in (ada, other):
        check = expected(ada.doc, code="hello world")
        await each.until(lambda each=each, check=check: check in each.checks)  # type: ignore[misc]
    # By their times: pytest hears a message in Arena's log and in Jupyter's.
    said = {record.created for record in caplog.records if "had another pad" in record.message}
    assert len(said) == 1


async def test_a_client_that_lies_about_it_harms_nobody(
    interview: Interview, connect_arena: ConnectArena, host: Person
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    await ada.settled()
    await ada.insert(0, "hello")
    await ada.settled()
    oz = await connect_arena(interview.session, interview.observer_token)
    await oz.settled()
    seen = len(ada.frames)
    for vector in (b"\x00", b"\x01\x05\x09"):
        await differs(oz, vector)
    await differs(oz, b"\xff" * 30)
    await oz.expect_close(Close.MALFORMED)
    stock = await connect_arena(interview.session, interview.observer_token, dialect="y.v1")
    await differs(stock, b"\x00")
    await stock.expect_close(Close.MALFORMED)
    assert await host.code(interview.session) == ada.text == "hello"
    assert [frame for frame in ada.frames[seen:] if isinstance(decode(frame), SyncMessage)] == []
