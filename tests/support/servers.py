"""Starts real, private servers for browser tests: JupyterLab with Arena, or Arena alone."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

START_SECONDS = 60
STOP_SECONDS = 10
#: Runs a command without root's capability to write read-only files; other users have none.
#: Linux: PR_CAPBSET_DROP is 24, CAP_DAC_OVERRIDE is 1.
_UNPRIVILEGED = (
    sys.executable,
    "-c",
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])",
)


@dataclass(frozen=True)
class Server:
    """A running server. `url` ends in its base URL, slash included; `token` is the host's."""

    url: str
    token: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]
    #: The certificates to trust, where it speaks TLS.
    tls: ssl.SSLContext | None = None

    @property
    def lab_url(self) -> str:
        """The address of JupyterLab, logged in, with an empty workspace."""
        return f"{self.url}lab?reset&token={self.token}"

    @property
    def lobby_url(self) -> str:
        """The address of Arena's lobby, logged in."""
        return f"{self.url}arena/?token={self.token}"

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call Arena's REST interface as the host; returns the answer's JSON, or None."""
        request = urllib.request.Request(
            f"{self.url}arena/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20, context=self.tls) as response:
            answer = response.read()
        return json.loads(answer) if answer else None

    def session(self, **options: str) -> str:
        """Create a session, and return its id."""
        return str(self.call("POST", "sessions", options)["id"])

    def invite(self, session: str, role: str = "candidate") -> str:
        """Create an invite, and return its link."""
        return str(self.call("POST", f"sessions/{session}/invites", {"role": role})["url"])

    def joined(self, session: str) -> str:
        """Join a session as the host, and return the participant token."""
        return str(self.call("POST", f"sessions/{session}/join", {"userName": "Host"})["token"])


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def private_environment(home: Path) -> dict[str, str]:
    """The environment of a server that reads and writes only in `home`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}
    directories = {
        "HOME": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
    }
    for directory in directories.values():
        directory.mkdir(parents=True, exist_ok=True)
    return kept | {name: str(directory) for name, directory in directories.items()}


@contextmanager
def launched(
    command: str,
    home: Path,
    *flags: str,
    base_url: str = "/",
    port: int | None = None,
    token: str | None = None,
    obeys_permissions: bool = False,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    """Run `jupyter <command>` with a real token until the block ends, or it ends itself.

    With `obeys_permissions` root may write no read-only file.
    """
    environment = private_environment(home)
    token = token or secrets.token_hex(16)
    port = port or free_port()
    notebooks = home / "notebooks"
    notebooks.mkdir(exist_ok=True)
    arguments = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.open_browser=False",
        "--ServerApp.allow_unauthenticated_access=False",
        f"--ServerApp.base_url={base_url}",
        f"--IdentityProvider.token={token}",
        f"--ServerApp.allow_root={os.geteuid() == 0}",
        *flags,
    ]
    log = home / "server.log"
    jupyter_command = str(Path(sys.executable).with_name("jupyter"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*(_UNPRIVILEGED if obeys_permissions else ()), jupyter_command, command, *arguments],
            cwd=notebooks,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        scheme = "http" if tls is None else "https"
        yield Server(f"{scheme}://127.0.0.1:{port}{base_url}", token, home, log, process, tls)
    finally:
        stop(process)


@contextmanager
def from_environment(
    home: Path, variables: dict[str, str], *flags: str, command: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """`jupyter arena`, or another command, set up by the environment alone; it listens on `PORT`.

    Its log is `home / "server.log"`.
    """
    jupyter_command = str(Path(sys.executable).with_name("jupyter"))
    with (home / "server.log").open("wb") as output:
        process = subprocess.Popen(
            [*(command or (jupyter_command, "arena")), "--no-browser", "--allow-root", *flags],
            cwd=home,
            env=private_environment(home) | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_port(int(variables["PORT"]), process)
        yield process
    finally:
        stop(process)


@contextmanager
def jupyter(command: str, home: Path, *flags: str, **more: Any) -> Iterator[Server]:
    """As `launched`, but the server answers when the block starts.

    Raises RuntimeError with the server's log if it fails to start.
    """
    with launched(command, home, *flags, **more) as server:
        _wait(server)
        yield server


def jupyterlab(home: Path, *flags: str, **more: Any) -> AbstractContextManager[Server]:
    """JupyterLab with Arena, without requests to other hosts."""
    return jupyter(
        "lab",
        home,
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        *flags,
        **more,
    )


def arena(home: Path, *flags: str, **more: Any) -> AbstractContextManager[Server]:
    """Arena alone: `jupyter arena`."""
    return jupyter("arena", home, *flags, **more)


def send_signal(process: int, number: int) -> None:
    """Send a signal to a child process, if it still exists."""
    with suppress(ProcessLookupError):
        os.kill(process, number)


def stop(process: subprocess.Popen[bytes], seconds: float = STOP_SECONDS) -> None:
    """End a child process: SIGTERM first, and SIGKILL after `seconds`."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once something listens on `port`; raises RuntimeError if the process ends before."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def _wait(server: Server) -> None:
    """Return once the server answers, with any status."""
    address = urlsplit(server.url)
    path = f"{address.path}api"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        connection = (
            http.client.HTTPConnection(address.netloc, timeout=5)
            if server.tls is None
            else http.client.HTTPSConnection(address.netloc, timeout=5, context=server.tls)
        )
        try:
            connection.request("GET", path)
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"the server did not start:\n{server.log.read_text(errors='replace')}")
