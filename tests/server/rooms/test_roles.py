"""A changed role takes effect at once, also on open sockets."""

from __future__ import annotations

from collections.abc import Callable

from arena_ext.app import ArenaApp
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.lib0 import Reader
from arena_ext.protocol.wire import Document, Sync
from tests.server.conftest import ConnectArena, ConnectJson, Interview, LogIn
from tests.support.clients import ArenaClient
from tests.support.honest import Editor
from tests.support.people import Person
from tests.support.rights import change_role


async def test_a_candidate_who_becomes_an_observer_writes_no_more(
    host: Person, interview: Interview, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    session = interview.session
    ada = await connect_arena(session, interview.candidate_token)
    bot = await connect_json(session, interview.candidate_token)
    await bot.join()
    await ada.insert(0, "before")
    await ada.settled()
    await bot.send("execute-code", {"runId": "r", "language": "python", "code": "1"})
    await bot.settled()
    await change_role(host, session, interview.candidate_id, "observer")
    for each in (ada, bot):
        told = await each.expect("role-changed")
        assert (told["userId"], told["role"]) == (interview.candidate_id, "observer")
    await ada.insert(0, "after ")
    assert (await ada.expect("error"))["code"] == "denied"
    await bot.send("code-change", {"changes": "mine"})
    assert (await bot.expect("error"))["code"] == "denied"
    put = await interview.candidate.fetch("PUT", f"sessions/{session}/code", {"code": "mine"})
    assert put.status == 403
    output = {"runId": "r", "chunks": [{"stream": "stdout", "data": "mine"}]}
    await bot.send("execution-output", output)
    assert (await bot.expect("error"))["code"] == "denied"
    assert await host.code(session) == "before"
    late = await connect_json(session, interview.observer_token)
    (run,) = (await late.join())["runs"]
    assert (run["status"], run["chunks"]) == ("lost", [])


async def test_an_observer_who_becomes_a_candidate_is_asked_for_what_they_wrote(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    oz = await connect_arena(interview.session, interview.observer_token)
    await oz.until(lambda: oz.synced)
    await oz.insert(0, "too early")
    await oz.expect("error")
    await change_role(host, interview.session, interview.observer_id, "candidate")
    # The server sends sync step 1, and this client answers with all its edits.
    await oz.expect("role-changed")
    await oz.settled()
    assert await host.code(interview.session) == "too early"


def notes_frames(client: ArenaClient, kind: Sync) -> list[bytes]:
    """The payloads of the sync messages of this kind for the notes that a client received."""
    found = []
    for frame in client.frames:
        reader = Reader(frame)
        if reader.uint() == 100 and reader.string() == Document.NOTES and reader.uint() == kind:
            found.append(reader.bytes())
    return found


async def test_the_notes_come_and_go_with_the_role(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    session = interview.session
    _, host_token = await host.join(session, "Host")
    boss = await connect_arena(session, host_token)
    ada = await connect_arena(session, interview.candidate_token)
    await ada.settled()
    notes = Editor(77, "notes")
    first = SyncMessage(Document.NOTES, Sync.UPDATE, notes.insert(0, "secret one"))
    await boss.send_raw(first.encode())
    assert notes_frames(ada, Sync.STEP1) == []
    await change_role(host, session, interview.candidate_id, "interviewer")
    await ada.until(lambda: notes_frames(ada, Sync.STEP1), "the notes' step 1")
    second = SyncMessage(Document.NOTES, Sync.UPDATE, notes.insert(0, "two "))
    await boss.send_raw(second.encode())
    await ada.until(lambda: notes_frames(ada, Sync.UPDATE), "an edit of the notes")

    await change_role(host, session, interview.candidate_id, "candidate")
    await ada.until(lambda: len(ada.payloads("role-changed")) == 2)
    seen = len(notes_frames(ada, Sync.UPDATE))
    third = SyncMessage(Document.NOTES, Sync.UPDATE, notes.insert(0, "three "))
    await boss.send_raw(third.encode())
    # Sync step 1 for the notes is refused, and this socket gets no more frames of the notes.
    await ada.send_raw(SyncMessage(Document.NOTES, Sync.STEP1, b"\x00").encode())
    assert (await ada.expect("error"))["code"] == "denied"
    await ada.insert(0, "x")
    await ada.settled()
    assert len(notes_frames(ada, Sync.UPDATE)) == seen
    assert notes_frames(ada, Sync.STEP2) == []


async def test_handing_over_an_interview_that_nobody_owns(
    stranger: Person, guest: Callable[[str], Person], arena: ArenaApp
) -> None:
    arena.services.admission.open_access = True
    created = (await stranger.fetch("POST", "sessions", {})).json
    here = f"sessions/{created['id']}"
    body = {"userName": "Ana", "invite": created["invite"]}
    joined = (await stranger.fetch("POST", f"{here}/join", body)).json
    ana_id, ana = joined["user"]["id"], guest(joined["token"])
    ben_id, token = await stranger.join(created["id"], "Ben")
    ben = guest(token)
    for last in (
        await ana.fetch("PATCH", f"{here}/users/{ana_id}", {"role": "candidate"}),
        await ana.fetch("DELETE", f"{here}/users/{ana_id}"),
    ):
        assert last.status == 403
        assert "only interviewer" in last.json["error"]
    await change_role(ana, created["id"], ben_id, "interviewer")
    await change_role(ana, created["id"], ana_id, "observer")
    assert (await ana.fetch("PATCH", here, {"locked": True})).status == 403
    assert (await ben.fetch("PATCH", here, {"locked": True})).status == 200


async def test_who_owns_the_session_can_always_come_back(
    log_in: LogIn, person: Callable[..., Person], stranger: Person, guest: Callable[[str], Person]
) -> None:
    host = person(await log_in())
    session = await host.session()
    here = f"sessions/{session}"
    host_id, _ = await host.join(session, "Host")
    boss_id, token = await stranger.join(session, "Boss", await host.invite(session, "interviewer"))
    boss = guest(token)
    await change_role(boss, session, host_id, "observer")
    again = (await host.fetch("POST", f"{here}/join", {"userName": "Host"})).json["user"]
    assert (again["id"], again["role"]) == (host_id, "interviewer")
    assert (await boss.fetch("DELETE", f"{here}/users/{host_id}")).status == 204
    assert (await host.fetch("DELETE", f"{here}/users/{boss_id}")).status == 204
    back = (await host.fetch("POST", f"{here}/join", {"userName": "Host"})).json["user"]
    assert back["role"] == "interviewer"
    assert back["id"] != host_id
    assert (await boss.fetch("GET", here)).status == 404


async def test_who_owns_the_session_comes_back_to_one_that_others_ended(
    log_in: LogIn, person: Callable[..., Person], stranger: Person, guest: Callable[[str], Person]
) -> None:
    host = person(await log_in())
    session = await host.session()
    here = f"sessions/{session}"
    host_id, _ = await host.join(session, "Host")
    secret = await host.invite(session, "interviewer")
    boss = guest((await stranger.join(session, "Boss", secret))[1])
    await change_role(boss, session, host_id, "observer")
    assert (await boss.fetch("PATCH", here, {"ended": True})).status == 200
    again = await host.fetch("POST", f"{here}/join", {"userName": "Host"})
    assert (again.status, again.json["user"]["role"]) == (200, "interviewer")


async def test_a_role_that_is_none_and_a_person_who_is_none(
    host: Person, interview: Interview
) -> None:
    users = f"sessions/{interview.session}/users"
    ada = f"{users}/{interview.candidate_id}"
    assert (await host.fetch("PATCH", ada, {"role": "boss"})).status == 400
    assert (await host.fetch("PATCH", ada, {})).status == 400
    assert (await host.fetch("DELETE", ada, {"revokeInvite": 1})).status == 400
    for method, path, body in (
        ("PATCH", f"{users}/nobody", {"role": "observer"}),
        ("DELETE", f"{users}/nobody", None),
        ("POST", f"{ada}/admit", None),
        ("POST", f"{ada}/decline", None),
    ):
        assert (await host.fetch(method, path, body)).status == 404, f"{method} {path}"


async def test_who_did_it_is_in_the_log(
    log_in: LogIn, person: Callable[..., Person], interview: Interview
) -> None:
    host = person(await log_in())
    host_id, _ = await host.join(interview.session, "Host")
    await change_role(host, interview.session, interview.candidate_id, "observer")
    await host.fetch("DELETE", f"sessions/{interview.session}/users/{interview.candidate_id}")
    text = (await host.fetch("GET", f"sessions/{interview.session}/recording")).text
    for kind in ("role-changed", "participant-removed"):
        (line,) = [each for each in text.splitlines() if f'"{kind}"' in each]
        assert f'"by":"{host_id}","to":"everyone"' in line
        assert interview.candidate_id in line
