"""Which credentials give which rights: cookies, origins, tokens, open access, no login."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp

from arena_ext.protocol.wire import Close
from tests.server.conftest import ConnectArena, ConnectJson, Interview, LogIn
from tests.support.people import Person

FOREIGN = {"Origin": "https://evil.example"}


# --- cookies ----------------------------------------------------------------------------------


async def test_a_cookie_works_together_with_its_xsrf_header(
    log_in: LogIn, person: Callable[..., Person]
) -> None:
    headers = await log_in()
    mine = person(headers)
    session = await mine.session()
    put = await mine.fetch("PUT", f"sessions/{session}/code", {"code": "x"})
    assert put.status == 204
    first, _ = await mine.join(session, "Host")
    second, _ = await mine.join(session, "Host")
    assert first == second, "a browser that is logged in is one participant"


async def test_a_cookie_alone_changes_nothing(
    log_in: LogIn, person: Callable[..., Person], host: Person
) -> None:
    session = await host.session()
    cookie = {"Cookie": (await log_in())["Cookie"]}
    forged = person(cookie)
    assert (await forged.fetch("GET", f"sessions/{session}")).status == 200, "the cookie is good"
    before = (await host.fetch("GET", "sessions")).json
    for method, path, body in (
        ("POST", "sessions", {}),
        ("PATCH", f"sessions/{session}", {"ended": True}),
        ("DELETE", f"sessions/{session}", None),
        ("PUT", f"sessions/{session}/code", {"code": "x"}),
        ("POST", f"sessions/{session}/join", {"userName": "Eve"}),
        ("POST", f"sessions/{session}/invites", {"role": "interviewer"}),
    ):
        assert (await forged.fetch(method, path, body)).status == 403, f"{method} {path}"
        # A request that a form on another page can send.
        plain = {"Content-Type": "text/plain", "X-XSRFToken": "guessed"}
        assert (await forged.fetch(method, path, body, plain)).status == 403, f"{method} {path}"
    assert (await host.fetch("GET", "sessions")).json == before


async def test_a_foreign_page_gets_nothing(
    log_in: LogIn, person: Callable[..., Person], interview: Interview, host: Person
) -> None:
    headers = await log_in()
    here = f"sessions/{interview.session}"
    for caller in (person(headers), interview.candidate):
        code = {"code": "evil"}
        for origin in ("https://evil.example", "null"):
            answer = await caller.fetch("PUT", f"{here}/code", code, {"Origin": origin})
            assert answer.status in (403, 404), origin
    for caller in (person(headers), interview.candidate):
        answer = await caller.fetch("GET", here, headers=FOREIGN)
        assert answer.status == 404
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert await host.code(interview.session) == ""


async def test_a_participant_token_needs_no_cookie_and_sets_none(interview: Interview) -> None:
    here = f"sessions/{interview.session}"
    answers = [
        await interview.candidate.fetch("PUT", f"{here}/code", {"code": "x"}),
        await interview.candidate.fetch("GET", here),
    ]
    assert [each.status for each in answers] == [204, 200]
    assert not any(each.headers.get_list("Set-Cookie") for each in answers)


async def test_a_token_beside_a_login_has_the_tokens_rights_only(
    log_in: LogIn, person: Callable[..., Person], interview: Interview, host: Person
) -> None:
    token = {"X-Arena-Token": interview.candidate_token}
    here = f"sessions/{interview.session}"
    for login in (await log_in(), dict(host.headers)):
        both = person({**login, **token})
        for method, path, body in (
            ("GET", "sessions", None),
            ("POST", "sessions", {}),
            ("PATCH", here, {"locked": True}),
            ("DELETE", here, None),
            ("GET", f"{here}/invites", None),
            ("POST", f"{here}/invites", {"role": "interviewer"}),
        ):
            answer = await both.fetch(method, path, body)
            assert answer.status == 403, f"{method} {path}: {answer.text}"
        assert (await both.fetch("GET", here)).status == 200
        assert (await both.fetch("GET", "info")).json["user"] is None
        bad = person({**login, "X-Arena-Token": "no-such-token"})
        assert (await bad.fetch("GET", here)).status == 404
    assert len((await host.fetch("GET", "sessions")).json) == 1


async def test_a_participant_token_is_no_jupyter_token(
    interview: Interview, person: Callable[..., Person]
) -> None:
    token = interview.candidate_token
    here = f"sessions/{interview.session}"
    for scheme in ("token", "Bearer"):
        answer = await person({"Authorization": f"{scheme} {token}"}).fetch("GET", here)
        assert answer.status == 404
    assert (await person().fetch("GET", f"{here}?token={token}")).status == 404
    assert (await person({"Cookie": f"X-Arena-Token={token}"}).fetch("GET", here)).status == 404


async def test_a_foreign_host_name_is_refused(interview: Interview) -> None:
    answer = await interview.candidate.fetch(
        "GET", f"sessions/{interview.session}", headers={"Host": "evil.example"}
    )
    assert answer.status == 403


# --- open access ------------------------------------------------------------------------------

open_to_all = pytest.mark.parametrize("open_access", [True])


@open_to_all
async def test_anybody_opens_a_session_and_interviews_by_the_invite_it_gives(
    stranger: Person, guest: Callable[[str], Person]
) -> None:
    info = (await stranger.fetch("GET", "info")).json
    assert (info["openAccess"], info["mayCreate"], info["mayShare"]) == (True, True, True)
    created = (await stranger.fetch("POST", "sessions", {"language": "python"})).json
    here = f"sessions/{created['id']}"
    body = {"userName": "Ada", "invite": created["invite"]}
    joined = (await stranger.fetch("POST", f"{here}/join", body)).json
    assert joined["user"]["role"] == "interviewer"
    creator = guest(joined["token"])
    locked = await creator.fetch("PATCH", here, {"locked": True})
    assert (locked.status, locked.json["status"]) == (200, "locked")
    await creator.invite(created["id"], "observer")
    assert "invite" not in (await stranger.fetch("GET", here)).json
    assert (await stranger.fetch("GET", "sessions")).status == 403, "nobody owns it"
    assert (await creator.fetch("DELETE", here)).status == 204


@open_to_all
async def test_the_bare_id_is_enough_for_all_that_a_candidate_may(
    stranger: Person, connect_json: ConnectJson, connect_arena: ConnectArena
) -> None:
    session = await stranger.session()
    here = f"sessions/{session}"
    bot = await connect_json(session, dialect=None)
    state = await bot.join("Bot")
    assert state["user"]["role"] == "candidate"
    editor = await connect_arena(session)
    await editor.settled()

    assert (await stranger.fetch("PUT", f"{here}/code", {"code": "1 😀"})).status == 204
    assert (await bot.expect_code("1 😀"))["userId"] is None
    await editor.expect_text("1 😀")
    assert (await stranger.fetch("PUT", f"{here}/language", {"language": "python"})).status == 204
    assert (await bot.expect("language-updated"))["language"] == "python"
    result = {"output": "1\n", "error": None, "timestamp": "2026-03-01T14:05:09Z"}
    relayed = await stranger.fetch("POST", f"{here}/execute", result)
    assert (relayed.status, relayed.json) == (200, result)
    assert (await bot.expect("execution-result"))["output"] == "1\n"

    identity, _ = await stranger.join(session, "Bob")
    users = (await stranger.fetch("GET", f"{here}/users")).json
    assert [each["name"] for each in users] == ["Bot", "Guest", "Bob"]
    left = await stranger.fetch("POST", f"{here}/leave", {"userId": identity})
    assert left.status == 204
    users = (await stranger.fetch("GET", f"{here}/users")).json
    assert [each["name"] for each in users] == ["Bot", "Guest"]
    session_now = (await stranger.fetch("GET", here)).json
    assert (session_now["code"], session_now["language"]) == ("1 😀", "python")


@open_to_all
async def test_the_bare_id_gives_no_interviewers_rights(
    stranger: Person, connect_json: ConnectJson
) -> None:
    session = await stranger.session()
    here = f"sessions/{session}"
    bot = await connect_json(session)
    connected = (await bot.join("Bot"))["user"]["id"]
    before = (await stranger.fetch("GET", here)).json
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", "", {"title": "mine"}),
        ("PATCH", "", {"locked": True}),
        ("PATCH", "", {"ended": True}),
        ("DELETE", "", None),
        ("GET", "/invites", None),
        ("POST", "/invites", {"role": "candidate"}),
        ("DELETE", "/invites/x", None),
        ("POST", "/leave", {"userId": connected}),
    ]
    for method, path, body in calls:
        answer = await stranger.fetch(method, here + path, body)
        assert answer.status == 403, f"{method} {path}: {answer.text}"
    assert (await stranger.fetch("GET", here)).json == before
    assert (await stranger.fetch("GET", "sessions/none")).status == 404


@open_to_all
async def test_with_open_access_a_foreign_page_still_gets_nothing(stranger: Person) -> None:
    assert (await stranger.fetch("POST", "sessions", {}, FOREIGN)).status == 404


@open_to_all
async def test_the_public_are_no_hosts_where_jupyter_asks_nobody_to_log_in(
    jp_serverapp: ServerApp, stranger: Person
) -> None:
    jp_serverapp.identity_provider.token = ""
    session = await stranger.session()
    info = (await stranger.fetch("GET", "info")).json
    assert (info["user"], info["mayCreate"], info["mayShare"]) == (None, True, True)
    assert (await stranger.fetch("GET", "sessions")).status == 403
    assert (await stranger.fetch("DELETE", f"sessions/{session}")).status == 403


# --- no login at all --------------------------------------------------------------------------


async def test_without_any_login_no_links_are_made(
    jp_serverapp: ServerApp, stranger: Person
) -> None:
    jp_serverapp.identity_provider.token = ""
    info = (await stranger.fetch("GET", "info")).json
    assert (info["mayCreate"], info["mayShare"]) == (True, False)
    headers = {"X-XSRFToken": "none", "Cookie": "_xsrf=none"}
    created = await stranger.fetch("POST", "sessions", {}, headers)
    assert created.status == 201
    here = f"sessions/{created.json['id']}"
    refused = await stranger.fetch("POST", f"{here}/invites", {"role": "candidate"}, headers)
    assert refused.status == 403
    assert refused.json["error"] == info["shareHint"]
    assert "token or a password" in info["shareHint"]


# --- sockets ----------------------------------------------------------------------------------


async def test_a_socket_of_a_stranger_is_closed(
    interview: Interview, connect_json: ConnectJson, connect_arena: ConnectArena
) -> None:
    for session, token in (
        (interview.session, None),
        (interview.session, "no-such-token"),
        ("none", interview.candidate_token),
    ):
        editor = await connect_arena(session, token)
        await editor.expect_close(Close.REFUSED)
        bot = await connect_json(session)
        await bot.send("join-session", {"username": "Eve", "token": token or ""})
        await bot.expect_close(Close.REFUSED)
