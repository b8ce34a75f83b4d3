"""Recordings: written lines are read back unchanged, and every change is detected."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Audience
from arena_ext.recording.format import (
    InvalidRecording,
    RecordingWriter,
    Redacted,
    read_recording,
    recording_lines,
)
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.storage import hash_chain
from arena_ext.storage.rows import Columns, to_columns
from arena_ext.web import recordings
from tests.server.conftest import ConnectArena, Interview
from tests.support.logs import bodies
from tests.support.people import Person
from tests.support.recordings import parsed

ALL = set(Audience)
Bodies = list[tuple[str | None, Audience, Edit | Event]]


def log_of(them: Bodies) -> list[Entry]:
    return [Entry(seq, 7 * seq, who, to, body) for seq, (who, to, body) in enumerate(them, 1)]


@given(bodies)
def test_a_recording_comes_back(them: Bodies) -> None:
    log = log_of(them)
    text = "".join(recording_lines({"id": "s"}, log, ALL))
    assert parsed(text) == ({"id": "s"}, log)


@given(bodies)
def test_a_line_and_its_digest_are_those_of_its_json(them: Bodies) -> None:
    log = log_of(them)
    lines = list(recording_lines({"id": "s"}, log, ALL))[1:-1]
    assert [json.loads(line) for line in lines] == [hash_chain.to_json(entry) for entry in log]
    for entry, line in zip(log, lines, strict=True):
        assert hash_chain.entry_digest(entry) == hash_chain.digest(json.loads(line))


@given(bodies.filter(bool), st.sampled_from([ALL, ALL - {Audience.SERVER}]))
def test_the_chain_that_was_stored_is_the_one_that_would_be_computed(
    them: Bodies, seen: set[Audience]
) -> None:
    log = log_of(them)
    chain = hash_chain.START
    for entry in log:
        chain = hash_chain.link(chain, hash_chain.entry_digest(entry))

    def written(stored: bytes) -> str:
        writer, entries = RecordingWriter(seen, stored), list(map(to_columns, log))
        return writer.begin({"id": "s"}, len(log), entries[0]) + writer.add(entries) + writer.end()

    assert written(chain) == "".join(recording_lines({"id": "s"}, log, seen))
    # For an entry changed after it was stored, the writer makes no valid chain.
    with pytest.raises(InvalidRecording):
        parsed(written(hash_chain.link(chain, chain)))


@given(bodies)
def test_what_is_kept_back_does_not_break_the_chain(them: Bodies) -> None:
    log = log_of(them)
    text = "".join(recording_lines({"id": "s"}, log, ALL - {Audience.SERVER}))
    seen = [each for each in log if each.audience is not Audience.SERVER]
    assert parsed(text) == ({"id": "s"}, seen)
    full = "".join(recording_lines({"id": "s"}, log, ALL))
    ends = [json.loads(each.split("\n")[-2]) for each in (text, full)]
    assert ends[0]["chain"] == ends[1]["chain"]


@given(bodies)
def test_a_recording_for_everyone_has_a_chain_of_its_own(them: Bodies) -> None:
    log = log_of(them)
    text = "".join(recording_lines({"id": "s"}, log, {Audience.EVERYONE}))
    found = read_recording(text)
    for entry, line in zip(log, found.lines, strict=True):
        if entry.audience is Audience.EVERYONE:
            assert line == entry
        else:
            assert isinstance(line, Redacted)
            assert line.digest != hash_chain.digest(hash_chain.to_json(entry))


@given(bodies.filter(bool), st.data())
def test_a_changed_byte_of_an_entry_shows(them: Bodies, data: st.DataObject) -> None:
    text = "".join(recording_lines({"id": "s"}, log_of(them), ALL)).encode()
    first = text.index(b"\n") + 1
    at = data.draw(st.integers(first, len(text) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda new: new != text[at]))
    changed = text[:at] + bytes([byte]) + text[at + 1 :]
    try:
        _, read = parsed(changed.decode("utf-8", "surrogateescape"))
    except InvalidRecording:
        return
    # Another spelling of the same JSON (an escape in capitals) does not change its value.
    assert read == log_of(them)


@pytest.mark.parametrize("cut", ["first", "middle", "last", "end", "swap", "double"])
def test_a_missing_or_moved_line_shows(cut: str) -> None:
    log = [Entry(n, n, "p", Audience.EVERYONE, Event("note", {"n": n})) for n in range(1, 6)]
    lines = "".join(recording_lines({}, log, ALL)).split("\n")[:-1]
    match cut:
        case "first":
            del lines[1]
        case "middle":
            del lines[3]
        case "last":
            del lines[5]
        case "end":
            del lines[6]
        case "swap":
            lines[2], lines[3] = lines[3], lines[2]
        case "double":
            lines.insert(3, lines[3])
    with pytest.raises(InvalidRecording):
        parsed("\n".join(lines))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]\n[]", '{"format": "other"}\n{}', "x\ny", "[" * 9999]
)
def test_what_is_no_recording_is_refused(text: str) -> None:
    with pytest.raises(InvalidRecording):
        parsed(text)


async def test_interviewers_read_the_recording_and_nobody_else(
    host: Person, stranger: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    editor = await connect_arena(interview.session, interview.candidate_token)
    await editor.settled()
    for index, letter in enumerate("héllo 😀"):
        await editor.insert(index, letter)
    await editor.settled()
    path = f"sessions/{interview.session}/recording"
    answer = await host.fetch("GET", path)
    assert answer.status == 200
    session, read = parsed(answer.text)
    assert session["code"] == "héllo 😀"
    edits = [each for each in read if isinstance(each.body, Edit)]
    assert len(edits) == 7
    assert {each.participant for each in edits} == {interview.candidate_id}
    # Hashes of invites and tokens stay on the server.
    kinds = {each.body.type for each in read if isinstance(each.body, Event)}
    assert kinds == {"participant-joined"}
    assert "hash" not in answer.text
    for person, status in (
        (interview.candidate, 403),
        (interview.observer, 403),
        (stranger, 404),
    ):
        assert (await person.fetch("GET", path)).status == status


async def test_a_recording_is_compressed_for_who_takes_that(
    host: Person, interview: Interview
) -> None:
    import gzip

    path = f"sessions/{interview.session}/recording"
    plain = await host.fetch("GET", path)
    packed = await host.fetch("GET", path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


async def test_the_event_loop_makes_no_lines(
    host: Person, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, makers = RecordingWriter.add, set()

    def watched(writer: RecordingWriter, entries: Iterable[Columns]) -> str:
        makers.add(threading.current_thread().name)
        return add(writer, entries)

    monkeypatch.setattr(RecordingWriter, "add", watched)
    for call in ("recording", "export?format=jsonl"):
        makers.clear()
        assert (await host.fetch("GET", f"sessions/{interview.session}/{call}")).status == 200
        assert makers
        assert threading.current_thread().name not in makers


async def test_a_recording_in_pieces_is_the_same(
    host: Person, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"sessions/{interview.session}/recording"
    whole = await host.fetch("GET", path)
    assert len(read_recording(whole.text).lines) > 1
    monkeypatch.setattr(recordings, "ENTRIES_AT_ONCE", 1)
    assert (await host.fetch("GET", path)).body == whole.body


async def test_a_recording_that_cannot_be_read_to_its_end_does_not_pass_for_one(
    host: Person, arena: ArenaApp, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = arena.rooms.log
    read = log.columns

    async def once(session: str, after: int, count: int) -> Sequence[Columns]:
        return await read(session, after, count) if after == 0 else []

    monkeypatch.setattr(recordings, "ENTRIES_AT_ONCE", 1)
    monkeypatch.setattr(log, "columns", once)
    answer = await host.fetch("GET", f"sessions/{interview.session}/recording")
    assert answer.text.count("\n") == 2
    with pytest.raises(InvalidRecording):
        read_recording(answer.text)


def test_the_digest_is_of_canonical_json() -> None:
    line: dict[str, Any] = {"seq": 1, "at": 2, "by": None, "to": "everyone", "event": {"é": [1]}}
    shuffled = json.loads(json.dumps(dict(reversed(line.items())), indent=2))
    assert hash_chain.digest(line) == hash_chain.digest(shuffled)
