"""The two pages that describe the wire, Python's and TypeScript's, say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arena_ext import protocol
from arena_ext.protocol import Close


@pytest.fixture(scope="module")
def typescript() -> str:
    source = Path(__file__).resolve().parents[2] / "src/core/protocol.ts"
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
        "frame": protocol.MAX_FRAME,
        "text": protocol.MAX_TEXT,
        "name": protocol.MAX_NAME,
        "title": protocol.MAX_TITLE,
        "question": protocol.MAX_QUESTION,
        "fileName": protocol.MAX_FILE_NAME,
        "files": protocol.MAX_FILES,
        "output": protocol.MAX_OUTPUT,
        "chunk": protocol.MAX_CHUNK,
        "value": protocol.MAX_VALUE,
        "input": protocol.MAX_INPUT,
        "runs": protocol.RUNS_KEPT,
        "outputKept": protocol.OUTPUT_KEPT,
    }
    assert block(typescript, "LIMITS") == ours


def test_languages_agree(typescript: str) -> None:
    match = re.search(r"LANGUAGES = \[(.*?)\]", typescript)
    assert match is not None
    assert re.findall(r"'(\w+)'", match.group(1)) == list(protocol.LANGUAGES)


def test_what_clients_may_say_agrees(typescript: str) -> None:
    match = re.search(r"export interface ClientEvents {(.*?)\n}", typescript, re.S)
    assert match is not None
    assert set(re.findall(r"^  '([\w-]+)':", match.group(1), re.M)) == set(protocol.CLIENT_EVENTS)
