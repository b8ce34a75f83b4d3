"""The least that a server of shared text can do on Tornado: pass each message on to the others.

`python relay.py <port>`. It stores nothing, checks nothing, and answers a question for the text
with an empty update. What Arena costs beyond it, it costs for its promises.
"""

from __future__ import annotations

import asyncio
import sys

from tornado.web import Application
from tornado.websocket import WebSocketHandler

#: Messages of y-protocols: a question for the text, the start of an answer, and an empty answer.
QUESTION, ANSWER, EMPTY = b"\x00\x00", b"\x00\x01", b"\x00\x01\x02\x00\x00"


class Relay(WebSocketHandler):
    """`/<room>`: one connection."""

    rooms: dict[str, set[Relay]] = {}  # noqa: RUF012 - of all connections

    def open(self, name: str) -> None:
        """Come into the room."""
        self.set_nodelay(True)
        self.others = self.rooms.setdefault(name, set())
        self.others.add(self)

    def on_message(self, message: str | bytes) -> None:
        """Answer a question, and pass anything else on."""
        assert isinstance(message, bytes)
        if message.startswith(QUESTION):
            self.write_message(EMPTY, binary=True)
        elif not message.startswith(ANSWER):
            for each in self.others:
                if each is not self:
                    each.write_message(message, binary=True)

    def on_close(self) -> None:
        """Leave the room."""
        self.others.discard(self)


async def main() -> None:
    """Serve until the process is ended."""
    Application([(r"/(.*)", Relay)]).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
