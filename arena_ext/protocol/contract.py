"""The contract, loaded once: `arena.v1.json` beside this file.

The file describes its parts. The schemas here have every `$ref` resolved, so that a validator
follows none while a client waits: the keywords of the target stand in the place of the `$ref`,
unless the schema has them itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

#: A JSON Schema, 2020-12.
Schema = dict[str, Any]

#: The file, unchanged.
CONTRACT: dict[str, Any] = json.loads(
    files(__package__).joinpath("arena.v1.json").read_text(encoding="utf-8")
)


def at(pointer: str) -> Any:
    """The value in the file at a JSON Pointer (RFC 6901; no name in the file needs its escapes)."""
    value: Any = CONTRACT
    for name in pointer.split("/")[1:]:
        value = value[name]
    return value


def resolve(schema: Any) -> Any:
    """A copy of a part of the file with every `$ref` resolved."""
    if isinstance(schema, list):
        return [resolve(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    resolved: Schema = {}
    for key, value in schema.items():
        if key == "$ref":
            target = resolve(at(value.removeprefix("#")))
            resolved |= {name: part for name, part in target.items() if name not in schema}
        else:
            resolved[key] = resolve(value)
    return resolved


def limit(name: str) -> int:
    """A limit of the wire; the file has its unit."""
    value: int | str = CONTRACT["limits"][name]["value"]
    return int(at(value) if isinstance(value, str) else value)


#: The languages of a session's code, by name: `{name, extensions}`; the first is the default.
LANGUAGES: Mapping[str, Mapping[str, Any]] = CONTRACT["languages"]
#: The payload of every event that a client may send, by type.
CLIENT_EVENTS: Mapping[str, Schema] = resolve(CONTRACT["clientEvents"])
#: The payload of every event of the log that clients may see, by type; each has an `audience`, too.
LOGGED_EVENTS: Mapping[str, Schema] = resolve(CONTRACT["loggedEvents"])
#: The payload of every event that is not in the log, by type.
SERVER_EVENTS: Mapping[str, Schema] = resolve(CONTRACT["serverEvents"])
#: The body of every REST call that has one in JSON, by operation of `docs/openapi.yaml`.
REST_BODIES: Mapping[str, Schema] = resolve(CONTRACT["restBodies"])
