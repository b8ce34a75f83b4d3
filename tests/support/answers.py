"""Answers that refuse a call."""

from __future__ import annotations

from tests.support.people import Answer

UNKNOWN = {"error": "there is no such session"}


def refusal(answer: Answer, status: int) -> str:
    """What a call was refused with, which has to be this status."""
    assert answer.status == status, f"expected {status}, got {answer.status}: {answer.text}"
    return str(answer.json["error"])
