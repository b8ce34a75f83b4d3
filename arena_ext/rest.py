"""REST: JSON in, one call into the domain, JSON out; one translator of errors.

Every verb is open to callers without a Jupyter login, because guests have none: `Access` decides.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote, urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, stream_request_body

from . import __version__, export, recording
from .access import Ended, Refused, Unknown
from .crowd import TooMany
from .events import Caller, Denied, Invalid, Missing, check_shape
from .export import NotBuilt
from .imported import MAX_IMPORT, Importer
from .log import LogError
from .model import Action, Invite, Role, Status
from .native_process import Broken, Lost
from .protocol import (
    BODY_TIMEOUT,
    INVITE_EXPIRES,
    LANGUAGES,
    MAX_BODY,
    MAX_QUESTION_BODY,
    MAX_SMALL_BODY,
    UNTITLED,
    Audience,
    Close,
)
from .quarantine import Resting
from .recording import Tampered
from .replica import TextFull
from .request import ArenaRequest
from .room import Room
from .rooms import NotStored, stored

_STATUS: dict[type[Exception], int] = {
    Invalid: 400,
    Tampered: 400,
    Denied: 403,
    Refused: 403,
    Unknown: 404,
    Missing: 404,
    Ended: 409,
    TextFull: 413,
    TooMany: 429,
    LogError: 503,
    NotStored: 503,
    NotBuilt: 503,
    Broken: 503,
    Lost: 503,
    Resting: 503,
}
_MESSAGE: dict[type[Exception], str] = {
    Refused: "this link does not work (any more)",
    Unknown: "there is no such session",
    Ended: "the session has ended",
    TextFull: "the text is too long",
    LogError: "this session cannot be read now",
    NotStored: "this cannot be stored now; try again",
    Broken: "this could not be done; try again",
    Lost: "this could not be done; try again",
    Resting: "this session is closed for a minute",
    NotBuilt: "the page that replays has not been built",
}


#: Lines of a recording that are made and sent together.
_LINES_AT_ONCE = 2000


def gzip_stream() -> zlib._Compress:
    """Compresses fast rather than well, in the gzip format."""
    return zlib.compressobj(level=1, wbits=31)


@stream_request_body
class ApiHandler(ArenaRequest, APIHandler):
    """What all REST handlers share."""

    #: The largest body that is kept, bytes. Tornado alone would keep half a gigabyte of anybody's.
    max_body = MAX_SMALL_BODY
    #: Whether it comes from somebody who has logged in, and may be large and slow.
    trusted_body = False

    async def prepare(self) -> None:  # type: ignore[override]
        """Look at the headers; the body comes later, in pieces."""
        self._received = bytearray()
        self._too_large = self._too_many = False
        self._held = 0
        # Done when the body is there, or its sender gone: Tornado has no other way to tell.
        self.request._body_future.add_done_callback(self._body_over)  # noqa: SLF001
        self._deadline = asyncio.get_running_loop().call_later(BODY_TIMEOUT, self._body_is_late)
        await super().prepare()
        length = int(self.request.headers.get("Content-Length", 0))
        if length > self.max_body:
            raise HTTPError(413)
        endless = "Transfer-Encoding" in self.request.headers
        if self.max_body > MAX_SMALL_BODY and (endless or length > MAX_SMALL_BODY):
            await self.expect_body()

    async def expect_body(self) -> None:
        """Raise what the call would, where nobody needs to read what comes to know it."""
        await self.enter(self.path_kwargs["session"])

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of the body, while it is not too much; without a length that shows late."""
        self._too_large = self._too_large or len(self._received) + len(chunk) > self.max_body
        if self._too_large or self._too_many:
            self._received.clear()
            return
        self._received += chunk
        if self.trusted_body:
            return
        held = max(0, len(self._received) - MAX_SMALL_BODY)
        try:
            self.arena.crowd.hold_body(held - self._held, self.payer)
            self._held = held
        except TooMany:
            self._too_many = True
            self._received.clear()
            self._let_go()

    def _let_go(self) -> None:
        self.arena.crowd.hold_body(-self._held, self.payer)
        self._held = 0

    def _body_over(self, _: object) -> None:
        self._deadline.cancel()
        self._let_go()

    def _body_is_late(self) -> None:
        self.request.connection.close()  # type: ignore[union-attr]

    def raw_body(self) -> bytes:
        """The request's body; raises `HTTPError` (413)."""
        if self._too_large:
            raise HTTPError(413)
        if self._too_many:
            raise TooMany("large bodies at once")
        return bytes(self._received)

    def body(self, name: str) -> dict[str, Any]:
        """The request's body, which has the shape `name`; raises `Invalid`."""
        try:
            value = json.loads(self.raw_body() or b"{}")
        except (ValueError, RecursionError):
            raise Invalid("the body is not JSON") from None
        return check_shape(name, value)

    async def enter(self, session: str) -> tuple[Room, Caller]:
        """The room and the caller's part in it; raises `Unknown`."""
        return await self.arena.access.enter(session, await self.credentials())

    def answer(self, value: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value))

    def done(self) -> None:
        """Answer with nothing."""
        self.set_status(204)
        self.finish()

    def log_exception(self, *args: Any) -> None:
        """What the caller did wrong is answered, not logged as our fault."""
        if type(args[1]) not in _STATUS:
            super().log_exception(*args)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Give the domain's errors their status."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        super().send_error(_STATUS.get(type(error), status_code), **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """`{error: text}`."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        text = _MESSAGE.get(type(error)) or {
            401: "log in first",
            403: "not allowed",
            404: "not found",
            405: "there is no such call",
            413: "the body is too large",
            429: "too many calls at once; wait a little",
        }.get(status_code, "the server failed")
        if isinstance(error, (Invalid, Denied, Missing, Tampered)):
            text = str(error)
        if isinstance(error, TooMany):
            text = f"too many {error}"
        self.answer({"error": text}, status_code)


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


class RecordingHandler(ApiHandler):
    """`api/sessions/{id}/recording`: the log so far, as lines of JSON."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.enter(session)
        caller.demand(Action.READ_RECORDING, room.session.status)
        log = self.arena.rooms.log
        entries = await log.read(session)
        chain = await log.chain(session, len(entries))
        self.set_header("Content-Type", "application/x-ndjson; charset=UTF-8")
        seen = export.SEEN[Audience.INTERVIEWERS]
        pack = gzip_stream() if "gzip" in self.request.headers.get("Accept-Encoding", "") else None
        if pack is not None:
            self.set_header("Content-Encoding", "gzip")
        pieces = _pieces(recording.lines(room.as_json(), entries, seen, chain), pack)
        # In a thread, and no faster than they are taken: nobody's keystrokes wait for it.
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            self.write(piece)
            await self.flush()
        self.finish()


def _pieces(lines: Iterator[str], pack: zlib._Compress | None) -> Iterator[bytes]:
    while piece := "".join(islice(lines, _LINES_AT_ONCE)).encode():
        yield piece if pack is None else pack.compress(piece)
    if pack is not None:
        yield pack.flush()


class ExportHandler(ApiHandler):
    """`api/sessions/{id}/export?format=&for=`: the interview as one file."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.enter(session)
        caller.demand(Action.READ_RECORDING, room.session.status)
        kind = export.FORMATS.get(self.get_query_argument("format", ""))
        if kind is None:
            raise Invalid(f"format: one of {', '.join(export.FORMATS)}")
        seen = export.SEEN.get(self.get_query_argument("for", Audience.INTERVIEWERS))
        if seen is None:
            raise Invalid(f"for: one of {', '.join(export.SEEN)}")
        about = room.as_json()
        entries = await self.arena.rooms.log.read(session)
        content = await asyncio.to_thread(kind.make, about, entries, seen)
        name = export.file_name(about["title"], kind)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(content, set_content_type=kind.content_type)


class ImportHandler(ApiHandler):
    """`api/sessions/import`: a recording, or a notebook that holds one, becomes a session."""

    max_body = MAX_IMPORT

    async def expect_body(self) -> None:
        """Who may import sends much, and as slowly as it goes."""
        if await self.login() is None:
            raise Denied("log in to import a recording")
        self.trusted_body = True
        self._deadline.cancel()

    @allow_unauthenticated
    async def post(self) -> None:
        login = await self.login()
        if login is None:
            raise Denied("log in to import a recording")
        self.arena.crowd.create(await self.arena.rooms.count_owned_by(login.account))
        importer = Importer(login.account, login.name)
        room = await self.arena.rooms.bring_back(self.raw_body(), importer)
        self.answer(room.as_json(), 201)


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
