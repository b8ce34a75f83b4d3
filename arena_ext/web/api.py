"""A REST call: a bounded body in, an answer out, and the one translator of errors."""

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
    """What all REST handlers share."""

    #: The largest body that is kept, bytes. Tornado alone would keep half a gigabyte of anybody's.
    max_body = MAX_SMALL_BODY
    #: Whether it comes from somebody who has logged in, and may be large and slow.
    trusted_body = False

    async def prepare(self) -> None:  # type: ignore[override]
        """Look at the headers; the body comes later, in pieces."""
        self._received = bytearray()
        self._too_large = self._too_many = False
        self._held = 0
        # Done when the body is there, or its sender gone: Tornado has no other way to tell.
        self.request._body_future.add_done_callback(self._body_over)  # noqa: SLF001
        timeout = self.services.limits.body_timeout
        self._deadline = asyncio.get_running_loop().call_later(timeout, self._body_is_late)
        await super().prepare()
        if self.payer is not None and self.payer.bytes.left < 0:
            raise TooMany("bytes at once")
        length = int(self.request.headers.get("Content-Length", 0))
        if length > self.max_body:
            raise HTTPError(413)
        endless = "Transfer-Encoding" in self.request.headers
        if self.max_body > MAX_SMALL_BODY and (endless or length > MAX_SMALL_BODY):
            await self.expect_body()

    async def expect_body(self) -> None:
        """Raise what the call would, where nobody needs to read what comes to know it."""
        await self.authenticate(self.path_kwargs["session"])

    async def data_received(self, chunk: bytes) -> None:
        """Keep a piece of the body, while it is not too much; without a length that shows late."""
        self._keep(chunk)
        # Tornado reads on without a pause what a socket has sent: let the others have their turn.
        await self.services.quotas.turn()

    def _keep(self, chunk: bytes) -> None:
        if self.payer is not None:
            self.payer.bytes.charge(len(chunk))
        self._too_large = self._too_large or len(self._received) + len(chunk) > self.max_body
        if self._too_large or self._too_many:
            self._received.clear()
            return
        self._received += chunk
        if self.trusted_body:
            return
        held = max(0, len(self._received) - MAX_SMALL_BODY)
        try:
            self.services.quotas.hold_body(held - self._held, self.payer)
            self._held = held
        except TooMany:
            self._too_many = True
            self._received.clear()
            self._let_go()

    def _let_go(self) -> None:
        self.services.quotas.hold_body(-self._held, self.payer)
        self._held = 0

    def _body_over(self, _: object) -> None:
        self._deadline.cancel()
        self._let_go()

    def _body_is_late(self) -> None:
        self.request.connection.close()  # type: ignore[union-attr]

    def raw_body(self) -> bytes:
        """The request's body; raises `HTTPError` (413)."""
        if self._too_large:
            raise HTTPError(413)
        if self._too_many:
            raise TooMany("large bodies at once")
        return bytes(self._received)

    def body(self, name: str) -> dict[str, Any]:
        """The request's body, which has the shape `name`; raises `Invalid`."""
        try:
            value = json.loads(self.raw_body() or b"{}")
        except (ValueError, RecursionError):
            raise Invalid("the body is not JSON") from None
        return check_shape(name, value)

    async def authenticate(self, session: str) -> tuple[Room, Caller]:
        """The room and the caller's part in it; raises `Unknown`."""
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
        """Answer with nothing."""
        self.set_status(204)
        self.finish()

    def log_exception(self, *args: Any) -> None:
        """Log the server's own faults; what a caller did wrong is answered, not logged."""
        error = args[1]
        if not isinstance(error, ArenaError) or answer_to(error).status == 500:
            super().log_exception(*args)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answer an error of the domain with its own status."""
        super().send_error(answer_to(_error_of(kwargs), status_code).status, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer `{error: text}`."""
        message = answer_to(_error_of(kwargs), status_code).message
        self.answer({"error": message}, status_code)


def _error_of(kwargs: Mapping[str, Any]) -> BaseException | None:
    """The exception that Tornado passes to `send_error` and `write_error`, if any."""
    error: BaseException | None = kwargs.get("exc_info", (None, None, None))[1]
    return error
