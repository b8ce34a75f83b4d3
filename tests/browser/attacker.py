"""An attacker's server: it accepts and records every connection, request and message."""

from __future__ import annotations

import base64
import errno
import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: The GUID that a WebSocket server appends to the client's key before the hash (RFC 6455).
WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Attacker:
    """Listens on one port, for TCP connections and UDP datagrams.

    `heard` records them in order: `tcp` for a connection, the method and path of a request,
    `message` and a WebSocket message, `udp` for a datagram.
    """

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._server, self._udp = listen_on_one_port(handler(self.heard))
        self._server.daemon_threads = True
        self.port = self._server.server_port
        # A connection from this socket's address ends the listening.
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
        """Its HTTP address."""
        return f"http://127.0.0.1:{self.port}/"

    def everything(self) -> list[str]:
        """Stop listening; returns everything received before."""
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
            # Recorded before any HTTP: a connection alone counts, too.
            try:
                connection, address = self._server.get_request()
            except ConnectionError:  # closed before it was accepted; it counts all the same
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
    """TCP and UDP sockets on one port; a port that is free for TCP may be in use for UDP."""
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
    """A request handler that records requests in `heard`."""

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
            # CORS allows everything, so that only the sandbox can stop a probe.
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
            """Accept the WebSocket, read one short message, and close."""
            key = self.headers["Sec-WebSocket-Key"] + WEBSOCKET
            accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", accept)
            if "Sec-WebSocket-Protocol" in self.headers:
                self.send_header("Sec-WebSocket-Protocol", self.headers["Sec-WebSocket-Protocol"])
            self.end_headers()
            # A final text frame: header with length, mask, payload.
            _, length, *mask = self.rfile.read(6)
            masked = self.rfile.read(length & 127)
            message = bytes(byte ^ mask[at % 4] for at, byte in enumerate(masked))
            heard.append(f"message {message.decode()}")

        def log_message(self, *_: object) -> None:
            """Print no log."""

    return Handler


@contextmanager
def attacking() -> Iterator[Attacker]:
    """An attacker that listens until the block ends."""
    attacker = Attacker()
    try:
        yield attacker
    finally:
        attacker.everything()
