"""The two addresses that an operator's machines ask: whether the server lives, and can serve.

Both are for callers without a login, cost little, and show nothing of the interviews.
"""

from __future__ import annotations

import json

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import stream_request_body

from .security_headers import SecuredHandler
from .services import SERVICES, Services


@stream_request_body
class _Probe(SecuredHandler):
    """A handler that no budget and no credential delays, because it is asked about the server."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Look at nothing: neither at credentials nor at the host's name, which is an address."""

    async def data_received(self, chunk: bytes) -> None:
        """Ignore the body."""

    def _answer(self, value: object, status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value))


class HealthHandler(_Probe):
    """`api/health`: the event loop turns."""

    @allow_unauthenticated
    def get(self) -> None:
        self._answer({"status": "alive"})


class ReadyHandler(_Probe):
    """`api/ready`: interviews can be held. 503 and the reason where they cannot."""

    @allow_unauthenticated
    async def get(self) -> None:
        services: Services = self.settings[SERVICES]
        obstacle = await services.readiness.obstacle()
        if obstacle is None:
            self._answer({"status": "ready"})
        else:
            self._answer({"error": obstacle}, 503)
