"""Events in a room: each is applied once, and a run belongs to the participant who started it."""

from __future__ import annotations

from typing import Any

import pytest

from arena_ext.limits.quotas import TooMany
from arena_ext.protocol.limits import (
    CHUNK_COST,
    MAX_CHUNK,
    MAX_CHUNKS,
    MAX_OUTPUT,
    MAX_TOKENS_EACH,
    OUTPUT_KEPT,
)
from arena_ext.rooms.credentials import Credentials, Login, Unknown
from arena_ext.session.permissions import Role
from tests.support.stage import Stage, settled


def test_an_event_that_is_sent_again_happens_once(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, inbox = stage.connect(stage.ana)
        _, other = stage.connect(stage.ben)
        for _ in range(2):
            stage.room.receive_event(ana, "language-change", {"language": "python"}, "e1")
        await settled()
        assert other.of("language-updated") == [{"userId": stage.ana.id, "language": "python"}]
        assert inbox.of("saved")[-1]["count"] == 2

    run(scene())


def test_an_event_is_taken_once_also_after_a_restart(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        stage.room.receive_event(ana, "language-change", {"language": "python"}, "e1")
        stage.room.receive_event(ana, "language-change", {"language": "javascript"}, "e2")
        await settled()
        stage.room.crash()
        fresh = await stage.rooms.get(stage.room.session.id)
        assert fresh is not None
        stage.room = fresh
        again, _ = stage.connect(stage.ana)
        stage.room.receive_event(again, "language-change", {"language": "python"}, "e1")
        assert stage.room.session.language == "javascript"

    run(scene())


@pytest.mark.limits(event_ids_kept=10)
def test_very_many_events_of_one_leave_those_of_others_known(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        ben, inbox = stage.connect(stage.ben)
        stage.room.receive_event(ana, "language-change", {"language": "python"}, "e1")
        for number in range(30):
            change = {"language": ("python", "javascript")[number % 2]}
            stage.room.receive_event(ben, "language-change", change, f"b{number}")
        stage.room.receive_event(ana, "language-change", {"language": "sql"}, "e1")
        await settled()
        assert stage.room.session.language == "javascript"
        assert {"userId": stage.ana.id, "language": "sql"} not in inbox.of("language-updated")

    run(scene())


def test_only_who_started_a_run_reports_on_it(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, ana_inbox = stage.connect(stage.ana)
        ben, ben_inbox = stage.connect(stage.ben)
        start = {"runId": "r1", "language": "python", "code": "1"}
        stage.room.receive_event(ana, "execute-code", start, None)
        chunks = [{"stream": "stdout", "data": "forged"}]
        stage.room.receive_event(ben, "execution-output", {"runId": "r1", "chunks": chunks}, None)
        stage.room.receive_event(ben, "execution-result", {"runId": "r1", "error": None}, None)
        await settled()
        assert [each["code"] for each in ben_inbox.of("error")] == ["denied", "denied"]
        assert ana_inbox.of("execution-output") == ana_inbox.of("execution-result") == []
        assert stage.room.session.runs["r1"].status == "running"

    run(scene())


def test_a_run_has_a_limit_on_the_number_of_its_chunks(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ben, inbox = stage.connect(stage.ben)
        start = {"runId": "r1", "language": "python", "code": "1"}
        stage.room.receive_event(ben, "execute-code", start, None)
        most = (MAX_OUTPUT + MAX_CHUNK) // CHUNK_COST
        for streams in (["stdout"] * most, ["stdout", "stderr"] * most):
            for start_at in range(0, len(streams), MAX_CHUNKS):
                some = streams[start_at : start_at + MAX_CHUNKS]
                chunks = [{"stream": each, "data": "x"} for each in some]
                output = {"runId": "r1", "chunks": chunks}
                stage.room.receive_event(ben, "execution-output", output, None)
            if streams[-1] == "stdout":
                await settled()
                assert inbox.of("error") == []  # text of one stream is one chunk
        await settled()
        refusals = {each["message"] for each in inbox.of("error")}
        assert refusals == {"the run's output is at its limit"}
        assert len(stage.room.session.runs["r1"].chunks) <= OUTPUT_KEPT // CHUNK_COST
        assert stage.room.session.runs["r1"].output_size <= MAX_OUTPUT + MAX_CHUNK

    run(scene())


def test_a_run_is_lost_when_its_browser_goes_away(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ben, _ = stage.connect(stage.ben)
        start = {"runId": "r1", "language": "python", "code": "1"}
        stage.room.receive_event(ben, "execute-code", start, None)
        stage.room.disconnect(ben)
        assert stage.room.session.runs["r1"].status == "lost"

    run(scene())


def test_the_oldest_token_of_a_login_lapses(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        session = stage.room.session.id
        login = Credentials(login=Login("owner", "ana", "Ana"))
        known = set(stage.room.session.tokens)
        tokens = [
            (await stage.admission.join(session, "Ana", login, None))[2]
            for _ in range(MAX_TOKENS_EACH + 1)
        ]
        with pytest.raises(Unknown):
            await stage.admission.authenticate(session, Credentials(token=tokens[0]))
        for token in (tokens[1], tokens[-1]):
            _, caller = await stage.admission.authenticate(session, Credentials(token=token))
            assert caller.participant == stage.ana.id
        # Ben's token, and those of others, stay.
        others = {token for token in known if stage.room.session.tokens.get(token) != stage.ana.id}
        assert len(others & set(stage.room.session.tokens)) == 1

    run(scene())


@pytest.mark.limits(max_participants=2)
def test_guests_who_were_declined_count_too(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana = stage.room._state.caller(stage.ana.id)
        stage.room.act(ana, "ask-to-enter", {"askToEnter": True})
        eve = await stage.invited("Eve", Role.CANDIDATE)
        stage.room.act(ana, "decline", {"userId": eve.id})
        with pytest.raises(TooMany):
            await stage.invited("Eva", Role.CANDIDATE)

    run(scene())
