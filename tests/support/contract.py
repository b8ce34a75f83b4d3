"""Validates calls and their answers against docs/openapi.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml
from openapi_core import OpenAPI
from openapi_core.templating.paths.exceptions import OperationNotFound, PathNotFound
from openapi_core.testing import MockRequest, MockResponse

from tests.support.people import Exchange

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


class Contract:
    """The OpenAPI document as a validator of each `Exchange`."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
        self._openapi = OpenAPI.from_dict(self.document, base_uri=DOCUMENT.as_uri())

    def judge(self, exchange: Exchange) -> None:
        """Raise unless the answer, and the request if it was accepted, match the document."""
        path, _, query = exchange.path.partition("?")
        if not path.startswith("/arena/api/"):
            return
        answer = exchange.answer
        assert answer.status in (503, *range(500)), f"{exchange.method} {path}: {answer.text}"
        request = MockRequest(
            "http://127.0.0.1",
            exchange.method.lower(),
            path,
            args=dict(parse_qsl(query)),
            headers=dict(exchange.headers),
            data=exchange.body,
            content_type=exchange.headers.get("Content-Type", "application/json"),
        )
        response = MockResponse(
            answer.body,
            answer.status,
            content_type=answer.headers.get("Content-Type", "").partition(";")[0],
        )
        try:
            self._openapi.validate_response(request, response)
        except (PathNotFound, OperationNotFound):
            assert answer.status >= 400, f"{exchange.method} {path} is not in the document"
            return
        if answer.status < 300:
            self._openapi.validate_request(request)

    def judge_request(self, method: str, path: str, body: Any) -> None:
        """Raise unless the document allows this request."""
        data = json.dumps(body).encode()
        self._openapi.validate_request(MockRequest("http://127.0.0.1", method, path, data=data))
