"""docs/openapi.yaml fits the server; all tests with calls check that the answers conform to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_core.validation.request.exceptions import RequestBodyValidationError
from openapi_spec_validator import validate
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from tornado.httputil import HTTPHeaders

from arena_ext.protocol.contract import REST_BODIES
from tests.support import servers
from tests.support.contract import DOCUMENT, Contract
from tests.support.people import Answer, Exchange
from tests.support.routes import served


def operations(contract: Contract) -> dict[str, dict[str, Any]]:
    """The document's operations by id, each with its `method` and `path`."""
    return {
        operation["operationId"]: {**operation, "method": method, "path": path}
        for path, item in contract.document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def json_operations(contract: Contract) -> dict[str, dict[str, Any]]:
    """The operations with a JSON body; the body of an import is a file."""
    return {
        name: each
        for name, each in operations(contract).items()
        if "application/json" in each.get("requestBody", {}).get("content", {})
    }


def test_the_document_is_openapi(contract: Contract) -> None:
    validate(contract.document, base_uri=DOCUMENT.as_uri())


def test_the_document_has_every_call_and_no_other(contract: Contract) -> None:
    documented = {
        (each["method"].upper(), f"arena/api{each['path']}")
        for each in operations(contract).values()
    }
    assert documented == {each for each in served() if each[1].startswith("arena/api/")}


def test_bodies_are_described_as_the_server_checks_them(contract: Contract) -> None:
    """The document refers to the schemas that the server uses."""
    described = {
        name: each["requestBody"]["content"]["application/json"]["schema"]
        for name, each in json_operations(contract).items()
    }
    source = "../arena_ext/protocol/arena.v1.json#/restBodies"
    assert described == {name: {"$ref": f"{source}/{name}"} for name in REST_BODIES}


def test_a_body_is_required_where_it_cannot_be_empty(contract: Contract) -> None:
    for name, each in json_operations(contract).items():
        expected = bool(REST_BODIES[name]["required"])
        assert each["requestBody"].get("required", False) is expected, name


def test_every_example_of_the_document_is_valid(contract: Contract) -> None:
    """The contract check that all tests use accepts every example body of the document."""
    for name, each in json_operations(contract).items():
        examples = REST_BODIES[name]["examples"]
        assert examples, name
        path = each["path"].replace("{session}", "abc").replace("{invite}", "abc")
        path = path.replace("{user}", "abc")
        for example in examples:
            contract.judge_request(each["method"], f"/arena/api{path}", example)


def test_the_judge_is_strict(contract: Contract) -> None:
    """The contract check fails for a wrong answer, and for a wrong request that was accepted."""

    def exchange(body: bytes, status: int, sent: bytes = b'{"language": "python"}') -> Exchange:
        headers = HTTPHeaders({"Content-Type": "application/json"})
        path = "/arena/api/sessions/abc/language"
        return Exchange("PUT", path, {}, sent, Answer(status, headers, body))

    contract.judge(exchange(b"", 204))
    contract.judge(exchange(b'{"error": "x"}', 404))
    for body, status in ((b'{"error": 1}', 404), (b"{}", 404), (b'{"error": "x"}', 418)):
        with pytest.raises(Exception, match=r"(?i)data|418"):
            contract.judge(exchange(body, status))
    with pytest.raises(AssertionError):
        contract.judge(exchange(b'{"error": "x"}', 500))
    with pytest.raises(RequestBodyValidationError):
        contract.judge(exchange(b"", 204, b'{"language": "cobol"}'))


# --- generated calls ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server in a separate process, because the client of the calls below blocks."""
    with servers.arena(tmp_path_factory.mktemp("arena")) as running:
        yield running


SCHEMA = schemathesis.openapi.from_path(DOCUMENT)
OPERATIONS = {
    each.ok().definition.raw["operationId"]: each.ok()
    for each in SCHEMA.get_all_operations()
    if isinstance(each, Ok)
}


#: Operations that need a real id or a recording, which cannot be generated.
NEED_AN_ID = {
    *{"changeRole", "removeUser", "admitUser", "declineUser"},
    *{"leaveSession", "revokeInvite"},
    "importSession",
    *{"openConnection", "sendFrames"},
}


@pytest.mark.parametrize(
    ("name", "mode"),
    [(name, GenerationMode.POSITIVE) for name in OPERATIONS]
    + [(name, GenerationMode.NEGATIVE) for name in REST_BODIES],
    ids=lambda value: value.value if isinstance(value, GenerationMode) else value,
)
def test_made_up_calls_get_answers_that_conform(
    server: servers.Server, name: str, mode: GenerationMode
) -> None:
    checks = [status_code_conformance, content_type_conformance, response_schema_conformance]
    if mode is GenerationMode.NEGATIVE:
        checks.append(negative_data_rejection)
    statuses = set()

    @given(case=OPERATIONS[name].as_strategy(generation_mode=mode))
    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    def call(case: schemathesis.Case[Any]) -> None:
        # An existing session, so that the call passes the first checks.
        if "session" in case.path_parameters:
            case.path_parameters["session"] = server.session()
        case.headers.pop("X-Arena-Token", None)
        case.headers["Authorization"] = f"token {server.token}"
        response = case.call(base_url=f"{server.url}arena/api")
        statuses.add(response.status_code)
        assert response.status_code < 500
        case.validate_response(response, checks=checks)

    call()
    if mode is GenerationMode.NEGATIVE:
        assert 400 in statuses, "no call got as far as its body"
    elif name not in NEED_AN_ID:
        assert statuses & {200, 201, 204}, "no call did anything"
