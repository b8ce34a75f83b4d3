"""A room without a network: its people, and the messages that each of them receives."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any

from arena_ext.protocol import frames
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Close, Dialect, Document, Sync
from arena_ext.rooms.admission import Admission
from arena_ext.rooms.connection import Connection
from arena_ext.rooms.credentials import Credentials, Login
from arena_ext.rooms.registry import Rooms
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Role
from arena_ext.storage.memory import MemoryLog
from tests.support.honest import Editor
from tests.support.replicas import engine_pool


class Inbox:
    """An Outbox that records the messages sent to it."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.events: list[Mapping[str, Any]] = []
        #: Messages that were already encoded as JSON.
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
        """The received updates of a document."""
        messages = [frames.decode(each) for each in self.frames]
        return [
            each.payload
            for each in messages
            if isinstance(each, SyncMessage)
            and each.document is document
            and each.kind is not Sync.STEP1
        ]


class Stage:
    """A session with an owner and changing participants."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.log = MemoryLog()
        self.rooms = Rooms(
            self.log, lambda session: f"/arena/join/{session}", engine_pool(), limits
        )
        self.admission = Admission(self.rooms, open_access=False)

    async def set_up(self) -> None:
        self.room = await self.rooms.create("owner", "A session", "javascript")
        login = Credentials(login=Login("owner", "ana", "Ana"))
        session = self.room.session.id
        _, self.ana, _ = await self.admission.join(session, "Ana", login, None)
        self.ben = await self.invited("Ben", Role.CANDIDATE)

    async def invited(self, name: str, role: Role) -> Participant:
        _, secret = await self.admission.grant(self.room, role, "", 60)
        _, participant, _ = await self.admission.join(
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
    """Wait for the effects of appended entries: acknowledgements are event loop callbacks."""
    for _ in range(3):
        await asyncio.sleep(0)


class Typist:
    """A browser: an editor, a socket, and a connection that can be lost and renewed."""

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
        """Break the socket: messages in transit to this client are lost."""
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
        """Receive the next frames, and answer sync requests as a browser does."""
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
