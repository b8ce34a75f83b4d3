"""The answer of every address of Arena in a Jupyter server where Arena could not start."""

from __future__ import annotations

import json

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import stream_request_body

from arena_ext.protocol.errors import ArenaError

from .errors import answer_to
from .security_headers import SecuredHandler

#: The pattern of all addresses of Arena, but for static files.
PATTERN = r"arena(?:/.*)?"


class NotStarted(ArenaError):
    """Arena could not start; the message says why."""

    code = "not-started"


@stream_request_body
class UnavailableHandler(SecuredHandler):
    """503 for every call, with the reason.

    The error's own words, which may name files of the server, are for a Jupyter login only.
    """

    def initialize(self, error: Exception) -> None:
        """Keep the error that Arena's start ended with."""
        self._error = error

    async def data_received(self, chunk: bytes) -> None:
        """Ignore the body."""

    def _log(self) -> None:
        """Log no call: one line at the start has said it."""

    def check_xsrf_cookie(self) -> None:
        """Demand no cookie: no call has an effect."""

    @allow_unauthenticated
    def get(self) -> None:
        """Answer JSON below `arena/api/`, and a line of text elsewhere."""
        guest = self.current_user is None
        message = answer_to(self._error, 503).message if guest else str(self._error)
        self.set_status(503)
        if self.request.path.partition("/arena/")[2].startswith("api/"):
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps({"error": message}))
        else:
            self.set_header("Content-Type", "text/plain; charset=UTF-8")
            self.finish(f"{message}\n")

    head = post = put = patch = delete = options = get
