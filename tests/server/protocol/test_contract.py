"""The contract file is valid and complete, and the enums of the code have its values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from arena_ext.protocol import contract, limits, wire
from arena_ext.protocol.contract import CONTRACT, LANGUAGES, Schema, limit
from arena_ext.recording.notebook import as_notebook
from arena_ext.session.files import first_name
from arena_ext.session.model import Entry, Event
from arena_ext.session.permissions import Role, Status

#: The parts of the file that have schemas by name.
PARTS = ("$defs", "clientEvents", "loggedEvents", "serverEvents", "restBodies")
NAMED = [(part, name) for part in PARTS for name in CONTRACT[part]]
#: Keywords for readers; they do not change validation.
NOTES = {"description", "examples"}


def schemas(schema: Any) -> Iterator[Schema]:
    """A schema and all schemas inside it."""
    if isinstance(schema, list):
        for part in schema:
            yield from schemas(part)
    elif isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from schemas(part)


# --- the file ------------------------------------------------------------------------------------


def test_the_file_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(CONTRACT)


@pytest.mark.parametrize(("part", "name"), NAMED)
def test_every_schema_is_one_and_of_known_keywords(part: str, name: str) -> None:
    schema = CONTRACT[part][name]
    Draft202012Validator.check_schema(schema)
    Draft202012Validator.check_schema(contract.resolve(schema))
    words = {*Draft202012Validator.VALIDATORS, *NOTES, "audience"}
    assert set(contract.resolve(schema)) <= words


@pytest.mark.parametrize(("part", "name"), [each for each in NAMED if each[0] != "$defs"])
def test_every_message_says_what_it_is_and_is_an_object(part: str, name: str) -> None:
    schema = CONTRACT[part][name]
    assert schema["description"].endswith(".")
    assert schema["type"] == "object"
    assert set(schema["required"]) <= set(schema["properties"])


def test_every_definition_is_used() -> None:
    used = {each["$ref"] for each in schemas(CONTRACT) if isinstance(each.get("$ref"), str)}
    assert used <= {f"#/$defs/{name}" for name in CONTRACT["$defs"]}
    # Only the front end uses the names of documents.
    assert {name for name in CONTRACT["$defs"] if f"#/$defs/{name}" not in used} == {"DocumentName"}


def test_a_keyword_beside_a_reference_is_narrower() -> None:
    """The code lets a keyword replace the reference's; in JSON Schema, both apply.

    The two mean the same if the keyword is narrower.
    """
    replaced = [
        (each, name)
        for each in schemas(CONTRACT)
        if isinstance(each.get("$ref"), str)
        for name in contract.resolve(contract.at(each["$ref"].removeprefix("#")))
        if name in each and name not in NOTES
    ]
    assert [name for _, name in replaced] == ["minimum"]
    for each, _ in replaced:
        assert each["minimum"] > contract.at(each["$ref"].removeprefix("#"))["minimum"]


@pytest.mark.parametrize("part", ["clientEvents", "restBodies"])
def test_a_size_is_looked_at_before_what_has_it(part: str) -> None:
    looks = {"items": "maxItems", "pattern": "maxLength", "additionalProperties": "maxProperties"}
    for schema in schemas(contract.resolve(CONTRACT[part])):
        for looking, bound in looks.items():
            if looking in schema:
                assert list(schema).index(bound) < list(schema).index(looking), schema


@pytest.mark.parametrize("name", CONTRACT["limits"])
def test_a_limit_is_a_number_with_unit_and_reason(name: str) -> None:
    about = CONTRACT["limits"][name]
    assert set(about) == {"value", "unit", "description"}
    assert type(limit(name)) is int
    assert limit(name) > 0


# --- the same values in the code -----------------------------------------------------------------


def names(part: str) -> dict[str, Any]:
    """The values of a part of the contract, by the name of the enum member."""
    return {
        re.sub(r"([A-Z])", r"_\1", name).upper(): about["value"]
        for name, about in CONTRACT[part].items()
    }


@pytest.mark.parametrize(
    ("part", "enum"),
    [
        ("subprotocols", wire.Dialect),
        ("documents", wire.Document),
        ("audiences", wire.Audience),
        ("frames", wire.Frame),
        ("syncMessages", wire.Sync),
        ("closeCodes", wire.Close),
    ],
)
def test_an_enum_has_the_members_of_the_contract(part: str, enum: type[Enum]) -> None:
    assert {member.name: member.value for member in enum} == names(part)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Role", list(Role)),
        ("SessionStatus", list(Status)),
        ("DocumentName", list(wire.Document)),
        ("Language", list(LANGUAGES)),
    ],
)
def test_an_enumeration_has_the_values_of_the_code(name: str, values: list[str]) -> None:
    assert sorted(CONTRACT["$defs"][name]["enum"]) == sorted(values)


def test_the_first_language_is_the_default_everywhere() -> None:
    assert wire.LANGUAGES == tuple(LANGUAGES) == tuple(CONTRACT["$defs"]["Language"]["enum"])


def test_limits_are_those_of_the_contract() -> None:
    """Two numbers are written out, so that a wrong value in the file fails the test."""
    assert (limits.MAX_FRAME, limits.MAX_TEXT) == (256 * 1024, 1024 * 1024)
    assert limits.MAX_CHUNK < limit("value") < limits.MAX_FRAME
    assert limit("frame") == limits.MAX_FRAME
    assert CONTRACT["$defs"]["ShownName"]["maxLength"] > limits.MAX_NAME
    assert CONTRACT["$defs"]["AskedName"]["maxLength"] > limits.MAX_NAME


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_what_both_sides_know_of_one(language: str, repository: Path) -> None:
    assert first_name(language) == f"main.{LANGUAGES[language]['extensions'][0]}"
    setting = json.loads((repository / "schema/plugin.json").read_text(encoding="utf-8"))
    assert any(language in each.get("enum", []) for each in setting["properties"].values())
    begun = Entry(1, 1, None, wire.Audience.SERVER, Event("session-created", {
        "owner": None, "title": "", "language": language,
    }))  # fmt: skip
    notebook = json.loads(as_notebook({"title": ""}, [begun]))
    assert notebook["metadata"]["kernelspec"]["language"] == language
