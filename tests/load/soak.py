"""Kill the server repeatedly while three clients type: no acknowledged edit may be lost.

`python -m tests.load.soak --kills 200` prints the figures and fails if an edit was lost; the tests
do a short run. Each typist types unique words in order, so that the content of the log can be
compared with the server's acknowledgements.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pycrdt import Doc, Text
from tornado.websocket import WebSocketClosedError

from arena_ext import cli
from arena_ext.crdt.updates import decode
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.wire import Document
from arena_ext.session.model import Edit
from arena_ext.storage.database import read
from tests.support import servers
from tests.support.clients import ArenaClient
from tests.support.people import Person
from tests.support.replicas import fresh_replica

#: Time limit of each wait, seconds; a longer one counts as a hang.
DEADLINE = 60.0
#: Prefixes of the typists' words; a number follows, so that every word is unique.
NAMES = ("a", "b", "c")


@dataclass
class Typist:
    """A browser that outlives the server: it keeps its document over many connections."""

    name: str
    token: str
    doc: Doc[Text] = field(default_factory=Doc)
    client: ArenaClient | None = None
    typed: int = 0
    #: Keystrokes that the server has acknowledged as stored.
    acknowledged: int = 0
    #: Number of keystrokes that were typed before this connection.
    before: int = 0
    #: Count of acknowledgements on this connection before its first keystroke.
    _base: int = 0

    async def connect(self, url: str) -> None:
        """Reconnect and sync; edits without an acknowledgement are sent again."""
        client = await ArenaClient.open(url, self.token, doc=self.doc)
        await client.settled()
        self.client, self.before = client, self.typed
        self.acknowledged = self.typed
        self._base = client.saved

    async def type(self) -> None:
        """Insert one unique word at a random position; it counts as one keystroke."""
        assert self.client is not None
        self.typed += 1
        word = f"{self.name}{self.typed} "
        await self.client.insert(0 if self.typed % 3 else len(self.client.text), word)

    def take_note(self) -> None:
        """Update `acknowledged` from the server's last `saved` event."""
        if self.client is not None:
            stored = self.client.saved - self._base
            self.acknowledged = max(self.acknowledged, min(self.typed, self.before + stored))


@dataclass
class Figures:
    """The results of a run."""

    kills: int = 0
    typed: int = 0
    #: Keystrokes with and without an acknowledgement before a kill.
    acknowledged: int = 0
    on_their_way: int = 0
    #: Keystrokes in the recording at the end.
    recorded: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills in {self.seconds:.0f} s: {self.typed} keystrokes typed; "
            f"{self.acknowledged} were acknowledged before the server died, and found right after, "
            f"{self.on_their_way} were on their way; {self.recorded} are recorded, once each"
        )


class Recorded:
    """The text from the log alone: reads new entries from the database, outside the server."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._replica = fresh_replica()
        self._seq = 0

    def text(self, session: str) -> str:
        """The stored text now."""
        entries = read(self._database, session)
        for entry in entries[self._seq :]:
            if isinstance(entry.body, Edit) and entry.body.document is Document.PAD:
                self._replica.load(decode(entry.body.update))
        self._seq = len(entries)
        return self._replica.text()


async def soak(
    kills: int, seed: int, home: Path, report: Callable[[str], None] = lambda _: None
) -> Figures:
    """Type, kill and restart `kills` times; raises AssertionError if an edit was lost."""
    chance = random.Random(seed)
    figures = Figures()
    began = time.monotonic()
    database = home / "sessions.sqlite"
    log = Recorded(database)
    port, token = servers.free_port(), "the-token-of-the-host"
    flags = [f"--ArenaApp.database={database}"]
    session = ""
    typists: list[Typist] = []
    for round_number in range(kills + 1):
        with ExitStack() as stack:
            life = home / f"life-{round_number}"
            life.mkdir()
            server = await asyncio.to_thread(
                stack.enter_context,
                servers.jupyter("arena", life, *flags, port=port, token=token),
            )
            if not session:
                session = await begin(server.url, token, typists)
            url = f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"
            await asyncio.gather(*(typist.connect(url) for typist in typists))
            if round_number == kills:
                figures.recorded = await agree(url, typists, database, session)
                break
            await type_until_killed(chance, typists, server.process.pid)
            server.process.wait()
            figures.kills += 1
            for typist in typists:
                assert typist.client is not None
                await typist.client.close()
                typist.take_note()
                figures.acknowledged += typist.acknowledged - typist.before
                figures.on_their_way += typist.typed - typist.acknowledged
            check_acknowledged(typists, log.text(session))
            if figures.kills % 20 == 0:
                report(f"{figures.kills} kills, nothing lost")
    figures.typed = sum(typist.typed for typist in typists)
    figures.seconds = time.monotonic() - began
    return figures


async def begin(url: str, token: str, typists: list[Typist]) -> str:
    """Create a session and let all typists join."""
    return await begin_as(Person(url, {"Authorization": f"token {token}"}), Person(url), typists)


async def begin_as(host: Person, stranger: Person, typists: list[Typist]) -> str:
    """Create a session as `host`, and let all typists join through `stranger`."""
    session = await host.session()
    for name in NAMES:
        _, secret = await stranger.join(session, name, await host.invite(session))
        typists.append(Typist(name, secret))
    return session


async def type_until_killed(chance: random.Random, typists: list[Typist], server: int) -> None:
    """All typists type until the server is killed at a random moment."""
    loop = asyncio.get_running_loop()
    loop.call_later(chance.uniform(0.02, 0.4), servers.send_signal, server, signal.SIGKILL)
    clients = [typist.client for typist in typists]
    while not any(client is None or client.closed for client in clients):
        typist = chance.choice(typists)
        try:
            await typist.type()
        except WebSocketClosedError:
            break
        typist.take_note()
        await asyncio.sleep(chance.choice([0, 0, 0.001, 0.005]))


def check_acknowledged(typists: list[Typist], text: str) -> None:
    """Check that all acknowledged edits are in the log, before any client has reconnected."""
    words = set(text.split())
    for typist in typists:
        missing = [n for n in range(1, typist.acknowledged + 1) if f"{typist.name}{n}" not in words]
        assert not missing, f"acknowledged and lost: {typist.name} {missing}"


async def agree(url: str, typists: list[Typist], database: Path, session: str) -> int:
    """Check that all clients, the server and a late joiner have one text with each keystroke once.

    Returns the number of keystrokes in the recording.
    """
    for typist in typists:
        assert typist.client is not None
        await typist.client.settled()
    late = await ArenaClient.open(url, typists[0].token)
    await late.settled()
    words = late.text.split()
    expected = [f"{each.name}{n}" for each in typists for n in range(1, each.typed + 1)]
    assert sorted(words) == sorted(expected), "a keystroke was lost or doubled"
    for typist in typists:
        assert typist.client is not None
        await typist.client.expect_text(late.text)
    # Read again, from the first entry on.
    recorded = Recorded(database).text(session)
    assert recorded == late.text
    assert cli.main(["check", session], database) == 0
    for client in [late, *(typist.client for typist in typists)]:
        if client is not None:
            await client.close()
    return len(set(recorded.split()))


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()

    def say(line: str) -> None:
        print(line, flush=True)

    say(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as home:
        try:
            print(asyncio.run(soak(options.kills, options.seed, Path(home), say)))
        except (AssertionError, Malformed) as error:
            print(f"FAILED: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
