"""WebSocket clients for tests: one for JSON events, one for Yjs."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from jsonschema import Draft202012Validator
from pycrdt import Doc, Text, TransactionEvent
from tornado.websocket import WebSocketClientConnection, websocket_connect

from arena_ext.protocol.contract import LOGGED_EVENTS, SERVER_EVENTS
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.lib0 import Reader
from arena_ext.protocol.wire import TOKEN_PREFIX, Close, Dialect, Document, Frame, Sync
from tests.support.people import DEADLINE

Value = TypeVar("Value")


class Client:
    """A WebSocket that reads messages as they arrive; its subclasses interpret them."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket = socket
        #: All events so far, in order of arrival: `{type, payload, …}`.
        self.events: list[dict[str, Any]] = []
        #: After the server has closed: its close code (None: the connection was lost).
        self.close_code: int | None = None
        self.closed = False
        #: The count of the last `saved` event: the processed messages of this client.
        self.saved = 0
        #: The number of sent messages that `saved` counts.
        self.sent = 0
        self._taken: Counter[str] = Counter()
        self._arrived = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the server selected."""
        return self._socket.selected_subprotocol

    async def _read(self) -> None:
        try:
            while (message := await self._socket.read_message()) is not None:
                if isinstance(message, str):
                    event = json.loads(message)
                    _conforms(event)
                    self.events.append(event)
                    if event["type"] == "saved":
                        self.saved = event["payload"]["count"]
                else:
                    self._frame(message)
                self._arrived.set()
        finally:
            self.closed, self.close_code = True, self._socket.close_code
            self._arrived.set()

    def _frame(self, frame: bytes) -> None:
        raise AssertionError(f"a binary frame for a client that speaks JSON: {frame.hex()}")

    async def until(self, what: Callable[[], Value], meaning: str = "") -> Value:
        """Wait until `what()` is true, and return it; fails after `DEADLINE`."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not (value := what()):
                    if self._reader.done():
                        self._reader.result()
                        break
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            value = what()
        kinds = [event["type"] for event in self.events]
        code = f", closed with {self.close_code}" if self.closed else ""
        assert value, f"waited in vain for {meaning or what}; got {kinds}{code}"
        return value

    async def expect(self, kind: str) -> dict[str, Any]:
        """Wait for the next event of a type; returns its payload. Each event is returned once."""
        number = self._taken[kind]
        await self.until(lambda: len(self.payloads(kind)) > number, f"event {kind}")
        self._taken[kind] += 1
        return self.payloads(kind)[number]

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of all events of a type so far."""
        return [event["payload"] for event in self.events if event["type"] == kind]

    async def expect_close(self, code: int) -> None:
        """Wait until the server closes the socket, with this code."""
        await self.until(lambda: self.closed, "the socket to be closed")
        got = self.close_code
        assert got == code, f"expected {Close(code).name} ({code}), got {got}"

    async def send(self, kind: str, payload: Any, id: str | None = None) -> None:  # noqa: A002
        """Send an event."""
        about = {} if id is None else {"id": id}
        if kind not in ("join-session", "leave-session", "cursor-move"):
            self.sent += 1
        await self.send_raw(json.dumps({"type": kind, "payload": payload, **about}))

    async def send_raw(self, message: str | bytes) -> None:
        """Send a message unchanged."""
        await self._socket.write_message(message, binary=isinstance(message, bytes))

    async def settled(self) -> None:
        """Wait until the server has processed all sent messages."""
        await self.until(lambda: self.saved >= self.sent, f"saved {self.sent}, not {self.saved}")

    async def close(self, code: int | None = None) -> None:
        """Close the connection, and wait for it."""
        self._socket.close(code)
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(self._reader, return_exceptions=True)


#: Events that the server may send, in or out of the log.
_TOLD = {
    kind: Draft202012Validator(schema)
    for kind, schema in {**LOGGED_EVENTS, **SERVER_EVENTS}.items()
}


def _conforms(event: dict[str, Any]) -> None:
    """Raise unless the contract defines this event of the server."""
    kind = event["type"]
    _TOLD[kind].validate(event["payload"])
    place = {"seq", "at"} if kind in LOGGED_EVENTS else set()
    assert event.keys() == {"type", "payload", *place}, event


class JsonClient(Client):
    """A client without Yjs, such as a bot: events only."""

    @classmethod
    async def open(
        cls, url: str, token: str | None = None, dialect: str | None = Dialect.JSON
    ) -> JsonClient:
        """Connect without `join-session`. With `dialect` None it requests no subprotocol."""
        offered = ([] if dialect is None else [dialect]) + _token(token)
        return cls(await websocket_connect(url, subprotocols=offered or None))

    async def join(self, username: str = "Ada", **more: Any) -> dict[str, Any]:
        """Send `join-session`; returns the payload of `session-state`."""
        await self.send("join-session", {"username": username, **more})
        return await self.expect("session-state")

    async def expect_code(self, code: str) -> dict[str, Any]:
        """Wait until the latest `code-update` has the text `code`; returns its payload."""

        def latest() -> dict[str, Any] | None:
            told = self.payloads("code-update")[-1:]
            return told[0] if told and told[0]["code"] == code else None

        found = await self.until(latest, f"a code-update to {code!r}")
        assert found is not None
        return found


class ArenaClient(Client):
    """An editor: a Yjs document that is kept in sync, and events on request."""

    def __init__(self, socket: WebSocketClientConnection, doc: Doc[Text] | None) -> None:
        self._doc: Doc[Text] = Doc() if doc is None else doc
        self._pad: Text = self._doc.get("code", type=Text)
        self._local: list[bytes] = []
        self._applying = False
        self._subscription = self._doc.observe(self._note)
        #: Binary frames other than sync of the pad, in order of arrival.
        self.frames: list[bytes] = []
        #: The hashes of the pad's texts in all consistency checks from the server.
        self.checks: list[bytes] = []
        #: Whether the server has sent the updates that this client lacked at the start.
        self.synced = False
        super().__init__(socket)

    @classmethod
    async def open(
        cls,
        url: str,
        token: str | None = None,
        dialect: str = Dialect.ARENA,
        doc: Doc[Text] | None = None,
    ) -> ArenaClient:
        """Connect and start to sync; `doc` is the document from before a lost connection."""
        socket = await websocket_connect(url, subprotocols=[dialect, *_token(token)])
        client = cls(socket, doc)
        await client.ask()
        return client

    @property
    def doc(self) -> Doc[Text]:
        """The document."""
        return self._doc

    @property
    def client_id(self) -> int:
        """The Yjs client id of its edits."""
        return int(self._doc.client_id)

    @property
    def text(self) -> str:
        """This client's text of the main file."""
        return str(self._pad)

    async def ask(self) -> None:
        """Send the pad's sync step 1."""
        await self._sync(Sync.STEP1, self._doc.get_state())

    async def insert(self, index: int, text: str) -> None:
        """Type `text` before the character at `index` (code points), and send it."""
        self._pad.insert(self._offset(index), text)
        await self._flush()

    async def delete(self, index: int, length: int = 1) -> None:
        """Delete characters, and send the update."""
        start, end = self._offset(index), self._offset(index + length)
        del self._pad[start:end]
        await self._flush()

    async def settled(self) -> None:
        """Wait until it is in sync and the server has processed all sent messages."""
        await self.until(lambda: self.synced, "sync step 2")
        await super().settled()

    async def expect_text(self, text: str) -> None:
        """Wait until the main file has the text `text`."""
        await self.until(lambda: self.text == text, f"the text {text!r}, not {self.text!r}")

    def _offset(self, index: int) -> int:
        return len(self.text[:index].encode())  # pycrdt counts UTF-8 bytes

    def _note(self, event: TransactionEvent) -> None:
        if not self._applying:
            self._local.append(bytes(event.update))

    async def _flush(self) -> None:
        updates, self._local = self._local, []
        for update in updates:
            await self._sync(Sync.UPDATE, update)

    async def _sync(self, kind: Sync, payload: bytes) -> None:
        if kind is not Sync.STEP1:
            self.sent += 1
        await self.send_raw(SyncMessage(Document.PAD, kind, payload).encode())

    def _frame(self, frame: bytes) -> None:
        reader = Reader(frame)
        if reader.uint() != Frame.SYNC:
            self.frames.append(frame)
            return
        kind, payload = reader.uint(), reader.bytes()
        if kind == Sync.STEP1:
            self.sent += 1
            answer = SyncMessage(Document.PAD, Sync.STEP2, self._doc.get_update(payload))
            self._socket.write_message(answer.encode(), binary=True)
            return
        if kind == Sync.CHECK:
            self.checks.append(payload)
            return
        self._applying = True
        try:
            self._doc.apply_update(payload)
        finally:
            self._applying = False
        self.synced = self.synced or kind == Sync.STEP2


def _token(token: str | None) -> list[str]:
    return [] if token is None else [TOKEN_PREFIX + token]


async def open_raw(
    base: str, session: str, token: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """An open socket that is never read."""
    address, _, path = base.partition("/")
    reader, writer = await asyncio.open_connection(*address.split(":"), limit=4096)
    writer.write(
        f"GET /{path}arena/ws/{session} HTTP/1.1\r\nHost: {address}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Sec-WebSocket-Protocol: arena.v1, token.{token}\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    return reader, writer
