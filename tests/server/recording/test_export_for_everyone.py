"""An export for candidates contains nothing that only interviewers may see."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from arena_ext import cli
from arena_ext.app import ArenaApp
from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import Audience, Document, Sync
from arena_ext.recording import export
from arena_ext.recording.format import (
    SEEN,
    Redacted,
    read_recording,
)
from arena_ext.recording.history import session_history
from arena_ext.recording.notebook import as_notebook
from arena_ext.session.model import Edit, Entry, Event
from arena_ext.storage import hash_chain
from tests.server.conftest import ConnectArena, Interview
from tests.support.people import Person
from tests.support.recordings import converted, interview, parsed

#: Text that only interviewers may find in an export.
CANARY = "canary-of-the-notes"
EVERYONE = SEEN["everyone"]


def recording_in(kind: str, content: bytes) -> str:
    """The recording inside a file of this format."""
    if kind == "zip":
        return zipfile.ZipFile(io.BytesIO(content)).read("recording.jsonl").decode()
    if kind == "ipynb":
        lines = json.loads(content)["metadata"]["arena"]["recording"]
        return "".join(f"{line}\n" for line in lines)
    if kind == "html":
        embedded = content.decode().split("<script>")[1].split("</script>")[0]
        return embedded.replace("\\u003c", "<")
    return content.decode()


def strings(kind: str, content: bytes) -> Iterator[bytes]:
    """All bytes of a file: as stored, and unpacked."""
    yield content
    if kind == "zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        yield from (archive.read(name) for name in archive.namelist())
    for entry in parsed(recording_in(kind, content))[1]:
        if isinstance(entry.body, Edit):
            yield entry.body.update


def note() -> bytes:
    """The update of an edit that writes the canary into the notes."""
    notes: Doc[Text] = Doc()
    notes.get("notes", type=Text).insert(0, CANARY)
    return notes.get_update()


def with_canaries() -> tuple[dict[str, Any], list[Entry]]:
    """An interview whose last entries are for interviewers only."""
    about, entries = interview(3)
    asked = {"userId": "q", "username": CANARY, "color": "#1a6fd4", "role": "observer"}
    for body in (
        Edit(Document.NOTES, note()),
        Event("entry-requested", asked),
        Event("entry-declined", {"userId": "q"}),
    ):
        last = entries[-1]
        entry = Entry(last.seq + 1, last.at + 60_000, "p", Audience.INTERVIEWERS, body)
        entries = [*entries, entry]
    return about, entries


@pytest.fixture(autouse=True)
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minimal replay page, from which the test can read the recording."""
    (tmp_path / "replay.html").write_text("<script>%RECORDING%</script>")
    monkeypatch.setattr(export, "REPLAY", tmp_path / "replay.html")


@pytest.mark.parametrize("kind", export.FORMATS)
def test_it_has_nothing_of_what_only_interviewers_may_see(kind: str) -> None:
    about, entries = with_canaries()
    make = export.FORMATS[kind].make
    ours, theirs = (make(about, entries, seen) for seen in SEEN.values())
    assert any(CANARY.encode() in each for each in strings(kind, ours))
    assert not any(CANARY.encode() in each for each in strings(kind, theirs))
    found = read_recording(recording_in(kind, theirs))
    for entry, line in zip(entries, found.lines, strict=True):
        if entry.audience is Audience.EVERYONE:
            assert line == entry
        else:
            # The entry's own digest would confirm a guess of a note; this random one does not.
            assert isinstance(line, Redacted)
            assert line.digest != hash_chain.digest(hash_chain.to_json(entry))


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_it_comes_back_with_all_that_everybody_saw(seed: int) -> None:
    about, entries = interview(seed)
    back = converted(as_notebook(about, entries, EVERYONE)).entries
    public = [each for each in entries if each.audience is Audience.EVERYONE]
    assert [each for each in back[1:] if each.audience is Audience.EVERYONE] == public
    assert session_history(back).runs == session_history(entries).runs


@pytest.mark.parametrize("kind", export.FORMATS)
async def test_interviewers_ask_for_it(
    arena: ArenaApp,
    host: Person,
    interview: Interview,
    connect_arena: ConnectArena,
    kind: str,
    capsysbinary: Any,
) -> None:
    here = f"sessions/{interview.session}"
    invite = await host.invite(interview.session, "interviewer")
    _, token = await Person(host.url).join(interview.session, "Ida", invite)
    ida = await connect_arena(interview.session, token)
    await ida.settled()
    ida.sent += 1
    await ida.send_raw(SyncMessage(Document.NOTES, Sync.UPDATE, note()).encode())
    await ida.settled()
    path = f"{here}/export?format={kind}"
    ours, theirs = [await host.fetch("GET", path + more) for more in ("", "&for=everyone")]
    assert any(CANARY.encode() in each for each in strings(kind, ours.body))
    assert not any(CANARY.encode() in each for each in strings(kind, theirs.body))
    answer = await interview.candidate.fetch("GET", f"{path}&for=everyone")
    assert answer.status == 403
    answer = await host.fetch("GET", f"{path}&for=me")
    assert (answer.status, answer.json) == (400, {"error": "for: one of interviewers, everyone"})
    arguments = ["export", interview.session, "--format", kind, "--for", "everyone"]
    assert cli.main(arguments, Path(arena.database)) == 0
    printed = capsysbinary.readouterr().out
    assert not any(CANARY.encode() in each for each in strings(kind, printed))
