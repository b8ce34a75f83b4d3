"""Rights: who may do what, and that a change of them counts at once, on open sockets too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from arena_ext.app import ArenaApp
from arena_ext.protocol.frames import Reader, SyncMessage
from arena_ext.protocol.wire import Close, Document, Sync
from arena_ext.rooms import room as room_module
from arena_ext.session.model import Action, Role, Status, can
from tests.server.conftest import ConnectArena, ConnectJson, Interview, LogIn
from tests.support.honest import Editor
from tests.support.people import ArenaClient, Person

# --- the access table -------------------------------------------------------------------------

#: Per action, who may: while the session is open, while it is locked, once it has ended.
TABLE = {
    Action.READ_PAD: ("ico", "ico", "i"),
    Action.WRITE_PAD: ("ic", "i", ""),
    Action.RUN: ("ic", "i", ""),
    Action.SET_LANGUAGE: ("ic", "i", ""),
    Action.READ_NOTES: ("i", "i", "i"),
    Action.READ_RECORDING: ("i", "i", "i"),
    Action.DELETE: ("i", "i", "i"),
    Action.WRITE_NOTES: ("i", "i", ""),
    Action.INVITE: ("i", "i", ""),
    Action.LOCK: ("i", "i", ""),
    Action.END: ("i", "i", ""),
    Action.REMOVE: ("i", "i", ""),
    Action.CHANGE_ROLE: ("i", "i", ""),
    Action.ADMIT: ("i", "i", ""),
    Action.RENAME: ("i", "i", ""),
    Action.SET_QUESTION: ("i", "i", ""),
}


def test_the_access_table() -> None:
    assert set(TABLE) == set(Action)
    allowed = {
        action: tuple(
            "".join(role.value[0] for role in Role if can(role, action, status))
            for status in (Status.OPEN, Status.LOCKED, Status.ENDED)
        )
        for action in Action
    }
    assert allowed == TABLE


#: Calls that only an interviewer may make; `{ada}` is the candidate, `{will}` waits at the door.
INTERVIEWERS_ONLY: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"title": "mine"}),
    ("PATCH", "", {"question": "mine"}),
    ("PATCH", "", {"locked": True}),
    ("PATCH", "", {"askToEnter": False}),
    ("PATCH", "", {"ended": True}),
    ("GET", "/invites", None),
    ("POST", "/invites", {"role": "interviewer"}),
    ("PATCH", "/users/{ada}", {"role": "interviewer"}),
    ("PATCH", "/users/{oz}", {"role": "interviewer"}),
    ("DELETE", "/users/{ada}", None),
    ("DELETE", "/users/{oz}", {"revokeInvite": True}),
    ("POST", "/users/{will}/admit", None),
    ("POST", "/users/{will}/decline", None),
    ("PATCH", "/users/nobody", {"role": "observer"}),
    ("DELETE", "/users/nobody", None),
    ("POST", "/users/nobody/admit", None),
    ("GET", "/recording", None),
    ("DELETE", "", None),
]


@pytest.mark.parametrize("locked", [False, True], ids=["open", "locked"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    INTERVIEWERS_ONLY,
    ids=[f"{method}{path}-{body}" for method, path, body in INTERVIEWERS_ONLY],
)
async def test_guests_may_not(
    arena: ArenaApp,
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    interview: Interview,
    method: str,
    path: str,
    body: Any,
    locked: bool,
) -> None:
    here = f"sessions/{interview.session}"
    await host.fetch("PATCH", here, {"askToEnter": True, "locked": locked})
    will, waits = await ask(host, stranger, interview.session, "Will")
    room = await arena.rooms.get(interview.session)
    assert room is not None
    filled = path.format(ada=interview.candidate_id, oz=interview.observer_id, will=will)
    before = room.session.seq
    for caller in (interview.candidate, interview.observer):
        assert (await caller.fetch(method, here + filled, body)).status == 403
    assert (await guest(waits).fetch(method, here + filled, body)).status == 404
    assert (await stranger.fetch(method, here + filled, body)).status == 404
    assert room.session.seq == before, "nothing came into the log"


async def ask(
    host: Person, stranger: Person, session: str, name: str, **options: Any
) -> tuple[str, str]:
    """Ask to enter; the participant id, as the interviewers know it, and the token."""
    invite = await host.invite(session, "candidate", **options)
    body = {"userName": name, "invite": invite}
    asked = await stranger.fetch("POST", f"sessions/{session}/join", body)
    assert asked.status == 202, asked.text
    assert set(asked.json) == {"token"}
    invites = (await host.fetch("GET", f"sessions/{session}/invites")).json
    return str(invites[-1]["usedBy"][-1]["id"]), str(asked.json["token"])


async def change_role(host: Person, session: str, user: str, role: str) -> None:
    answer = await host.fetch("PATCH", f"sessions/{session}/users/{user}", {"role": role})
    assert answer.status == 200, answer.text
    assert answer.json["role"] == role


# --- roles ------------------------------------------------------------------------------------


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
    # The server sends sync step 1, which this client answers with all that it has.
    await oz.expect("role-changed")
    await oz.settled()
    assert await host.code(interview.session) == "too early"


def notes_frames(client: ArenaClient, kind: Sync) -> list[bytes]:
    """The payloads of the notes's sync messages of a kind that a client got."""
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
    # A question for the notes is refused; nothing of the notes comes on this socket afterwards.
    await ada.send_raw(SyncMessage(Document.NOTES, Sync.STEP1, b"\x00").encode())
    assert (await ada.expect("error"))["code"] == "denied"
    await ada.insert(0, "x")
    await ada.settled()
    assert len(notes_frames(ada, Sync.UPDATE)) == seen
    assert notes_frames(ada, Sync.STEP2) == []


async def test_handing_over_an_interview_that_nobody_owns(
    stranger: Person, guest: Callable[[str], Person], arena: ArenaApp
) -> None:
    arena.access.open_access = arena.open_access = True
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


# --- removal ----------------------------------------------------------------------------------


async def test_who_is_removed_is_out_at_once_in_every_tab_and_by_every_call(
    host: Person,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    session, here = interview.session, f"sessions/{interview.session}"
    tabs = [
        await connect_arena(session, interview.candidate_token),
        await connect_arena(session, interview.candidate_token),
        await connect_arena(session, interview.candidate_token, dialect="y.v1"),
    ]
    bot = await connect_json(session, interview.candidate_token)
    await bot.join()
    oz = await connect_json(session, interview.observer_token)
    await oz.join()
    removed = await host.fetch("DELETE", f"{here}/users/{interview.candidate_id}")
    assert (removed.status, removed.body) == (204, b"")
    for each in (*tabs, bot):
        await each.expect_close(Close.REMOVED)
    assert (await oz.expect("participant-removed"))["userId"] == interview.candidate_id
    roster = await oz.expect("presence-update")
    assert interview.candidate_id not in {each["id"] for each in roster["users"]}
    # The token, stolen or not, opens nothing any more.
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "/code", {"code": "mine"}),
        ("POST", "/join", {"userName": "Ada"}),
        ("GET", "/users", None),
    ):
        assert (await interview.candidate.fetch(method, here + path, body)).status == 404
    await (await connect_arena(session, interview.candidate_token)).expect_close(Close.REFUSED)
    assert (await host.fetch("DELETE", f"{here}/users/{interview.candidate_id}")).status == 404


@pytest.mark.parametrize("revoke", [False, True])
async def test_the_link_that_they_came_by_goes_with_them_if_told_to(
    host: Person, stranger: Person, revoke: bool
) -> None:
    session = await host.session()
    secret = await host.invite(session)
    user, _ = await stranger.join(session, "Ada", secret)
    body = {"revokeInvite": revoke}
    assert (await host.fetch("DELETE", f"sessions/{session}/users/{user}", body)).status == 204
    again = {"userName": "Ada", "invite": secret}
    back = await stranger.fetch("POST", f"sessions/{session}/join", again)
    assert back.status == (403 if revoke else 200)
    if not revoke:
        assert back.json["user"]["id"] != user


async def test_what_a_removed_person_wrote_and_ran_stays(
    host: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    session = interview.session
    await interview.candidate.fetch("PUT", f"sessions/{session}/code", {"code": "mine"})
    await interview.candidate.fetch("POST", f"sessions/{session}/execute", {"output": "1"})
    await host.fetch("DELETE", f"sessions/{session}/users/{interview.candidate_id}")
    oz = await connect_json(session, interview.observer_token)
    state = await oz.join()
    assert state["session"]["code"] == "mine"
    assert [each["userId"] for each in state["runs"]] == [interview.candidate_id]
    assert "Ada" in {each["name"] for each in state["participants"]}
    assert "Ada" not in {each["name"] for each in state["users"]}


async def test_a_bare_id_does_not_bring_a_removed_person_back(
    stranger: Person, guest: Callable[[str], Person], arena: ArenaApp, connect_json: ConnectJson
) -> None:
    arena.access.open_access = arena.open_access = True
    created = (await stranger.fetch("POST", "sessions", {})).json
    _, boss = await stranger.join(created["id"], "Ana", created["invite"])
    user, _ = await stranger.join(created["id"], "Ben")
    here = f"sessions/{created['id']}/users/{user}"
    assert (await guest(boss).fetch("DELETE", here)).status == 204
    bot = await connect_json(created["id"])
    assert (await bot.join("Ben", userId=user))["user"]["id"] != user


async def test_rights_survive_a_room_that_is_opened_again(
    host: Person, stranger: Person, guest: Callable[[str], Person], arena: ArenaApp
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    ada, ada_token = await stranger.join(session, "Ada", await host.invite(session))
    ben, ben_token = await stranger.join(session, "Ben", await host.invite(session))
    await change_role(host, session, ada, "observer")
    await host.fetch("DELETE", f"{here}/users/{ben}")
    await host.fetch("PATCH", here, {"askToEnter": True})
    will, will_token = await ask(host, stranger, session, "Will", maxUses=1)
    for checkpoint in (False, True):
        room = await arena.rooms.get(session)
        assert room is not None
        if checkpoint:
            room.keep_checkpoint()
        room.crash()
        del arena.rooms._live[session]
        assert (await guest(ada_token).fetch("PUT", f"{here}/code", {"code": "x"})).status == 403
        assert (await guest(ben_token).fetch("GET", here)).status == 404
        assert (await guest(will_token).fetch("GET", here)).status == 404
        invites = (await host.fetch("GET", f"{here}/invites")).json
        assert [(each["maxUses"], len(each["usedBy"])) for each in invites] == [
            (None, 1),
            (None, 1),
            (1, 1),
        ]
    assert (await host.fetch("POST", f"{here}/users/{will}/admit")).status == 204
    assert (await guest(will_token).fetch("GET", here)).status == 200


# --- invites ----------------------------------------------------------------------------------


async def test_an_invite_lets_in_as_many_as_it_says(host: Person, stranger: Person) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    secret = await host.invite(session, maxUses=2)
    ada, token = await stranger.join(session, "Ada", secret)
    bob, _ = await stranger.join(session, "Bob", secret)
    body = {"userName": "Eve", "invite": secret}
    assert (await stranger.fetch("POST", f"{here}/join", body)).status == 403
    (invite,) = (await host.fetch("GET", f"{here}/invites")).json
    assert invite["maxUses"] == 2
    assert invite["usedBy"] == [{"id": ada, "name": "Ada"}, {"id": bob, "name": "Bob"}]
    # Coming back by the token is no use of the invite.
    back = await stranger.fetch("POST", f"{here}/join", {"userName": "A"}, {"X-Arena-Token": token})
    assert back.status == 200
    (same,) = (await host.fetch("GET", f"{here}/invites")).json
    assert same == invite


async def test_an_invite_for_one_is_not_overdrawn_by_asking_at_once(
    host: Person, stranger: Person
) -> None:
    session = await host.session()
    secret = await host.invite(session, maxUses=1)
    body = {"userName": "Eve", "invite": secret}
    answers = await asyncio.gather(
        *(stranger.fetch("POST", f"sessions/{session}/join", body) for _ in range(8))
    )
    assert sorted(each.status for each in answers) == [200] + 7 * [403]


@pytest.mark.parametrize("uses", [0, -1, 1001, 1.5, "1", True])
async def test_a_number_of_uses_that_is_none(host: Person, uses: Any) -> None:
    session = await host.session()
    body = {"role": "candidate", "maxUses": uses}
    assert (await host.fetch("POST", f"sessions/{session}/invites", body)).status == 400


# --- the door ---------------------------------------------------------------------------------


async def test_who_waits_hears_nothing_until_they_are_let_in(
    host: Person,
    stranger: Person,
    interview: Interview,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    session, here = interview.session, f"sessions/{interview.session}"
    _, host_token = await host.join(session, "Host")
    boss = await connect_json(session, host_token)
    state = await boss.join()
    assert (state["askToEnter"], state["waiting"]) == (False, [])
    oz = await connect_json(session, interview.observer_token)
    assert not {"askToEnter", "waiting"} & set(await oz.join())
    assert (await host.fetch("PATCH", here, {"askToEnter": True})).status == 200
    assert (await boss.expect("entry-changed"))["askToEnter"] is True

    will_id, token = await ask(host, stranger, session, "Ada")
    request = await boss.expect("entry-requested")
    assert (request["userId"], request["username"]) == (will_id, "Ada (2)")
    editor = await connect_arena(session, token)
    bot = await connect_json(session, token)
    await bot.send("join-session", {"username": "Ada"})
    provider = await connect_arena(session, token, dialect="y.v1")
    for each in (editor, bot):
        assert await each.expect("waiting") == {}
    await interview.candidate.fetch("PUT", f"{here}/code", {"code": "secret"})
    await interview.candidate.fetch("PUT", f"{here}/language", {"language": "python"})
    await oz.expect("language-updated")
    await bot.send("code-change", {"changes": "mine"})
    await editor.send_raw(b"\x00\x00\x01\x00")  # sync step 1
    await editor.send("language-change", {"language": "javascript"})
    for each in (editor, bot):
        assert (await each.expect("error"))["code"] == "waiting"
        assert {event["type"] for event in each.events} == {"waiting", "error"}
    assert (editor.frames, editor.text, provider.text) == ([], "", "")
    users = (await host.fetch("GET", f"{here}/users")).json
    assert will_id not in {each["id"] for each in users}
    assert await host.code(session) == "secret"

    assert (await host.fetch("POST", f"{here}/users/{will_id}/admit")).status == 204
    for each in (editor, bot):
        admitted = await each.expect("session-state")
        assert admitted["user"]["id"] == will_id
        assert admitted["session"]["code"] == "secret"
    for each in (editor, provider):
        await each.expect_text("secret")
    await editor.insert(0, "no ")
    await provider.expect_text("no secret")
    assert (await boss.expect("entry-admitted"))["userId"] == will_id
    await oz.until(lambda: will_id in {e["userId"] for e in oz.payloads("participant-joined")})
    assert not [each for each in oz.events if each["type"].startswith("entry-")]


async def test_who_is_declined_is_told_and_their_token_is_worth_nothing(
    host: Person, stranger: Person, guest: Callable[[str], Person], connect_arena: ConnectArena
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    await host.fetch("PATCH", here, {"askToEnter": True})
    user, token = await ask(host, stranger, session, "Eve")
    eve = await connect_arena(session, token)
    await eve.expect("waiting")
    body = {"revokeInvite": True}
    assert (await host.fetch("POST", f"{here}/users/{user}/decline", body)).status == 204
    await eve.expect_close(Close.DECLINED)
    assert (await guest(token).fetch("POST", f"{here}/join", {"userName": "Eve"})).status == 404
    await (await connect_arena(session, token)).expect_close(Close.REFUSED)
    (invite,) = (await host.fetch("GET", f"{here}/invites")).json
    assert (invite["revoked"], invite["usedBy"]) == (True, [{"id": user, "name": "Eve"}])
    for answer in ("admit", "decline"):
        assert (await host.fetch("POST", f"{here}/users/{user}/{answer}")).status == 404


async def test_who_was_let_in_while_away_comes_straight_in(
    host: Person, stranger: Person, connect_arena: ConnectArena
) -> None:
    session = await host.session()
    await host.fetch("PATCH", f"sessions/{session}", {"askToEnter": True})
    user, token = await ask(host, stranger, session, "Ada")
    assert (await host.fetch("POST", f"sessions/{session}/users/{user}/admit")).status == 204
    ada = await connect_arena(session, token)
    assert (await ada.expect("session-state"))["user"]["id"] == user


async def test_interviewers_and_who_is_in_already_need_not_ask(
    host: Person, stranger: Person, interview: Interview
) -> None:
    here = f"sessions/{interview.session}"
    await host.fetch("PATCH", here, {"askToEnter": True})
    await stranger.join(
        interview.session, "Boss", await host.invite(interview.session, "interviewer")
    )
    await host.join(interview.session, "Host")
    again = await interview.candidate.fetch("POST", f"{here}/join", {"userName": "Ada"})
    assert (again.status, again.json["user"]["id"]) == (200, interview.candidate_id)


async def test_a_bare_id_does_not_get_past_the_door(
    stranger: Person,
    guest: Callable[[str], Person],
    arena: ArenaApp,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    arena.access.open_access = arena.open_access = True
    created = (await stranger.fetch("POST", "sessions", {})).json
    session, here = created["id"], f"sessions/{created['id']}"
    _, boss = await stranger.join(session, "Ana", created["invite"])
    ben, _ = await stranger.join(session, "Ben")
    assert (await guest(boss).fetch("PATCH", here, {"askToEnter": True})).status == 200
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/users", None),
        ("PUT", "/code", {"code": "mine"}),
        ("POST", "/leave", {"userId": ben}),
    ):
        assert (await stranger.fetch(method, here + path, body)).status == 404
    await (await connect_arena(session)).expect_close(Close.REFUSED)
    bot = await connect_json(session)
    await bot.send("join-session", {"username": "Ben", "userId": ben})
    await bot.expect_close(Close.REFUSED)
    asked = await stranger.fetch("POST", f"{here}/join", {"userName": "Ben"})
    assert asked.status == 202


async def test_only_so_many_wait_and_the_end_sends_them_away(
    host: Person,
    stranger: Person,
    connect_json: ConnectJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room_module, "MAX_WAITING", 2)
    session = await host.session()
    here = f"sessions/{session}"
    await host.fetch("PATCH", here, {"askToEnter": True})
    secret = await host.invite(session)
    body = {"userName": "Eve", "invite": secret}
    answers = [await stranger.fetch("POST", f"{here}/join", body) for _ in range(3)]
    assert [each.status for each in answers] == [202, 202, 403]
    (invite,) = (await host.fetch("GET", f"{here}/invites")).json
    assert [each["name"] for each in invite["usedBy"]] == ["Eve", "Eve (2)"]
    eve = await connect_json(session, answers[0].json["token"])
    await eve.send("join-session", {"username": "Eve"})
    await eve.expect("waiting")
    assert (await host.fetch("PATCH", here, {"ended": True})).status == 200
    await eve.expect_close(Close.ENDED)


async def test_a_new_interviewer_hears_who_waits(
    host: Person, stranger: Person, interview: Interview, connect_json: ConnectJson
) -> None:
    session = interview.session
    await host.fetch("PATCH", f"sessions/{session}", {"askToEnter": True})
    user, _ = await ask(host, stranger, session, "Will")
    ada = await connect_json(session, interview.candidate_token)
    assert "waiting" not in await ada.join()
    await change_role(host, session, interview.candidate_id, "interviewer")
    state = await ada.expect("session-state")
    assert [each["id"] for each in state["waiting"]] == [user]


# --- identity ---------------------------------------------------------------------------------


async def test_two_tabs_are_one_person(
    host: Person, interview: Interview, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    session = interview.session
    oz = await connect_json(session, interview.observer_token)
    await oz.join()
    first = await connect_arena(session, interview.candidate_token)
    clone = await connect_arena(session, interview.candidate_token)
    await first.settled()
    await clone.settled()
    await first.insert(0, "one ")
    await clone.expect_text("one ")
    await clone.insert(4, "two")
    await first.expect_text("one two")
    users = (await host.fetch("GET", f"sessions/{session}/users")).json
    assert [each["name"] for each in users].count("Ada") == 1
    await clone.close()
    await first.insert(0, "still ")
    await oz.expect_code("still one two")
    assert oz.payloads("participant-left") == []
    await first.close()
    assert (await oz.expect("participant-left"))["userId"] == interview.candidate_id


SPOOFS: list[tuple[str, dict[str, Any]]] = [
    ("language-change", {"language": "python"}),
    ("execute-code", {"runId": "r", "language": "python", "code": "1"}),
    ("execution-output", {"runId": "r", "chunks": [{"stream": "stdout", "data": "1"}]}),
    ("execution-result", {"runId": "r", "output": "", "error": None}),
    ("cursor-move", {"cursor": {"line": 1, "column": 0}}),
    ("code-change", {"changes": "mine"}),
]


async def test_events_are_their_authors_whatever_they_say(
    interview: Interview, connect_json: ConnectJson
) -> None:
    oz = await connect_json(interview.session, interview.observer_token)
    await oz.join()
    ada = await connect_json(interview.session, interview.candidate_token)
    claims = {
        "userId": interview.observer_id,
        "username": "Host",
        "color": "#000000",
        "role": "interviewer",
        "by": interview.observer_id,
        "seq": 1,
    }
    await ada.send("join-session", {**claims, "username": "Host"})
    user = (await ada.expect("session-state"))["user"]
    assert (user["id"], user["name"], user["role"]) == (interview.candidate_id, "Ada", "candidate")
    for kind, payload in SPOOFS:
        await ada.send(kind, {**payload, **claims})
    await ada.settled()
    told = {
        "language-change": "language-updated",
        "cursor-move": "cursor-update",
        "code-change": "code-update",
    }
    for kind, _ in SPOOFS:
        payload = await oz.expect(told.get(kind, kind))
        assert payload["userId"] == interview.candidate_id, kind
        assert not {"username", "color", "role", "by"} & set(payload), kind
    for kind in ("role-changed", "participant-removed", "entry-admitted", "participant-joined"):
        await ada.send(kind, {**claims, "userId": interview.candidate_id})
        assert (await ada.expect("error"))["code"] == "invalid"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Oz", "Oz (2)"),
        ("oZ", "oZ (2)"),
        (" O\u200bz ", "Oz (2)"),
        ("\u202eOz", "Oz (2)"),
        ("Oz\u0000\n", "Oz (2)"),
        ("Oz (2)", "Oz (2)"),
        ("x" * 200, "x" * 64),
        ("<b>Oz</b>", "<b>Oz</b>"),
    ],
)
async def test_names_are_cleaned_and_told_apart(
    host: Person, stranger: Person, interview: Interview, given: str, shown: str
) -> None:
    body = {"userName": given, "invite": await host.invite(interview.session)}
    joined = await stranger.fetch("POST", f"sessions/{interview.session}/join", body)
    assert joined.json["user"]["name"] == shown
