"""The open sockets of a server: they write together, and close together."""

from __future__ import annotations

import asyncio
from typing import Protocol

from arena_ext.protocol.wire import Close

#: Seconds that clients have to answer a close frame when the server stops.
_STOPPING = 1.0


class OpenSocket(Protocol):
    """A socket, as far as it is one of many."""

    def flush(self) -> None:
        """Send what waits, in one write."""
        ...

    def close(self, code: Close) -> None:
        """Close it with a named code."""
        ...

    def abort(self) -> None:
        """End the connection at once."""
        ...


class Sockets:
    """All sockets of a server."""

    def __init__(self) -> None:
        self._open: set[OpenSocket] = set()
        #: Those with something to send in this turn of the event loop. A socket that adds the
        #: first calls `flush_soon`.
        self.sending: list[OpenSocket] = []
        self._all_gone = asyncio.Event()

    def opened(self, socket: OpenSocket) -> None:
        """A socket is open."""
        self._open.add(socket)

    def gone(self, socket: OpenSocket) -> None:
        """A socket is closed."""
        self._open.discard(socket)
        if not self._open:
            self._all_gone.set()

    def flush_soon(self) -> None:
        """Flush the sockets of `sending` at the end of this turn of the event loop.

        So a key and the cursor behind it, or a key and an acknowledgement, cost one system call.
        """
        asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        sending = tuple(self.sending)
        self.sending.clear()
        for each in sending:
            each.flush()

    async def close(self) -> None:
        """Close all sockets: the server stops. Clients that do not answer soon are cut off."""
        for each in tuple(self._open):
            each.close(Close.GOING_AWAY)
        if self._open:
            self._all_gone.clear()
            try:
                async with asyncio.timeout(_STOPPING):
                    await self._all_gone.wait()
            except TimeoutError:
                for each in tuple(self._open):
                    each.abort()
                await asyncio.sleep(0)  # until the event loop has closed them
