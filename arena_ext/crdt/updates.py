"""Yjs updates (version 1), decoded into plain structs with bounds.

The format is Yjs' own (https://github.com/yjs/yjs, `src/utils/encoding.js` and `INTERNALS.md`):
per client a run of structs, then a set of deleted ranges. Arena's documents hold text and
nothing else, so every other kind of struct is refused here, before the engine gets it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from arena_ext.protocol.lib0 import Malformed, Reader, blob, uint

#: Item kinds, the low five bits of a struct's first byte.
_DELETED, _STRING = 1, 4
_ORIGIN, _RIGHT_ORIGIN, _PARENT_SUB = 0x80, 0x40, 0x20

#: An update without content.
EMPTY = b"\x00\x00"
#: An update fits into a frame, and a struct takes two bytes or more; so this is generous.
_MAX_CLIENTS = 4096
#: From this number of deletions on, their order matters for speed.
_MANY = 16
#: A clock counts UTF-16 units.
MAX_CLOCK = 2**31 - 1

#: Numbers in the shortest form: any, and a clock that is valid for sure.
_NUMBER = rb"([\x00-\x7f]|[\x80-\xff]{1,6}[\x01-\x7f])"
_CLOCK = rb"([\x00-\x7f]|[\x80-\xff]{1,3}[\x01-\x7f])"
_UNIT = _NUMBER + _CLOCK
#: The commonest updates: one text beside units, up to that text; the deletions where one range is.
_INSERT = re.compile(b"\x01\x01%b(?:\xc4%b|([\x84\x44]))%b%b" % (*[_UNIT] * 3, _CLOCK), re.DOTALL)
_RANGE = re.compile(b"\x01%b\x01%b%b" % (_NUMBER, _CLOCK, _CLOCK), re.DOTALL)

#: The id of a unit of text: the client id of its author, and its clock.
Id = tuple[int, int]


@dataclass(slots=True)  # not frozen: an update has thousands, and that would double their cost
class Struct:
    """One inserted run. `text` is None where its content is already deleted.

    `length` is in UTF-16 units. `root` names its text, None where an origin implies it.
    """

    clock: int
    length: int
    text: str | None
    origin: Id | None
    right_origin: Id | None
    root: str | None


@dataclass(slots=True)
class Block:
    """Structs of one client with no gap between them."""

    client: int
    clock: int
    structs: tuple[Struct, ...]


@dataclass(slots=True)
class Deletion:
    """`length` units of `client` from `clock` on are deleted."""

    client: int
    clock: int
    length: int


@dataclass(slots=True)
class Update:
    """An update: its bytes, and their decoded content."""

    data: bytes
    blocks: tuple[Block, ...]
    deletions: tuple[Deletion, ...]
    #: Where in `data` the deletions begin.
    deletions_at: int
    #: Whether its form is plain: encoded as Yjs does it, with few parts, of one author, and with no
    #: other text than beside units.
    plain: bool = False

    @property
    def clients(self) -> list[int]:
        """The client ids under which it writes."""
        return [block.client for block in self.blocks]


def utf16_length(text: str) -> int:
    """How many UTF-16 units `text` has."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def decode(data: bytes, most: int | None = None) -> Update:
    """Decode one update. Raises `Malformed` on content that a plain text cannot have.

    Raises it also for more than `most` structs and deleted ranges, before it has read them.
    """
    quick = _quick(data)
    if quick is not None:
        return quick
    reader = _Reader(data, len(data) if most is None else most)
    blocks = tuple(_block(reader) for _ in range(_count(reader, _MAX_CLIENTS)))
    deletions_at = reader.position
    deletions = tuple(
        deletion for _ in range(_count(reader, _MAX_CLIENTS)) for deletion in _deletions(reader)
    )
    reader.end()
    if len({block.client for block in blocks}) != len(blocks):
        raise Malformed("a client appears twice")
    plain = _is_plain(blocks, deletions) and _encode(blocks, deletions) == data
    return Update(data, blocks, deletions, deletions_at, plain)


# --- the plain form ---------------------------------------------------------------------------


def _quick(data: bytes) -> Update | None:
    """Decode one text beside units, one deleted range, or both; None for any other update."""
    found = _INSERT.match(data)
    if found is None:
        deletions = _quick_deletions(data, 1) if data[:1] == b"\x00" else None
        return Update(data, (), deletions, 1, True) if deletions else None
    client, clock, origin_client, origin_clock, side, at_client, at_clock, size = found.groups()
    start, end = found.end(), found.end() + _uint(size)
    deletions = _quick_deletions(data, end)
    if deletions is None or start == end:
        return None
    try:
        text = data[start:end].decode()
    except UnicodeDecodeError:
        return None
    origin: Id | None = None
    right: Id | None = (_uint(at_client), _uint(at_clock))
    if side is None:
        origin = _uint(origin_client), _uint(origin_clock)
    elif side == b"\x84":
        origin, right = right, None
    first = _uint(clock)
    struct = Struct(first, utf16_length(text), text, origin, right, None)
    return Update(data, (Block(_uint(client), first, (struct,)),), deletions, end, True)


def _quick_deletions(data: bytes, start: int) -> tuple[Deletion, ...] | None:
    """No or one range from `start` to the end of an update; None for any other deletions."""
    if data[start:] == b"\x00":
        return ()
    found = _RANGE.fullmatch(data, start)
    if found is None or found[3] == b"\x00":
        return None
    return (Deletion(*map(_uint, found.groups())),)


@lru_cache(4096)  # the client ids are few, and the next key is beside this one
def _uint(data: bytes) -> int:
    """The value of a varint."""
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
    return value


def _is_plain(blocks: Sequence[Block], deletions: Sequence[Deletion]) -> bool:
    """Whether the parts of an update are in plain form; `_encode` says it of their bytes."""
    structs = blocks[0].structs if blocks else ()
    if len(blocks) > 1 or not 0 < len(structs) + len(deletions) < _MANY:
        return False
    if any(struct.text is None or struct.root is not None for struct in structs):
        return False
    return all(
        after.client != before.client or after.clock > before.clock + before.length
        for before, after in pairwise(deletions)
    )


def _encode(blocks: Sequence[Block], deletions: Sequence[Deletion]) -> bytes:
    """Encode an update whose parts are in plain form, as Yjs does."""
    data = uint(len(blocks))
    for block in blocks:
        data += uint(len(block.structs)) + uint(block.client) + uint(block.clock)
        for struct in block.structs:
            sides = [side for side in (struct.origin, struct.right_origin) if side is not None]
            info = _STRING | (_ORIGIN if struct.origin else 0)
            info |= _RIGHT_ORIGIN if struct.right_origin else 0
            data += bytes((info,)) + b"".join(uint(n) for side in sides for n in side)
            data += blob((struct.text or "").encode())
    ranges: dict[int, list[tuple[int, int]]] = {}
    for each in deletions:
        ranges.setdefault(each.client, []).append((each.clock, each.length))
    return data + _encode_ranges(ranges)


def _encode_ranges(ranges: Mapping[int, Collection[tuple[int, int]]]) -> bytes:
    return uint(len(ranges)) + b"".join(
        uint(client) + uint(len(each)) + b"".join(uint(n) for pair in each for n in pair)
        for client, each in ranges.items()
    )


def spread(update: Update) -> bytes:
    """The bytes of an update with its deletions in an order that is cheap for the engine.

    At each cut the engine counts from the beginning of a piece of text. Cuts of a long text that
    begin at its end would take seconds. Cuts that begin in the middle make the pieces small soon.
    """
    if len(update.deletions) < _MANY:
        return update.data
    ranges: dict[int, list[tuple[int, int]]] = {}
    for each in update.deletions:
        ranges.setdefault(each.client, []).append((each.clock, each.length))
    spread = {client: _spread(each) for client, each in ranges.items()}
    return update.data[: update.deletions_at] + _encode_ranges(spread)


def _spread(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    ranges, found = sorted(ranges), []
    spans = deque([(0, len(ranges))])
    while spans:
        first, end = spans.popleft()
        if first < end:
            middle = (first + end) // 2
            found.append(ranges[middle])
            spans += (first, middle), (middle + 1, end)
    return found


def decode_state_vector(data: bytes) -> dict[int, int]:
    """Decode a state vector: for each client, the next clock expected of it."""
    reader = Reader(data)
    vector = {reader.uint(): _clock(reader) for _ in range(_count(reader, len(data)))}
    reader.end()
    return vector


class _Reader(Reader):
    """Reads an update, with a limit on the number of its parts."""

    __slots__ = ("_most",)

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self._most = most

    def parts(self) -> int:
        """A number of structs or deleted ranges."""
        count = self.uint()
        self._most -= count
        if self._most < 0:
            raise Malformed("an update has too many parts")
        return count


def _count(reader: Reader, most: int) -> int:
    count = reader.uint()
    if count > most:
        raise Malformed("a count is too large")
    return count


def _clock(reader: Reader) -> int:
    clock = reader.uint()
    if clock > MAX_CLOCK:
        raise Malformed("a clock is too large")
    return clock


def _length(reader: Reader, clock: int) -> int:
    length = reader.uint()
    if length == 0 or clock + length > MAX_CLOCK:
        raise Malformed("a length is out of range")
    return length


def _id(reader: Reader) -> Id:
    return reader.uint(), _clock(reader)


def _block(reader: _Reader) -> Block:
    count = reader.parts()
    client, first = reader.uint(), _clock(reader)
    if count == 0:
        raise Malformed("a client without structs")  # on which yrs panics
    structs = []
    clock = first
    for _ in range(count):
        struct = _struct(reader, clock)
        structs.append(struct)
        clock += struct.length
    return Block(client, first, tuple(structs))


def _struct(reader: Reader, clock: int) -> Struct:
    info = reader.byte()
    if info & _PARENT_SUB:
        raise Malformed("an item belongs to a map")
    origin = _id(reader) if info & _ORIGIN else None
    right_origin = _id(reader) if info & _RIGHT_ORIGIN else None
    root = None
    if origin is None and right_origin is None:
        if reader.uint() != 1:
            raise Malformed("an item is nested in another")
        root = reader.string()
    kind = info & 0x1F
    if kind == _STRING:
        text = reader.string()
        length = utf16_length(text)
        if length == 0 or clock + length > MAX_CLOCK:
            raise Malformed("a length is out of range")
        return Struct(clock, length, text, origin, right_origin, root)
    if kind == _DELETED:
        return Struct(clock, _length(reader, clock), None, origin, right_origin, root)
    raise Malformed(f"an item of kind {kind} is not text")


def _deletions(reader: _Reader) -> list[Deletion]:
    client = reader.uint()
    deletions = []
    for _ in range(reader.parts()):
        clock = _clock(reader)
        deletions.append(Deletion(client, clock, _length(reader, clock)))
    return deletions
