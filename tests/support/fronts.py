"""Arena behind nginx and Caddy, with the configuration files of `deploy/`, on this computer."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import servers
from tests.support.certificates import certificate
from tests.support.servers import Server

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def _program(name: str) -> str:
    """The path of a program; without it the test is skipped."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        pytest.skip(f"no {name} here: apt-get install {name}")
    return found


@contextmanager
def _running(command: list[str], port: int, home: Path, **variables: str) -> Iterator[None]:
    log = home / "front.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | {"HOME": str(home), "XDG_DATA_HOME": str(home)} | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        try:
            servers.wait_for_port(port, process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}:\n{log.read_text()}") from None
        yield
    finally:
        servers.stop(process)


@contextmanager
def nginx(server: Server, home: Path, changes: dict[str, str] | None = None) -> Iterator[Server]:
    """`server` at the address of nginx, with `deploy/nginx.conf`; `changes` are made to it.

    Only the addresses and files of that configuration are others here.
    """
    program, port = _program("nginx"), servers.free_port()
    public, private = certificate(home)
    site = (DEPLOY / "nginx.conf").read_text()
    here = {
        "listen 443": f"listen 127.0.0.1:{port}",
        "http://127.0.0.1:8888": server.url.removesuffix("/interviews/").rstrip("/"),
        "/etc/ssl/interviews.pem": str(public),
        "/etc/ssl/interviews.key": str(private),
        "/var/log/nginx/arena.log": str(home / "access.log"),
    }
    for old, new in (here | (changes or {})).items():
        assert old in site, f"deploy/nginx.conf has no {old!r}"
        site = site.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {home}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (home / "main.conf").write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {home}/nginx.pid;\n"
        f"error_log {home}/error.log;\nevents {{}}\nhttp {{\n{temporary}{site}}}\n"
    )
    with _running([program, "-p", str(home), "-c", "main.conf", "-e", "error.log"], port, home):
        yield replace(server, url=f"https://127.0.0.1:{port}/interviews/")


@contextmanager
def caddy(server: Server, home: Path) -> Iterator[Server]:
    """`server` at the address of Caddy, with `deploy/Caddyfile` and a certificate of this computer.

    Caddy's own certificates need a public name.
    """
    program, port = _program("caddy"), servers.free_port()
    public, private = certificate(home)
    site = (DEPLOY / "Caddyfile").read_text()
    own = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"
    tls = f"\ttls {public} {private}\n"
    (home / "Caddyfile").write_text(own + site.replace("\treverse_proxy", f"{tls}\treverse_proxy"))
    address = f"https://127.0.0.1:{port}"
    command = [program, "run", "--config", str(home / "Caddyfile"), "--adapter", "caddyfile"]
    upstream = server.url.removeprefix("http://").rstrip("/")
    with _running(command, port, home, ARENA_HOST=address, ARENA_UPSTREAM=upstream):
        yield replace(server, url=f"{address}/")
