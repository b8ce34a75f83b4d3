"""A room without a network: what each connection is sent, and that all of them agree."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_ext.protocol import frames
from arena_ext.protocol.frames import Malformed, PresenceMessage, PresenceState, SyncMessage
from arena_ext.protocol.wire import Close, Dialect, Document, Sync
from arena_ext.rooms.admission import Access, Credentials, Login
from arena_ext.rooms.connection import Connection
from arena_ext.rooms.registry import Rooms, stored
from arena_ext.rooms.room import Room
from arena_ext.session.commands import Caller
from arena_ext.session.model import Edit, Entry, Participant, Role
from arena_ext.storage.log import MemoryLog
from tests.server.crdt.test_replica import item
from tests.support.honest import Editor
from tests.support.replicas import fresh_replica, supply


class Inbox:
    """An Outbox that keeps what it was sent."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.events: list[Mapping[str, Any]] = []
        #: What it was sent as JSON already.
        self.texts: list[bytes] = []
        self.closed: Close | None = None

    def send_frame(self, frame: bytes) -> None:
        self.frames.append(frame)

    def send_event(self, message: Mapping[str, Any]) -> None:
        self.events.append(message)

    def send_text(self, text: bytes) -> None:
        self.texts.append(text)
        self.events.append(json.loads(text))

    def close(self, code: Close) -> None:
        self.closed = code

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """The payloads of the events of a type."""
        return [each["payload"] for each in self.events if each["type"] == kind]

    def updates(self, document: Document = Document.PAD) -> list[bytes]:
        """The updates it was sent for a document."""
        messages = [frames.decode(each) for each in self.frames]
        return [
            each.payload
            for each in messages
            if isinstance(each, SyncMessage)
            and each.document is document
            and each.kind is not Sync.STEP1
        ]


class Stage:
    """A session with an owner, and people who come and go."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.rooms = Rooms(self.log, lambda session: f"/arena/join/{session}", supply())
        self.access = Access(self.rooms, open_access=False)

    async def set_up(self) -> None:
        self.room = await self.rooms.create("owner", "A session", "javascript")
        login = Credentials(login=Login("owner", "ana", "Ana"))
        session = self.room.session.id
        _, self.ana, _ = await self.access.join(session, "Ana", login, None)
        self.ben = await self.invited("Ben", Role.CANDIDATE)

    async def invited(self, name: str, role: Role) -> Participant:
        _, secret = await self.access.grant(self.room, role, "", 60)
        _, participant, _ = await self.access.join(
            self.room.session.id, name, Credentials(), secret
        )
        return participant

    def connect(
        self, participant: Participant, dialect: Dialect = Dialect.ARENA
    ) -> tuple[Connection, Inbox]:
        inbox = Inbox()
        connection = Connection(inbox, dialect, participant.id)
        self.room.connect(connection)
        return connection, inbox


def edit(update: bytes, document: Document = Document.PAD) -> bytes:
    return SyncMessage(document, Sync.UPDATE, update).encode()


async def settled() -> None:
    """Until what was appended has been shown: acknowledgements are callbacks of the loop."""
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.fixture
def stage(loop: asyncio.AbstractEventLoop) -> Stage:
    stage = Stage()
    loop.run_until_complete(stage.set_up())
    return stage


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Any:
    return loop.run_until_complete


class SlowLog(MemoryLog):
    """A log that stores when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self._unstored: list[asyncio.Future[None]] = []

    def append(self, session: str, entry: Entry) -> asyncio.Future[None]:
        """Keep `entry`."""
        stored = super().append(session, entry)
        if not self.slow:
            return stored
        self._unstored.append(asyncio.get_running_loop().create_future())
        return self._unstored[-1]

    def store(self) -> None:
        """Say of all that was appended that it is stored."""
        for each in self._unstored:
            each.set_result(None)


# --- edits --------------------------------------------------------------------------------


def test_what_is_refused_is_not_acknowledged_before_what_is_not_stored_yet(
    stage: Stage, run: Any
) -> None:
    """A page takes `count` for the first that it sent: it would forget an edit that may be lost."""
    log = SlowLog()

    async def scene() -> None:
        stage.rooms = Rooms(log, lambda session: f"/arena/join/{session}", supply())
        stage.access = Access(stage.rooms, open_access=False)
        await stage.set_up()
        ben, inbox = stage.connect(stage.ben)
        await settled()
        log.slow = True
        editor = Editor(5)
        update = editor.insert(0, "hello")
        stage.room.receive_frame(ben, edit(update))
        stage.room.receive_event(ben, "title-change", {"title": "Mine"}, "e")
        stage.room.receive_frame(ben, edit(update))  # once more: no change
        await settled()
        assert [each["code"] for each in inbox.of("error")] == ["denied"]
        assert inbox.of("saved") == []
        log.store()
        await settled()
        assert inbox.of("saved")[-1]["count"] == 3

    run(scene())


def test_what_a_locked_out_client_sent_is_acknowledged_once_it_came_again(
    stage: Stage, run: Any
) -> None:
    async def scene() -> None:
        ben, inbox = stage.connect(stage.ben)
        interviewer = Caller(stage.ana.id, Role.INTERVIEWER)
        await stored(stage.room.act(interviewer, "lock", {"locked": True}))
        editor = Editor(5)
        for index in range(3):
            stage.room.receive_frame(ben, edit(editor.insert(index, "x")))
        stage.room.receive_event(ben, "language-change", {"language": "python"}, "e")
        await settled()
        assert inbox.of("saved") == []  # no edit is taken for saved because an event was refused
        await stored(stage.room.act(interviewer, "lock", {"locked": False}))
        stage.room.receive_frame(ben, edit(editor.since(b"\x00")))
        await settled()
        assert inbox.of("saved")[-1]["count"] == 5
        assert stage.room.text() == "xxx"

    run(scene())


def test_a_room_that_was_given_up_stores_what_it_has_before_the_next_is_opened(
    stage: Stage, run: Any
) -> None:
    """Else the next would meet its entries in the log, and everybody would come back once more."""
    log = SlowLog()

    async def scene() -> None:
        stage.rooms = Rooms(log, lambda session: f"/arena/join/{session}", supply())
        stage.access = Access(stage.rooms, open_access=False)
        await stage.set_up()
        ben, _ = stage.connect(stage.ben)
        log.slow = True
        stage.room.receive_frame(ben, edit(Editor(5).insert(0, "hello")))
        stage.room.crash()
        opening = asyncio.create_task(stage.rooms.get(stage.room.session.id))
        await settled()
        assert not opening.done()
        log.store()
        room = await opening
        assert room is not None
        assert room.text() == "hello"

    run(scene())


def test_an_edit_reaches_the_others_and_is_acknowledged_to_its_author(
    stage: Stage, run: Any
) -> None:
    async def scene() -> None:
        ana, ana_inbox = stage.connect(stage.ana)
        _, ben_inbox = stage.connect(stage.ben)
        stage.room.receive_frame(ana, edit(Editor(5).insert(0, "hello")))
        assert ana_inbox.of("saved") == [] == ben_inbox.updates()  # not stored yet: not shown
        await settled()
        assert ana_inbox.of("saved") == [{"seq": stage.room.session.seq, "count": 1}]
        ben = Editor(6)
        for update in ben_inbox.updates():
            ben.apply(update)
        assert ben.text == stage.room.text() == "hello"
        assert ana_inbox.updates() == []

    run(scene())


def test_the_notes_reach_interviewers_only(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        other = await stage.invited("Cy", Role.INTERVIEWER)
        observer = await stage.invited("Dan", Role.OBSERVER)
        ana, _ = stage.connect(stage.ana)
        inboxes = [stage.connect(each)[1] for each in (other, stage.ben, observer)]
        note = Editor(5, root="notes").insert(0, "strong candidate")
        stage.room.receive_frame(ana, edit(note, Document.NOTES))
        await settled()
        assert [len(each.updates(Document.NOTES)) for each in inboxes] == [1, 0, 0]
        late = [stage.connect(each)[1] for each in (stage.ben, observer)]
        assert all(b"strong" not in frame for each in late for frame in each.frames)

    run(scene())


@pytest.mark.parametrize("kind", Sync)
def test_a_candidate_gets_nothing_of_the_notes(stage: Stage, run: Any, kind: Sync) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        note = Editor(5, root="notes").insert(0, "secret")
        stage.room.receive_frame(ana, edit(note, Document.NOTES))
        ben, inbox = stage.connect(stage.ben)
        inbox.frames.clear()
        payload = b"\x00" if kind is Sync.STEP1 else Editor(6, root="notes").insert(0, "mine")
        stage.room.receive_frame(ben, SyncMessage(Document.NOTES, kind, payload).encode())
        await settled()
        assert inbox.frames == []
        assert inbox.of("error")[0]["code"] == "denied"

    run(scene())


def test_a_forged_author_is_refused_and_reaches_nobody(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, ana_inbox = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        stage.room.receive_frame(ana, edit(item(5, 0, "ana")))
        await settled()
        before = stage.room.session.seq, len(ana_inbox.frames)
        with pytest.raises(Malformed):
            stage.room.receive_frame(ben, edit(item(5, 3, "ben", origin=(5, 2))))
        await settled()
        assert (stage.room.session.seq, len(ana_inbox.frames)) == before

    run(scene())


def test_a_client_id_is_taken_as_long_as_its_presence_is_shown(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        here = PresenceMessage([PresenceState(5, 1, {"cursor": None})])
        stage.room.receive_frame(ana, here.encode())
        with pytest.raises(Malformed):
            stage.room.receive_frame(ben, edit(item(5, 0, "I am Ana")))
        stage.room.receive_frame(ana, PresenceMessage([PresenceState(5, 2, None)]).encode())
        stage.room.receive_frame(ben, edit(item(5, 0, "so was I")))
        assert stage.room.text() == "so was I"
        # Who has written under an id has it, whoever is shown.
        stage.room.disconnect(ben)
        stage.room.receive_frame(ana, here.encode())
        with pytest.raises(Malformed):
            stage.room.receive_frame(ana, edit(item(5, 8, "!", origin=(5, 7))))

    run(scene())


def test_what_is_said_of_a_cursor_can_be_read_by_all(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        _, inbox = stage.connect(stage.ben)
        at = {"tname": "code", "item": {"client": True, "clock": 3}}
        state = {"cursor": {"anchor": at, "head": at}}
        for client, clock in ((5, 2**53 - 1), (6, 2**31)):
            here = PresenceMessage([PresenceState(client, clock, state)])
            stage.room.receive_frame(ana, here.encode())
        stage.room.disconnect(ana)
        heard = [frames.decode(each) for each in inbox.frames]
        said = [each.states for each in heard if isinstance(each, PresenceMessage)]
        assert [(each.client, each.state is None) for (each,) in said] == [(6, False), (6, True)]
        ((shown,), _) = said
        assert shown.state["cursor"] is None

    run(scene())


def test_of_presence_nothing_is_kept(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ben, _ = stage.connect(stage.ben)
        stage.room.keep_checkpoint()
        before = stage.room._state.checkpoint().state
        for client in range(100, 300):
            for state in ({"cursor": None}, None):
                here = PresenceMessage([PresenceState(client, 1, state)])
                stage.room.receive_frame(ben, here.encode())
        stage.room.receive_frame(ben, PresenceMessage([PresenceState(5, 1, {})]).encode())
        stage.room.disconnect(ben)
        stage.connect(stage.ben)
        assert len(stage.room._state.checkpoint().state) < len(before) + 50
        assert stage.room._state._shown == {}

    run(scene())


def test_what_is_typed_while_locked_waits_and_arrives_afterwards(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        caller = stage.room.caller(stage.connect(stage.ana)[0])
        ben, inbox = stage.connect(stage.ben)
        stage.room.act(caller, "lock", {"locked": True})
        editor = Editor(6)
        stage.room.receive_frame(ben, edit(editor.insert(0, "too late")))
        await settled()
        assert stage.room.text() == ""
        assert inbox.of("error")[0]["code"] == "denied"
        assert inbox.of("saved") == []
        inbox.frames.clear()
        stage.room.act(caller, "lock", {"locked": False})
        await settled()
        (question,) = [frames.decode(each) for each in inbox.frames]
        assert isinstance(question, SyncMessage)
        assert question.kind is Sync.STEP1
        answer = SyncMessage(Document.PAD, Sync.STEP2, editor.since(question.payload))
        stage.room.receive_frame(ben, answer.encode())
        await settled()
        assert stage.room.text() == "too late"
        assert inbox.of("saved")[-1]["count"] == 2

    run(scene())


# --- events -------------------------------------------------------------------------------


def test_an_event_that_is_sent_again_happens_once(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, inbox = stage.connect(stage.ana)
        _, other = stage.connect(stage.ben)
        for _ in range(2):
            stage.room.receive_event(ana, "language-change", {"language": "python"}, "e1")
        await settled()
        assert other.of("language-updated") == [{"userId": stage.ana.id, "language": "python"}]
        assert inbox.of("saved")[-1]["count"] == 2

    run(scene())


def test_an_event_is_taken_once_also_after_a_restart(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        stage.room.receive_event(ana, "language-change", {"language": "python"}, "e1")
        stage.room.receive_event(ana, "language-change", {"language": "javascript"}, "e2")
        await settled()
        stage.room.crash()
        fresh = await stage.rooms.get(stage.room.session.id)
        assert fresh is not None
        stage.room = fresh
        again, _ = stage.connect(stage.ana)
        stage.room.receive_event(again, "language-change", {"language": "python"}, "e1")
        assert stage.room.session.language == "javascript"

    run(scene())


def test_very_many_events_of_one_leave_those_of_others_known(
    stage: Stage, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arena_ext.rooms.state.EVENT_IDS_KEPT", 10)

    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        ben, inbox = stage.connect(stage.ben)
        stage.room.receive_event(ana, "language-change", {"language": "python"}, "e1")
        for number in range(30):
            change = {"language": ("python", "javascript")[number % 2]}
            stage.room.receive_event(ben, "language-change", change, f"b{number}")
        stage.room.receive_event(ana, "language-change", {"language": "sql"}, "e1")
        await settled()
        assert stage.room.session.language == "javascript"
        assert {"userId": stage.ana.id, "language": "sql"} not in inbox.of("language-updated")

    run(scene())


def test_only_who_started_a_run_reports_on_it(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, ana_inbox = stage.connect(stage.ana)
        ben, ben_inbox = stage.connect(stage.ben)
        start = {"runId": "r1", "language": "python", "code": "1"}
        stage.room.receive_event(ana, "execute-code", start, None)
        chunks = [{"stream": "stdout", "data": "forged"}]
        stage.room.receive_event(ben, "execution-output", {"runId": "r1", "chunks": chunks}, None)
        stage.room.receive_event(ben, "execution-result", {"runId": "r1", "error": None}, None)
        await settled()
        assert [each["code"] for each in ben_inbox.of("error")] == ["denied", "denied"]
        assert ana_inbox.of("execution-output") == ana_inbox.of("execution-result") == []
        assert stage.room.session.runs["r1"].status == "running"

    run(scene())


def test_a_run_is_lost_when_its_browser_goes_away(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ben, _ = stage.connect(stage.ben)
        start = {"runId": "r1", "language": "python", "code": "1"}
        stage.room.receive_event(ben, "execute-code", start, None)
        stage.room.disconnect(ben)
        assert stage.room.session.runs["r1"].status == "lost"

    run(scene())


def test_a_second_tab_keeps_its_person_on_the_roster(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        one, _ = stage.connect(stage.ben)
        two, _ = stage.connect(stage.ben)
        stage.room.disconnect(one)
        assert stage.ben.id in stage.room.session.present
        stage.room.disconnect(two)
        assert stage.ben.id not in stage.room.session.present

    run(scene())


# --- presence -----------------------------------------------------------------------------


def test_presence_has_the_servers_name_and_colour(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        _, inbox = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        forged = {"user": {"name": "Ana", "color": "red;}"}, "cursor": {"anchor": 1}, "x": "y"}
        stage.room.receive_frame(ben, PresenceMessage([PresenceState(6, 1, forged)]).encode())
        message = frames.decode(inbox.frames[-1])
        assert isinstance(message, PresenceMessage)
        (state,) = message.states
        assert set(state.state) == {"user", "cursor"}
        assert state.state["cursor"] is None
        assert state.state["user"]["name"] == "Ben"
        assert state.state["user"]["color"] == stage.ben.color

    run(scene())


def test_nobody_moves_or_removes_the_cursor_of_another(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, inbox = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        stage.room.receive_frame(ana, PresenceMessage([PresenceState(5, 1, {})]).encode())
        inbox.frames.clear()
        for state in (None, {"cursor": None}):
            echo = PresenceMessage([PresenceState(5, 9, state)])
            stage.room.receive_frame(ben, echo.encode())
        assert inbox.frames == []

    run(scene())


def test_a_cursor_goes_when_its_connection_goes(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        _, inbox = stage.connect(stage.ana)
        ben, _ = stage.connect(stage.ben)
        stage.room.receive_frame(ben, PresenceMessage([PresenceState(6, 1, {})]).encode())
        stage.room.disconnect(ben)
        message = frames.decode(inbox.frames[-1])
        assert message == PresenceMessage((PresenceState(6, 2, None),))

    run(scene())


# --- everybody agrees ---------------------------------------------------------------------


class Typist:
    """A browser: an editor, a connection that comes and goes, and a socket in between."""

    def __init__(self, stage: Stage, participant: Participant, client: int) -> None:
        self.stage, self.participant = stage, participant
        self.editor = Editor(client)
        self.connection: Connection | None = None
        self.inbox = Inbox()
        self._read = 0

    def go_online(self) -> None:
        if self.connection is None:
            self.connection, self.inbox = self.stage.connect(self.participant)
            self._read = 0
            question = SyncMessage(Document.PAD, Sync.STEP1, self.editor.state_vector())
            self.stage.room.receive_frame(self.connection, question.encode())

    def go_offline(self) -> None:
        """The socket breaks: what was on its way to this client is gone."""
        if self.connection is not None:
            self.stage.room.disconnect(self.connection)
            self.connection = None

    def type(self, chance: random.Random) -> None:
        length = len(self.editor.text)
        if length and chance.random() < 0.35:
            start = chance.randrange(length)
            update = self.editor.delete(start, min(length, start + chance.randint(1, 4)))
        else:
            text = chance.choice(["a", "é", "日本", "😀", "x😀y\n", "👩‍👩‍👧"])
            update = self.editor.insert(chance.randint(0, length), text)
        if self.connection is not None:
            self.stage.room.receive_frame(self.connection, edit(update))

    def read(self, how_many: int) -> None:
        """Receive the next frames; answers questions as a browser does."""
        for frame in self.inbox.frames[self._read : self._read + how_many]:
            self._read += 1
            message = frames.decode(frame)
            if not isinstance(message, SyncMessage) or message.document is not Document.PAD:
                continue
            if message.kind is not Sync.STEP1:
                self.editor.apply(message.payload)
            elif self.connection is not None:
                answer = SyncMessage(Document.PAD, Sync.STEP2, self.editor.since(message.payload))
                self.stage.room.receive_frame(self.connection, answer.encode())


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_everybody_converges(seed: int) -> None:
    chance = random.Random(seed)

    async def scene() -> None:
        stage = Stage()
        await stage.set_up()
        people = [stage.ana, stage.ben, await stage.invited("Cy", Role.CANDIDATE)]
        typists = [Typist(stage, each, 100 + index) for index, each in enumerate(people)]
        for _ in range(chance.randint(20, 120)):
            typist = chance.choice(typists)
            match chance.choice(["type", "type", "type", "read", "online", "offline", "settle"]):
                case "type":
                    typist.type(chance)
                case "read":
                    typist.read(chance.randint(1, 5))
                case "online":
                    typist.go_online()
                case "offline":
                    typist.go_offline()
                case "settle":
                    await settled()
        for _ in range(3):
            for typist in typists:
                typist.go_online()
                typist.read(10_000)
            await settled()
        text = stage.room.text()
        assert [typist.editor.text for typist in typists] == [text] * len(typists)
        assert await folded(stage) == text
        assert all(each.connection is not None for each in typists)  # nobody was thrown out

    asyncio.run(scene())


async def folded(stage: Stage) -> str:
    """The text that the log alone gives."""
    replica = fresh_replica()
    for entry in await stage.log.read(stage.room.session.id):
        if isinstance(entry.body, Edit) and entry.body.document is Document.PAD:
            replica.load(entry.body.update)
    return replica.text()


def test_a_room_that_was_evicted_comes_back_as_it_was(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        stage.room.receive_frame(ana, edit(Editor(5).insert(0, "kept 😀")))
        stage.room.receive_event(ana, "language-change", {"language": "python"}, None)
        await settled()
        before = stage.room.as_json()
        stage.room.crash()
        fresh = await stage.rooms.get(stage.room.session.id)
        assert isinstance(fresh, Room)
        assert fresh is not stage.room
        assert fresh.as_json() == before
        assert fresh.session.present == {}

    run(scene())
