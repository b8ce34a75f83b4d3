"""Checks of events and REST bodies against the schemas of the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from .contract import CLIENT_EVENTS, LOGGED_EVENTS, REST_BODIES, Schema
from .errors import Invalid
from .limits import MAX_ID

_RECEIVED: Mapping[str, Schema] = {**REST_BODIES, **CLIENT_EVENTS}


def check_shape(name: str, value: Any) -> dict[str, Any]:
    """Check a client event or REST body against schema `name`; returns the fields of the schema.

    Other fields are left out, because they are not checked. Raises `Invalid` if `value` does not
    conform to the schema.
    """
    problem = _problem(_validator(name), value)
    if problem is not None:
        raise Invalid(f"{name}: {problem}")
    known = _RECEIVED[name]["properties"]
    return {key: each for key, each in value.items() if key in known}


def logged_problem(kind: str, payload: Any) -> str | None:
    """The reason why a log cannot contain this event, for people; None if it can."""
    if kind not in LOGGED_EVENTS:
        return f"{kind[:MAX_ID]!r} is no event that this version knows"
    problem = _problem(_logged_validator(kind), payload)
    return None if problem is None else f"{kind}: {problem}"


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(_RECEIVED[name])


@cache
def _logged_validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(LOGGED_EVENTS[kind])


def _problem(validator: Draft202012Validator, value: Any) -> str | None:
    """The first error in `value`: its place and a message of 200 characters at most."""
    try:
        # Python reads more than JSON has: NaN, Infinity, and halves of surrogate pairs.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return "there is a number or a character that JSON has not"
    # Only the first: a client could make the search for all of them as long as it likes.
    error = best_match(islice(validator.iter_errors(value), 1))
    if error is None:
        return None
    where = "/".join(map(str, error.absolute_path)) or "payload"
    return f"{where}: {error.message[:200]}"
