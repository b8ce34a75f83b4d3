"""REST: JSON in, one call into the domain, JSON out.

Every verb is open to callers without a Jupyter login, because guests have none: `Access` decides.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError

from arena_ext import __version__
from arena_ext.protocol.wire import (
    INVITE_EXPIRES,
    LANGUAGES,
    MAX_BODY,
    MAX_QUESTION_BODY,
    UNTITLED,
    Close,
)
from arena_ext.rooms.admission import Ended
from arena_ext.rooms.registry import stored
from arena_ext.rooms.room import Room
from arena_ext.session.commands import Denied, Invalid
from arena_ext.session.model import Action, Invite, Role, Status

from .api import ApiHandler


class InfoHandler(ApiHandler):
    """`api/info`: what this server is, and what the caller may do here."""

    @allow_unauthenticated
    async def get(self) -> None:
        login = await self.login()
        self.answer(
            {
                "version": __version__,
                "languages": list(LANGUAGES),
                "user": None if login is None else {"name": login.name},
                "openAccess": self.arena.open_access,
                "mayCreate": login is not None or self.arena.open_access,
                "mayShare": self.arena.may_share(self.identity_provider),
                "shareHint": self.arena.share_hint(self.identity_provider, self.settings),
            }
        )


class SessionsHandler(ApiHandler):
    """`api/sessions`."""

    max_body = MAX_QUESTION_BODY

    async def expect_body(self) -> None:
        """Who may create sessions says what is asked in them."""
        if await self.login() is None and not self.arena.open_access:
            raise Denied("log in to create a session")

    @allow_unauthenticated
    async def get(self) -> None:
        login = await self.login()
        if login is None:
            raise Denied("log in to see your sessions")
        rooms = await self.arena.rooms.owned_by(login.account)
        self.answer([room.as_json() for room in rooms])

    @allow_unauthenticated
    async def post(self) -> None:
        body = self.body("createSession")
        login = await self.login()
        if login is None and not self.arena.open_access:
            raise Denied("log in to create a session")
        if login is None:
            self.arena.crowd.create_unowned(self.address)
        else:
            self.arena.crowd.create(await self.arena.rooms.count_owned_by(login.account))
        room = await self.arena.rooms.create(
            None if login is None else login.account,
            body.get("title", "").strip() or UNTITLED,
            body.get("language", LANGUAGES[0]),
            body.get("question", ""),
        )
        answer = room.as_json()
        if login is None:
            # Nobody owns this session; who made it interviews by this invite.
            _, answer["invite"] = await self.arena.access.grant(
                room, Role.INTERVIEWER, "creator", INVITE_EXPIRES
            )
        self.answer(answer, 201)


class SessionHandler(ApiHandler):
    """`api/sessions/{id}`."""

    max_body = MAX_QUESTION_BODY

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.enter(session)
        caller.demand(Action.READ_PAD, room.session.status)
        self.answer(room.as_json())

    @allow_unauthenticated
    async def patch(self, session: str) -> None:
        room, caller = await self.enter(session)
        body = self.body("updateSession")
        if room.session.status is Status.ENDED:
            raise Ended
        if "title" in body:
            await stored(room.act(caller, "title-change", body))
        if "question" in body:
            await stored(room.act(caller, "question-change", body))
        if "locked" in body:
            caller.demand(Action.LOCK, room.session.status)
        if body.get("locked", room.session.locked) != room.session.locked:
            await stored(room.act(caller, "lock", body))
        if "askToEnter" in body:
            caller.demand(Action.ADMIT, room.session.status)
        if body.get("askToEnter", room.session.ask_to_enter) != room.session.ask_to_enter:
            await stored(room.act(caller, "ask-to-enter", body))
        if body.get("ended", False):
            await stored(room.act(caller, "end", body))
        self.answer(room.as_json())

    @allow_unauthenticated
    async def delete(self, session: str) -> None:
        room, caller = await self.enter(session)
        caller.demand(Action.DELETE, room.session.status)
        await self.arena.rooms.delete(room)
        self.done()


class JoinHandler(ApiHandler):
    """`api/sessions/{id}/join`."""

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        body = self.body("joinSession")
        room, participant, token = await self.join(
            session, body["userName"], await self.credentials(), body.get("invite")
        )
        if participant.id not in room.session.participants:
            # Until somebody lets them in they hear nothing of the session: not even who is in it.
            self.answer({"token": token}, 202)
            return
        self.answer({"session": room.as_json(), "user": participant.as_json(), "token": token})


class UsersHandler(ApiHandler):
    """`api/sessions/{id}/users`."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.enter(session)
        caller.demand(Action.READ_PAD, room.session.status)
        self.answer(room.session.users())


class UserHandler(ApiHandler):
    """`api/sessions/{id}/users/{user}`."""

    @allow_unauthenticated
    async def patch(self, session: str, user: str) -> None:
        room, caller = await self.enter(session)
        body = self.body("changeRole")
        await stored(room.act(caller, "role-change", {**body, "userId": user}))
        self.answer(room.participant(user).as_json())

    @allow_unauthenticated
    async def delete(self, session: str, user: str) -> None:
        room, caller = await self.enter(session)
        revoke = self.body("removeUser").get("revokeInvite", False)
        await self.arena.access.remove(room, caller, user, revoke_invite=revoke)
        self.done()


class AdmitHandler(ApiHandler):
    """`api/sessions/{id}/users/{user}/admit`."""

    @allow_unauthenticated
    async def post(self, session: str, user: str) -> None:
        room, caller = await self.enter(session)
        await stored(room.act(caller, "admit", {"userId": user}))
        self.done()


class DeclineHandler(ApiHandler):
    """`api/sessions/{id}/users/{user}/decline`."""

    @allow_unauthenticated
    async def post(self, session: str, user: str) -> None:
        room, caller = await self.enter(session)
        revoke = self.body("declineUser").get("revokeInvite", False)
        await self.arena.access.decline(room, caller, user, revoke_invite=revoke)
        self.done()


class CodeHandler(ApiHandler):
    """`api/sessions/{id}/code`."""

    max_body = MAX_BODY

    async def expect_body(self) -> None:
        """A large one is not even read from who may never do this."""
        _, caller = await self.enter(self.path_kwargs["session"])
        caller.demand(Action.WRITE_PAD, Status.OPEN)

    @allow_unauthenticated
    async def put(self, session: str) -> None:
        room, caller = await self.enter(session)
        await stored(room.act(caller, "code-change", {"changes": self.body("putCode")["code"]}))
        self.done()


class LanguageHandler(ApiHandler):
    """`api/sessions/{id}/language`."""

    @allow_unauthenticated
    async def put(self, session: str) -> None:
        room, caller = await self.enter(session)
        await stored(room.act(caller, "language-change", self.body("putLanguage")))
        self.done()


class ExecuteHandler(ApiHandler):
    """`api/sessions/{id}/execute`: relays a result; nothing is run here."""

    max_body = MAX_BODY

    async def expect_body(self) -> None:
        """A large one is not even read from who may never do this."""
        _, caller = await self.enter(self.path_kwargs["session"])
        caller.demand(Action.RUN, Status.OPEN)

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        room, caller = await self.enter(session)
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        result = {"error": None, "timestamp": now, **self.body("execute")}
        await stored(room.act(caller, "execution-result", result))
        self.answer(result)


class LeaveHandler(ApiHandler):
    """`api/sessions/{id}/leave`."""

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        room, caller = await self.enter(session)
        leaving = self.body("leaveSession")["userId"]
        if leaving not in room.session.participants:
            raise Invalid("userId: there is no such participant")
        if caller.participant != leaving:
            known = caller.participant is not None and caller.role is not Role.INTERVIEWER
            if known or room.connections_of(leaving):
                # A bare session id may take back its own REST join, not throw somebody out.
                raise Denied("you may only leave yourself")
        for connection in room.connections_of(leaving):
            connection.outbox.close(Close.NORMAL)
        room.depart(leaving)
        self.done()


class InvitesHandler(ApiHandler):
    """`api/sessions/{id}/invites`."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.enter(session)
        caller.demand(Action.INVITE, room.session.status)
        self.answer([_invite(room, each) for each in room.session.invites.values()])

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        room, caller = await self.enter(session)
        body = self.body("createInvite")
        if not self.arena.may_share(self.identity_provider):
            raise Denied(self.arena.share_hint(self.identity_provider, self.settings) or "")
        invite, secret = await self.arena.access.invite(
            room,
            caller,
            Role(body["role"]),
            body.get("label", ""),
            body.get("expiresIn", INVITE_EXPIRES),
            body.get("maxUses"),
        )
        page = f"{self.base_url}arena/join/{quote(session)}"
        url = f"{self._scheme()}://{self.request.host}{page}#{secret}"
        self.answer({**_invite(room, invite), "url": url}, 201)

    def _scheme(self) -> str:
        """`http` or `https`, as people reach this server.

        Where TLS ends before the last proxy, the server hears of that proxy's plain http alone;
        the browser that asks says in `Origin` what it sees.
        """
        origin = urlsplit(self.request.headers.get("Origin", ""))
        same = origin.netloc == self.request.host and origin.scheme in ("http", "https")
        return origin.scheme if same else self.request.protocol


class InviteHandler(ApiHandler):
    """`api/sessions/{id}/invites/{invite}`."""

    @allow_unauthenticated
    async def delete(self, session: str, invite: str) -> None:
        room, caller = await self.enter(session)
        await self.arena.access.revoke(room, caller, invite)
        self.done()


class NowhereHandler(ApiHandler):
    """Every other address below `api/`: there is nothing, said as everything here is."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Whoever asks, and for whatever."""
        raise HTTPError(404)


def _invite(room: Room, invite: Invite) -> dict[str, Any]:
    return {
        "id": invite.id,
        "role": invite.role,
        "label": invite.label,
        "createdAt": _iso(invite.created_at),
        "expiresAt": _iso(invite.expires_at),
        "revoked": invite.revoked,
        "maxUses": invite.max_uses,
        "usedBy": [{"id": each.id, "name": each.name} for each in room.session.used_by(invite.id)],
    }


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
