"""An attacker's server, with arms wide open: it notices whatever reaches it."""

from __future__ import annotations

import base64
import errno
import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: What a WebSocket's server puts behind the client's key, before it hashes both.
WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Attacker:
    """Listens on one port, for TCP connections and UDP datagrams.

    `heard` has what came, in order: `tcp` for a connection, the line of a request, `message` with
    what a WebSocket said, `udp` for a datagram.
    """

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._server, self._udp = listen_on_one_port(handler(self.heard))
        self._server.daemon_threads = True
        self.port = self._server.server_port
        # What ends the listening is what comes from here.
        self._last = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._last.bind(("127.0.0.1", 0))
        self._threads = [
            threading.Thread(target=listen, daemon=True)
            for listen in (self._hear_connections, self._hear_datagrams)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        """Where it listens, over HTTP."""
        return f"http://127.0.0.1:{self.port}/"

    def everything(self) -> list[str]:
        """Stop listening; all that came before."""
        if self._udp.fileno() != -1:
            self._last.connect(("127.0.0.1", self.port))
            self._udp.sendto(b"", ("127.0.0.1", self.port))
            for thread in self._threads:
                thread.join(timeout=5)
            self._last.close()
            self._udp.close()
            self._server.socket.close()
        return self.heard

    def _hear_connections(self) -> None:
        while True:
            # Before any HTTP: a bare connection counts, too.
            try:
                connection, address = self._server.get_request()
            except ConnectionError:  # given up before it was accepted; it came, all the same
                self.heard.append("tcp")
                continue
            if address == self._last.getsockname():
                connection.close()
                return
            self.heard.append("tcp")
            self._server.process_request(connection, address)

    def _hear_datagrams(self) -> None:
        while True:
            _, address = self._udp.recvfrom(4096)
            if address == self._udp.getsockname():
                return
            self.heard.append("udp")


def listen_on_one_port(
    answer: type[BaseHTTPRequestHandler],
) -> tuple[ThreadingHTTPServer, socket.socket]:
    """Sockets for TCP and UDP; the system gives ports that are free for TCP, which is not all."""
    while True:
        server = ThreadingHTTPServer(("127.0.0.1", 0), answer)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(server.server_address)
        except OSError as error:
            udp.close()
            server.server_close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return server, udp


def handler(heard: list[str]) -> type[BaseHTTPRequestHandler]:
    """What answers requests, and writes down what they were."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            heard.append(f"{self.command} {self.path}")
            self.close_connection = True
            if "Sec-WebSocket-Key" in self.headers:
                self.converse()
                return
            body = b"/* welcome */"
            self.send_response(200)
            # So that nothing but the sandbox's own walls can be what stops a probe.
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "*")
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.do_GET()

        def do_OPTIONS(self) -> None:
            self.do_GET()

        def converse(self) -> None:
            """Open the WebSocket, hear one short message, and hang up."""
            key = self.headers["Sec-WebSocket-Key"] + WEBSOCKET
            accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", accept)
            if "Sec-WebSocket-Protocol" in self.headers:
                self.send_header("Sec-WebSocket-Protocol", self.headers["Sec-WebSocket-Protocol"])
            self.end_headers()
            # A final frame of text, its length and its mask in front of it.
            _, length, *mask = self.rfile.read(6)
            masked = self.rfile.read(length & 127)
            message = bytes(byte ^ mask[at % 4] for at, byte in enumerate(masked))
            heard.append(f"message {message.decode()}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def attacking() -> Iterator[Attacker]:
    """An attacker, as long as it is needed."""
    attacker = Attacker()
    try:
        yield attacker
    finally:
        attacker.everything()
