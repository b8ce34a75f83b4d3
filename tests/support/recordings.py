"""Recordings for tests: of random interviews in live rooms, or forged."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Iterable
from typing import Any

from arena_ext.crdt.updates import decode
from arena_ext.protocol.errors import Invalid
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Document
from arena_ext.recording.format import (
    FORMAT,
    InvalidRecording,
    read_recording,
)
from arena_ext.recording.importer import Imported, Importer, convert_recording
from arena_ext.session.model import Edit, Entry, Participant
from arena_ext.session.permissions import Caller, Role
from arena_ext.storage import hash_chain
from tests.support.honest import Editor
from tests.support.replicas import fresh_replica
from tests.support.stage import Stage, Typist, edit, settled

#: The moment of every import, UTC milliseconds.
NOW = 1_800_000_000_000
WORDS = ["a", "é", "日本", "😀", "\u2028\x85\r", "</script>", "\\u003c", "x = 1\n"]
ABOUT = {
    "id": "origin",
    "title": "T",
    "language": "python",
    "createdAt": "2026-01-01T00:00:00.000Z",
}

Recorded = tuple[dict[str, Any], list[Entry]]


class Scene:
    """A room with people and random actions."""

    def __init__(self, stage: Stage, chance: random.Random, cy: Participant) -> None:
        self.room, self.chance = stage.room, chance
        people = [stage.ana, stage.ben, cy]
        self.typists = [Typist(stage, each, 100 + index) for index, each in enumerate(people)]
        self.host = Caller(stage.ana.id, Role.INTERVIEWER)
        self.notes = Editor(500, "notes")
        self.steps = 0

    def step(self) -> None:
        """Perform one random action of a random participant."""
        self.steps += 1
        typist = self.chance.choice(self.typists)
        match self.chance.choice(["type"] * 6 + ["away", "read", "run", "put", "file", "note"]):
            case "type":
                typist.go_online()
                typist.type(self.chance)
            case "away":
                typist.go_offline()
            case "read":
                typist.read(10)
            case "run":
                self.run(typist.participant)
            case "put":
                changes = self.chance.choice(WORDS) * 5
                self.room.act(self.host, "code-change", {"changes": changes})
            case "file":
                some_file(self.room.act, self.host, self.chance, self.steps)
            case "note":
                self.note()
                self.setting()

    def run(self, who: Participant) -> None:
        """A run, from its start to its result."""
        caller, run = Caller(who.id, who.role), f"r{self.steps}"
        begin = {"runId": run, "language": "python", "code": f"print({self.steps})"}
        self.room.act(caller, "execute-code", begin, f"e{run}")
        for chunk in chunks(self.chance):
            self.room.act(caller, "execution-output", {"runId": run, "chunks": [chunk]})
        if self.chance.random() < 0.3:
            asked = {"runId": run, "prompt": "Name? "}
            self.room.act(caller, "input-request", asked)
            self.room.act(caller, "input-reply", {"runId": run, "text": "<b>Ada</b>"})
        error = self.chance.choice([None, "Traceback\nValueError: <b>no</b>"])
        result: dict[str, Any] = {"runId": run, "error": error}
        if error is not None:
            result["location"] = {"line": 1, "column": 0}
        self.room.act(caller, "execution-result", result)

    def setting(self) -> None:
        """Change a random setting of the session."""
        settings: list[tuple[str, dict[str, Any]]] = [
            ("language-change", {"language": "python"}),
            ("language-change", {"language": "javascript"}),
            ("title-change", {"title": "Another <i>title</i>"}),
            ("question-change", {"question": f"# Part *{self.steps}*\n\n<b>Go</b>\n~~~\n"}),
            ("execution-result", {"output": "1", "error": None}),
        ]
        kind, payload = self.chance.choice(settings)
        self.room.act(self.host, kind, payload)

    def note(self) -> None:
        """The host writes in the notes."""
        host = self.typists[0]
        host.go_online()
        if host.connection is not None:
            update = self.notes.insert(len(self.notes.text), self.chance.choice(WORDS))
            self.room.receive_frame(host.connection, edit(update, Document.NOTES))


def interview(seed: int, steps: int = 60) -> Recorded:
    """A room's state and its log after `steps` random actions."""
    chance = random.Random(seed)

    async def play() -> Recorded:
        stage = Stage(Limits())
        await stage.set_up()
        scene = Scene(stage, chance, await stage.invited("Cy", Role.CANDIDATE))
        for _ in range(steps):
            scene.step()
            await settled()
        stage.room.act(scene.host, "end", {})
        await settled()
        return stage.room.as_json(), list(await stage.log.read(stage.room.session.id))

    return asyncio.run(play())


def some_file(act: Any, host: Caller, chance: random.Random, number: int) -> None:
    """A random command on files; a rejection is ignored."""
    kind, payload = chance.choice(
        [
            ("file-add", {"name": chance.choice([f"f{number}.py", "main.py", "a & b.js"])}),
            ("file-rename", {"from": "main.js", "to": f"n{number}.js"}),
            ("file-main", {"name": "a & b.js"}),
            ("file-delete", {"name": "main.py"}),
        ]
    )
    try:
        act(host, kind, payload)
    except Invalid:
        return


def chunks(chance: random.Random) -> list[dict[str, str]]:
    """Random output of a run."""
    some = [
        {"stream": "stdout", "data": "<script>x</script>\n"},
        {"stream": "stderr", "data": "warning\n"},
        {"mime": "text/plain", "data": "42"},
        {"mime": "text/html", "data": "<b onclick=x>bold</b>"},
        {"mime": "image/png", "data": "iVBORw0KGgo="},
    ]
    return chance.sample(some, chance.randrange(len(some)))


def sealed(session: dict[str, Any], entries: Iterable[dict[str, Any]]) -> bytes:
    """A forged recording of these entries, with a hash chain that fits them."""
    entries = list(entries)
    lines = [{"format": FORMAT, "session": session, "entries": len(entries)}, *entries]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    chain = hash_chain.START
    for entry in entries:
        found = entry.get("digest")
        of = bytes.fromhex(found) if isinstance(found, str) else hash_chain.digest(entry)
        chain = hash_chain.link(chain, of)
    end = {"chain": chain.hex(), "file": hashlib.sha256(text.encode()).hexdigest()}
    return (text + json.dumps(end, separators=(",", ":")) + "\n").encode()


def parsed(text: str) -> tuple[dict[str, Any], list[Entry]]:
    """The session of a recording, and its entries that are not redacted."""
    found = read_recording(text)
    return found.session, [each for each in found.lines if isinstance(each, Entry)]


def converted(data: bytes) -> Imported:
    """The log that an import makes of a file. Raises `InvalidRecording`."""
    return convert_recording(data, "new", Importer("owner", "Ana"), NOW)


def rejection(data: bytes) -> str | None:
    """The reason for which an import rejects a file; None if it accepts the file."""
    try:
        converted(data)
    except InvalidRecording as error:
        return str(error)
    return None


def texts(entries: Iterable[Entry]) -> list[dict[str, str]]:
    """The texts of all files after each entry."""
    replicas = {document: fresh_replica(document) for document in Document}
    found = []
    for entry in entries:
        body = entry.body
        if isinstance(body, Edit):
            replicas[body.document].load(decode(body.update))
        roots = ["notes", "code", *(f"code/{n}" for n in range(1, 200))]
        found.append(
            {
                f"{document}:{root}": text
                for document, replica in replicas.items()
                for root in roots
                if (text := replica.text(root))
            }
        )
    return found
