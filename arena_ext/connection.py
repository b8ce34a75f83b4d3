"""A connection as a room sees it, and what a room needs of the socket behind it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .protocol import Close, Dialect


class Outbox(Protocol):
    """What a room needs of a socket. Sending never blocks and never raises."""

    def send_frame(self, frame: bytes) -> None:
        """Send a binary frame."""
        ...

    def send_event(self, message: Mapping[str, Any]) -> None:
        """Send `{type, payload, …}` as a text frame."""
        ...

    def close(self, code: Close) -> None:
        """Close the socket."""
        ...


@dataclass(eq=False, slots=True)
class Connection:
    """One WebSocket of one participant."""

    outbox: Outbox
    dialect: Dialect
    participant: str
    #: The last entry that was in the snapshot it got; it hears of later ones.
    since: int = 0
    #: How many of its edits and events are dealt with: the `count` of `saved`.
    handled: int = 0
    #: Edits that were refused while it may not write, and will come again when it may.
    refused: int = 0
    #: Whether it has said that it has another text than the server.
    differed: bool = False
    #: Its client id in presence, if it speaks no CRDT itself.
    client: int = field(default_factory=lambda: secrets.randbits(32))

    @property
    def reads_events(self) -> bool:
        """Whether it understands events."""
        return self.dialect is not Dialect.YJS

    @property
    def reads_frames(self) -> bool:
        """Whether it understands binary frames."""
        return self.dialect is not Dialect.JSON

    def tell(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Send an event that is not in the log."""
        self.outbox.send_event({"type": kind, "payload": payload})
