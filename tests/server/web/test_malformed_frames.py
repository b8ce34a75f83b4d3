"""Malformed or too large frames end their connection and reach no other client."""

from __future__ import annotations

import asyncio
import json

import pytest

from arena_ext.protocol.frames import PresenceMessage, PresenceState, SyncMessage
from arena_ext.protocol.lib0 import blob, uint
from arena_ext.protocol.limits import MAX_FRAME
from arena_ext.protocol.wire import Close, Dialect, Document, Sync
from arena_ext.rooms import sync as exchange
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.forged import FORGED, deletion, item
from tests.support.people import DEADLINE, Person
from tests.support.stage import edit

# --- close codes ------------------------------------------------------------------------------


#: Our own pages are told to take a new client id; a standard provider cannot.
UNDER_TAKEN_IDS = [edit(FORGED[each]) for each in ("a client id of somebody else", "no such root")]
BROKEN_FRAMES = [b"", b"\x07", b"\x00\x02\x09x", b"\x64\x03foo\x02\x00", b"\x00" + b"\xff" * 20]


@pytest.mark.parametrize("dialect", ["arena.v1", "y.v1"])
async def test_malformed_frames_end_the_connection_and_reach_nobody(
    interview: Interview,
    host: Person,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
    dialect: str,
) -> None:
    other = await connect_json(interview.session, interview.observer_token)
    await other.join()
    honest = await connect_arena(interview.session, interview.candidate_token)
    await honest.settled()
    # Client ids 5 and 6 now belong to the candidate: no other participant may use them.
    await honest.send_raw(PresenceMessage([PresenceState(6, 1, {})]).encode())
    await honest.send_raw(edit(item(5, 0, "a😀b")))
    await other.expect("code-update")
    _, token = await host.join(interview.session, "Mallory", await host.invite(interview.session))
    for frame in [*BROKEN_FRAMES, *map(edit, FORGED.values())]:
        forger = await connect_arena(interview.session, token, dialect=dialect)
        await forger.until(lambda forger=forger: forger.synced)  # type: ignore[misc]
        await forger.send_raw(frame)
        if dialect == Dialect.ARENA and frame in UNDER_TAKEN_IDS:
            assert (await forger.expect("error"))["client"] in (5, 6)
            await forger.close()
            continue
        await forger.expect_close(Close.MALFORMED)
    assert await host.code(interview.session) == "a😀b"
    assert len(other.payloads("code-update")) == 1
    await honest.send_raw(edit(item(5, 4, "!", origin=(5, 3))))
    assert (await other.expect("code-update"))["code"] == "a😀b!"


async def test_binary_frames_are_not_for_json_clients(
    interview: Interview, connect_json: ConnectJson
) -> None:
    client = await connect_json(interview.session, interview.candidate_token)
    await client.join()
    await client.send_raw(edit(item(5, 0)))
    await client.expect_close(Close.MALFORMED)


async def test_text_frames_and_the_notes_are_not_for_standard_providers(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    for message in (
        json.dumps({"type": "language-change", "payload": {"language": "python"}}),
        SyncMessage(Document.NOTES, Sync.STEP1, b"\x00").encode(),
    ):
        client = await connect_arena(interview.session, interview.candidate_token, dialect="y.v1")
        await client.send_raw(message)
        await client.expect_close(Close.MALFORMED)


async def test_a_message_over_the_limit_ends_the_connection(
    interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.send_raw(b"\x00" * (MAX_FRAME + 1))
    await client.until(lambda: client.closed)
    # Tornado closed it, before the message was assembled.
    assert client.close_code in (None, Close.TOO_LARGE)


async def test_edits_that_build_on_what_never_comes_end_the_connection(
    interview: Interview,
    host: Person,
    connect_arena: ConnectArena,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "MAX_GAPS", 3)
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    future = [deletion(99, 0, 1), item(5, 7, "x"), item(5, 0, "x", origin=(9, 9))]
    for number in range(3):  # a valid edit in between resets the count
        for each in future:
            await client.send_raw(edit(each))
        await client.send_raw(
            edit(item(6, number, "y", origin=(6, number - 1) if number else None))
        )
    async with asyncio.timeout(DEADLINE):
        while await host.code(interview.session) != "yyy":
            assert not client.closed
    for each in (*future, future[0]):
        await client.send_raw(edit(each))
    await client.expect_close(Close.MALFORMED)


async def test_the_text_has_a_limit(
    interview: Interview, connect_arena: ConnectArena, host: Person
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.settled()
    step = "x" * 200_000
    for clock in range(0, 5 * len(step), len(step)):
        origin = (5, clock - 1) if clock else None
        await client.send_raw(edit(item(5, clock, step, origin=origin)))
    await client.send_raw(edit(item(5, 5 * len(step), step, origin=(5, 5 * len(step) - 1))))
    await client.expect_close(Close.TEXT_FULL)
    assert len(await host.code(interview.session)) == 5 * len(step)


# --- limits -----------------------------------------------------------------------------------


async def test_a_huge_awareness_frame_is_refused_at_once(
    interview: Interview, connect_arena: ConnectArena
) -> None:
    client = await connect_arena(interview.session, interview.candidate_token)
    await client.send_raw(b"\x01" + blob(uint(2**40) + b"\xff" * 100_000))
    await client.expect_close(Close.MALFORMED)
