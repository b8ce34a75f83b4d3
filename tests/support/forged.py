"""Updates built by hand, for what no editor would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arena_ext.crdt.updates import Id
from arena_ext.protocol.frames import blob, uint


def struct(
    origin: Id | None = None, right: Id | None = None, text: str = "x", root: str = "code"
) -> bytes:
    """One run of text behind `origin` and before `right`."""
    sides = b"".join(uint(side[0]) + uint(side[1]) for side in (origin, right) if side is not None)
    info = 4 | (0x80 if origin else 0) | (0x40 if right else 0)
    return bytes([info]) + (sides or uint(1) + blob(root.encode())) + blob(text.encode())


def update(
    structs: Mapping[int, Sequence[bytes]],
    deletions: Mapping[int, Sequence[tuple[int, int]]] | None = None,
    *,
    first: Mapping[int, int] | None = None,
) -> bytes:
    """Per client its structs, from clock 0 or what `first` says on, and (clock, length) ranges."""
    data = uint(len(structs))
    for client, each in structs.items():
        data += uint(len(each)) + uint(client) + uint((first or {}).get(client, 0)) + b"".join(each)
    data += uint(len(deletions or {}))
    for client, ranges in (deletions or {}).items():
        data += uint(client) + uint(len(ranges))
        data += b"".join(uint(clock) + uint(length) for clock, length in ranges)
    return data
