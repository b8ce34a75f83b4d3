"""Validation against the contract's schemas: valid values pass; to refuse others is cheap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from arena_ext.protocol.contract import CLIENT_EVENTS, LOGGED_EVENTS, REST_BODIES, Schema
from arena_ext.protocol.errors import Invalid
from arena_ext.protocol.limits import MAX_CHUNKS, MAX_FRAME, MAX_ID
from arena_ext.protocol.schemas import check_shape, logged_problem
from tests.support.steps import steps

RECEIVED = {**CLIENT_EVENTS, **REST_BODIES}


def example(schema: Schema) -> Any:
    """A short valid value for a schema, with all properties that the schema names."""
    if "enum" in schema:
        return schema["enum"][0]
    if "oneOf" in schema:
        (name,) = schema["oneOf"][0]["required"]
        return {each: example(schema["properties"][each]) for each in (name, *schema["required"])}
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind == "object":
        return {name: example(each) for name, each in schema.get("properties", {}).items()}
    patterns = {"^#[0-9a-f]{6}$": "#123abc", "^code(/[0-9]{1,16})?$": "code/7"}
    text = patterns[schema["pattern"]] if "pattern" in schema else "x"
    values: Mapping[str, Any] = {
        "string": text,
        "number": 1.5,
        "integer": 1,
        "boolean": True,
        "array": [example(schema["items"])] if "items" in schema else [],
    }
    return values[kind]


@pytest.mark.parametrize("name", RECEIVED)
def test_what_a_client_may_send_is_taken_and_nothing_else_of_it(name: str) -> None:
    value = example(RECEIVED[name])
    assert value.keys() == RECEIVED[name]["properties"].keys()
    assert check_shape(name, {**value, "other": 1}) == value
    needed = {key: value[key] for key in RECEIVED[name]["required"]}
    assert check_shape(name, needed) == needed


@pytest.mark.parametrize("name", RECEIVED)
def test_what_a_client_may_not_send_is_refused(name: str) -> None:
    value = example(RECEIVED[name])
    for key in RECEIVED[name]["required"]:
        with pytest.raises(Invalid, match=f"^{name}: payload: '{key}' is a required property"):
            check_shape(name, {other: value[other] for other in value if other != key})
    for key in value:
        with pytest.raises(Invalid, match=f"^{name}: {key}"):
            check_shape(name, {**value, key: [{}]})
    others: list[Any] = [[], "x", None, 1]
    for wrong in others:
        with pytest.raises(Invalid):
            check_shape(name, wrong)


@pytest.mark.parametrize("kind", LOGGED_EVENTS)
def test_what_a_log_may_contain_is_taken(kind: str) -> None:
    payload = example(LOGGED_EVENTS[kind])
    assert logged_problem(kind, payload) is None
    needed = {key: payload[key] for key in LOGGED_EVENTS[kind]["required"]}
    assert logged_problem(kind, needed) is None


@pytest.mark.parametrize("kind", LOGGED_EVENTS)
def test_what_a_log_may_not_contain_is_refused(kind: str) -> None:
    payload = example(LOGGED_EVENTS[kind])
    wrong = [{**payload, "other": 1}, {**payload, "userId": "x" * (MAX_ID + 1)}]
    wrong += [{**payload, key: [{}]} for key in payload]
    wrong += [
        {other: payload[other] for other in payload if other != key}
        for key in LOGGED_EVENTS[kind]["required"]
    ]
    for each in wrong:
        problem = logged_problem(kind, each)
        assert problem is not None
        assert problem.startswith(f"{kind}: ")


def test_a_log_contains_only_events_of_the_contract() -> None:
    problem = logged_problem("x" * 1000, {})
    assert problem is not None
    assert len(problem) < 200


@pytest.mark.parametrize("number", [float("nan"), float("inf"), "\ud800"])
def test_what_json_has_not_is_refused(number: Any) -> None:
    with pytest.raises(Invalid, match="JSON has not"):
        check_shape("code-change", {"changes": number})
    assert "JSON has not" in (logged_problem("title-updated", {"title": number}) or "")


# --- the cost of invalid values -------------------------------------------------------------

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

    say([CHUNK])  # builds the cached validator
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
