"""Two people type during attacks: measures key delays, memory and the closing of attackers.

The server and the attackers are separate processes. The attackers have the lowest priority of the
scheduler: the subject is the fairness of the server, not that of the operating system.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.load.attackers import Order, as_json
from tests.support import servers
from tests.support.clients import ArenaClient
from tests.support.people import DEADLINE, Person
from tests.support.servers import Server

#: Number of attackers of each kind, by process. The attackers of a process share its tokens; a
#: token allows eight sockets.
GROUPS: dict[str, dict[str, int]] = {
    "loud": {
        "questions": 2,
        "edits": 2,
        "cursors": 2,
        "pieces": 2,
        "killers": 1,
        "strangers": 2,
        "impostors": 1,
    },
    "silent": {"slow": 8, "bodies": 20},
    "outside": {"queuers": 48, "guessers": 2},
    "elsewhere": {"unfinished": 60, "calls": 1},
}
#: Guests of each group. Group `elsewhere` is in another session: a room allows 64 sockets, and a
#: replacement of the whole text by REST would change the text of the two typists. Group `outside`
#: is in the waiting room: with its sockets there would be more than a room allows.
GUESTS = {"loud": 6, "silent": 4, "outside": 8, "elsewhere": 8}
#: Seconds between two keys of the pair.
PAUSE = 0.05


@dataclass
class Figures:
    """The measurements. Times in seconds, memory in bytes."""

    quiet: list[float] = field(default_factory=list)
    attacked: list[float] = field(default_factory=list)
    before: int = 0
    most: int = 0
    #: For each kind of attacker, the count of each close code or status line.
    codes: dict[str, Counter[str]] = field(default_factory=dict)
    #: Attackers that stopped with an error.
    failed: list[str] = field(default_factory=list)
    text: str = ""
    typed: int = 0

    @property
    def connections(self) -> int:
        """The number of simultaneous hostile connections."""
        return sum(sum(kinds.values()) for kinds in GROUPS.values())

    @property
    def growth(self) -> float:
        """The largest memory growth for each hostile connection, bytes."""
        return (self.most - self.before) / self.connections


def p99(times: list[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(times, n=100)[-1]


def memory(server: Server) -> int:
    """The resident memory of the server and its child processes, bytes."""

    def resident(process: int) -> int:
        here = Path(f"/proc/{process}")
        own = 1024 * int((here / "status").read_text().partition("VmRSS:")[2].split()[0])
        children = (here / f"task/{process}/children").read_text().split()
        return own + sum(map(resident, map(int, children)))

    return resident(server.process.pid)


class Pair:
    """Two honest clients that type alternately."""

    def __init__(self, one: ArenaClient, other: ArenaClient) -> None:
        self._people = one, other
        self.typed = 0

    async def type(self, keys: int) -> list[float]:
        """Type `keys` words alternately; returns the delay of each to the other client, seconds."""
        times = []
        for _ in range(keys):
            self.typed += 1
            writer, reader = self._people[:: 1 if self.typed % 2 else -1]
            word = f"<{self.typed}>"
            began = time.perf_counter()
            await writer.insert(len(writer.text), word)
            await reader.until(lambda word=word, reader=reader: word in reader.text)  # type: ignore[misc]
            times.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)
        return times

    async def settled(self) -> str:
        """Wait until all edits are acknowledged and both texts are equal; returns the words."""
        one, other = self._people
        for each in self._people:
            await each.settled()
        await one.until(lambda: one.text == other.text)
        return one.text


async def joined(host: Person, stranger: Person, session: str) -> str:
    """The token of a new guest, who may have to wait for admission."""
    body = {"userName": "Guest", "invite": await host.invite(session)}
    answer = await stranger.fetch("POST", f"sessions/{session}/join", body)
    assert answer.status in (200, 202), answer.text
    return str(answer.json["token"])


async def under_attack(server: Server, rounds: int, keys: int) -> Figures:
    """Measure quiet and attacked phases alternately: in each round, `keys` words in each phase."""
    host = Person(server.url, {"Authorization": f"token {server.token}"})
    stranger = Person(server.url)
    session, other = await host.session(), await host.session()

    async def guest(where: str) -> str:
        return await joined(host, stranger, where)

    url = f"{server.url.replace('http', 'ws', 1)}arena/ws/{session}"
    people = [await ArenaClient.open(url, await guest(session)) for _ in range(2)]
    places = {group: other if group == "elsewhere" else session for group in GROUPS}
    inside = [group for group in GROUPS if group != "outside"]
    tokens = {group: [await guest(places[group]) for _ in range(GUESTS[group])] for group in inside}
    late = await guest(session)
    await host.fetch("PATCH", f"sessions/{session}", {"askToEnter": True})
    tokens["outside"] = [await guest(session) for _ in range(GUESTS["outside"])]
    figures, pair = Figures(), Pair(*people)
    figures.codes = {kind: Counter() for kinds in GROUPS.values() for kind in kinds}
    await pair.type(20)
    figures.before = memory(server)
    for _ in range(rounds):
        figures.quiet += await pair.type(keys)
        processes = []
        for group, kinds in GROUPS.items():
            seconds = 1 + 2 * keys * PAUSE
            order = Order(server.url, places[group], tokens[group], kinds, seconds)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.load.attackers"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            assert process.stdin is not None
            process.stdin.write(as_json(order))
            process.stdin.close()
            processes.append(process)
        for process in processes:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        for _ in range(4):
            figures.attacked += await pair.type(keys // 4)
            figures.most = max(figures.most, memory(server))
        # A participant gets in, and a good invite works, all the same.
        third = await ArenaClient.open(url, late)
        await third.settled()
        await third.close()
        await guest(session)
        for process in processes:
            said, _ = await process.communicate()
            ending = json.loads(said)
            figures.failed += ending["failed"]
            for kind, met in ending["codes"].items():
                figures.codes[kind].update(met)
    figures.typed = pair.typed
    async with asyncio.timeout(DEADLINE):
        # The last messages of the attackers may still be in transit.
        while (await host.code(session)) != (text := await pair.settled()):
            pass
    figures.text = text
    for each in people:
        await each.close()
    return figures


def run(home: Path, rounds: int, keys: int) -> Figures:
    """Start a server, and measure it with `under_attack`."""
    with servers.arena(home) as server:
        return asyncio.run(under_attack(server, rounds, keys))
