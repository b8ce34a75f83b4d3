"""REST: code, language and results of runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from arena_ext.protocol.limits import MAX_TEXT
from tests.server.conftest import ConnectArena, ConnectJson, Interview
from tests.support.answers import refusal
from tests.support.people import Person


async def test_code_put_by_rest_reaches_editors_and_bots_as_a_minimal_edit(
    interview: Interview, connect_json: ConnectJson, connect_arena: ConnectArena
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    for code in ("a😀b漢字c", "a😀B漢字c", "a😁B漢字c", "a😁B漢c", "漢", "", "👩‍👩‍👧 é\r\n"):
        answer = await interview.candidate.fetch(
            "PUT", f"sessions/{interview.session}/code", {"code": code}
        )
        assert (answer.status, answer.body) == (204, b"")
        await editor.expect_text(code)
        told = await bot.expect_code(code)
        assert told["userId"] == interview.candidate_id


async def test_putting_code_leaves_what_others_type_elsewhere(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    await editor.insert(0, "first\nsecond\n")
    await editor.settled()
    here = f"sessions/{interview.session}/code"
    await host.fetch("PUT", here, {"code": "first\nSECOND\n"})
    await editor.insert(0, "// ")  # whether the host's edit has arrived or not
    await editor.settled()
    await editor.expect_text("// first\nSECOND\n")
    assert await host.code(interview.session) == "// first\nSECOND\n"


async def test_code_as_long_as_allowed_and_one_byte_more(
    host: Person, interview: Interview
) -> None:
    here = f"sessions/{interview.session}/code"
    assert (await host.fetch("PUT", here, {"code": "x" * MAX_TEXT})).status == 204
    too_much = "x" * (MAX_TEXT - 1) + "é"
    assert refusal(await host.fetch("PUT", here, {"code": too_much}), 413) == "the text is too long"
    refusal(await host.fetch("PUT", here, {"code": "x" * (MAX_TEXT + 1)}), 400)
    assert await host.code(interview.session) == "x" * MAX_TEXT


@pytest.mark.parametrize("body", [{}, {"code": 1}, {"code": None}, {"code": "\ud800"}, b"code"])
async def test_wrong_code_changes_nothing(host: Person, interview: Interview, body: Any) -> None:
    here = f"sessions/{interview.session}/code"
    await host.fetch("PUT", here, {"code": "before"})
    refusal(await interview.candidate.fetch("PUT", here, body), 400)
    assert await host.code(interview.session) == "before"


async def test_the_language_reaches_everybody(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    here = f"sessions/{interview.session}/language"
    answer = await interview.candidate.fetch("PUT", here, {"language": "python"})
    assert (answer.status, answer.body) == (204, b"")
    updated = await bot.expect("language-updated")
    assert updated == {"userId": interview.candidate_id, "language": "python"}
    for body in ({}, {"language": "cobol"}, {"language": ["python"]}):
        refusal(await interview.candidate.fetch("PUT", here, body), 400)
    session = (await host.fetch("GET", f"sessions/{interview.session}")).json
    assert session["language"] == "python"


async def test_a_result_is_relayed_as_it_came(
    interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    result = {"output": "", "error": "NameError: 漢", "timestamp": "2026-03-01T14:05:09Z"}
    here = f"sessions/{interview.session}/execute"
    answer = await interview.candidate.fetch("POST", here, result)
    assert (answer.status, answer.json) == (200, result)
    heard = await bot.expect("execution-result")
    assert heard["userId"] == interview.candidate_id
    assert (heard["output"], heard["error"], heard["status"]) == ("", "NameError: 漢", "error")


async def test_a_result_gets_what_was_left_out(interview: Interview) -> None:
    here = f"sessions/{interview.session}/execute"
    answer = (await interview.candidate.fetch("POST", here, {"output": "42\n"})).json
    assert (answer["output"], answer["error"]) == ("42\n", None)
    age = datetime.now(UTC) - datetime.fromisoformat(answer["timestamp"])
    assert 0 <= age.total_seconds() < 60


async def test_what_a_result_does_not_have_goes_nowhere(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    here = f"sessions/{interview.session}/execute"
    for extra in (
        {"status": "ok\n\n<img src=x onerror=alert(1)>", "durationMs": "long"},
        {"status": {"a": 1}, "runId": "b", "location": ["x"] * 1000},
        {"runId": "b", "userId": interview.observer_id},
    ):
        answer = await interview.candidate.fetch("POST", here, {"output": "x", **extra})
        assert set(answer.json) == {"output", "error", "timestamp"}
        heard = await bot.expect("execution-result")
        assert (heard["status"], heard["durationMs"]) == ("ok", None)
        assert (heard["userId"], "location" in heard) == (interview.candidate_id, False)
        assert heard["runId"] != "b"
    exported = await host.fetch("GET", f"sessions/{interview.session}/export?format=ipynb")
    assert exported.status == 200


async def test_who_only_looks_sends_no_large_body(interview: Interview) -> None:
    odd = json.dumps({"code": [[]] * 100_000, "output": [[]] * 100_000}).encode()
    for method, path in (("PUT", "code"), ("POST", "execute")):
        here = f"sessions/{interview.session}/{path}"
        assert "observer" in refusal(await interview.observer.fetch(method, here, odd), 403)
        refusal(await interview.candidate.fetch(method, here, odd), 400)


@pytest.mark.limits(byte_rate=1.0)
async def test_who_sends_too_much_by_rest_has_to_wait(interview: Interview) -> None:
    here = f"sessions/{interview.session}/execute"
    large = {"output": "😀" * 500_000}
    statuses = [(await interview.candidate.fetch("POST", here, large)).status for _ in range(2)]
    assert statuses == [200, 429]
    assert (await interview.observer.fetch("GET", f"sessions/{interview.session}")).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"output": 1},
        {"output": "", "error": 1},
        {"output": "", "timestamp": []},
        b'{"output": "", "timestamp": NaN}',
        b'{"output": "", "timestamp": 1e999}',
    ],
)
async def test_a_wrong_result_reaches_nobody(
    interview: Interview, connect_json: ConnectJson, body: Any
) -> None:
    bot = await connect_json(interview.session, interview.observer_token)
    await bot.join()
    here = f"sessions/{interview.session}/execute"
    refusal(await interview.candidate.fetch("POST", here, body), 400)
    await interview.candidate.fetch("POST", here, {"output": "right"})
    assert (await bot.expect("execution-result"))["output"] == "right"


async def test_observers_only_look(host: Person, interview: Interview) -> None:
    here = f"sessions/{interview.session}"
    before = (await host.fetch("GET", here)).json
    for method, path, body in (
        ("PUT", "code", {"code": "x"}),
        ("PUT", "language", {"language": "python"}),
        ("POST", "execute", {"output": "x"}),
        ("POST", "invites", {"role": "observer"}),
        ("GET", "invites", None),
        ("DELETE", "invites/x", None),
    ):
        answer = await interview.observer.fetch(method, f"{here}/{path}", body)
        assert "observer" in refusal(answer, 403)
    assert (await host.fetch("GET", here)).json == before
