"""REST clients of a real server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httputil import HTTPHeaders

#: Time limit of every wait, seconds; enough for a busy machine.
DEADLINE = 15.0


@dataclass(frozen=True)
class Answer:
    """The answer to a call."""

    status: int
    headers: HTTPHeaders
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass(frozen=True)
class Exchange:
    """A call and its answer; `path` is below the base URL and starts with a slash."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    answer: Answer


@dataclass(frozen=True)
class Person:
    """A caller of the server, with the same headers in each call."""

    #: `http://127.0.0.1:<port><base_url>`, slash included.
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    watch: Callable[[Exchange], None] = lambda _: None

    async def fetch(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call `path`, below `arena/api/`, or below the base URL if it starts with a slash.

        `body` is sent as JSON, bytes unchanged. Redirects and errors are returned as answers.
        """
        below = path if path.startswith("/") else f"/arena/api/{path}"
        sent = {**self.headers, **(headers or {})}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        request = HTTPRequest(
            self.url.rstrip("/") + below,
            method,
            sent,
            data,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            decompress_response=False,
            request_timeout=DEADLINE,
        )
        client = AsyncHTTPClient(force_instance=True)
        try:
            response = await client.fetch(request, raise_error=False)
        finally:
            client.close()
        answer = Answer(response.code, response.headers, response.body)
        self.watch(Exchange(method, below, sent, data, answer))
        return answer

    async def session(self, **options: str) -> str:
        """Create a session; returns its id."""
        answer = await self.fetch("POST", "sessions", options)
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    async def invite(self, session: str, role: str = "candidate", **options: Any) -> str:
        """Create an invite; returns its secret."""
        body = {"role": role, **options}
        answer = await self.fetch("POST", f"sessions/{session}/invites", body)
        assert answer.status == 201, answer.text
        return str(answer.json["url"]).partition("#")[2]

    async def join(self, session: str, name: str, invite: str | None = None) -> tuple[str, str]:
        """Join a session; returns the participant's id and token."""
        body = {"userName": name} | ({} if invite is None else {"invite": invite})
        answer = await self.fetch("POST", f"sessions/{session}/join", body)
        assert answer.status == 200, answer.text
        return answer.json["user"]["id"], answer.json["token"]

    async def code(self, session: str) -> str:
        """The text of a session's main file."""
        answer = await self.fetch("GET", f"sessions/{session}")
        assert answer.status == 200, answer.text
        return str(answer.json["code"])
