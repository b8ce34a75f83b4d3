"""State machine test of a session: interviewers' commands, and admission of people."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from arena_ext.protocol.errors import Invalid, Missing
from arena_ext.protocol.limits import Limits
from arena_ext.rooms.admission import Admission
from arena_ext.rooms.connection import Connection
from arena_ext.rooms.credentials import Credentials, Ended, Login, Refused, Unknown
from arena_ext.rooms.registry import Rooms
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Caller, Denied, Role
from arena_ext.storage.memory import MemoryLog
from tests.support.honest import Editor
from tests.support.replicas import engine_pool
from tests.support.rights_model import ANYBODY, ROLES, Model
from tests.support.stage import Inbox

Value = TypeVar("Value")
REFUSALS = (Denied, Invalid, Missing, Unknown, Refused, Ended)
OWNER = Credentials(login=Login("owner", "ana", "Ana"))


@dataclass
class Person:
    """A client: a token, and optionally a socket."""

    token: str
    id: str
    connection: Connection | None = None
    inbox: Inbox = field(default_factory=Inbox)


class RightsMachine(RuleBasedStateMachine):
    """One session, its people, and the interviewers' commands."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.people: list[Person] = []
        self.secrets: list[str] = []
        self.model = Model()
        self.clients = 900
        self.notes = Editor(self.clients, "notes")
        #: All present and past interviewers.
        self.interviewed: set[str] = set()

    def teardown(self) -> None:
        self.loop.close()

    def do(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Run `work`, and wait until its effects are done."""

        async def and_settle() -> Value:
            try:
                return await work
            finally:
                for _ in range(3):
                    await asyncio.sleep(0)
                self._hang_up()

        return self.loop.run_until_complete(and_settle())

    def _hang_up(self) -> None:
        for each in self.people:
            if each.connection is not None and each.inbox.closed is not None:
                self.room.disconnect(each.connection)
                each.connection = None

    @initialize()
    def begin(self) -> None:
        async def created() -> None:
            self.rooms = Rooms(
                MemoryLog(), lambda session: f"/arena/join/{session}", engine_pool(), Limits()
            )
            self.admission = Admission(self.rooms, open_access=False)
            self.room = await self.rooms.create("owner", "A session", "javascript")
            await self.admission.join(self.session, "Ana", OWNER, None)

        self.do(created())
        (ana,) = self.room.session.participants
        self.model.roles[ana] = Role.INTERVIEWER
        for role in (Role.CANDIDATE, Role.OBSERVER):
            self.invite(role)
            self.join(len(self.secrets) - 1)

    @property
    def session(self) -> str:
        return self.room.session.id

    def person(self, number: int) -> Person:
        return self.people[number % len(self.people)]

    def interviews(self, person: Person) -> bool:
        return (
            self.model.roles.get(person.id) is Role.INTERVIEWER
            and person.id not in self.model.removed
        )

    async def owner(self) -> Caller:
        _, caller = await self.admission.authenticate(self.session, OWNER)
        return caller

    async def act(self, caller: Caller, kind: str, payload: dict[str, Any]) -> None:
        done = self.room.act(caller, kind, payload)
        if done is not None:
            await done

    # --- commands of interviewers, which change the model -------------------------------------

    @precondition(lambda self: not self.model.ended)
    @rule(role=st.sampled_from([Role.CANDIDATE, Role.OBSERVER]), uses=st.sampled_from([None, 1]))
    def invite(self, role: Role, uses: int | None = None) -> None:
        async def made() -> tuple[str, str]:
            invite, secret = await self.admission.invite(
                self.room, await self.owner(), role, "", 3600, uses
            )
            return invite.id, secret

        identity, secret = self.do(made())
        self.secrets.append(secret)
        self.model.invites[identity] = False

    @precondition(lambda self: not self.model.ended)
    @rule(number=ANYBODY, role=ROLES)
    def invite_as_interviewer(self, number: int, role: Role) -> None:
        person = self.person(number)
        if not self.interviews(person):
            return

        async def made() -> tuple[str, str]:
            _, caller = await self.admission.authenticate(self.session, Credentials(person.token))
            invite, secret = await self.admission.invite(self.room, caller, role, "", 3600)
            return invite.id, secret

        identity, secret = self.do(made())
        self.secrets.append(secret)
        self.model.invites[identity] = False
        self.model.made_by[identity] = person.id

    @precondition(lambda self: not self.model.ended)
    @rule(title=st.sampled_from(["One", "Two"]), lock=st.booleans(), ask=st.booleans())
    def set_up(self, title: str, lock: bool, ask: bool) -> None:
        async def changed() -> None:
            caller = await self.owner()
            await self.act(caller, "title-change", {"title": title})
            await self.act(caller, "question-change", {"question": f"{title}?"})
            await self.act(caller, "lock", {"locked": lock})
            await self.act(caller, "ask-to-enter", {"askToEnter": ask})

        self.do(changed())
        self.model.title, self.model.locked, self.model.asks = title, lock, ask
        self.model.question = f"{title}?"

    @precondition(lambda self: not self.model.ended)
    @rule(number=ANYBODY, role=ROLES)
    def give_role(self, number: int, role: Role) -> None:
        person = self.person(number)
        if person.id not in self.model.roles or person.id in self.model.removed:
            return

        async def given() -> None:
            wish = {"userId": person.id, "role": role.value}
            await self.act(await self.owner(), "role-change", wish)

        self.do(given())
        self.model.roles[person.id] = role
        if role is not Role.INTERVIEWER:
            self.model.revoke_grants(person.id)

    @precondition(lambda self: not self.model.ended)
    @rule(number=ANYBODY, revoke=st.booleans())
    def remove(self, number: int, revoke: bool) -> None:
        person = self.person(number)
        if person.id not in self.model.roles or person.id in self.model.removed:
            return

        async def removed() -> None:
            caller = await self.owner()
            await self.admission.remove(self.room, caller, person.id, revoke_invite=revoke)

        invite = self.room.session.came_by[person.id]
        self.do(removed())
        self.model.removed.add(person.id)
        self.model.invites[invite] = self.model.invites[invite] or revoke
        self.model.revoke_grants(person.id)

    @precondition(lambda self: self.model.waiting and not self.model.ended)
    @rule(admit=st.booleans())
    def answer_a_request(self, admit: bool) -> None:
        waits = next(iter(self.model.waiting))

        async def answered() -> None:
            kind = "admit" if admit else "decline"
            await self.act(await self.owner(), kind, {"userId": waits})

        role = self.room.session.waiting[waits].role
        self.do(answered())
        del self.model.waiting[waits]
        if admit:
            self.model.roles[waits] = role

    @precondition(lambda self: self.model.waiting and not self.model.ended)
    @rule()
    def leave_the_queue(self) -> None:
        """The time of a guest without a connection runs out."""
        waits = next(iter(self.model.waiting))
        if any(each.id == waits and each.connection is not None for each in self.people):
            return

        async def left() -> None:
            self.room.waiting_room._end_grace(waits)
            self.room.waiting_room.expect(waits)
            self.room.waiting_room._withdraw(waits)

        self.do(left())
        del self.model.waiting[waits]
        self.model.withdrawn.add(waits)

    @precondition(lambda self: not self.model.ended)
    @rule(chance=st.integers(0, 9))
    def end(self, chance: int) -> None:
        if chance:
            return  # rare, so that most examples go on with an open session

        async def ended() -> None:
            await self.act(await self.owner(), "end", {})

        self.do(ended())
        self.model.ended = True

    # --- use of links, tokens and sockets --------------------------------------------------------

    @rule(number=st.integers(0, 9))
    def join(self, number: int) -> None:
        secret = self.secrets[number % len(self.secrets)]

        async def joined() -> tuple[Participant, str]:
            _, participant, token = await self.admission.join(
                self.session, "Somebody", Credentials(), secret
            )
            return participant, token

        try:
            participant, token = self.do(joined())
        except REFUSALS:
            return
        assert not self.model.ended or participant.role is Role.INTERVIEWER
        assert not list(self.model.invites.values())[number % len(self.secrets)]
        self.people.append(Person(token, participant.id))
        if self.model.asks and participant.role is not Role.INTERVIEWER:
            self.model.waiting[participant.id] = None
        else:
            self.model.roles[participant.id] = participant.role
