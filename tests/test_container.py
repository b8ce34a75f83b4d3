"""The files of `deploy/`: they fit the tree, and their image serves, stops and keeps its data.

`make container` builds and runs the image; the other tests are always run.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from arena_ext.environment import VARIABLES
from arena_ext.standalone import STOP_WITHIN
from tests.support import servers
from tests.support.containers import BASE, IMAGE, ROOT, Buildah

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", "")
#: The largest image, megabytes.
LARGEST = 250


def instructions(name: str) -> list[str]:
    """The arguments of each instruction of the Dockerfile with this name."""
    return re.findall(rf"^{name} (.*)$", DOCKERFILE, re.MULTILINE)


def parsed(name: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


# --- the files ------------------------------------------------------------------------------------


def test_what_the_image_copies_exists() -> None:
    for each in instructions("COPY"):
        source = shlex.split(each)[-2]
        assert source.startswith("/opt/") or (ROOT / source).exists(), each
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!") and "dist" not in line:
            assert (ROOT / line[1:]).exists(), line


def test_the_wheel_can_be_built_from_what_the_image_gets() -> None:
    """Each file that the build of the wheel names is one that `.dockerignore` lets through."""
    let_in = [
        line[1:].partition("/")[0]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    needed = {"arena_ext", "jupyter-config", "install.json", "package.json", "package-lock.json"}
    needed |= {"pyproject.toml", "README.md", "LICENSE", "src", "schema", "style", "scripts"}
    needed |= {each.name for each in ROOT.glob("tsconfig*.json")}
    assert needed <= set(let_in)


def test_the_image_runs_as_nobody_with_one_volume_and_a_check() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert instructions("VOLUME") == ["/data"]
    assert json.loads(instructions("CMD")[0])[0] == "jupyter-arena"
    assert "/arena/api/health" in instructions("HEALTHCHECK")[0]
    assert not re.search(r"BASE=\S+:latest", DOCKERFILE), "the base is pinned"
    _, *pins = (DEPLOY / "constraints.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", each) for each in pins)


def variables(value: Any) -> Iterator[str]:
    """The names of variables of the environment anywhere in a file."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("environment",):
                yield from each
            yield from variables(each)
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, dict) and {"name", "value"} <= set(each):
                yield each["name"]
            if isinstance(each, dict) and "key" in each and len(each) == 2:
                yield each["key"]
            yield from variables(each)


@pytest.mark.parametrize(
    "name", ["compose.yaml", "compose.production.yaml", "render.yaml", "kubernetes.yaml"]
)
def test_each_variable_that_a_file_sets_exists(name: str) -> None:
    named = {each for each in variables(parsed(name)) if each.isupper()}
    known = {each.name for each in VARIABLES} | {"ARENA_HOST", "ARENA_UPSTREAM"}
    assert "ARENA_PASSWORD" in (DEPLOY / name).read_text()
    assert named <= known


def test_every_platform_gives_the_server_its_time_to_stop() -> None:
    production, render = parsed("compose.production.yaml")[0], parsed("render.yaml")[0]
    deployment = next(each for each in parsed("kubernetes.yaml") if each["kind"] == "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    seconds = [
        int(production["services"]["arena"]["stop_grace_period"].removesuffix("s")),
        render["services"][0]["maxShutdownDelaySeconds"],
        pod["terminationGracePeriodSeconds"],
    ]
    assert min(seconds) > STOP_WITHIN
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True


# --- the image ------------------------------------------------------------------------------------

#: A build takes minutes, root and the network.
by_make = pytest.mark.skipif(
    "ARENA_CONTAINER" not in os.environ, reason="builds an image: run `make container`"
)
TOKEN = "the-token-of-the-container"


def ask(port: int, path: str, method: str = "GET") -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/arena/api/{path}",
        b"{}" if method == "POST" else None,
        {"Authorization": f"token {TOKEN}"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def processes_of(port: int) -> list[int]:
    """The processes of the server in a container that listens on `port`, without buildah's."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            environment = (each / "environ").read_bytes().split(b"\0")
            command = (each / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended
        if f"PORT={port}".encode() in environment and b"jupyter-arena" in command:
            found.append(int(each.name))
    return found


@by_make
@pytest.mark.timeout(1200)
def test_the_image_serves_is_killed_and_finds_its_sessions_again(tmp_path: Path) -> None:
    buildah = Buildah(tmp_path)
    buildah.make_base()
    buildah.build()
    size, base = buildah.megabytes(IMAGE), buildah.megabytes(BASE)
    print(f"image: {size:.0f} MB, of which {base:.0f} MB are Debian and Python")
    assert size < LARGEST
    config = buildah.image()
    assert config["User"] == "10001:10001"
    check = config["Healthcheck"]["Test"][1:]

    port, container = servers.free_port(), buildah.container()
    began = time.time()
    with buildah.running(container, port, JUPYTER_TOKEN=TOKEN) as log:
        assert ask(port, "ready") == {"status": "ready"}
        session = ask(port, "sessions", "POST")["id"]
        buildah.do("run", f"--env=PORT={port}", container, "--", *check)
        for process in processes_of(port):
            os.kill(process, signal.SIGKILL)
    with buildah.running(container, port, JUPYTER_TOKEN=TOKEN) as log:
        assert ask(port, f"sessions/{session}")["id"] == session
        stopped = processes_of(port)
        assert stopped
        os.kill(min(stopped), signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        while processes_of(port):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            assert {"time", "level", "message"} <= set(json.loads(line))

    # It has written to its volume only, so its root may be read-only.
    root = Path(buildah.do("mount", container))
    changed = subprocess.run(
        ["find", root, "-xdev", "-type", "f", "-uid", "10001", "-newermt", f"@{began}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert changed == ""
    with pytest.raises(RuntimeError, match=r"HTTP Error|refused"):
        buildah.do("run", f"--env=PORT={port}", container, "--", *check)
