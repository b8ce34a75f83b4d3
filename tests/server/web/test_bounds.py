"""Limits without a test elsewhere: each with a value inside and a value outside."""

from __future__ import annotations

from typing import Any

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.contract import at, limit
from arena_ext.protocol.limits import (
    MAX_CHUNK,
    MAX_CHUNKS,
    MAX_ID,
    MAX_OUTPUT,
    MAX_TITLE,
    Limits,
)
from tests.server.conftest import ConnectJson, Interview
from tests.support.people import Person

INVITE_EXPIRES_MAX, INVITE_USES_MAX = limit("inviteExpires"), limit("inviteUses")
MAX_VALUE = limit("value")
MAX_DURATION = at("/$defs/DurationBounds/maximum")


@pytest.mark.parametrize(
    ("name", "most", "more"),
    [
        ("expiresIn", INVITE_EXPIRES_MAX, INVITE_EXPIRES_MAX + 1),
        ("maxUses", INVITE_USES_MAX, INVITE_USES_MAX + 1),
        ("label", "x" * MAX_TITLE, "x" * (MAX_TITLE + 1)),
    ],
)
async def test_invites(host: Person, interview: Interview, name: str, most: Any, more: Any) -> None:
    path = f"sessions/{interview.session}/invites"
    statuses = [
        (await host.fetch("POST", path, {"role": "candidate", name: value})).status
        for value in (most, more)
    ]
    assert statuses == [201, 400]


async def test_runs(interview: Interview, connect_json: ConnectJson) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    chunk = {"stream": "stdout", "data": "x"}
    for run in ("r" * MAX_ID, "r" * (MAX_ID + 1)):
        await bot.send("execute-code", {"runId": run, "language": "javascript", "code": ""})
    for count in (MAX_CHUNKS, MAX_CHUNKS + 1):
        await bot.send("execution-output", {"runId": "r" * MAX_ID, "chunks": [chunk] * count})
    for _ in range(2):
        assert (await bot.expect("error"))["code"] == "invalid"
    again = await connect_json(interview.session, interview.observer_token)
    (run,) = (await again.join())["runs"]
    assert [each["data"] for each in run["chunks"]] == ["x" * MAX_CHUNKS]


async def test_a_run_takes_no_longer_than_a_number_says(
    interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    for took in (MAX_DURATION + 1, 10**400, MAX_DURATION):
        await bot.send("execution-result", {"error": None, "durationMs": took})
    for _ in range(2):
        assert (await bot.expect("error"))["code"] == "invalid"
    again = await connect_json(interview.session, interview.observer_token)
    (run,) = (await again.join())["runs"]
    assert run["durationMs"] == MAX_DURATION


async def test_a_run_asks_one_question_at_a_time(
    interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    reader = await connect_json(interview.session, interview.observer_token)
    for each in (bot, reader):
        await each.join()
    await bot.send("execute-code", {"runId": "r", "language": "python", "code": ""})
    await bot.send("input-request", {"runId": "r", "prompt": "first"})
    await bot.send("input-request", {"runId": "r", "prompt": "second"}, id="a")
    error = await bot.expect("error")
    assert (error["code"], error["id"]) == ("invalid", "a")
    await bot.send("input-reply", {"runId": "r", "text": "x"})
    await bot.send("input-request", {"runId": "r", "prompt": "third"})
    for prompt in ("first", "third"):
        assert (await reader.expect("input-request"))["prompt"] == prompt


async def test_questions_and_answers_count_as_output(
    interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    await bot.send("execute-code", {"runId": "r", "language": "python", "code": ""})
    for _ in range((MAX_OUTPUT + MAX_CHUNK) // MAX_CHUNK):
        chunk = {"stream": "stdout", "data": "x" * MAX_CHUNK}
        await bot.send("execution-output", {"runId": "r", "chunks": [chunk]})
    await bot.send("input-request", {"runId": "r", "prompt": "x"}, id="full")
    error = await bot.expect("error")
    assert (error["code"], error["id"]) == ("invalid", "full")
    await bot.send("input-request", {"runId": "r", "prompt": ""})
    await bot.send("input-reply", {"runId": "r", "text": "x"}, id="full, too")
    assert (await bot.expect("error"))["id"] == "full, too"


async def test_a_run_has_no_empty_chunks(interview: Interview, connect_json: ConnectJson) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    await bot.send("execute-code", {"runId": "r", "language": "python", "code": ""})
    for chunk in ({"mime": "text/html"}, {"stream": "stdout"}):
        chunks = [{"stream": "stdout", "data": "x"}, {**chunk, "data": ""}]
        await bot.send("execution-output", {"runId": "r", "chunks": chunks})
        error = await bot.expect("error")
        assert (error["code"], error["message"]) == ("invalid", "a chunk of output has no text")
    again = await connect_json(interview.session, interview.observer_token)
    (run,) = (await again.join())["runs"]
    assert run["chunks"] == []


async def test_a_picture_may_be_larger_than_a_piece_of_text(
    interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    await bot.send("execute-code", {"runId": "r", "language": "python", "code": ""})
    picture = {"mime": "image/png", "data": "A" * MAX_VALUE}
    for chunk in (
        picture,
        {**picture, "data": "A" * (MAX_VALUE + 1)},
        {"stream": "stdout", "data": "A" * (MAX_CHUNK + 1)},
    ):
        await bot.send("execution-output", {"runId": "r", "chunks": [chunk]})
    for _ in range(2):
        assert (await bot.expect("error"))["code"] == "invalid"
    again = await connect_json(interview.session, interview.observer_token)
    (run,) = (await again.join())["runs"]
    assert run["chunks"] == [picture]


@pytest.mark.limits(event_ids_kept=1)
async def test_an_event_is_taken_again_once_its_id_is_forgotten(
    interview: Interview, connect_json: ConnectJson
) -> None:
    reader = await connect_json(interview.session, interview.observer_token)
    await reader.join()
    bot = await connect_json(interview.session, interview.candidate_token)
    await bot.join()
    for language, identity in (("python", "a"), ("python", "a"), ("javascript", "b")):
        await bot.send("language-change", {"language": language}, identity)
    await bot.send("language-change", {"language": "python"}, "a")
    await bot.settled()
    told = [await reader.expect("language-updated") for _ in range(3)]
    assert [each["language"] for each in told] == ["python", "javascript", "python"]


@pytest.mark.limits(join_grace=0.05)
async def test_who_joined_and_never_came_leaves_the_roster(
    host: Person, stranger: Person, connect_json: ConnectJson
) -> None:
    session = await host.session()
    secret = await host.invite(session)
    _, token = await stranger.join(session, "Ada", secret)
    watcher = await connect_json(session, token)
    await watcher.join()
    user, _ = await stranger.join(session, "Ghost", secret)
    assert (await watcher.expect("participant-left"))["userId"] == user


async def test_a_room_that_nobody_is_in_leaves_memory_and_comes_back(
    arena: ArenaApp, host: Person, limits: Limits
) -> None:
    session = await host.session()
    await host.fetch("PUT", f"sessions/{session}/code", {"code": "kept"})
    before = await arena.rooms.get(session)
    arena.rooms.evict()
    assert await arena.rooms.get(session) is before, "not before its time"
    assert before is not None
    before.idle_since -= limits.evict_after
    arena.rooms.evict()
    assert await arena.rooms.get(session) is not before
    assert await host.code(session) == "kept"
