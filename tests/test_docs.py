"""The documentation against the code: it describes all that exists, and nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from jupyter_server.extension.application import ExtensionApp

from arena_ext.app import ArenaApp
from arena_ext.protocol.contract import CLIENT_EVENTS, CONTRACT, LOGGED_EVENTS, SERVER_EVENTS
from arena_ext.protocol.wire import Close
from arena_ext.web.routes import ROUTES
from scripts.check import STATIC
from tests.support import servers
from tests.support.servers import Server

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ARCHITECTURE = "docs/architecture.md"
PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
SECONDS = 30


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def page(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- the code is documented ----------------------------------------------------------------------


def settings() -> set[str]:
    inherited = set(ExtensionApp.class_traits(config=True))
    return set(ArenaApp.class_own_traits(config=True)) - inherited


@pytest.mark.parametrize("name", sorted(settings()))
def test_every_setting_of_the_server_is_in_the_readme(name: str) -> None:
    assert f"| `ArenaApp.{name}` |" in read("README.md")


def test_every_setting_in_the_readme_exists() -> None:
    assert set(re.findall(r"ArenaApp\.(\w+)", read("README.md"))) <= settings()


def test_every_setting_of_jupyterlab_is_in_the_readme() -> None:
    properties = json.loads(read("schema/plugin.json"))["properties"]
    assert properties
    for each in properties.values():
        assert f"| {each['title']} |" in read("README.md")


def calls() -> set[tuple[str, str]]:
    """Verb and path of every REST call; parameters of the path in braces."""
    found = set()
    for pattern, handler in ROUTES:
        path = re.sub(r"\(\?P<(\w+)>.*?\)", r"{\1}", pattern).removeprefix("arena/")
        if path.startswith("api/"):
            verbs = {"get", "post", "put", "patch", "delete"} & vars(handler).keys()
            found |= {(verb.upper(), path) for verb in verbs}
    return found


def test_every_rest_call_is_described_and_no_other() -> None:
    described = re.findall(r"^\| `([A-Z]+) (api/[^`]+)` \|", read("docs/rest.md"), re.MULTILINE)
    assert len(calls()) > 10
    assert set(described) == calls()


@pytest.mark.parametrize("kind", CLIENT_EVENTS)
def test_every_event_of_a_client_is_described_with_its_payload(kind: str) -> None:
    (row,) = re.findall(rf"^\| `{kind}` \| (.*?) \| .* \|$", client_events(), re.MULTILINE)
    for name in CLIENT_EVENTS[kind]["properties"]:
        assert re.search(rf"\b{name}\b", row), name


def client_events() -> str:
    _, _, rest = read("docs/websocket.md").partition("### What a client may send")
    return rest.partition("###")[0]


def test_no_event_is_described_that_clients_cannot_send() -> None:
    described = set(re.findall(r"^\| `([\w-]+)` \|", client_events(), re.MULTILINE))
    assert described == set(CLIENT_EVENTS)


@pytest.mark.parametrize("kind", [*LOGGED_EVENTS, *SERVER_EVENTS])
def test_every_event_of_the_server_is_described(kind: str) -> None:
    assert f"\n| `{kind}` |" in read("docs/websocket.md")


@pytest.mark.parametrize("name", CONTRACT["limits"])
def test_every_limit_is_described(name: str) -> None:
    assert f"\n| `{name}` |" in read("docs/websocket.md").partition("## Limits")[2]


@pytest.mark.parametrize("code", Close)
def test_every_close_code_is_described(code: Close) -> None:
    assert f"\n| {code.value} | `{code.name}` |" in read("docs/websocket.md")


# --- the documented things exist ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "AGENTS.md", "CONTRIBUTING.md"])
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))
    # Only in code: in prose, "make" is a verb.
    code = "\n".join(re.findall(r"`([^`\n]+)`", read(name)) + blocks(read(name), ""))
    named = set(re.findall(r"^make ([a-z-]+)", code, re.MULTILINE))
    assert named
    assert named <= targets


def test_every_make_target_is_described() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE)) - {"help"}
    missing = [each for each in targets if f"| `make {each}` |" not in read("CONTRIBUTING.md")]
    assert not missing


@pytest.mark.parametrize("path", PAGES, ids=page)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        url = urllib.parse.urlsplit(link)
        if url.scheme:
            continue
        target = (path.parent / url.path).resolve() if url.path else path
        assert target.exists(), link
        if url.fragment:
            titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert url.fragment in {anchor(each) for each in titles}, link


def anchor(title: str) -> str:
    """The anchor of a title: the target of links to it."""
    return re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("path", PAGES, ids=page)
def test_every_file_that_is_named_exists(path: Path) -> None:
    """Paths from the top of the tree; files of a build may be missing."""
    code = " ".join(re.findall(r"`([^`\n]+)`", path.read_text(encoding="utf-8")))
    tops = "arena_ext|src|tests|docs|scripts|benchmarks|schema|style"
    names = re.findall(rf"(?:^|[\s(])((?:{tops})/[\w./-]*\w)(?![\w*/])", code)
    built = ("arena_ext/labextension", "arena_ext/static")
    missing = [n for n in names if not n.startswith(built) and not (ROOT / n).exists()]
    assert not missing


def section(name: str, title: str) -> str:
    """The text below a title of a page, up to the next title of the same or a higher rank."""
    rank = title.count("#")
    (text,) = re.findall(
        rf"^{title}\n(.*?)(?=^#{{1,{rank}}} |\Z)", read(name), re.DOTALL | re.MULTILINE
    )
    return str(text)


@pytest.mark.parametrize("top", ["arena_ext", "src"])
def test_every_folder_is_on_the_map_and_nothing_else(top: str) -> None:
    maps = re.findall(r"^### .*?`(\w+)/`\n(.*?)(?=^##|\Z)", read(ARCHITECTURE), re.DOTALL | re.M)
    rows = re.findall(r"^\| ?\d* \| (.*?) \|", dict(maps)[top], re.MULTILINE)
    drawn = {name for row in rows for name in re.findall(r"`([\w.]+/?)`", row)}
    there = {
        f"{path.name}/"
        for path in (ROOT / top).iterdir()
        if path.is_dir() and path.name not in {"labextension", "static", "__pycache__"}
    }
    assert len(there) > 5
    assert {name for name in drawn if name.endswith("/")} == there
    assert not [name for name in drawn if not (ROOT / top / name).exists()]


def test_there_is_one_map() -> None:
    """A second map would soon differ from the first."""
    drawn = re.compile(r"^\|[^|]*\| `(?:\w+/)?\w+/`(?:, `\w+/`)* \|", re.MULTILINE)
    assert [page(path) for path in PAGES if len(drawn.findall(path.read_text())) > 4] == [
        ARCHITECTURE
    ]


@pytest.mark.parametrize("title", ["## A keystroke", "## A run", "## A join"])
def test_every_step_of_a_walk_exists(title: str) -> None:
    """No file has two steps, except the engine."""
    steps = re.findall(
        r"^\| (\d+) \| `(.*?)` \| `(.*?)` \| .+ \|$", section(ARCHITECTURE, title), re.M
    )
    assert [int(number) for number, _, _ in steps] == list(range(1, len(steps) + 1))
    assert len(steps) > 8
    for _, name, function in steps:
        assert re.search(rf"\b{function}\b\s*[(<:=]", read(name)), f"{name}: {function}"
    visited = [name for _, name, _ in steps if not name.startswith("arena_ext/crdt/engine")]
    assert len(visited) == len(set(visited))


def test_every_test_that_shows_a_requirement_exists() -> None:
    text = read("docs/requirements.md") + read("SECURITY.md")
    python = re.findall(r"`(tests/[\w/.]+)::(\w+)`", text)
    typescript = re.findall(r'`(src/[\w/.-]+)` "([^"]+)"', text)
    assert len(python) > 20
    assert len(typescript) > 5
    for name, test in python:
        assert re.search(rf"^(async )?def {test}\(", read(name), re.MULTILINE), f"{name}::{test}"
    for name, title in typescript:
        assert f"'{title}'" in read(name), f"{name}: {title}"


def test_every_requirement_is_shown_by_something() -> None:
    rows = re.findall(r"^\| (.*) \| (.*) \|$", read("docs/requirements.md"), re.MULTILINE)
    shown = [row for row in rows if row[0] != "Promise" and not row[0].startswith("---")]
    assert len(shown) > 20
    kinds = ("::", '` "', "`make ")
    assert not [promise for promise, by in shown if not any(kind in by for kind in kinds)]


def test_the_hooks_before_a_commit_are_the_checks_of_make_lint() -> None:
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert {hook["name"] for hook in hooks} == {check.name for check in STATIC}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)


# --- the examples run ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with Arena alone, as in the examples."""
    with servers.arena(tmp_path_factory.mktemp("docs")) as running:
        yield running


def run(command: list[str], cwd: Path, **variables: str) -> str:
    """Run an example with these variables and return its output; it has to succeed."""
    # Programs of this Python's environment come first: Node, and Python itself.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PATH": path, **variables},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rest_examples_work(server: Server, tmp_path: Path) -> None:
    script = "set -euo pipefail\n" + "\n".join(blocks(read("docs/rest.md"), "sh"))
    assert script.count("ask ") > 4
    run(["bash", "-c", script], tmp_path, ARENA=f"{server.url}arena", TOKEN=server.token)
    recording = (tmp_path / "recording.jsonl").read_text().splitlines()
    ended = [json.loads(line).get("event", {}).get("type") for line in recording]
    assert "session-ended" in ended
    (session,) = server.call("GET", "sessions")
    assert (session["code"], session["status"]) == ("print(6 * 7)\n", "ended")


def test_the_bot_works(server: Server, tmp_path: Path) -> None:
    session = server.session(language="python")
    joined = server.call("POST", f"sessions/{session}/join", {"userName": "Host"})
    (bot,) = blocks(read("docs/websocket.md"), "python")
    variables = {
        "ARENA_WS": f"{server.url}arena/ws/{session}".replace("http", "ws", 1),
        "ARENA_TOKEN": joined["token"],
    }
    assert "The text so far:" in run([sys.executable, "-c", bot], tmp_path, **variables)
    assert server.call("GET", f"sessions/{session}")["code"] == "print(6 * 7)\n"


def test_the_yjs_provider_works(server: Server) -> None:
    session = server.session(language="python")
    server.call("PUT", f"sessions/{session}/code", {"code": "print(6 * 7)"})
    joined = server.call("POST", f"sessions/{session}/join", {"userName": "Host"})
    (example,) = blocks(read("docs/websocket.md"), "js")
    here = server.url.replace("http", "ws", 1)
    assert "ws://127.0.0.1:8888/" in example
    script = f"""
        const session = {json.dumps(session)}, token = {json.dumps(joined["token"])};
        {example.replace("ws://127.0.0.1:8888/", here)}
        await new Promise(resolve => provider.once('sync', resolve));
        console.log(code.toString());
        process.exit(0);
    """
    assert run(["node", "--input-type=module", "-e", script], ROOT) == "print(6 * 7)\n"
