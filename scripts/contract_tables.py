"""Generates the documentation's tables from the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from arena_ext.protocol import contract
from arena_ext.protocol.contract import CONTRACT, Schema

ROOT = Path(__file__).resolve().parent.parent


def table(*rows: tuple[str, ...]) -> str:
    """A table in Markdown; the first row is its head."""
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join([head, "| " + " | ".join("---" for _ in rows[0]) + " |", *body, ""])


def websocket_tables() -> dict[str, str]:
    """The regions of docs/websocket.md."""
    return {
        "client events": table(("type", "payload", "meaning"), *message_rows("clientEvents")),
        "logged events": table(
            ("type", "payload beside `userId`", "for", "meaning"), *logged_rows()
        ),
        "server events": table(("type", "payload", "meaning"), *message_rows("serverEvents")),
        "close codes": table(("code", "name", "reason", "reconnect?"), *close_rows()),
        "limits": table(("limit", "value", "meaning"), *limit_rows()),
    }


def message_rows(part: str) -> Iterator[tuple[str, ...]]:
    """Events with their payloads."""
    for kind, schema in CONTRACT[part].items():
        yield f"`{kind}`", f"`{fields(schema)}`", schema["description"]


def logged_rows() -> Iterator[tuple[str, ...]]:
    """Events of the log with their payloads and audiences."""
    for kind, schema in CONTRACT["loggedEvents"].items():
        rest = [field(name, schema) for name in schema["properties"] if name != "userId"]
        yield (
            f"`{kind}`",
            ", ".join(f"`{each}`" for each in rest),
            schema["audience"],
            schema["description"],
        )


def fields(schema: Schema) -> str:
    """The fields of an object; `?` marks the optional ones."""
    return "{" + ", ".join(field(name, schema) for name in schema["properties"]) + "}"


def field(name: str, schema: Schema) -> str:
    """A field of an object; a text position is shown with its own fields."""
    resolved = contract.resolve(schema["properties"][name])
    inner = f": {fields(resolved)}" if name in {"cursor", "location"} else ""
    return f"{name}{'' if name in schema['required'] else '?'}{inner}"


def close_rows() -> Iterator[tuple[str, ...]]:
    """Close codes, with their names in Python."""
    for name, about in CONTRACT["closeCodes"].items():
        python = re.sub(r"([A-Z])", r"_\1", name).upper()
        yield str(about["value"]), f"`{python}`", about["description"], about.get("reconnect", "")


def limit_rows() -> Iterator[tuple[str, ...]]:
    """Limits of the protocol."""
    for name, about in CONTRACT["limits"].items():
        yield f"`{name}`", amount(contract.limit(name), about["unit"]), about["description"]


def amount(value: int, unit: str) -> str:
    """A number with its unit, formatted for people."""
    if unit == "seconds" and value % 86_400 == 0:
        return f"{value // 86_400} days"
    for power, prefix in ((2**20, "Mi"), (2**10, "Ki")):
        if value % power == 0:
            many = value // power
            return f"{many} {prefix}B" if unit == "bytes" else f"{many} {prefix} {unit}"
    return f"{value:,} {unit}"


#: Statuses that every call may return; another table of the page lists them.
_ANYWHERE = {"429", "503"}


def calls_table() -> str:
    """The calls of docs/openapi.yaml, with their bodies from the contract."""
    paths = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text(encoding="utf-8"))["paths"]
    rows = [
        (
            f"`{method.upper()} api{path}`",
            call_body(operation),
            call_answer(operation["responses"]),
            operation["x-callers"],
            ", ".join(
                each for each in operation["responses"] if each >= "400" and each not in _ANYWHERE
            ),
            operation["summary"],
        )
        for path, item in paths.items()
        for method, operation in item.items()
        if method != "parameters"
    ]
    return table(("call", "body", "answer", "callers", "errors", "meaning"), *rows)


def call_body(operation: Mapping[str, Any]) -> str:
    """The request body of a call."""
    name = operation["operationId"]
    if name in CONTRACT["restBodies"]:
        return f"`{fields(CONTRACT['restBodies'][name])}`"
    if "requestBody" in operation:
        return "frames" if name == "sendFrames" else "a file"
    query = operation.get("parameters", ())
    return "; ".join(f"`{each['name']}=` {', '.join(each['schema']['enum'])}" for each in query)


def call_answer(responses: Mapping[str, Any]) -> str:
    """Success statuses, with the schema names of their bodies."""
    answers = []
    for status, answer in responses.items():
        if status < "300":
            json_body = answer.get("content", {}).get("application/json", {}).get("schema", {})
            many, one = json_body.get("items", {}).get("$ref"), json_body.get("$ref")
            name = (many or one or "").rpartition("/")[2]
            shown = f"[{name}]" if many else name
            answers.append(f"{status} `{shown}`" if name else status)
    return "; ".join(answers)
