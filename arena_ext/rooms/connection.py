"""A connection as a room sees it, and what a room needs of the socket behind it."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from arena_ext.protocol.wire import Close, Dialect


class Outbox(Protocol):
    """What a room needs of a socket. Sending never blocks and never raises."""

    def send_frame(self, frame: bytes) -> None:
        """Send a binary frame."""
        ...

    def send_event(self, message: Mapping[str, Any]) -> None:
        """Send `{type, payload, …}` as a text frame."""
        ...

    def send_text(self, text: bytes) -> None:
        """Send what `send_event` would, as JSON already: it is the same for many."""
        ...

    def close(self, code: Close) -> None:
        """Close the socket."""
        ...


@dataclass(eq=False, slots=True)
class Receipt:
    """A message of a connection: whether it is settled, which means stored or refused."""

    connection: Connection
    settled: bool = False
    #: Whether it stands for edits that came while the connection may not write, and how many.
    denied: bool = False
    messages: int = 1


@dataclass(eq=False, slots=True)
class Connection:
    """One WebSocket of one participant."""

    outbox: Outbox
    dialect: Dialect
    participant: str
    #: Takes for how many seconds something was done on its account.
    pay: Callable[[float], object] = lambda _: None
    #: The last entry that was in the snapshot it got; it hears of later ones.
    since: int = 0
    #: How many of its edits and events are dealt with, and all before them: the `count` of `saved`.
    handled: int = 0
    #: The others, as they came.
    _receipts: deque[Receipt] = field(default_factory=deque)
    #: How many edits in a row build on something that the server does not have.
    gaps: int = 0
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

    def received(self) -> Receipt:
        """Take note of an edit or an event that came."""
        receipt = Receipt(self)
        self._receipts.append(receipt)
        return receipt

    def settle(self, *receipts: Receipt) -> bool:
        """These are dealt with; returns whether `handled` has grown."""
        for each in receipts:
            each.settled = True
        before = self.handled
        while self._receipts and self._receipts[0].settled:
            self.handled += self._receipts.popleft().messages
        return self.handled > before

    def deny(self) -> None:
        """Take note of an edit that came while it may not write, and that will come again."""
        if self._receipts and self._receipts[-1].denied:
            self._receipts[-1].messages += 1
        else:
            self._receipts.append(Receipt(self, denied=True))

    def welcome(self) -> None:
        """It may write again, and sends once more what was denied."""
        self.settle(*(each for each in self._receipts if each.denied))

    def refuse(self, code: str, message: str, event: str | None = None) -> None:
        """Say that what it sent was not taken; `event` is the id of what that was."""
        if self.reads_events:
            about = {} if event is None else {"id": event}
            self.tell("error", {"code": code, "message": message, **about})

    def tell(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Send an event that is not in the log."""
        self.outbox.send_event({"type": kind, "payload": payload})


def tell_all(connections: Iterable[Connection], kind: str, payload: Mapping[str, Any]) -> None:
    """Tell many an event that is not in the log; it becomes JSON once."""
    text = b""
    for each in connections:
        text = text or json.dumps({"type": kind, "payload": payload}, ensure_ascii=False).encode()
        each.outbox.send_text(text)
