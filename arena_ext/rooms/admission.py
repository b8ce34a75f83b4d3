"""Admission: a Jupyter login, an invite or a participant token becomes a `Caller`.

Secrets are 256 random bits, of which only the SHA-256 is stored. An error does not tell whether a
session, an invite or a token is unknown, expired or revoked.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import replace
from typing import TypeGuard

from arena_ext.limits.quotas import TooMany
from arena_ext.protocol.errors import Invalid
from arena_ext.protocol.limits import MAX_INTERVIEWERS, MAX_INVITES
from arena_ext.protocol.wire import Audience
from arena_ext.rooms.credentials import (
    Credentials,
    Ended,
    Login,
    Refused,
    Unknown,
    hashed,
    new_secret,
)
from arena_ext.session import display_names
from arena_ext.session.model import Event, Invite, Participant, Session
from arena_ext.session.permissions import Action, Caller, Role, Status
from arena_ext.storage.log import stored

from .registry import Rooms
from .room import Room


class Admission:
    """Finds the room of a request, and the role of its caller in it."""

    def __init__(self, rooms: Rooms, *, open_access: bool) -> None:
        self._rooms = rooms
        self.open_access = open_access

    async def authenticate(self, session: str, credentials: Credentials) -> tuple[Room, Caller]:
        """The room, and the caller's role in it. Raises `Unknown`, also while the caller waits."""
        room = await self._room(session)
        if credentials.token is not None:
            participant = self._by_token(room, credentials.token)
            if participant.id not in room.session.participants:
                raise Unknown
            return room, Caller(participant.id, participant.role)
        if _owns(credentials.login, room.session):
            participant_id = room.session.logins.get(credentials.login.username)
            return room, Caller(participant_id, Role.INTERVIEWER)
        if self.open_access and not room.session.ask_to_enter:
            return room, Caller(None, Role.CANDIDATE)
        raise Unknown

    async def recognise(self, session: str, token: str) -> tuple[Room, Participant]:
        """The room, and the participant of a token, who may still wait. Raises `Unknown`."""
        room = await self._room(session)
        return room, self._by_token(room, token)

    async def resume(self, session: str, token: str) -> tuple[Room, Participant]:
        """As `recognise`, but a guest who has left the queue of the waiting room asks again.

        Raises `Refused` where the guest's invite is no longer valid, `Ended` or `TooMany`, too.
        """
        room, participant = await self.recognise(session, token)
        if participant.id in room.session.withdrawn:
            self._demand_open(room.session, participant.role)
            invite = room.session.came_by.get(participant.id)
            if invite is not None:
                used = room.session.invites[invite]
                self._demand_valid(room.session, used, newcomer=participant.seat is None)
            self._demand_place(room.session, participant.role)
            if participant.seat is None:
                others = [each.name for each in room.session.people()]
                name = display_names.distinct(participant.name, others)
                participant = replace(participant, name=name)
            self._receive(room, participant)
        return room, participant

    def known(self, session: str, token: str | None) -> str | None:
        """The participant of a token, if the room is open now; reads nothing from the log."""
        room = self._rooms.live(session)
        if room is None or token is None:
            return None
        return room.session.tokens.get(hashed(token))

    async def _room(self, session: str) -> Room:
        room = await self._rooms.get(session)
        if room is None:
            raise Unknown
        return room

    @staticmethod
    def _by_token(room: Room, token: str) -> Participant:
        # The time of a look-up by hash says nothing about the secret.
        participant = room.session.tokens.get(hashed(token))
        if participant is None:
            raise Unknown
        session = room.session
        guest = session.waiting.get(participant) or session.withdrawn.get(participant)
        return guest or room.participant(participant)

    async def join(
        self,
        session: str,
        name: str,
        credentials: Credentials,
        invite: str | None,
        *,
        seat: bool = False,
    ) -> tuple[Room, Participant, str]:
        """Make the caller a participant; returns the room, the participant and a token.

        Where guests ask to enter, the participant waits, and the token is valid only for waiting.
        With `seat` the caller says to be the participant of this name who came by this invite, on
        another device, and waits until an interviewer confirms that.
        Raises `Unknown`, `Refused`, `Ended`, `TooMany`, or `Invalid` for a name that is blank, or
        a seat that does not exist.
        """
        if invite is not None:
            return await self._redeem(session, name, invite, seat=seat)
        if seat:
            raise Invalid("seat: only a guest who came by a link can continue on another device")
        if credentials.token is not None:
            room, participant = await self.resume(session, credentials.token)
            self._demand_open(room.session, participant.role)
            if participant.id in room.session.participants:
                room.roster.add(participant)
            return room, participant, credentials.token
        room = await self._room(session)
        if _owns(credentials.login, room.session):
            return await self._own(room, name, credentials.login)
        if self.open_access:
            self._demand_open(room.session, Role.CANDIDATE)
            self._demand_place(room.session, Role.CANDIDATE)
            return await self._issue(room, self._newcomer(room, name, Role.CANDIDATE))
        raise Unknown

    async def _own(self, room: Room, name: str, login: Login) -> tuple[Room, Participant, str]:
        """Join as the session's owner: always an interviewer, also after a change of role."""
        known = room.session.logins.get(login.username)
        if known is None:
            participant = self._newcomer(room, name, Role.INTERVIEWER)
        else:
            participant = room.participant(known)
            if participant.role is not Role.INTERVIEWER:
                # Recorded without a check of rights: it holds after the end, too.
                role = {"userId": known, "role": Role.INTERVIEWER.value, "by": known}
                room.journal.record(known, Event("role-changed", role))
                participant = room.participant(known)
        return await self._issue(room, participant, login=login.username)

    async def _redeem(
        self, session: str, name: str, secret: str, *, seat: bool
    ) -> tuple[Room, Participant, str]:
        room = await self._rooms.get(session)
        if room is None:
            raise Refused
        # One look-up by hash, as for a token: its cost does not depend on the number of invites.
        identity = room.session.secrets.get(hashed(secret))
        if identity is None:
            raise Refused
        invite = room.session.invites[identity]
        taken = self._seat(room.session, name, invite) if seat else None
        self._demand_valid(room.session, invite, newcomer=taken is None)
        self._demand_open(room.session, invite.role)
        self._demand_place(room.session, invite.role)
        if taken is not None:
            guest = replace(taken, id=secrets.token_hex(8), seat=taken.id)
            return await self._issue(room, guest, invite)
        if seat:
            raise Invalid("nobody of this name is here by this link: join without a tick")
        return await self._issue(room, self._newcomer(room, name, invite.role), invite)

    @staticmethod
    def _seat(session: Session, name: str, invite: Invite) -> Participant | None:
        """The guest of this name who came by this invite, and has not been removed."""
        for each in session.participants.values():
            mine = session.came_by.get(each.id) == invite.id and each.id not in session.removed
            guest = each.role is not Role.INTERVIEWER and each.id not in session.logins.values()
            if mine and guest and display_names.alike(each.name, name):
                return each
        return None

    @staticmethod
    def _demand_valid(session: Session, invite: Invite, *, newcomer: bool) -> None:
        """Refuse an invite that is revoked or expired, or used up where somebody new comes."""
        uses = len(session.uses()[invite.id]) if newcomer else 0
        if not invite.valid(time.time_ns() // 10**6, uses):
            raise Refused

    def _demand_place(self, session: Session, role: Role) -> None:
        """Bound the guests of a session, and apart from them the interviewers with an invite."""
        interviews = role is Role.INTERVIEWER
        alike = [
            each
            for each in (*session.people(), *session.declined.values())
            if (each.role is Role.INTERVIEWER) is interviews
        ]
        most = MAX_INTERVIEWERS if interviews else self._rooms.limits.max_participants
        if len(alike) >= most:
            raise TooMany("people in this session")

    @staticmethod
    def _demand_open(session: Session, role: Role) -> None:
        if session.status is Status.ENDED and role is not Role.INTERVIEWER:
            raise Ended

    def _newcomer(self, room: Room, name: str, role: Role) -> Participant:
        cleaned = display_names.clean(name)
        if not cleaned:
            raise Invalid("a name needs at least one visible character")
        known = room.session.people()
        return Participant(
            secrets.token_hex(8),
            display_names.distinct(cleaned, [each.name for each in known]),
            display_names.color(len(known)),
            role,
        )

    async def _issue(
        self,
        room: Room,
        participant: Participant,
        invite: Invite | None = None,
        login: str | None = None,
    ) -> tuple[Room, Participant, str]:
        """Put a participant on the roster, or into the waiting room, with a new token.

        The token is recorded before anything is awaited, so that an invite is never used too often.
        """
        self._receive(room, participant)
        token = new_secret()
        issued = {
            "userId": participant.id,
            "hash": hashed(token),
            "login": login,
            "invite": invite.id if invite else None,
        }
        await self._stored(
            room.journal.record(None, Event("token-issued", issued), Audience.SERVER)
        )
        return room, participant, token

    @staticmethod
    def _receive(room: Room, participant: Participant) -> None:
        """Put a participant on the roster, or into the waiting room. Raises `TooMany`."""
        session = room.session
        newcomer = participant.id not in session.participants
        asks = session.ask_to_enter and newcomer and participant.role is not Role.INTERVIEWER
        if asks or participant.seat is not None:
            room.waiting_room.request_entry(participant)
        else:
            room.roster.add(participant)

    async def _stored(self, entry: asyncio.Future[None] | None) -> None:
        await stored(entry, self._rooms.limits.store_timeout)

    async def invite(
        self,
        room: Room,
        caller: Caller,
        role: Role,
        label: str,
        expires_in: int,
        max_uses: int | None = None,
    ) -> tuple[Invite, str]:
        """Make an invite, valid for `expires_in` seconds and `max_uses` people (None: any number).

        Returns it and its secret.
        """
        caller.demand(Action.INVITE, room.session.status)
        return await self.grant(room, role, label, expires_in, max_uses, by=caller.participant)

    async def grant(
        self,
        room: Room,
        role: Role,
        label: str,
        expires_in: int,
        max_uses: int | None = None,
        by: str | None = None,
    ) -> tuple[Invite, str]:
        """Make an invite without a check of rights; `by` is the participant who makes it.

        Raises `TooMany`.
        """
        if len(room.session.invites) >= MAX_INVITES:
            raise TooMany("invites of this session")
        secret = new_secret()
        identity = secrets.token_hex(8)
        payload = {
            "invite": identity,
            "role": role.value,
            "label": label,
            "expiresAt": time.time_ns() // 10**6 + expires_in * 1000,
            "hash": hashed(secret),
            "maxUses": max_uses,
            "by": by,
        }
        await self._stored(
            room.journal.record(None, Event("invite-created", payload), Audience.SERVER)
        )
        return room.session.invites[identity], secret

    async def revoke(self, room: Room, caller: Caller, invite: str) -> None:
        """Revoke an invite, so that its link opens nothing. Raises `Unknown` or `Denied`."""
        caller.demand(Action.INVITE, room.session.status)
        if invite not in room.session.invites:
            raise Unknown
        revoked = Event("invite-revoked", {"invite": invite})
        await self._stored(room.journal.record(None, revoked, Audience.SERVER))

    async def remove(
        self, room: Room, caller: Caller, participant: str, *, revoke_invite: bool
    ) -> None:
        """Remove a participant, and revoke the invite if asked. Raises `Denied` or `Missing`."""
        await self._turn_away(room, caller, "remove", participant, revoke_invite)

    async def decline(
        self, room: Room, caller: Caller, participant: str, *, revoke_invite: bool
    ) -> None:
        """Decline a guest, and revoke the invite if asked. Raises `Denied` or `Missing`."""
        await self._turn_away(room, caller, "decline", participant, revoke_invite)

    async def _turn_away(
        self, room: Room, caller: Caller, kind: str, participant: str, revoke_invite: bool
    ) -> None:
        turned = room.act(caller, kind, {"userId": participant})
        invite = room.session.came_by.get(participant)
        if revoke_invite and invite is not None:
            await self.revoke(room, caller, invite)
        await self._stored(turned)


def _owns(login: Login | None, session: Session) -> TypeGuard[Login]:
    return login is not None and login.account == session.owner
