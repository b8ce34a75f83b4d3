"""A participant without a browser, who stores values in a session through sockets of their own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from tests.support.clients import ArenaClient, JsonClient
from tests.support.servers import Server

#: Bytes of output in one event, as JSON, so that its frame stays within the limit.
EVENT = 240_000
#: Characters of one chunk of a stream, at most.
CHUNK = 65_536


class Guest:
    """An interviewer's or a candidate's sockets; each call returns after the server has stored it.

    The sockets live on a thread of their own, because Playwright's loop has the main thread.
    """

    def __init__(self, server: Server, session: str, loop: asyncio.AbstractEventLoop) -> None:
        self.server, self.session, self._loop = server, session, loop
        secret = server.invite(session).partition("#")[2]
        body = {"userName": "Mallory", "invite": secret}
        self._token = server.call("POST", f"sessions/{session}/join", body)["token"]
        self.socket = f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"
        self._events = self._do(self._join())
        self._editor: ArenaClient | None = None
        self.title = ""
        self.has_files = False
        self._gathered: list[JsonClient] = []
        self._runs = 0

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _join(self) -> JsonClient:
        client = await JsonClient.open(self.socket, self._token)
        await client.join()
        return client

    def call(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Call the REST interface below the session, as its host."""
        return self.server.call(method, f"sessions/{self.session}{path}", body)

    def entitle(self, title: str) -> None:
        """Change the session's title."""
        self.title = title
        self.call("PATCH", "", {"title": title})

    def send(self, *events: tuple[str, dict[str, Any]]) -> None:
        """Send events, and wait until the server has stored them; fails if it refused one."""
        self._do(self._send(events))

    async def _send(self, events: tuple[tuple[str, dict[str, Any]], ...]) -> None:
        client = self._events
        for kind, payload in events:
            # As UTF-8 without escapes, as browsers send it.
            await client.send_raw(
                json.dumps({"type": kind, "payload": payload}, ensure_ascii=False)
            )
        client.sent += len(events)
        await client.settled()
        refused = client.payloads("error")
        assert refused == [], refused
        client.events.clear()

    def run(
        self,
        chunks: list[dict[str, str]],
        *,
        code: str = "",
        language: str = "javascript",
        error: str | None = None,
        prompt: str | None = None,
        main: str = "main.js",
        files: dict[str, str] | None = None,
    ) -> None:
        """A run with this output. It ends, unless it has a prompt."""
        self._runs += 1
        run = f"r{self._runs}"
        about = {"runId": run, "language": language, "code": code, "main": main}
        events: list[tuple[str, dict[str, Any]]] = [
            ("execute-code", {**about, "files": files or {}})
        ]
        events += [
            ("execution-output", {"runId": run, "chunks": part}) for part in in_frames(chunks)
        ]
        if prompt is None:
            end = {"runId": run, "error": error, "status": "ok" if error is None else "error"}
            events.append(("execution-result", end))
        else:
            events.append(("input-request", {"runId": run, "prompt": prompt}))
        self.send(*events)

    def write(self, text: str) -> None:
        """Replace the text of the pad."""
        self._do(self._write(text))

    async def _write(self, text: str) -> None:
        if self._editor is None:
            self._editor = await ArenaClient.open(self.socket, self._token)
            await self._editor.settled()
        if self._editor.text:
            await self._editor.delete(0, len(self._editor.text))
        for at in range(0, len(text), 50_000):
            await self._editor.insert(at, text[at : at + 50_000])
        await self._editor.settled()

    @property
    def client_id(self) -> int:
        """The Yjs client id of what it wrote."""
        assert self._editor is not None
        return self._editor.client_id

    def type(self, edits: int) -> None:
        """Many single edits, at both ends of the text by turns."""
        self._do(self._type(edits))

    async def _type(self, edits: int) -> None:
        editor = self._editor
        assert editor is not None
        for at in range(edits):
            await editor.insert(0 if at % 2 else len(editor.text), "x")
        await editor.settled()

    def join(self, *names: str) -> list[str]:
        """More participants, who have no sockets; returns their tokens."""
        secret = self.server.invite(self.session).partition("#")[2]
        path = f"sessions/{self.session}/join"
        bodies = [{"userName": name, "invite": secret} for name in names]
        return [self.server.call("POST", path, body).get("token", "") for body in bodies]

    def gather(self, people: int, text: str) -> None:
        """People whose cursors are all over this text."""
        self.write(text)
        self._do(self._gather(self.join(*[f"{at} person" for at in range(people)])))

    async def _gather(self, tokens: list[str]) -> None:
        for at, token in enumerate(tokens):
            client = await JsonClient.open(self.socket, token)
            await client.join()
            await client.send("cursor-move", {"cursor": {"line": 1, "column": at * 200}})
            await client.settled()
            self._gathered.append(client)

    def leave(self) -> None:
        """Close the sockets."""
        for client in (self._events, *self._gathered):
            self._do(client.close())
        if self._editor is not None:
            self._do(self._editor.close())


def size_of(chunk: dict[str, str]) -> int:
    """Bytes of a chunk as JSON."""
    return len(json.dumps(chunk, ensure_ascii=False).encode())


def in_parts(chunk: dict[str, str]) -> Iterator[dict[str, str]]:
    """The chunk; text of a stream is halved until it fits in an event."""
    data = chunk["data"]
    if "stream" not in chunk or (len(data) <= CHUNK and size_of(chunk) <= EVENT):
        yield chunk
    else:
        for half in (data[: len(data) // 2], data[len(data) // 2 :]):
            yield from in_parts({**chunk, "data": half})


def in_frames(chunks: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    """The chunks in groups that fit in an event each."""
    group: list[dict[str, str]] = []
    size = 0
    for chunk in chain.from_iterable(map(in_parts, chunks)):
        length = size_of(chunk)
        if group and (size + length > EVENT or len(group) == 256):
            yield group
            group, size = [], 0
        group.append(chunk)
        size += length
    if group:
        yield group


@contextmanager
def own_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs on a thread of its own until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
