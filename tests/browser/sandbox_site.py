"""A static host for the sandbox tests."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "sandbox_page"


@dataclass(frozen=True)
class Site:
    """The runtime and the test page, as files on a plain host.

    `encoded` is the same site on a host that sends the gzipped files with `Content-Encoding: gzip`;
    `reports` has the bodies that a page posts, for tests in which the driver loses the page.
    """

    directory: Path
    url: str
    encoded: str
    reports: queue.Queue[Any]


def build(repository: Path, directory: Path) -> None:
    """Build the site's files: the shipped runtime, and the page of the tests."""
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
            """Print no log."""

    with running(
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=directory))
    ) as at:
        url = f"http://127.0.0.1:{at}/"
        yield Site(directory, url, f"{url}encoded/", reports)


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[int]:
    """Run a server in a thread; yields its port."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)
