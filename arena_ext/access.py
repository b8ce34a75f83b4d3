"""Who is asking? A Jupyter login, an invite or a participant token becomes a `Caller`.

Secrets are 256 random bits; only their SHA-256 is kept. Where a session, an invite or a token is
unknown, expired or revoked the answers do not tell which.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

from . import names
from .events import Caller, Denied, Invalid
from .model import Action, Event, Invite, Participant, Role, Session, Status
from .protocol import Audience
from .room import Room
from .rooms import Rooms, stored


class Unknown(Exception):
    """There is no such session, for this caller."""


class Refused(Exception):
    """The invite does not open this session (any more), or there is no such session."""


class Ended(Exception):
    """The session has ended."""


@dataclass(frozen=True, slots=True)
class Login:
    """A Jupyter user with a valid login.

    `account` owns sessions: the person where the server knows persons, else one for all who hold
    the server's one token or password. `username` tells the browsers of one account apart.
    """

    account: str
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brings: a participant token goes before a login."""

    token: str | None = None
    login: Login | None = None


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """The SHA-256 of a secret, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Access:
    """Finds the room that somebody asks for, and their role in it."""

    def __init__(self, rooms: Rooms, *, open_access: bool) -> None:
        self._rooms = rooms
        self.open_access = open_access

    async def enter(self, session: str, credentials: Credentials) -> tuple[Room, Caller]:
        """The room and the caller's part in it; raises `Unknown`."""
        room = await self._rooms.get(session)
        if room is None:
            raise Unknown
        if credentials.token is not None:
            return room, self._by_token(room, credentials.token)
        if credentials.login is not None and credentials.login.account == room.session.owner:
            participant = room.session.logins.get(credentials.login.username)
            return room, Caller(participant, Role.INTERVIEWER)
        if self.open_access:
            return room, Caller(None, Role.CANDIDATE)
        raise Unknown

    def _by_token(self, room: Room, token: str) -> Caller:
        # A dict look-up by hash tells nothing about the secret by its time.
        participant = room.session.tokens.get(hashed(token))
        if participant is None:
            raise Unknown
        return Caller(participant, room.participant(participant).role)

    async def join(
        self, session: str, name: str, credentials: Credentials, invite: str | None
    ) -> tuple[Room, Participant, str]:
        """Become a participant; returns the room, who one is, and one's token.

        Raises `Unknown`, `Refused`, `Ended`, or `Invalid` for a name with nothing in it.
        """
        if invite is not None:
            return await self._redeem(session, name, invite)
        room, caller = await self.enter(session, credentials)
        self._demand_open(room.session, caller.role)
        if caller.participant is not None and credentials.token is not None:
            participant = room.participant(caller.participant)
            room.arrive(participant)
            return room, participant, credentials.token
        owner = credentials.login if caller.role is Role.INTERVIEWER else None
        login = owner.username if owner is not None else None
        return await self._admit(room, name, caller.role, login, caller.participant)

    async def _redeem(self, session: str, name: str, secret: str) -> tuple[Room, Participant, str]:
        room = await self._rooms.get(session)
        if room is None:
            raise Refused
        given = hashed(secret)
        now = time.time_ns() // 10**6
        for invite in room.session.invites.values():
            if hmac.compare_digest(invite.secret_hash, given) and invite.valid(now):
                self._demand_open(room.session, invite.role)
                return await self._admit(room, name, invite.role, None, None, invite)
        raise Refused

    @staticmethod
    def _demand_open(session: Session, role: Role) -> None:
        if session.status is Status.ENDED and role is not Role.INTERVIEWER:
            raise Ended

    @staticmethod
    async def _admit(
        room: Room,
        name: str,
        role: Role,
        login: str | None,
        known: str | None,
        invite: Invite | None = None,
    ) -> tuple[Room, Participant, str]:
        """Put someone on the roster, under `known` if they were here before, with a new token."""
        session = room.session
        if known is not None:
            participant = room.participant(known)
        else:
            cleaned = names.clean(name)
            if not cleaned:
                raise Invalid("a name needs at least one visible character")
            taken = [each.name for each in session.participants.values()]
            participant = Participant(
                secrets.token_hex(8),
                names.distinct(cleaned, taken),
                names.color(len(session.participants)),
                role,
            )
        room.arrive(participant)
        token = new_secret()
        issued = {
            "userId": participant.id,
            "hash": hashed(token),
            "login": login,
            "invite": invite.id if invite else None,
        }
        await stored(room.record(None, Event("token-issued", issued), Audience.SERVER))
        return room, participant, token

    async def invite(
        self, room: Room, caller: Caller, role: Role, label: str, expires_in: int
    ) -> tuple[Invite, str]:
        """Make an invite, good for `expires_in` seconds; returns it and its secret."""
        caller.demand(Action.INVITE, room.session.status)
        return await self.grant(room, role, label, expires_in)

    @staticmethod
    async def grant(room: Room, role: Role, label: str, expires_in: int) -> tuple[Invite, str]:
        """Make an invite in the server's own name."""
        secret = new_secret()
        identity = secrets.token_hex(8)
        payload = {
            "invite": identity,
            "role": role.value,
            "label": label,
            "expiresAt": time.time_ns() // 10**6 + expires_in * 1000,
            "hash": hashed(secret),
        }
        await stored(room.record(None, Event("invite-created", payload), Audience.SERVER))
        return room.session.invites[identity], secret

    @staticmethod
    async def revoke(room: Room, caller: Caller, invite: str) -> None:
        """Revoke an invite: its link opens nothing any more. Raises `Unknown`, `Denied`."""
        caller.demand(Action.INVITE, room.session.status)
        if invite not in room.session.invites:
            raise Unknown
        revoked = Event("invite-revoked", {"invite": invite})
        await stored(room.record(None, revoked, Audience.SERVER))


__all__ = ["Access", "Credentials", "Denied", "Ended", "Login", "Refused", "Unknown"]
