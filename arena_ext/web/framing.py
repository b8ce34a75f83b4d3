"""WebSocket framing (RFC 6455), without input and output: bytes to messages, messages to bytes."""

from __future__ import annotations

import base64
import hashlib
from enum import IntEnum
from typing import NamedTuple

from tornado.util import _websocket_mask as mask  # in C

from arena_ext.protocol.lib0 import Malformed

#: RFC 6455, section 1.3.
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#: The largest payload of a control frame, bytes.
_MAX_CONTROL = 125
#: The bits of a frame's first byte: the last frame of a message, and extensions.
_FIN, _RESERVED = 0x80, 0x70
#: The bit of a frame's second byte that says that its payload is masked, as a client's must be.
_MASKED = 0x80


class Opcode(IntEnum):
    """The kind of a frame."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Message(NamedTuple):
    """A whole message, or a control frame."""

    opcode: int
    payload: bytes


class TooLarge(Malformed):
    """A message is longer than the limit."""

    code = "too-large"


def accept(key: str) -> str:
    """The value of `Sec-WebSocket-Accept` for a client's `Sec-WebSocket-Key`."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()  # noqa: S324


def frame(opcode: int, payload: bytes) -> bytes:
    """A message, or a control frame, as one frame of a server, which does not mask."""
    length = len(payload)
    if length <= _MAX_CONTROL:
        return bytes((_FIN | opcode, length)) + payload
    if length < 2**16:
        return bytes((_FIN | opcode, 126)) + length.to_bytes(2, "big") + payload
    return bytes((_FIN | opcode, 127)) + length.to_bytes(8, "big") + payload


def close_frame(code: int | None, reason: str = "") -> bytes:
    """A close frame."""
    body = b"" if code is None else code.to_bytes(2, "big") + reason.encode()[: _MAX_CONTROL - 2]
    return frame(Opcode.CLOSE, body)


class Assembler:
    """Assembles the messages of a client from the bytes that arrive.

    The work is proportional to the bytes, in whatever pieces they arrive.
    """

    __slots__ = ("_data", "_limit", "_needed", "_opcode", "_parts", "_position", "_size", "frames")

    def __init__(self, limit: int) -> None:
        #: Bytes that arrived, and the number of them that were read.
        self._data: bytes | bytearray = b""
        self._position = 0
        #: The number of bytes without which the next frame is not complete.
        self._needed = 0
        self._limit = limit
        #: A message whose last frame has not arrived: its kind, its parts, and their bytes.
        self._opcode: int = Opcode.CONTINUATION
        self._parts: list[bytes] = []
        self._size = 0
        #: The number of frames so far.
        self.frames = 0

    def feed(self, data: bytes) -> None:
        """Take bytes that arrived."""
        if not self._data:
            self._data = data
            return
        if isinstance(self._data, bytes) or self._position > len(self._data) // 2:
            self._data, self._position = bytearray(self._data[self._position :]), 0
        self._data += data

    def next(self) -> Message | None:
        """The next message; None where it has not arrived. Raises `Malformed` or `TooLarge`."""
        while (read := self._frame()) is not None:
            final, opcode, payload = read
            self.frames += 1
            if opcode >= Opcode.CLOSE:
                if not final or len(payload) > _MAX_CONTROL:
                    raise Malformed("a control frame is too long")
                return Message(opcode, payload)
            if (opcode == Opcode.CONTINUATION) is not bool(self._opcode):
                raise Malformed("the frames of messages are mixed")
            if final and not self._parts:
                return Message(opcode, payload)
            self._opcode = self._opcode or opcode
            self._parts.append(payload)
            self._size += len(payload)
            if final:
                message = Message(self._opcode, b"".join(self._parts))
                self._opcode, self._parts, self._size = Opcode.CONTINUATION, [], 0
                return message
        return None

    def _frame(self) -> tuple[bool, int, bytes] | None:
        data, start = self._data, self._position
        there = len(data) - start
        if there < 6 or there < self._needed:
            return None
        first, second = data[start], data[start + 1]
        if first & _RESERVED or not second & _MASKED:
            raise Malformed("a frame uses an extension, or is not masked")
        opcode, length, start = first & 0x0F, second & 0x7F, start + 2
        if length > _MAX_CONTROL:
            more = 2 if length == 126 else 8
            if there < 6 + more:
                return None
            length = int.from_bytes(data[start : start + more], "big")
            start += more
        if opcode not in _OPCODES:
            raise Malformed(f"there is no frame {opcode}")
        if self._size + length > self._limit:
            raise TooLarge("a message is too large")
        end = start + 4 + length
        if end > len(data):
            self._needed = end - self._position
            return None
        self._position, self._needed = end, 0
        if end == len(data):
            self._data, self._position = b"", 0
        payload = mask(bytes(data[start : start + 4]), bytes(data[start + 4 : end]))
        return first >= _FIN, opcode, payload


_OPCODES = frozenset(Opcode)
