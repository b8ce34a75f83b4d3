"""REST handlers of invites."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated

from arena_ext.protocol.limits import INVITE_EXPIRES
from arena_ext.rooms.room import Room
from arena_ext.session.model import Invite, Participant
from arena_ext.session.permissions import Action, Denied, Role
from arena_ext.web.api import ApiHandler


class InvitesHandler(ApiHandler):
    """`api/sessions/{id}/invites`."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        caller.demand(Action.INVITE, room.session.status)
        uses = room.session.uses()
        invites = room.session.invites.values()
        self.answer([_invite(room, each, uses[each.id]) for each in invites])

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        body = self.body("createInvite")
        if not self.services.may_share(self.identity_provider):
            raise Denied(self.services.share_hint(self.identity_provider, self.settings) or "")
        invite, secret = await self.services.admission.invite(
            room,
            caller,
            Role(body["role"]),
            body.get("label", ""),
            body.get("expiresIn", INVITE_EXPIRES),
            body.get("maxUses"),
        )
        page = f"{self.base_url}arena/join/{quote(session)}"
        url = f"{self._scheme()}://{self.request.host}{page}#{secret}"
        self.answer({**_invite(room, invite, []), "url": url}, 201)

    def _scheme(self) -> str:
        """The scheme of this server's address for browsers: `http` or `https`.

        Where TLS ends at a proxy, the proxy itself calls this server by plain http; the browser's
        `Origin` header has the scheme that the browser uses.
        """
        origin = urlsplit(self.request.headers.get("Origin", ""))
        same = origin.netloc == self.request.host and origin.scheme in ("http", "https")
        return origin.scheme if same else self.request.protocol


class InviteHandler(ApiHandler):
    """`api/sessions/{id}/invites/{invite}`."""

    @allow_unauthenticated
    async def delete(self, session: str, invite: str) -> None:
        room, caller = await self.authenticate(session)
        await self.services.admission.revoke(room, caller, invite)
        self.done()


def _invite(room: Room, invite: Invite, used_by: list[Participant]) -> dict[str, Any]:
    return {
        "id": invite.id,
        "role": invite.role,
        "label": invite.label,
        "createdAt": _iso(invite.created_at),
        "expiresAt": _iso(invite.expires_at),
        "createdBy": None if invite.by is None else _person(room.participant(invite.by)),
        "revoked": invite.revoked,
        "maxUses": invite.max_uses,
        "usedBy": [_person(each) for each in used_by],
    }


def _person(participant: Participant) -> dict[str, str]:
    return {"id": participant.id, "name": participant.name}


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
