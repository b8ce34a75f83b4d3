"""The two pages that describe the wire, Python's and TypeScript's, say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from arena_ext.protocol import limits
from arena_ext.protocol import wire as protocol
from arena_ext.protocol.errors import Invalid
from arena_ext.protocol.limits import MAX_CHUNKS, MAX_FRAME
from arena_ext.protocol.schemas import CLIENT_EVENTS, REST_BODIES, check_shape
from arena_ext.protocol.wire import LANGUAGES, Audience, Close
from arena_ext.recording.notebook import as_notebook
from arena_ext.session.files import first_name
from arena_ext.session.model import Entry, Event
from tests.support.steps import steps


@pytest.fixture(scope="module")
def typescript() -> str:
    source = Path(__file__).resolve().parents[3] / "src/protocol/wire.ts"
    return source.read_text(encoding="utf-8")


def block(source: str, name: str) -> dict[str, int]:
    """The numbers of `export const <name> = {…}`, products worked out."""
    match = re.search(rf"export const {name} = {{(.*?)}} as const", source, re.S)
    assert match is not None, f"there is no {name}"
    numbers = {}
    for key, value in re.findall(r"(\w+): ([\d* ]+)", match.group(1)):
        product = 1
        for factor in value.split("*"):
            product *= int(factor)
        numbers[key] = product
    return numbers


def test_close_codes_agree(typescript: str) -> None:
    theirs = block(typescript, "CLOSE")
    ours = {
        re.sub(r"_(\w)", lambda m: m.group(1).upper(), code.name.lower()): int(code)
        for code in Close
        if code >= 4000
    }
    assert theirs == ours


def test_limits_agree(typescript: str) -> None:
    ours = {
        "frame": limits.MAX_FRAME,
        "text": limits.MAX_TEXT,
        "name": limits.MAX_NAME,
        "title": limits.MAX_TITLE,
        "question": limits.MAX_QUESTION,
        "fileName": limits.MAX_FILE_NAME,
        "files": limits.MAX_FILES,
        "output": limits.MAX_OUTPUT,
        "chunk": limits.MAX_CHUNK,
        "value": limits.MAX_VALUE,
        "input": limits.MAX_INPUT,
        "runs": limits.RUNS_KEPT,
        "outputKept": limits.OUTPUT_KEPT,
        "codeKept": limits.CODE_KEPT,
        "filesKept": limits.FILES_KEPT,
    }
    assert block(typescript, "LIMITS") == ours


def test_languages_agree(typescript: str) -> None:
    match = re.search(r"LANGUAGES = \[(.*?)\]", typescript)
    assert match is not None
    assert re.findall(r"'(\w+)'", match.group(1)) == list(protocol.LANGUAGES)


def test_what_clients_may_say_agrees(typescript: str) -> None:
    match = re.search(r"export interface ClientEvents {(.*?)\n}", typescript, re.S)
    assert match is not None
    assert set(re.findall(r"^  '([\w-]+)':", match.group(1), re.M)) == set(CLIENT_EVENTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_what_both_sides_know_of_one(language: str, repository: Path) -> None:
    table = (repository / "src/protocol/languages.ts").read_text(encoding="utf-8")
    extension = re.search(rf"^  {language}: \['(\w+)'", table, re.MULTILINE)
    assert extension is not None
    assert first_name(language) == f"main.{extension[1]}"
    setting = json.loads((repository / "schema/plugin.json").read_text(encoding="utf-8"))
    assert any(language in each.get("enum", []) for each in setting["properties"].values())
    contract = (repository / "docs/openapi.yaml").read_text(encoding="utf-8")
    assert f"enum: [{', '.join(LANGUAGES)}]" in contract
    begun = Entry(1, 1, None, Audience.SERVER, Event("session-created", {
        "owner": None, "title": "", "language": language,
    }))  # fmt: skip
    notebook = json.loads(as_notebook({"title": ""}, [begun]))
    assert notebook["metadata"]["kernelspec"]["language"] == language


# --- what a wrong shape costs ---------------------------------------------------------------

CHUNK = {"stream": "stdout", "data": "x"}
WIDE = {
    "numbers for chunks": [0] * 80_000,
    "lists for chunks": [[]] * 60_000,
    "broken chunks": [{"data": 1}] * 20_000,
    "a chunk with much in it": [{**CHUNK, **{str(key): 0 for key in range(20_000)}}],
    "one long type": [{"mime": "a" * 250_000, "data": "x"}],
    "a deep one": [json.loads("[" * 900 + "]" * 900)],
}


@pytest.mark.parametrize("chunks", WIDE.values(), ids=WIDE.keys())
def test_a_frame_of_a_wrong_shape_costs_less_than_one_of_a_right(chunks: list[Any]) -> None:
    def say(chunks: list[Any]) -> int:
        payload = {"runId": "r", "chunks": chunks}
        assert len(json.dumps(payload)) < 2 * MAX_FRAME
        return steps(lambda: check_shape("execution-output", payload), Invalid)

    say([CHUNK])  # what is made once
    assert say(chunks) < say([CHUNK] * MAX_CHUNKS)
    with pytest.raises(Invalid):
        check_shape("execution-output", {"runId": "r", "chunks": chunks})


def test_files_of_a_run_are_counted_before_they_are_looked_at() -> None:
    def run(files: dict[str, Any]) -> int:
        payload = {"language": "python", "code": "", "files": files}
        return steps(lambda: check_shape("execute-code", payload), Invalid)

    run({})
    assert run({str(key): 0 for key in range(20_000)}) < run({str(key): "" for key in range(30)})


def test_the_first_thing_that_is_wrong_is_named() -> None:
    chunks = [CHUNK, {"stream": "stdout", "data": 1}, {"stream": "nowhere", "data": "x"}]
    with pytest.raises(Invalid, match="chunks/1/data: 1 is not of type 'string'"):
        check_shape("execution-output", {"runId": "r", "chunks": chunks})


def _schemas(schema: Any) -> list[dict[str, Any]]:
    """A schema and all in it."""
    if isinstance(schema, list):
        return [each for part in schema for each in _schemas(part)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(each for part in schema.values() for each in _schemas(part))]


def test_a_size_is_looked_at_before_what_has_it() -> None:
    looks = {"items": "maxItems", "pattern": "maxLength", "additionalProperties": "maxProperties"}
    for schema in _schemas([CLIENT_EVENTS, REST_BODIES]):
        for looking, bound in looks.items():
            if looking in schema:
                assert list(schema).index(bound) < list(schema).index(looking), schema
