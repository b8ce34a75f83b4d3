"""The load generator of the benchmarks: it notices every fault of a server."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.load import building, generator
from benchmarks.load.servers import Target, wait_for
from tests.support import servers

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="no C compiler")

SETTINGS = {"rooms": 2, "clients": 3, "typists": 2, "rate": 40, "seconds": 1, "warm": 0, "drain": 1}
#: Programs that start the relay with a fault: `number` counts its messages with edits.
FAULTY = """
import asyncio, itertools, sys
sys.path.insert(0, {peers!r})
import relay
numbers, whole = itertools.count(), relay.Relay.on_message

def on_message(self, message):
    number = next(numbers) if message[:2] == b"\\0\\2" else 0
    {fault}
    whole(self, message)

relay.Relay.on_message = on_message
asyncio.run(relay.main())
"""
FAULTS = {
    "nothing": "pass",
    "drops the last of many": "if number > 100: return",
    "changes a character": "if number == 50: message = message[:-2] + b'!' + message[-1:]",
    "drops one in the middle": "if number == 50: return",
    "closes a connection": "if number == 50: self.close()",
}


@contextmanager
def relay(fault: str, dialect: str = "yjs") -> Iterator[Target]:
    port = servers.free_port()
    program = FAULTY.format(peers=str(building.PEERS), fault=FAULTS[fault])
    process = subprocess.Popen([sys.executable, "-c", program, str(port)])
    try:
        wait_for(port)
        rooms = [f"/room-{number}" for number in range(2)]
        yield Target("relay", dialect, port, process.pid, lambda *_: rooms)
    finally:
        servers.stop(process)


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("nothing", set()),
        ("drops the last of many", {"missing"}),
        ("changes a character", {"wrong"}),
        ("drops one in the middle", {"missing", "wrong"}),
        ("closes a connection", {"lost"}),
    ],
)
def test_a_fault_of_the_server_is_found(fault: str, found: set[str]) -> None:
    with relay(fault) as target:
        result = generator.run(target, "type", SETTINGS)
    assert {each for each in generator.FAULTS if result[each]} == found
    assert 0 < result["deliveries"] <= 2 * result["keys"]
    assert result["cpu"] > 0


def test_edits_that_are_not_confirmed_are_found() -> None:
    with relay("nothing", "arena") as target:
        result = generator.run(target, "type", SETTINGS)
    assert result["unconfirmed"] > result["keys"] / 2
    assert result["missing"] == 0
