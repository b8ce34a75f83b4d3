"""REST handlers of sessions: JSON in, one call into the domain, JSON out.

Every verb is open to callers without a Jupyter login, because guests have none: `Admission`
decides.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError

from arena_ext._version import __version__
from arena_ext.protocol.limits import INVITE_EXPIRES, MAX_BODY, MAX_QUESTION_BODY
from arena_ext.protocol.wire import LANGUAGES, UNTITLED
from arena_ext.rooms.credentials import Ended
from arena_ext.session.permissions import Action, Denied, Role, Status

from .api import ApiHandler


class InfoHandler(ApiHandler):
    """`api/info`: the server's version and languages, and the rights of the caller."""

    @allow_unauthenticated
    async def get(self) -> None:
        login = await self.login()
        self.answer(
            {
                "version": __version__,
                "languages": list(LANGUAGES),
                "user": None if login is None else {"name": login.name},
                "openAccess": self.services.open_access,
                "mayCreate": login is not None or self.services.open_access,
                "mayShare": self.services.may_share(self.identity_provider),
                "shareHint": self.services.share_hint(self.identity_provider, self.settings),
            }
        )


class SessionsHandler(ApiHandler):
    """`api/sessions`."""

    max_body = MAX_QUESTION_BODY

    async def authorize_body(self) -> None:
        """Only callers who may create sessions may send a large body."""
        if await self.login() is None and not self.services.open_access:
            raise Denied("log in to create a session")

    @allow_unauthenticated
    async def get(self) -> None:
        login = await self.login()
        if login is None:
            raise Denied("log in to see your sessions")
        rooms = await self.services.rooms.owned_by(login.account)
        # One by one: each has a text of up to a mebibyte.
        self.set_header("Content-Type", "application/json")
        self.write("[")
        for number, room in enumerate(rooms):
            self.write((", " if number else "") + json.dumps(room.as_json()))
            await self.flush()
        self.finish("]")

    @allow_unauthenticated
    async def post(self) -> None:
        body = self.body("createSession")
        login = await self.login()
        if login is None and not self.services.open_access:
            raise Denied("log in to create a session")
        if login is None:
            self.services.quotas.count_unowned_session(self.address)
        else:
            owned = await self.services.rooms.count_owned_by(login.account)
            self.services.quotas.check_sessions(owned)
        room = await self.services.rooms.create(
            None if login is None else login.account,
            body.get("title", "").strip() or UNTITLED,
            body.get("language", LANGUAGES[0]),
            body.get("question", ""),
        )
        answer = room.as_json()
        if login is None:
            # This session has no owner: its creator becomes an interviewer by this invite.
            _, answer["invite"] = await self.services.admission.grant(
                room, Role.INTERVIEWER, "creator", INVITE_EXPIRES
            )
        self.answer(answer, 201)


class SessionHandler(ApiHandler):
    """`api/sessions/{id}`."""

    max_body = MAX_QUESTION_BODY

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        caller.demand(Action.READ_PAD, room.session.status)
        self.answer(room.as_json())

    @allow_unauthenticated
    async def patch(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        body = self.body("updateSession")
        if room.session.status is Status.ENDED:
            raise Ended
        if "title" in body:
            await self.stored(room.act(caller, "title-change", body))
        if "question" in body:
            await self.stored(room.act(caller, "question-change", body))
        if "locked" in body:
            caller.demand(Action.LOCK, room.session.status)
        if body.get("locked", room.session.locked) != room.session.locked:
            await self.stored(room.act(caller, "lock", body))
        if "askToEnter" in body:
            caller.demand(Action.ADMIT, room.session.status)
        if body.get("askToEnter", room.session.ask_to_enter) != room.session.ask_to_enter:
            await self.stored(room.act(caller, "ask-to-enter", body))
        if body.get("ended", False):
            await self.stored(room.act(caller, "end", body))
        self.answer(room.as_json())

    @allow_unauthenticated
    async def delete(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        caller.demand(Action.DELETE, room.session.status)
        await self.services.rooms.delete(room)
        self.done()


class CodeHandler(ApiHandler):
    """`api/sessions/{id}/code`."""

    max_body = MAX_BODY

    async def authorize_body(self) -> None:
        """Only callers whose role may do this at all may send a large body."""
        _, caller = await self.authenticate(self.path_kwargs["session"])
        caller.demand(Action.WRITE_PAD, Status.OPEN)

    @allow_unauthenticated
    async def put(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        change = {"changes": self.body("putCode")["code"]}
        await self.stored(room.act(caller, "code-change", change))
        self.done()


class LanguageHandler(ApiHandler):
    """`api/sessions/{id}/language`."""

    @allow_unauthenticated
    async def put(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        await self.stored(room.act(caller, "language-change", self.body("putLanguage")))
        self.done()


class ExecuteHandler(ApiHandler):
    """`api/sessions/{id}/execute`: relays a result; the server runs nothing."""

    max_body = MAX_BODY

    async def authorize_body(self) -> None:
        """Only callers whose role may do this at all may send a large body."""
        _, caller = await self.authenticate(self.path_kwargs["session"])
        caller.demand(Action.RUN, Status.OPEN)

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        result = {"error": None, "timestamp": now, **self.body("execute")}
        await self.stored(room.act(caller, "execution-result", result))
        self.answer(result)


class NotFoundHandler(ApiHandler):
    """Every other address below `api/`: 404 as JSON."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Answer 404 before anything else."""
        raise HTTPError(404)
