"""A static host for the sandbox tests, and an attacker's server that notices what reaches it."""

from __future__ import annotations

import json
import queue
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "sandbox_page"


@dataclass(frozen=True)
class Site:
    """The runtime and the test page, as files on a plain host.

    `encoded` is the same on a host that sends the gzipped files with `Content-Encoding: gzip`;
    `reports` gets what a page posts, for tests in which the browser driver loses the page.
    """

    directory: Path
    url: str
    encoded: str
    reports: queue.Queue[Any]


@dataclass(frozen=True)
class Attacker:
    """A server that wants to hear from a sandbox. `heard` has what came, in order."""

    port: int
    heard: list[str]

    @property
    def url(self) -> str:
        """Where it listens, over HTTP."""
        return f"http://127.0.0.1:{self.port}/"


def build(repository: Path, directory: Path) -> None:
    """Make the site's files: the runtime as it is shipped, and the page of the tests."""
    runtime = ["node", "scripts/build-runtime.mjs", str(directory / "runtime")]
    page = [
        "node_modules/.bin/esbuild",
        str(PAGE / "page.ts"),
        "--bundle",
        "--format=iife",
        f"--outfile={directory / 'page.js'}",
        "--log-level=warning",
    ]
    for command in (runtime, page):
        subprocess.run(command, cwd=repository, check=True, timeout=120)
    shutil.copy(PAGE / "index.html", directory)


@contextmanager
def serving(directory: Path) -> Iterator[Site]:
    """Serve a directory on 127.0.0.1."""
    reports: queue.Queue[Any] = queue.Queue()

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return super().translate_path(path.replace("/encoded/", "/", 1))

        def end_headers(self) -> None:
            if self.path.startswith("/encoded/") and self.path.endswith(".gz"):
                self.send_header("Content-Encoding", "gzip")
            super().end_headers()

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            reports.put(json.loads(self.rfile.read(size)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with running(
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=directory))
    ) as at:
        url = f"http://127.0.0.1:{at}/"
        yield Site(directory, url, f"{url}encoded/", reports)


@contextmanager
def attacking() -> Iterator[Attacker]:
    """Listen for TCP connections and UDP datagrams on one port, with arms wide open."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.command} {self.path}")
            body = b"/* welcome */"
            self.send_response(200)
            # So that nothing but the sandbox's own walls can be what stops a probe.
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "*")
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.do_GET()

        def do_OPTIONS(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def verify_request(self, *_: object) -> bool:
            # Before any HTTP: a bare connection counts, too.
            heard.append("tcp")
            return True

    server = Server(("127.0.0.1", 0), Handler)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(server.server_address)

    def listen() -> None:
        while udp.recvfrom(4096)[0] != b"end":
            heard.append("udp")

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    with running(server) as port:
        yield Attacker(port, heard)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"end", udp.getsockname())
    listener.join(timeout=5)
    udp.close()


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[int]:
    """Let a server run in a thread; the port it listens at."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)
