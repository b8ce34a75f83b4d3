"""Framing: messages arrive whole however their bytes do, and broken frames are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.util import _websocket_mask as mask

from arena_ext.protocol.lib0 import Malformed
from arena_ext.web.framing import Assembler, Message, Opcode, TooLarge, accept, close_frame, frame

LIMIT = 70_000


def masked(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """A frame of a client."""
    data = bytearray(frame(opcode, payload))
    if not final:
        data[0] &= 0x7F
    data[1] |= 0x80
    end = len(data) - len(payload)
    return bytes(data[:end]) + b"key!" + mask(b"key!", payload)


def assembled(data: bytes, sizes: list[int]) -> list[Message]:
    """The messages in `data`, which arrives in pieces of these sizes, in turn."""
    assembler, messages, start, turn = Assembler(LIMIT), list[Message](), 0, 0
    while start < len(data):
        size = sizes[turn % len(sizes)]
        assembler.feed(data[start : start + size])
        start, turn = start + size, turn + 1
        while (message := assembler.next()) is not None:
            messages.append(message)
    return messages


PAYLOADS = st.one_of(
    st.binary(max_size=20), st.sampled_from([b"x" * 125, b"y" * 126, b"z" * 65_535, b"!" * 65_536])
)


@given(
    st.lists(st.tuples(st.sampled_from([Opcode.TEXT, Opcode.BINARY]), PAYLOADS), max_size=5),
    st.lists(st.integers(1, 100_000), min_size=1, max_size=5),
    st.data(),
)
def test_messages_arrive_whole_in_whatever_pieces(
    messages: list[tuple[Opcode, bytes]], sizes: list[int], data: st.DataObject
) -> None:
    sent, expected = b"", []
    for opcode, payload in messages:
        cut = data.draw(st.integers(0, len(payload)))
        if data.draw(st.booleans()):
            ping = payload[:cut][:10]
            sent += masked(opcode, payload[:cut], final=False) + masked(Opcode.PING, ping)
            sent += masked(Opcode.CONTINUATION, payload[cut:])
            expected.append(Message(Opcode.PING, ping))
        else:
            sent += masked(opcode, payload)
        expected.append(Message(opcode, payload))
    assert assembled(sent, sizes) == expected


@pytest.mark.parametrize(
    "data",
    [
        frame(Opcode.TEXT, b"not masked"),
        bytes((0xC1,)) + masked(Opcode.TEXT, b"compressed")[1:],
        masked(3, b"no such frame"),
        masked(Opcode.PING, b"x" * 126),
        masked(Opcode.PING, b"in parts", final=False),
        masked(Opcode.CONTINUATION, b"of nothing"),
        masked(Opcode.TEXT, b"a", final=False) + masked(Opcode.TEXT, b"b"),
    ],
)
def test_broken_frames_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        assembled(data, [len(data)])


@pytest.mark.parametrize("parts", [1, 2])
def test_a_message_over_the_limit_is_refused_before_it_has_arrived(parts: int) -> None:
    size = LIMIT // parts + 1
    data = masked(Opcode.BINARY, b"x" * size, final=parts == 1)
    if parts == 2:
        data += masked(Opcode.CONTINUATION, b"x" * size)
    with pytest.raises(TooLarge):
        assembled(data[: len(data) - size + 10], [len(data)])


def test_empty_frames_are_counted() -> None:
    assembler = Assembler(LIMIT)
    assembler.feed(masked(Opcode.BINARY, b"", final=False))
    assembler.feed(masked(Opcode.CONTINUATION, b"", final=False) * 9)
    assert assembler.next() is None
    assert assembler.frames == 10


def test_the_handshake_is_that_of_the_standard() -> None:
    assert accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert close_frame(1000, "x" * 200) == b"\x88\x7d\x03\xe8" + b"x" * 123
