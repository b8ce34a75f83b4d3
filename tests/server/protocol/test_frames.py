"""Binary frames: decoding reverts encoding, and refuses everything else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_ext.crdt import updates
from arena_ext.protocol import frames
from arena_ext.protocol.frames import PresenceMessage, PresenceState, SyncMessage
from arena_ext.protocol.lib0 import Malformed, Reader, blob, uint
from arena_ext.protocol.wire import Document, Sync


@given(st.sampled_from(Document), st.sampled_from(Sync), st.binary(max_size=200))
def test_a_sync_message_comes_back(document: Document, kind: Sync, payload: bytes) -> None:
    message = SyncMessage(document, kind, payload)
    assert frames.decode(message.encode()) == message


def test_the_pads_framing_is_that_of_y_protocols() -> None:
    assert SyncMessage(Document.PAD, Sync.UPDATE, b"ab").encode() == b"\x00\x02\x02ab"
    assert SyncMessage(Document.NOTES, Sync.STEP1, b"").encode() == b"\x64\x05notes\x00\x00"


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**53 - 1),
            st.integers(0, 2**31),
            st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3),
        ),
        max_size=5,
    )
)
def test_a_presence_message_comes_back(entries: list[tuple[int, int, object]]) -> None:
    message = PresenceMessage(tuple(PresenceState(*entry) for entry in entries))
    assert frames.decode(message.encode()) == message


@given(st.integers(0, 2**53 - 1))
def test_a_number_comes_back(number: int) -> None:
    assert Reader(uint(number)).uint() == number


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x02",
        b"\x00",
        b"\x00\x04\x00",
        b"\x00\x02\x05ab",
        b"\x00\x02\x02abc",
        b"\x64\x05other\x02\x00",
        b"\x64\x02\xff\xff\x02\x00",
        b"\xff" * 12,
        b"\x00\x02" + b"\xff" * 9 + b"\x01",
        b"\x01" + blob(uint(1) + uint(5) + uint(1) + blob(b"{")),
        b"\x01" + blob(uint(1) + uint(5) + uint(1) + blob(b"[" * 2000)),
        b"\x01" + blob(uint(1) + uint(5) + uint(1) + blob(b'"' + b"x" * 5000 + b'"')),
        b"\x01" + blob(uint(2**20)),
        b"\x01" + blob(uint(0) + b"x"),
    ],
)
def test_a_broken_frame_is_malformed(frame: bytes) -> None:
    with pytest.raises(Malformed):
        frames.decode(frame)


@given(st.binary(max_size=300))
def test_no_frame_does_anything_but_decode_or_be_malformed(frame: bytes) -> None:
    with contextlib.suppress(Malformed):
        frames.decode(frame)


@given(st.binary(max_size=300))
def test_no_update_does_anything_but_decode_or_be_malformed(update: bytes) -> None:
    with contextlib.suppress(Malformed):
        updates.decode(update)
    with contextlib.suppress(Malformed):
        updates.decode_state_vector(update)
