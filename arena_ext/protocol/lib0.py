"""The lib0 encoding: variable-length integers and byte strings, decoded with bounds."""

from __future__ import annotations

from .errors import ArenaError

#: The largest number that JavaScript counts exactly; Yjs uses nothing beyond it.
MAX_SAFE = 2**53 - 1


class Malformed(ArenaError):
    """A binary frame or an update that breaks the protocol."""

    code = "malformed"


class Reader:
    """Reads lib0's primitives from `data`; raises `Malformed` past the end."""

    __slots__ = ("data", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def at_end(self) -> bool:
        """Whether everything was read."""
        return self.position == len(self.data)

    def byte(self) -> int:
        """One byte, 0 to 255."""
        try:
            value = self.data[self.position]
        except IndexError:
            raise Malformed("the frame ends too early") from None
        self.position += 1
        return value

    def uint(self) -> int:
        """A varint, 0 to `MAX_SAFE`."""
        try:
            value = self.data[self.position]
        except IndexError:
            raise Malformed("the frame ends too early") from None
        self.position += 1
        if value < 0x80:
            return value
        value &= 0x7F
        shift = 7
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 49:
                raise Malformed("a number is too long")
        if value > MAX_SAFE:
            raise Malformed("a number is too large")
        return value

    def bytes(self) -> bytes:
        """A length in bytes, then that many."""
        length = self.uint()
        end = self.position + length
        if end > len(self.data):
            raise Malformed("a length points past the end of the frame")
        value = self.data[self.position : end]
        self.position = end
        return value

    def string(self) -> str:
        """UTF-8 text with its length in bytes before it."""
        try:
            return self.bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("text is not UTF-8") from None

    def end(self) -> None:
        """Raise unless everything was read."""
        if not self.at_end():
            raise Malformed("bytes are left over")


def uint(value: int) -> bytes:
    """`value` as a varint."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value >= 0x80:
        out.append(0x80 | (value & 0x7F))
        value >>= 7
    out.append(value)
    return bytes(out)


def blob(data: bytes) -> bytes:
    """`data` with its length before it."""
    return uint(len(data)) + data
