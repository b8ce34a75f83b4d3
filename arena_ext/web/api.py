"""Base of the REST handlers: a bounded body in, JSON out, errors as JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, stream_request_body

from arena_ext.limits.quotas import TooMany
from arena_ext.protocol.errors import ArenaError, Invalid
from arena_ext.protocol.limits import MAX_SMALL_BODY
from arena_ext.protocol.schemas import check_shape
from arena_ext.rooms.room import Room
from arena_ext.session.permissions import Caller
from arena_ext.storage.log import stored

from .base import ArenaHandler
from .errors import answer_to


@stream_request_body
class ApiHandler(ArenaHandler, APIHandler):
    """A REST handler: reads a bounded body, answers JSON."""

    #: The largest body that is kept, bytes. Tornado's own limit is half a gigabyte, for any client.
    max_body = MAX_SMALL_BODY
    #: The code of the error that was the answer.
    refusal: str | None = None
    #: Whether the body comes from a Jupyter login: then it counts in no quota.
    trusted_body = False

    async def prepare(self) -> None:  # type: ignore[override]
        """Check the headers; the body comes later, in chunks."""
        self._received = bytearray()
        self._too_large = self._too_many = False
        self._held = 0
        # Done when the body has arrived or its sender has gone: Tornado has no other such event.
        self.request._body_future.add_done_callback(self._body_ended)  # noqa: SLF001
        timeout = self.services.limits.body_timeout
        self._deadline = asyncio.get_running_loop().call_later(timeout, self._body_is_late)
        await super().prepare()
        if self.budget is not None and self.budget.bytes.left < 0:
            raise TooMany("bytes at once")
        length = int(self.request.headers.get("Content-Length", 0))
        if length > self.max_body:
            raise HTTPError(413)
        endless = "Transfer-Encoding" in self.request.headers
        if self.max_body > MAX_SMALL_BODY and (endless or length > MAX_SMALL_BODY):
            await self.authorize_body()

    async def authorize_body(self) -> None:
        """Refuse a caller without rights before a large body is read, with the handler's error."""
        await self.authenticate(self.path_kwargs["session"])

    async def data_received(self, chunk: bytes) -> None:
        """Keep a chunk of the body while it is within the limits.

        The size of a body without a `Content-Length` shows here only.
        """
        self._add(chunk)
        # Tornado reads on without a pause: the other clients need a turn in between.
        await self.services.quotas.wait_for_turn()

    def _add(self, chunk: bytes) -> None:
        if self.budget is not None:
            self.budget.bytes.charge(len(chunk))
        self._too_large = self._too_large or len(self._received) + len(chunk) > self.max_body
        if self._too_large or self._too_many:
            self._received.clear()
            return
        self._received += chunk
        if self.trusted_body:
            return
        held = max(0, len(self._received) - MAX_SMALL_BODY)
        try:
            self.services.quotas.hold_body(held - self._held, self.budget)
            self._held = held
        except TooMany:
            self._too_many = True
            self._received.clear()
            self._release()

    def _release(self) -> None:
        self.services.quotas.hold_body(-self._held, self.budget)
        self._held = 0

    def _body_ended(self, _: object) -> None:
        self._deadline.cancel()
        self._release()

    def _body_is_late(self) -> None:
        self.request.connection.close()  # type: ignore[union-attr]

    def raw_body(self) -> bytes:
        """The request's body. Raises `HTTPError` (413) or `TooMany`."""
        if self._too_large:
            raise HTTPError(413)
        if self._too_many:
            raise TooMany("large bodies at once")
        return bytes(self._received)

    def body(self, name: str) -> dict[str, Any]:
        """The request's body as JSON of the schema `name`. Raises `Invalid`."""
        try:
            value = json.loads(self.raw_body() or b"{}")
        except (ValueError, RecursionError):
            raise Invalid("the body is not JSON") from None
        return check_shape(name, value)

    async def authenticate(self, session: str) -> tuple[Room, Caller]:
        """The room and the caller's role in it. Raises `Unknown`."""
        return await self.services.admission.authenticate(session, await self.credentials())

    async def stored(self, entry: asyncio.Future[None] | None) -> None:
        """Wait until a change is stored; raises `NotStored`. None is for no change."""
        await stored(entry, self.services.limits.store_timeout)

    def answer(self, value: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value))

    def done(self) -> None:
        """Answer 204, without a body."""
        self.set_status(204)
        self.finish()

    def log_exception(self, *args: Any) -> None:
        """Log the server's own faults; a caller's mistakes are answered, not logged."""
        error = args[1]
        if not isinstance(error, ArenaError) or answer_to(error).status == 500:
            super().log_exception(*args)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answer an error of the domain with its own status, and count it."""
        error = _error_of(kwargs)
        status = answer_to(error, status_code).status
        # A status is one of few; what a client sends has no part in it.
        self.refusal = error.code if isinstance(error, ArenaError) else str(status)
        self.services.refusals["http", self.refusal] += 1
        super().send_error(status, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer `{error: text}`."""
        message = answer_to(_error_of(kwargs), status_code).message
        self.answer({"error": message}, status_code)


def _error_of(kwargs: Mapping[str, Any]) -> BaseException | None:
    """The exception that Tornado passes to `send_error` and `write_error`, if any."""
    error: BaseException | None = kwargs.get("exc_info", (None, None, None))[1]
    return error
