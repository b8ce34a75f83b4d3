"""The files generated from the contract are up to date and have the contract's values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arena_ext.protocol import contract
from arena_ext.protocol.contract import CLIENT_EVENTS, CONTRACT, LANGUAGES, LOGGED_EVENTS, limit
from scripts import generate_contract
from scripts.contract_tables import amount
from scripts.contract_typescript import shape as shape_of


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    """The output of the generator for the contract as it is now, by file."""
    return generate_contract.generated()


@pytest.mark.parametrize(
    "name",
    [
        "src/protocol/contract.generated.ts",
        "src/protocol/event-shapes.generated.ts",
        "docs/websocket.md",
        "docs/rest.md",
    ],
)
def test_a_file_is_what_the_contract_says(
    name: str, generated: dict[str, str], repository: Path
) -> None:
    assert generated[name] == (repository / name).read_text(encoding="utf-8"), "run `make contract`"


@pytest.fixture(scope="module")
def typescript(generated: dict[str, str]) -> str:
    """The generated TypeScript: types and constants."""
    return generated["src/protocol/contract.generated.ts"]


def block(source: str, head: str) -> str:
    """The text of a declaration without its first and last line."""
    found = re.search(rf"^export {head} {{\n(.*?)^}}", source, re.DOTALL | re.MULTILINE)
    assert found is not None, head
    return found[1]


def numbers(source: str, name: str) -> dict[str, int]:
    members = re.findall(r"^  (\w+): (\d+),?$", block(source, f"const {name} ="), re.MULTILINE)
    return {key: int(value) for key, value in members}


def test_browsers_have_all_limits(typescript: str) -> None:
    assert numbers(typescript, "LIMITS") == {name: limit(name) for name in CONTRACT["limits"]}


def test_browsers_have_the_close_codes_that_are_ours(typescript: str) -> None:
    codes = {name: each["value"] for name, each in CONTRACT["closeCodes"].items()}
    assert numbers(typescript, "CLOSE") == {k: code for k, code in codes.items() if code >= 4000}


def test_browsers_have_all_languages(typescript: str) -> None:
    names = {name: each["name"] for name, each in LANGUAGES.items()}
    table = re.search(r"LANGUAGE_NAMES: [^\n]* = {\n(.*?)}", typescript, re.DOTALL)
    assert table is not None
    assert dict(re.findall(r"(\w+): '(.*)'", table[1])) == names


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("ClientEvents", "clientEvents"),
        ("LoggedEvents", "loggedEvents"),
        ("ServerOnlyEvents", "serverEvents"),
    ],
)
def test_browsers_have_all_events(name: str, part: str, typescript: str) -> None:
    kinds = re.findall(r"^  '?([\w-]+)'?: ", block(typescript, f"interface {name}"), re.MULTILINE)
    assert kinds == list(CONTRACT[part])


def test_a_type_has_the_fields_that_are_needed_and_the_others_with_a_mark(typescript: str) -> None:
    said = block(typescript, "interface ClientEvents").partition("'execution-result': {")[2]
    fields = re.findall(r"^    (\w+)(\??):", said.partition("  };")[0], re.MULTILINE)
    schema = CLIENT_EVENTS["execution-result"]
    assert [name for name, _ in fields] == list(schema["properties"])
    assert [name for name, mark in fields if not mark] == schema["required"]


@pytest.mark.parametrize("kind", LOGGED_EVENTS)
def test_what_browsers_look_at_has_no_bounds(kind: str) -> None:
    shape = shape_of(LOGGED_EVENTS[kind])
    assert shape["required"] == LOGGED_EVENTS[kind]["required"]
    assert shape["properties"].keys() == LOGGED_EVENTS[kind]["properties"].keys()
    assert not re.search(r"max|min|pattern|description|\$ref", str(shape).replace("'main'", ""))


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (256 * 1024, "bytes", "256 KiB"),
        (3 * 2**20, "bytes", "3 MiB"),
        (32 * 1024, "characters", "32 Ki characters"),
        (120, "characters", "120 characters"),
        (1000, "people", "1,000 people"),
        (90 * 86_400, "seconds", "90 days"),
    ],
)
def test_an_amount_is_as_people_write_it(value: int, unit: str, words: str) -> None:
    assert amount(value, unit) == words


def test_a_region_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SystemExit, match="no region 'cats'"):
        generate_contract.with_regions("docs/rest.md", {"cats": ""})


def test_a_pointer_leads_to_a_value() -> None:
    assert contract.at("/$defs/Id/type") == "string"
    assert contract.at("") is CONTRACT
