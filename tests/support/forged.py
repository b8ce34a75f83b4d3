"""Yjs updates built by hand, such as no editor sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arena_ext.crdt.updates import Id
from arena_ext.protocol.lib0 import blob, uint


def struct(
    origin: Id | None = None, right: Id | None = None, text: str = "x", root: str = "code"
) -> bytes:
    """An encoded struct: a text between `origin` (left) and `right`."""
    sides = b"".join(uint(side[0]) + uint(side[1]) for side in (origin, right) if side is not None)
    info = 4 | (0x80 if origin else 0) | (0x40 if right else 0)
    return bytes([info]) + (sides or uint(1) + blob(root.encode())) + blob(text.encode())


def update(
    structs: Mapping[int, Sequence[bytes]],
    deletions: Mapping[int, Sequence[tuple[int, int]]] | None = None,
    *,
    first: Mapping[int, int] | None = None,
) -> bytes:
    """An update: for each client its structs, from clock 0 or `first` on, and its deleted ranges.

    A range is (clock, length).
    """
    data = uint(len(structs))
    for client, each in structs.items():
        data += uint(len(each)) + uint(client) + uint((first or {}).get(client, 0)) + b"".join(each)
    data += uint(len(deletions or {}))
    for client, ranges in (deletions or {}).items():
        data += uint(client) + uint(len(ranges))
        data += b"".join(uint(clock) + uint(length) for clock, length in ranges)
    return data


def item(
    client: int,
    clock: int,
    text: str = "x",
    *,
    origin: tuple[int, int] | None = None,
    right: tuple[int, int] | None = None,
    root: str = "code",
) -> bytes:
    """An update with one struct."""
    info = 4 | (0x80 if origin else 0) | (0x40 if right else 0)
    body = bytes([info])
    for side in (origin, right):
        if side is not None:
            body += uint(side[0]) + uint(side[1])
    if origin is None and right is None:
        body += uint(1) + blob(root.encode())
    return uint(1) + uint(1) + uint(client) + uint(clock) + body + blob(text.encode()) + uint(0)


def deletion(client: int, clock: int, length: int) -> bytes:
    """An update that deletes one range."""
    return uint(0) + uint(1) + uint(client) + uint(1) + uint(clock) + uint(length)


NESTED_ANY = b"\x01\x01\x05\x00\x08\x01\x04code\x01" + b"\x75\x01" * 27_000 + b"\x7f\x00"
FORGED = {
    "no such root": item(5, 4, root="secrets"),
    "a root of the notes": item(7, 0, root="notes"),
    "a client id of somebody else": item(6, 0),
    "origin and right origin wait for each other": uint(1)
    + uint(1)
    + uint(7)
    + uint(0)
    + b"\x84"
    + uint(7)
    + uint(0)
    + blob(b"x")
    + uint(0),
    "inserts inside a pair": item(7, 0, origin=(5, 1), right=(5, 2)),
    "inserts before half a pair": item(7, 0, right=(5, 2)),
    "its neighbours crossed": item(7, 0, origin=(5, 3), right=(5, 0)),
    "between a unit and itself": item(7, 0, origin=(5, 3), right=(5, 3)),
    "deletes half a pair": deletion(5, 1, 1),
    "deletes the other half": deletion(5, 2, 1),
    "nested values": NESTED_ANY,
    "an array": b"\x01\x01\x07\x00\x07\x01\x04code\x00\x00",
    "a map entry": b"\x01\x01\x07\x00\x24\x01\x04code\x01k\x01x\x00",
    "a format": b"\x01\x01\x07\x00\x06\x01\x04code\x01b\x01t\x00",
    "a subdocument": b"\x01\x01\x07\x00\x09\x01\x04code\x01g\x76\x00\x00",
    "garbage collected": b"\x01\x01\x07\x00\x00\x05\x00",
    "a skip": b"\x01\x01\x07\x00\x0a\x05\x00",
    "a client with no structs": b"\x01\x00\x05\x04\x00",
    "nothing inserted": item(7, 0, ""),
    "nothing deleted": deletion(5, 0, 0),
    "a parent by id": b"\x01\x01\x07\x00\x04\x00\x05\x00\x01x\x00",
    "a client twice": b"\x02" + item(7, 0)[1:-1] + item(7, 0)[1:],
    "a huge clock": b"\x01\x01\x07" + uint(2**40) + b"\x04\x01\x04code\x01x\x00",
    "too many structs": b"\x01" + uint(2**30) + b"\x07\x00",
    "too many clients": uint(2**30),
    "too many deletes": b"\x00\x01\x05" + uint(2**30),
    "an endless number": b"\xff" * 30,
    "cut short": item(7, 0)[:-4],
    "left over": item(7, 0) + b"x",
    "not UTF-8": b"\x01\x01\x07\x00\x04\x01\x04code\x02\xff\xfe\x00",
}
