"""No sequence of calls by other roles changes the state that only interviewers may change.

A state machine runs the actions of interviewers and of others in any order, on rooms and admission,
without a network. A model beside it applies only the actions of interviewers.
"""

from __future__ import annotations

import contextlib

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    rule,
)

from arena_ext.protocol.errors import Missing
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.wire import Close, Dialect, Document, Sync
from arena_ext.rooms.connection import Connection
from arena_ext.rooms.credentials import Credentials, Ended, Refused, Unknown
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Denied, Role
from tests.support.honest import Editor
from tests.support.rights_machine import REFUSALS, RightsMachine
from tests.support.rights_model import ANYBODY
from tests.support.stage import Inbox


class Rights(RightsMachine):
    """The state machine: one session, its participants, and the model."""

    @rule(number=ANYBODY, dialect=st.sampled_from([Dialect.ARENA, Dialect.JSON]))
    def connect(self, number: int, dialect: Dialect) -> None:
        person = self.person(number)
        if person.connection is not None:
            return

        async def connected() -> None:
            _, participant = await self.admission.resume(self.session, person.token)
            self._came_back(participant)
            if self.model.ended and participant.role is not Role.INTERVIEWER:
                return  # the WebSocket handler checks this
            person.inbox = Inbox()
            connection = Connection(person.inbox, dialect, participant.id)
            person.connection = connection
            if participant.id in self.room.session.waiting:
                self.room.waiting_room.wait(connection)
            else:
                self.room.connect(connection)

        try:
            self.do(connected())
        except Unknown:
            return
        except (Refused, Ended):
            assert person.id in self.model.withdrawn
            return
        assert person.id not in self.model.removed

    def _came_back(self, guest: Participant) -> None:
        """A guest who had left the queue asks again."""
        if guest.id not in self.model.withdrawn:
            return
        assert not self.model.ended
        assert not self.model.invites[self.room.session.came_by[guest.id]]
        self.model.withdrawn.discard(guest.id)
        if self.model.asks:
            self.model.waiting[guest.id] = None
        else:
            self.model.roles[guest.id] = guest.role

    # --- actions of other roles, which must have no effect ----------------------------------------

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
        waiting = next(iter(self.model.waiting), "nobody")
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
            _, caller = await self.admission.authenticate(self.session, Credentials(person.token))
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
            _, caller = await self.admission.authenticate(self.session, Credentials(person.token))
            with contextlib.suppress(Denied):
                await self.admission.revoke(self.room, caller, invite)
                raise AssertionError("an invite was revoked")
            with contextlib.suppress(Denied):
                await self.admission.invite(self.room, caller, Role.INTERVIEWER, "", 60)
                raise AssertionError("an invite was made")
            with contextlib.suppress(Denied, Missing):
                await self.admission.remove(self.room, caller, person.id, revoke_invite=True)
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
        # A client id belongs to its first writer, so the next note needs a new one.
        self.notes = Editor(self.notes_client(), "notes")
        self.notes.apply(self.room._state.replica(Document.NOTES).since(b"\x00"))

    def notes_client(self) -> int:
        self.clients += 1
        return self.clients

    # --- invariants -------------------------------------------------------------------------------

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
        assert set(session.waiting) == set(model.waiting)
        assert set(session.withdrawn) == model.withdrawn
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
