"""Edits in a room: their recipients, and the time of their acknowledgement."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from arena_ext.crdt.updates import decode
from arena_ext.protocol import frames
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.wire import Dialect, Document, Sync
from arena_ext.rooms.admission import Admission
from arena_ext.rooms.registry import Rooms
from arena_ext.session.model import Entry
from arena_ext.session.permissions import Caller, Role
from arena_ext.storage.log import Done, stored
from arena_ext.storage.memory import MemoryLog
from tests.support.forged import item
from tests.support.honest import Editor
from tests.support.replicas import engine_pool
from tests.support.stage import Stage, edit, settled
from tests.support.steps import counted


class SlowLog(MemoryLog):
    """A log that stores entries when the test calls `store`."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self._unstored: list[Done] = []

    def append(self, session: str, entry: Entry, done: Done) -> None:
        """Append `entry`."""
        if self.slow:
            super().append(session, entry, lambda _: None)
            self._unstored.append(done)
        else:
            super().append(session, entry, done)

    def store(self) -> None:
        """Tell that all appended entries are stored."""
        for each in self._unstored:
            each(None)


# --- edits --------------------------------------------------------------------------------


def test_what_is_refused_is_not_acknowledged_before_what_is_not_stored_yet(
    stage: Stage, run: Any
) -> None:
    """A page takes its first `count` messages as saved; it would drop an edit not stored yet."""
    log = SlowLog()

    async def scene() -> None:
        stage.rooms = Rooms(
            log, lambda session: f"/arena/join/{session}", engine_pool(), stage.limits
        )
        stage.admission = Admission(stage.rooms, open_access=False)
        await stage.set_up()
        ben, inbox = stage.connect(stage.ben)
        await settled()
        log.slow = True
        editor = Editor(5)
        update = editor.insert(0, "hello")
        stage.room.receive_frame(ben, edit(update))
        stage.room.receive_event(ben, "title-change", {"title": "Mine"}, "e")
        stage.room.receive_frame(ben, edit(update))  # the same update again: no change
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
        await stored(stage.room.act(interviewer, "lock", {"locked": True}), 10)
        editor = Editor(5)
        for index in range(3):
            stage.room.receive_frame(ben, edit(editor.insert(index, "x")))
        stage.room.receive_event(ben, "language-change", {"language": "python"}, "e")
        await settled()
        assert inbox.of("saved") == []  # a refused event confirms no edit
        await stored(stage.room.act(interviewer, "lock", {"locked": False}), 10)
        stage.room.receive_frame(ben, edit(editor.since(b"\x00")))
        await settled()
        assert inbox.of("saved")[-1]["count"] == 5
        assert stage.room.text() == "xxx"

    run(scene())


def test_a_room_that_was_given_up_stores_what_it_has_before_the_next_is_opened(
    stage: Stage, run: Any
) -> None:
    """Else the next room would conflict with these entries, and all clients would reconnect."""
    log = SlowLog()

    async def scene() -> None:
        stage.rooms = Rooms(
            log, lambda session: f"/arena/join/{session}", engine_pool(), stage.limits
        )
        stage.admission = Admission(stage.rooms, open_access=False)
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
        assert ana_inbox.of("saved") == [] == ben_inbox.updates()  # not stored yet, so not shown
        await settled()
        assert ana_inbox.of("saved") == [{"seq": stage.room.session.seq, "count": 1}]
        ben = Editor(6)
        for update in ben_inbox.updates():
            ben.apply(update)
        assert ben.text == stage.room.text() == "hello"
        assert ana_inbox.updates() == []

    run(scene())


@pytest.mark.parametrize("kind", [Sync.UPDATE, Sync.STEP2])
def test_a_received_edit_is_decoded_once(stage: Stage, run: Any, kind: Sync) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        stage.connect(stage.ben)
        frame = SyncMessage(Document.PAD, kind, Editor(5).insert(0, "hello")).encode()
        with counted(decode) as calls:
            stage.room.receive_frame(ana, frame)
            await settled()
        assert stage.room.text() == "hello"
        assert calls() == 1

    run(scene())


def test_an_entry_of_the_log_is_decoded_once(stage: Stage, run: Any) -> None:
    async def scene() -> None:
        ana, _ = stage.connect(stage.ana)
        editor = Editor(5)
        for number in range(3):
            stage.room.receive_frame(ana, edit(editor.insert(number, "x")))
        await settled()
        stage.room.crash()
        with counted(decode) as calls:
            room = await stage.rooms.get(stage.room.session.id)
            assert room is not None
            assert room.text() == "xxx"
        assert calls() == 3

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
        ben, inbox = stage.connect(stage.ben)
        stage.room.receive_frame(ana, edit(item(5, 0, "ana")))
        await settled()
        before = stage.room.session.seq, len(ana_inbox.frames)
        stage.room.receive_frame(ben, edit(item(5, 3, "ben", origin=(5, 2))))
        await settled()
        assert inbox.of("error")[0]["client"] == 5
        assert (stage.room.session.seq, len(ana_inbox.frames)) == before
        # A standard provider reads no error.
        standard, _ = stage.connect(stage.ben, Dialect.YJS)
        with pytest.raises(Malformed):
            stage.room.receive_frame(standard, edit(item(5, 3, "ben", origin=(5, 2))))
        await settled()
        assert (stage.room.session.seq, len(ana_inbox.frames)) == before

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
