"""No sequence of calls by who does not interview changes what only an interviewer may change.

A machine does what interviewers and others may try, in any order, over rooms and access without a
network; beside it runs a model that knows only what interviewers did.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from arena_ext.protocol.frames import Malformed, SyncMessage
from arena_ext.protocol.wire import Close, Dialect, Document, Sync
from arena_ext.rooms.admission import Access, Credentials, Ended, Login, Refused, Unknown
from arena_ext.rooms.connection import Connection
from arena_ext.rooms.registry import Rooms
from arena_ext.session.commands import Caller, Denied, Invalid, Missing
from arena_ext.session.model import Participant, Role
from arena_ext.storage.log import MemoryLog
from tests.server.rooms.test_room import Inbox
from tests.support.honest import Editor
from tests.support.replicas import supply

Value = TypeVar("Value")
REFUSALS = (Denied, Invalid, Missing, Unknown, Refused, Ended)
OWNER = Credentials(login=Login("owner", "ana", "Ana"))
ROLES = st.sampled_from(list(Role))
ANYBODY = st.integers(0, 5)


@dataclass
class Person:
    """Somebody at the other end, by what they hold: a token, perhaps a socket."""

    token: str
    id: str
    connection: Connection | None = None
    inbox: Inbox = field(default_factory=Inbox)


@dataclass
class Model:
    """What interviewers made of the session."""

    title: str = "A session"
    question: str = ""
    locked: bool = False
    ended: bool = False
    asks: bool = False
    notes: str = ""
    roles: dict[str, Role] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    #: Invite -> whether it was revoked.
    invites: dict[str, bool] = field(default_factory=dict)


class Rights(RuleBasedStateMachine):
    """One session, its people, and what became of it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.people: list[Person] = []
        self.secrets: list[str] = []
        self.model = Model()
        self.clients = 900
        self.notes = Editor(self.clients, "notes")
        #: Everybody who ever interviewed.
        self.interviewed: set[str] = set()

    def teardown(self) -> None:
        self.loop.close()

    def do(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Do something, and let all that follows from it happen."""

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
            self.rooms = Rooms(MemoryLog(), lambda session: f"/arena/join/{session}", supply())
            self.access = Access(self.rooms, open_access=False)
            self.room = await self.rooms.create("owner", "A session", "javascript")
            await self.access.join(self.session, "Ana", OWNER, None)

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
        _, caller = await self.access.enter(self.session, OWNER)
        return caller

    async def act(self, caller: Caller, kind: str, payload: dict[str, Any]) -> None:
        done = self.room.act(caller, kind, payload)
        if done is not None:
            await done

    # --- what interviewers do, which counts ---------------------------------------------------

    @precondition(lambda self: not self.model.ended)
    @rule(role=st.sampled_from([Role.CANDIDATE, Role.OBSERVER]), uses=st.sampled_from([None, 1]))
    def invite(self, role: Role, uses: int | None = None) -> None:
        async def made() -> tuple[str, str]:
            invite, secret = await self.access.invite(
                self.room, await self.owner(), role, "", 60, uses
            )
            return invite.id, secret

        identity, secret = self.do(made())
        self.secrets.append(secret)
        self.model.invites[identity] = False

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

    @precondition(lambda self: not self.model.ended)
    @rule(number=ANYBODY, revoke=st.booleans())
    def remove(self, number: int, revoke: bool) -> None:
        person = self.person(number)
        if person.id not in self.model.roles or person.id in self.model.removed:
            return

        async def removed() -> None:
            caller = await self.owner()
            await self.access.remove(self.room, caller, person.id, revoke_invite=revoke)

        invite = self.room.session.came_by[person.id]
        self.do(removed())
        self.model.removed.add(person.id)
        self.model.invites[invite] = self.model.invites[invite] or revoke

    @precondition(lambda self: self.model.waiting and not self.model.ended)
    @rule(admit=st.booleans())
    def answer_the_door(self, admit: bool) -> None:
        waits = min(self.model.waiting)

        async def answered() -> None:
            kind = "admit" if admit else "decline"
            await self.act(await self.owner(), kind, {"userId": waits})

        role = self.room.session.waiting[waits].role
        self.do(answered())
        self.model.waiting.discard(waits)
        if admit:
            self.model.roles[waits] = role

    @precondition(lambda self: not self.model.ended)
    @rule(chance=st.integers(0, 9))
    def end(self, chance: int) -> None:
        if chance:
            return  # seldom, or nothing would happen in most stories

        async def ended() -> None:
            await self.act(await self.owner(), "end", {})

        self.do(ended())
        self.model.ended = True

    # --- what people do with links, tokens and sockets -------------------------------------------

    @rule(number=st.integers(0, 9))
    def join(self, number: int) -> None:
        secret = self.secrets[number % len(self.secrets)]

        async def joined() -> tuple[Participant, str]:
            _, participant, token = await self.access.join(
                self.session, "Somebody", Credentials(), secret
            )
            return participant, token

        try:
            participant, token = self.do(joined())
        except REFUSALS:
            return
        assert not self.model.ended
        self.people.append(Person(token, participant.id))
        if self.model.asks:
            self.model.waiting.add(participant.id)
        else:
            self.model.roles[participant.id] = participant.role

    @rule(number=ANYBODY, dialect=st.sampled_from([Dialect.ARENA, Dialect.JSON]))
    def connect(self, number: int, dialect: Dialect) -> None:
        person = self.person(number)
        if person.connection is not None:
            return

        async def connected() -> None:
            _, participant = await self.access.recognise(self.session, person.token)
            if self.model.ended and participant.role is not Role.INTERVIEWER:
                return  # the socket's own check
            person.inbox = Inbox()
            connection = Connection(person.inbox, dialect, participant.id)
            person.connection = connection
            if participant.id in self.room.session.waiting:
                self.room.door.wait(connection)
            else:
                self.room.connect(connection)

        try:
            self.do(connected())
        except Unknown:
            return
        assert person.id not in self.model.removed

    # --- what those try who do not interview, which must not count --------------------------------

    @rule(
        number=ANYBODY,
        other=ANYBODY,
        kind=st.sampled_from(
            [
                *("title-change", "question-change", "lock", "end", "ask-to-enter"),
                *("role-change", "remove", "admit", "decline"),
            ]
        ),
        by_socket=st.booleans(),
    )
    def overreach(self, number: int, other: int, kind: str, by_socket: bool) -> None:
        person = self.person(number)
        if self.interviews(person):
            return
        waiting = min(self.model.waiting, default="nobody")
        payload = {
            "title": "Mine",
            "question": "Mine?",
            "locked": not self.model.locked,
            "askToEnter": not self.model.asks,
            "userId": waiting if kind in {"admit", "decline"} else self.person(other).id,
            "role": "interviewer",
        }

        async def tried() -> None:
            if by_socket and person.connection is not None:
                self.room.receive_event(person.connection, kind, payload, None)
                return
            _, caller = await self.access.enter(self.session, Credentials(person.token))
            await self.act(caller, kind, payload)

        with contextlib.suppress(*REFUSALS):
            self.do(tried())
            assert by_socket, f"{kind} was allowed"

    @rule(number=ANYBODY, which=st.integers(0, 9))
    def meddle_with_invites(self, number: int, which: int) -> None:
        person = self.person(number)
        if self.interviews(person):
            return
        invite = list(self.model.invites)[which % len(self.model.invites)]

        async def tried() -> None:
            _, caller = await self.access.enter(self.session, Credentials(person.token))
            with contextlib.suppress(Denied):
                await self.access.revoke(self.room, caller, invite)
                raise AssertionError("an invite was revoked")
            with contextlib.suppress(Denied):
                await self.access.invite(self.room, caller, Role.INTERVIEWER, "", 60)
                raise AssertionError("an invite was made")
            with contextlib.suppress(Denied, Missing):
                await self.access.remove(self.room, caller, person.id, revoke_invite=True)
                raise AssertionError("somebody was removed")

        with contextlib.suppress(Unknown):
            self.do(tried())

    @rule(number=ANYBODY)
    def write_in_the_notes(self, number: int) -> None:
        person = self.person(number)
        if person.connection is None or person.connection.dialect is not Dialect.ARENA:
            return
        connection = person.connection
        before = self.notes.state_vector()
        note = f"{person.id};"
        self.notes.insert(0, note)
        update = self.notes.since(before)
        allowed = self.interviews(person) and not self.model.ended

        async def written() -> None:
            frame = SyncMessage(Document.NOTES, Sync.UPDATE, update).encode()
            question = SyncMessage(Document.NOTES, Sync.STEP1, b"\x00").encode()
            with contextlib.suppress(Malformed):
                self.room.receive_frame(connection, question)
                self.room.receive_frame(connection, frame)

        self.do(written())
        if allowed:
            self.model.notes = note + self.model.notes
        # A client id is its first writer's: the next note comes from another.
        self.notes = Editor(self.notes_client(), "notes")
        self.notes.apply(self.room._state.replica(Document.NOTES).since(b"\x00"))

    def notes_client(self) -> int:
        self.clients += 1
        return self.clients

    # --- what must hold ---------------------------------------------------------------------------

    @invariant()
    def is_as_interviewers_made_it(self) -> None:
        if not self.people:
            return
        session, model = self.room.session, self.model
        assert session.title == model.title
        assert session.question == model.question
        assert session.locked is model.locked
        assert (session.ended_at is not None) is model.ended
        assert session.ask_to_enter is model.asks
        assert {key: each.role for key, each in session.participants.items()} == model.roles
        assert set(session.removed) == model.removed
        assert set(session.waiting) == model.waiting
        assert {key: each.revoked for key, each in session.invites.items()} == model.invites
        assert self.room._state.replica(Document.NOTES).text("notes") == model.notes

    @invariant()
    def nobody_has_a_socket_whom_it_was_taken_from(self) -> None:
        for each in self.people:
            if each.connection is None:
                continue
            assert each.id not in self.model.removed
            if each.id in self.model.waiting:
                assert each.inbox.frames == []
                assert {event["type"] for event in each.inbox.events} <= {"waiting", "error"}

    @invariant()
    def the_notes_went_to_interviewers_only(self) -> None:
        self.interviewed |= {
            key for key, role in self.model.roles.items() if role is Role.INTERVIEWER
        }
        for each in self.people:
            assert each.id in self.interviewed or not each.inbox.updates(Document.NOTES)
            assert each.inbox.closed in {None, Close.REMOVED, Close.DECLINED, Close.ENDED}


TestRights = Rights.TestCase
TestRights.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, database=None, derandomize=True
)
