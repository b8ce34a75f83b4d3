"""The handshake of a WebSocket; a `Socket` takes the connection over after it."""

from __future__ import annotations

import binascii
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

from arena_ext.protocol.wire import TOKEN_PREFIX, Dialect

from .base import ArenaHandler
from .framing import accept
from .socket import Socket
from .transport import hand_over

#: The only version of the protocol.
_VERSION = "13"
#: Bytes of the client's key.
_KEY = 16


class SocketHandler(ArenaHandler, JupyterHandler):
    """`<base_url>arena/ws/<session>`: one connection.

    The authority is a participant token in the subprotocol list, or in `join-session`; never a
    cookie. So a page of another origin that opens a socket has no rights.
    """

    def set_default_headers(self) -> None:
        """Set the headers; a client of another version learns the version."""
        super().set_default_headers()
        self.set_header("Sec-WebSocket-Version", _VERSION)

    async def prepare(self, **_: Any) -> None:
        """Let everybody open a socket; the token is checked after the handshake."""
        await super().prepare(_redirect_to_login=False)

    @property
    def _offered(self) -> list[str]:
        """The list of subprotocols."""
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        return [each.strip() for each in offered.split(",")]

    @property
    def offered_token(self) -> str | None:
        """The token in the subprotocol list."""
        tokens = (each for each in self._offered if each.startswith(TOKEN_PREFIX))
        return next((each.removeprefix(TOKEN_PREFIX) for each in tokens), None)

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        """Upgrade to a WebSocket. Compression is not offered: 2 MB of a bomb cost seconds."""
        key = self._key()
        # Never a token: the server must not repeat it.
        known = next((each for each in self._offered if each in set(Dialect)), None)
        dialect = Dialect(known or Dialect.JSON)
        self.clear_header("Content-Type")
        self.set_status(101)
        self.set_header("Upgrade", "websocket")
        self.set_header("Connection", "Upgrade")
        self.set_header("Sec-WebSocket-Accept", accept(key))
        if known is not None:
            self.set_header("Sec-WebSocket-Protocol", known)
        token, address, budget = self.offered_token, self.address, self.budget
        self.finish()
        stream = self.detach()
        await stream.write(b"")  # after the headers
        await hand_over(stream, Socket(self.services, session, dialect, token, address, budget))

    def _key(self) -> str:
        """The key of a handshake. Raises 400, 403 or 426 for a request that is none."""
        headers = self.request.headers
        tokens = {each.strip().lower() for each in headers.get("Connection", "").split(",")}
        if headers.get("Upgrade", "").lower() != "websocket" or "upgrade" not in tokens:
            raise HTTPError(400)
        # Same origin, or one that the server's `allow_origin` allows.
        if not self.check_origin():
            raise HTTPError(403)
        if headers.get("Sec-WebSocket-Version") != _VERSION:
            raise HTTPError(426)
        key = headers.get("Sec-WebSocket-Key", "")
        try:
            right = len(binascii.a2b_base64(key, strict_mode=True)) == _KEY
        except ValueError:
            right = False
        if not right:
            raise HTTPError(400)
        return key
