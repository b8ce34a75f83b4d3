"""The scenario of `test_rights_machine` on a real server: over REST and WebSockets.

No sequence of calls by other roles changes the state that only interviewers may change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tornado.websocket import WebSocketClosedError

from arena_ext.app import ArenaApp
from arena_ext.protocol.frames import SyncMessage, decode
from arena_ext.protocol.wire import Close, Document, Sync
from arena_ext.rooms.credentials import hashed
from arena_ext.rooms.room import Room
from arena_ext.session.permissions import Action, Role, Status, can
from tests.server.conftest import ConnectArena, ConnectJson
from tests.support.clients import ArenaClient, JsonClient
from tests.support.honest import Editor
from tests.support.people import Person
from tests.support.rights import INTERVIEWERS_ONLY
from tests.support.rights_model import ANYBODY, ROLES, Model

Value = TypeVar("Value")
#: Close codes that the server may use in these scenarios.
ENDS = {None, Close.REMOVED, Close.DECLINED, Close.ENDED, Close.REFUSED}
#: Events that no socket may send, or only the sockets of interviewers.
EVENTS = [
    *("title-change", "question-change", "lock", "end", "ask-to-enter"),
    *("role-change", "remove", "admit", "decline", "participant-removed"),
]


@dataclass
class Ground:
    """A running server, its callers and its clients."""

    loop: asyncio.AbstractEventLoop
    arena: ArenaApp
    host: Person
    stranger: Person
    guest: Callable[[str], Person]
    connect_arena: ConnectArena
    connect_json: ConnectJson


@dataclass
class Guest:
    """A guest: its credentials for calls, and its socket if it has one."""

    id: str
    token: str
    calls: Person
    socket: ArenaClient | JsonClient | None = None


class RightsOverTheWire(RuleBasedStateMachine):
    """The state machine: one session on a server with many sessions."""

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self.ground = ground
        self.people: list[Guest] = []
        self.secrets: list[str] = []
        self.model = Model()
        self.text = ""
        self.interviewed: set[str] = set()
        self.clients = 900

    def do(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self.ground.loop.run_until_complete(work)

    async def host(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Make a call as the host; it has to succeed."""
        answer = await self.ground.host.fetch(method, f"sessions/{self.session}{path}", body)
        assert answer.status == status, answer.text
        return answer.json if answer.body else None

    @property
    def room(self) -> Room:
        room = self.do(self.ground.arena.rooms.get(self.session))
        assert room is not None
        return room

    def person(self, number: int) -> Guest:
        return self.people[number % len(self.people)]

    def interviews(self, person: Guest) -> bool:
        role = self.model.roles.get(person.id)
        return role is Role.INTERVIEWER and person.id not in self.model.removed

    def may(self, person: Guest, action: Action) -> bool:
        role = self.model.roles.get(person.id)
        model = self.model
        status = Status.ENDED if model.ended else Status.LOCKED if model.locked else Status.OPEN
        return role is not None and person.id not in model.removed and can(role, action, status)

    @initialize()
    def begin(self) -> None:
        self.session = self.do(self.ground.host.session(title="A session"))
        for role in (Role.CANDIDATE, Role.OBSERVER):
            self.secrets.append(self.do(self.ground.host.invite(self.session, role.value)))
            self.join(len(self.secrets) - 1)

    def teardown(self) -> None:
        async def hang_up() -> None:
            for each in self.people:
                if each.socket is not None:
                    await each.socket.close()
            await self.host("DELETE", "", status=204)

        self.do(hang_up())

    # --- actions of the host, which take effect -------------------------------------------------

    @precondition(lambda self: not self.model.ended)
    @rule(title=st.sampled_from(["One", "Two"]), lock=st.booleans(), ask=st.booleans())
    def set_up(self, title: str, lock: bool, ask: bool) -> None:
        wish = {"title": title, "question": f"{title}?", "locked": lock, "askToEnter": ask}
        self.do(self.host("PATCH", "", wish))
        self.model.title, self.model.question = title, f"{title}?"
        self.model.locked, self.model.asks = lock, ask

    @precondition(lambda self: not self.model.ended)
    @rule(number=ANYBODY, role=ROLES)
    def give_role(self, number: int, role: Role) -> None:
        person = self.person(number)
        if person.id in self.model.roles and person.id not in self.model.removed:
            self.do(self.host("PATCH", f"/users/{person.id}", {"role": role.value}))
            self.model.roles[person.id] = role

    @precondition(lambda self: not self.model.ended)
    @rule(number=st.integers(0, 20))
    def remove(self, number: int) -> None:
        if number >= len(self.people):
            return  # most numbers remove no participant, so that some stay
        person = self.person(number)
        if person.id in self.model.roles and person.id not in self.model.removed:
            self.do(self.host("DELETE", f"/users/{person.id}", status=204))
            self.model.removed.add(person.id)

    @precondition(lambda self: self.model.waiting and not self.model.ended)
    @rule(admit=st.booleans())
    def answer_a_request(self, admit: bool) -> None:
        waits = next(iter(self.model.waiting))
        role = self.room.session.waiting[waits].role
        what = "admit" if admit else "decline"
        self.do(self.host("POST", f"/users/{waits}/{what}", status=204))
        del self.model.waiting[waits]
        if admit:
            self.model.roles[waits] = role

    @precondition(lambda self: not self.model.ended)
    @rule(chance=st.integers(0, 19))
    def end(self, chance: int) -> None:
        if not chance:  # rare: most actions need a session that has not ended
            self.do(self.host("PATCH", "", {"ended": True}))
            self.model.ended = True

    # --- guests use links, tokens and sockets ---------------------------------------------------

    @rule(number=st.integers(0, 9))
    def join(self, number: int) -> None:
        body = {"userName": "Somebody", "invite": self.secrets[number % len(self.secrets)]}
        path = f"sessions/{self.session}/join"
        answer = self.do(self.ground.stranger.fetch("POST", path, body))
        assert (answer.status < 300) is not self.model.ended, answer.text
        if self.model.ended:
            return
        token = answer.json["token"]
        identity = self.room.session.tokens[hashed(token)]
        self.people.append(Guest(identity, token, self.ground.guest(token)))
        if self.model.asks:
            self.model.waiting[identity] = None
        else:
            self.model.roles[identity] = Role(answer.json["user"]["role"])

    @rule(number=ANYBODY, arena=st.booleans())
    def connect(self, number: int, arena: bool) -> None:
        person = self.person(number)
        if person.socket is not None and not person.socket.closed:
            return

        async def connected() -> ArenaClient | JsonClient:
            if arena:
                return await self.ground.connect_arena(self.session, person.token)
            client = await self.ground.connect_json(self.session, person.token)
            await client.send("join-session", {"username": "Somebody"})
            return client

        person.socket = self.do(connected())
        self.heard(person)

    @rule(number=ANYBODY)
    def write(self, number: int) -> None:
        person = self.person(number)
        text = f"{self.text}x"
        path = f"sessions/{self.session}/code"
        answer = self.do(person.calls.fetch("PUT", path, {"code": text}))
        assert (answer.status < 300) is self.may(person, Action.WRITE_PAD), answer.text
        if answer.status < 300:
            self.text = text

    # --- actions of other roles, which must have no effect --------------------------------------

    @rule(
        number=ANYBODY,
        other=ANYBODY,
        which=st.lists(st.sampled_from(INTERVIEWERS_ONLY), min_size=3, max_size=6),
    )
    def call(self, number: int, other: int, which: list[tuple[str, str, Any]]) -> None:
        person = self.person(number)
        if self.interviews(person):
            return
        will = next(iter(self.model.waiting), "nobody")
        for method, path, body in which:
            there = path.format(ada=self.person(other).id, oz=person.id, will=will)
            answer = self.do(person.calls.fetch(method, f"sessions/{self.session}{there}", body))
            refusals = {403, 404, 409} if self.model.ended else {403, 404}
            assert answer.status in refusals, (method, path, body, answer.status, answer.text)

    @rule(number=ANYBODY, other=ANYBODY, arena=st.booleans())
    def say(self, number: int, other: int, arena: bool) -> None:
        self.connect(number, arena)
        person = self.person(number)
        if self.interviews(person):
            return
        payload = {
            "title": "Mine",
            "question": "Mine?",
            "locked": not self.model.locked,
            "askToEnter": not self.model.asks,
            "role": "interviewer",
            "userId": next(iter(self.model.waiting), self.person(other).id),
        }
        for kind in EVENTS:
            self.heard(person, kind, payload)

    @rule(number=ANYBODY)
    def write_in_the_notes(self, number: int) -> None:
        person = self.person(number)
        if not isinstance(person.socket, ArenaClient) or person.socket.closed:
            return
        self.clients += 1
        notes = Editor(self.clients, "notes")
        room = self.room
        notes.apply(room._state.replica(Document.NOTES).since(b"\x00"))
        note = f"{person.id};"
        update = notes.insert(0, note)
        for kind, payload in ((Sync.STEP1, b"\x00"), (Sync.UPDATE, update)):
            self.do(person.socket.send_raw(SyncMessage(Document.NOTES, kind, payload).encode()))
        self.heard(person)
        if self.may(person, Action.WRITE_NOTES):
            self.model.notes = note + self.model.notes

    def heard(self, person: Guest, kind: str = "nonsense", payload: Any = None) -> None:
        """Send an event and wait for its refusal; all earlier messages are then processed."""
        socket = person.socket
        assert socket is not None
        if socket.closed:
            return
        self.clients += 1
        event = str(self.clients)

        def refused() -> bool:
            errors = socket.payloads("error")
            return socket.closed or any(each.get("id") == event for each in errors)

        async def said() -> None:
            with suppress(WebSocketClosedError):
                await socket.send(kind, {} if payload is None else payload, event)
            await socket.until(refused, f"{kind} to be refused")

        self.do(said())

    # --- invariants -----------------------------------------------------------------------------

    @invariant()
    def is_as_interviewers_made_it(self) -> None:
        if not self.people:
            return
        session, model = self.room.session, self.model
        assert (session.title, session.question) == (model.title, model.question)
        assert session.locked is model.locked
        assert (session.ended_at is not None) is model.ended
        assert session.ask_to_enter is model.asks
        assert {key: each.role for key, each in session.participants.items()} == model.roles
        assert set(session.removed) == model.removed
        assert set(session.waiting) == set(model.waiting)
        assert len(session.invites) == len(self.secrets)
        assert not any(each.revoked for each in session.invites.values())
        assert self.room._state.replica(Document.NOTES).text("notes") == model.notes
        assert self.room.text() == self.text

    @invariant()
    def the_notes_went_to_interviewers_only(self) -> None:
        self.interviewed |= {each.id for each in self.people if self.interviews(each)}
        for each in self.people:
            if each.socket is None:
                continue
            assert not each.socket.closed or each.socket.close_code in ENDS
            if isinstance(each.socket, ArenaClient) and each.id not in self.interviewed:
                said = [decode(frame) for frame in each.socket.frames]
                assert not [message for message in said if isinstance(message, SyncMessage)]


@pytest.mark.limits(joins_per_minute=10_000)
@pytest.mark.slow
def test_no_sequence_of_calls_gives_rights(
    jp_asyncio_loop: asyncio.AbstractEventLoop,
    arena: ArenaApp,
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
) -> None:
    ground = Ground(jp_asyncio_loop, arena, host, stranger, guest, connect_arena, connect_json)
    run_state_machine_as_test(
        partial(RightsOverTheWire, ground),  # type: ignore[arg-type]
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
