"""Starts a real JupyterHub on loopback, with a private proxy, database and users' servers."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.support.servers import Server, free_port, private_environment, stop

ROOT = Path(__file__).resolve().parents[2]
#: The configuration from the operators' documentation; the hub of the tests uses it.
DOCUMENTED = re.findall(
    r"^```python\n(.*?)^```", (ROOT / "docs/jupyterhub.md").read_text(), re.DOTALL | re.MULTILINE
)
#: The directory of this Python's commands, and of the Node that `make` installs.
BINARIES = Path(sys.executable).parent
PROXY = str(ROOT / "node_modules/.bin/configurable-http-proxy")
PASSWORD = "a password for everybody here"
START_SECONDS = 60
#: A hub that is terminated ends its users' servers and its proxy; after a kill they would run on.
STOP_SECONDS = 60

#: Eve has access to Ana's server, like a hub's administrator; Bob has none.
CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}/a-prefix/"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.db_url = "sqlite:///{home}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{home}/cookie_secret"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.command = {proxy}
c.ConfigurableHTTPProxy.pid_file = "{home}/proxy.pid"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allowed_users = {{"ana", "bob", "eve"}}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{home}/{{username}}"
c.Spawner.args = {arguments}
c.Spawner.environment["JUPYTERHUB_ACTIVITY_INTERVAL"] = "1"
c.JupyterHub.services.append({{"name": "tests", "api_token": "{token}", "admin": True}})
c.JupyterHub.load_roles.append(
    {{"name": "visitor", "users": ["eve"], "scopes": ["self", "access:servers!user=ana"]}}
)
"""
#: Arguments of every user's server.
ARGUMENTS = [
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    *(["--allow-root"] if os.geteuid() == 0 else []),
]


@dataclass(frozen=True)
class Hub:
    """A running hub. `url` is its public address, prefix and slash included."""

    url: str
    token: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the hub's REST interface as its administrator; None without JSON, and for 404."""
        request = urllib.request.Request(
            f"{self.url}hub/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=START_SECONDS) as response:
                answer = response.read()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise
        return json.loads(answer) if answer else None

    def runs(self, user: str) -> bool:
        """Whether the user's server is running."""
        known = self.call("GET", f"users/{user}") or {"servers": {}}
        server = known["servers"].get("", {})
        return bool(server.get("ready")) and not server.get("pending")

    def is_down(self, user: str) -> bool:
        """Whether the user has no server, neither running nor starting."""
        known = self.call("GET", f"users/{user}") or {"servers": {}}
        return not known["servers"]

    def start(self, user: str) -> Server:
        """The user's server, started if necessary, with a token of this user for its calls."""
        self.call("GET", f"users/{user}") or self.call("POST", f"users/{user}")
        if not self.runs(user):
            self.call("POST", f"users/{user}/server", {})
            wait_until(lambda: self.runs(user), f"{user}'s server to start", self.log)
        token = self.user_token(user)
        return Server(f"{self.url}user/{user}/", token, self.home / user, self.log, self.process)

    def stop(self, user: str) -> None:
        """Stop the user's server, and wait until it has ended."""
        self.call("DELETE", f"users/{user}/server")
        wait_until(lambda: self.is_down(user), f"{user}'s server to stop", self.log)

    def user_token(self, user: str) -> str:
        """A token with all permissions of the user."""
        return str(self.call("POST", f"users/{user}/tokens", {"note": "tests"})["token"])

    def log_in(self, page: Page, user: str, then: str) -> None:
        """Log in at the hub in `page`, and go to `then` on the user's own server."""
        page.goto(f"{self.url}hub/login")
        page.get_by_label("Username").fill(user)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**/user/{user}/**")
        page.goto(f"{self.url}user/{user}/{then}")

    @contextmanager
    def behind_tls(self) -> Iterator[Hub]:
        """The same hub at the address of another proxy, which terminates TLS."""
        port, name = free_port(), "front"
        certipy = [sys.executable, "-m", "certipy", f"--store-dir={self.home}/tls"]
        # Chromium rejects a certificate that is its own CA.
        for wanted in (["authority"], [name, "--ca-name=authority"]):
            subprocess.run([*certipy, *wanted], check=True, timeout=START_SECONDS)
        here = urlsplit(self.url)
        flags = {
            "ip": "127.0.0.1",
            "port": port,
            "api-ip": "127.0.0.1",
            "api-port": free_port(),
            "ssl-key": f"{self.home}/tls/{name}/{name}.key",
            "ssl-cert": f"{self.home}/tls/{name}/{name}.crt",
            "default-target": f"{here.scheme}://{here.netloc}",
        }
        log = self.home / "front.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*_proxy(self.home), *(f"--{flag}={value}" for flag, value in flags.items())],
                env=_environment(self.home),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(lambda: _listens(port), "the proxy with TLS", log)
            yield replace(self, url=f"https://127.0.0.1:{port}{here.path}")
        finally:
            stop(process)

    @contextmanager
    def culler(self, seconds: int) -> Iterator[None]:
        """Cull servers that have been idle for `seconds`, until the block ends."""
        command = [sys.executable, "-m", "jupyterhub_idle_culler"]
        flags = [f"--url={self.url}hub/api", f"--timeout={seconds}", "--cull-every=1"]
        environment = _environment(self.home) | {"JUPYTERHUB_API_TOKEN": self.token}
        with (self.home / "culler.log").open("wb") as output:
            process = subprocess.Popen(
                [*command, *flags], env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            yield
        finally:
            stop(process)


def wait_until(
    condition: Callable[[], bool], what: str, log: Path, seconds: float = START_SECONDS
) -> None:
    """Poll until `condition` holds. Raises TimeoutError with the end of the log."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited for {what}:\n{log.read_text(errors='replace')[-8000:]}")
        time.sleep(0.2)


@contextmanager
def jupyterhub(home: Path) -> Iterator[Hub]:
    """Run a hub and its users' servers until the block ends; it answers when the block starts."""
    home.mkdir(exist_ok=True)
    token, port = secrets.token_hex(16), free_port()
    config = home / "jupyterhub_config.py"
    own = CONFIG.format(
        port=port,
        hub_port=free_port(),
        api_port=free_port(),
        home=home,
        proxy=_proxy(home),
        password=PASSWORD,
        arguments=ARGUMENTS,
        token=token,
    )
    config.write_text("".join(DOCUMENTED) + own)
    log = home / "hub.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(BINARIES / "jupyterhub"), "-f", str(config)],
            cwd=home,
            env=_environment(home),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    running = Hub(f"http://127.0.0.1:{port}/a-prefix/", token, home, log, process)
    try:
        wait_until(lambda: process.poll() is not None or _answers(running), "the hub", log)
        if process.poll() is not None:
            raise RuntimeError(f"the hub did not start:\n{log.read_text(errors='replace')}")
        yield running
    finally:
        stop(process, STOP_SECONDS)


def _answers(hub: Hub) -> bool:
    try:
        return bool(hub.call("GET", ""))
    except OSError:
        return False


def _environment(home: Path) -> dict[str, str]:
    """A private environment with the commands of this Python on the PATH."""
    environment = private_environment(home)
    return environment | {"PATH": os.pathsep.join([str(BINARIES), environment.get("PATH", "")])}


def _proxy(home: Path) -> list[str]:
    """The proxy's command. It starts Node directly: a package's wrapper named `node` would leave
    Node running when the wrapper is ended.
    """
    asked = ["node", "-p", "process.execPath"]
    node = subprocess.run(asked, env=_environment(home), check=True, capture_output=True, text=True)
    return [node.stdout.strip(), PROXY]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
