"""A connection of a room, and the port to the socket behind it."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from arena_ext.protocol.wire import Close, Dialect

#: Seconds that sending one frame takes, which its author is charged: it happens later, together
#: with other frames.
SENDING = 8e-6


class Outbox(Protocol):
    """The sending half of a socket. Sending never blocks and never raises."""

    def send_frame(self, frame: bytes) -> None:
        """Send a binary frame."""
        ...

    def send_event(self, message: Mapping[str, Any]) -> None:
        """Send `{type, payload, …}` as a text frame."""
        ...

    def send_text(self, text: bytes) -> None:
        """Send an event that is JSON already, because many get the same."""
        ...

    def close(self, code: Close) -> None:
        """Close the socket."""
        ...


@dataclass(eq=False, slots=True)
class Receipt:
    """A message of a connection: whether it is settled, which means stored or refused."""

    connection: Connection
    settled: bool = False
    #: Whether it stands for edits that were refused while the connection may not write, and their
    #: number.
    denied: bool = False
    messages: int = 1


@dataclass(eq=False, slots=True)
class Connection:
    """One WebSocket of one participant."""

    outbox: Outbox
    dialect: Dialect
    participant: str
    #: Called with the seconds of work that was done for this connection.
    pay: Callable[[float], object] = lambda _: None
    #: The `seq` of the last entry in the snapshot that was sent to it; later entries follow.
    since: int = 0
    #: The number of its first edits and events that are all settled: the `count` of `saved`.
    handled: int = 0
    #: Its messages from the first unsettled one on, in the order of their arrival.
    _receipts: deque[Receipt] = field(default_factory=deque)
    #: The number of edits in a row that depend on edits that the server does not have, or are under
    #: a client id of somebody else.
    gaps: int = 0
    #: Whether a check has shown that its text differs from the server's.
    differed: bool = False
    #: The client id of its cursor, if it is a JSON client.
    client: int = field(default_factory=lambda: secrets.randbits(32))
    #: Whether the client understands events, and binary frames.
    reads_events: bool = field(init=False)
    reads_frames: bool = field(init=False)

    def __post_init__(self) -> None:
        self.reads_events = self.dialect is not Dialect.YJS
        self.reads_frames = self.dialect is not Dialect.JSON

    def take_new_client(self) -> None:
        """Choose another client id for the cursor of a JSON client."""
        self.client = secrets.randbits(32)

    def received(self) -> Receipt:
        """Note an edit or an event that arrived."""
        receipt = Receipt(self)
        self._receipts.append(receipt)
        return receipt

    def settle(self, *receipts: Receipt) -> bool:
        """Settle messages; returns whether `handled` has grown."""
        for each in receipts:
            each.settled = True
        before = self.handled
        while self._receipts and self._receipts[0].settled:
            self.handled += self._receipts.popleft().messages
        return self.handled > before

    def deny(self) -> None:
        """Note an edit that was refused, and that the client will send again when it may write."""
        if self._receipts and self._receipts[-1].denied:
            self._receipts[-1].messages += 1
        else:
            self._receipts.append(Receipt(self, denied=True))

    def welcome(self) -> None:
        """Settle the edits that were refused: the client may write again, and sends them again."""
        self.settle(*(each for each in self._receipts if each.denied))

    def saved(self, seq: int) -> None:
        """Tell the client that its first `handled` messages are stored or refused."""
        text = b'{"type": "saved", "payload": {"seq": %d, "count": %d}}'
        self.outbox.send_text(text % (seq, self.handled))

    def refuse(self, code: str, message: str, event: str | None = None) -> None:
        """Send an error; `event` is the id of the message that was refused."""
        if self.reads_events:
            about = {} if event is None else {"id": event}
            self.tell("error", {"code": code, "message": message, **about})

    def refuse_client(self, client: int) -> None:
        """Send the error about a client id of somebody else: the client has to take a new one."""
        message = "this client id is somebody else's: take a new one"
        self.tell("error", {"code": "client-id-taken", "message": message, "client": client})

    def tell(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Send an event that is not in the log."""
        self.outbox.send_event({"type": kind, "payload": payload})


def tell_all(connections: Iterable[Connection], kind: str, payload: Mapping[str, Any]) -> None:
    """Send many connections an event that is not in the log; it is serialised once."""
    text = b""
    for each in connections:
        text = text or json.dumps({"type": kind, "payload": payload}, ensure_ascii=False).encode()
        each.outbox.send_text(text)
