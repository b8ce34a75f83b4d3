"""REST handlers of participants."""

from __future__ import annotations

from jupyter_server.auth.decorator import allow_unauthenticated

from arena_ext.protocol.errors import Invalid
from arena_ext.protocol.wire import Close
from arena_ext.session.permissions import Action, Denied, Role
from arena_ext.web.api import ApiHandler


class JoinHandler(ApiHandler):
    """`api/sessions/{id}/join`."""

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        body = self.body("joinSession")
        room, participant, token = await self.services.join(
            self.address,
            session,
            body["userName"],
            await self.credentials(),
            body.get("invite"),
            seat=body.get("seat", False),
        )
        if participant.id not in room.session.participants:
            # A guest who waits is told nothing of the session, not even its participants.
            self.answer({"token": token}, 202)
            return
        self.answer({"session": room.as_json(), "user": participant.as_json(), "token": token})


class UsersHandler(ApiHandler):
    """`api/sessions/{id}/users`."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        caller.demand(Action.READ_PAD, room.session.status)
        self.answer(room.session.users())


class UserHandler(ApiHandler):
    """`api/sessions/{id}/users/{user}`."""

    @allow_unauthenticated
    async def patch(self, session: str, user: str) -> None:
        room, caller = await self.authenticate(session)
        body = self.body("changeRole")
        await self.stored(room.act(caller, "role-change", {**body, "userId": user}))
        self.answer(room.participant(user).as_json())

    @allow_unauthenticated
    async def delete(self, session: str, user: str) -> None:
        room, caller = await self.authenticate(session)
        revoke = self.body("removeUser").get("revokeInvite", False)
        await self.services.admission.remove(room, caller, user, revoke_invite=revoke)
        self.done()


class AdmitHandler(ApiHandler):
    """`api/sessions/{id}/users/{user}/admit`."""

    @allow_unauthenticated
    async def post(self, session: str, user: str) -> None:
        room, caller = await self.authenticate(session)
        await self.stored(room.act(caller, "admit", {"userId": user}))
        self.done()


class DeclineHandler(ApiHandler):
    """`api/sessions/{id}/users/{user}/decline`."""

    @allow_unauthenticated
    async def post(self, session: str, user: str) -> None:
        room, caller = await self.authenticate(session)
        revoke = self.body("declineUser").get("revokeInvite", False)
        await self.services.admission.decline(room, caller, user, revoke_invite=revoke)
        self.done()


class LeaveHandler(ApiHandler):
    """`api/sessions/{id}/leave`."""

    @allow_unauthenticated
    async def post(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        leaving = self.body("leaveSession")["userId"]
        if leaving not in room.session.participants:
            raise Invalid("userId: there is no such participant")
        if caller.participant != leaving:
            known = caller.participant is not None and caller.role is not Role.INTERVIEWER
            if known or room.connections_of(leaving):
                # A bare session id is enough to undo a REST join, not to remove a connected person.
                raise Denied("you may only leave yourself")
        for connection in room.connections_of(leaving):
            connection.outbox.close(Close.NORMAL)
        room.roster.remove(leaving)
        self.done()
