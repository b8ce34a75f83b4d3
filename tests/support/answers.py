"""Assertions about rejected calls."""

from __future__ import annotations

from tests.support.people import Answer

UNKNOWN = {"error": "there is no such session"}


def refusal(answer: Answer, status: int) -> str:
    """Assert that a call was rejected with this status; returns its error message."""
    assert answer.status == status, f"expected {status}, got {answer.status}: {answer.text}"
    return str(answer.json["error"])
