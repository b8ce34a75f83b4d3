"""Generates TypeScript from the contract: types, constants, and the shapes of logged events."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena_ext.protocol import contract
from arena_ext.protocol.contract import CONTRACT, Schema

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "arena_ext/protocol/arena.v1.json"
BANNER = f"/** {{}} Generated from `{SOURCE}` by `make contract`. */\n"

#: A schema in `$defs` with one of these keywords is a type of its own; the others are text and
#: numbers.
_TYPES = ("enum", "anyOf", "properties")
#: Keywords that bound a value; a TypeScript type cannot express them.
_BOUNDS = {
    *{"minLength", "maxLength", "minimum", "maximum", "maxItems", "maxProperties"},
    *{"pattern", "propertyNames", "format"},
}


def contract_module() -> str:
    """The types and constants for browsers."""
    definitions = {name: each for name, each in CONTRACT["$defs"].items() if is_type(each)}
    events = {
        "LoggedEvents": ("The events of the log, by type. `userId` is the author.", "loggedEvents"),
        "ServerOnlyEvents": (
            "The events that the server alone sends; they are in no log.",
            "serverEvents",
        ),
    }
    types = {
        "title": "ClientEvents",
        **events_type("The events that a client may send, by type.", "clientEvents"),
        "definitions": {
            **{name: type_schema(each) for name, each in definitions.items()},
            **{name: events_type(*about) for name, about in events.items()},
        },
    }
    options = ["--unreachableDefinitions", "--no-additionalProperties", "--bannerComment="]
    declared = ran("npx", "json2ts", *options, stdin=json.dumps(types))
    # Removes the tool's own note, and puts a comment of one line on one line.
    declared = re.sub(r" \*\n \* This interface was referenced by .*\n \* via .*\n", "", declared)
    declared = re.sub(r"/\*\*\n\s*\* (.*)\n\s*\*/", r"/** \1 */", declared)
    text = BANNER.format("The contract in TypeScript.") + "\n" + declared + "\n" + constants()
    return formatted(text)


def is_type(schema: Schema) -> bool:
    """Whether a schema in `$defs` is a type with a name."""
    return any(each in schema for each in _TYPES)


def events_type(description: str, part: str) -> Schema:
    """The payloads of events as one object type."""
    return {
        "description": description,
        "type": "object",
        "properties": {kind: type_schema(each) for kind, each in CONTRACT[part].items()},
        "required": list(CONTRACT[part]),
    }


def type_schema(schema: Schema) -> Schema:
    """A schema for json2ts: without bounds, and with references to named types."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        target = CONTRACT["$defs"][name]
        about = {key: schema[key] for key in ("description",) if key in schema}
        if is_type(target):
            return {**about, "tsType": name}
        quiet = {key: each for key, each in target.items() if key != "description"}
        return type_schema({**quiet, **{key: schema[key] for key in schema if key != "$ref"}})
    if "oneOf" in schema:
        return {"description": schema["description"], "anyOf": alternatives(schema)}
    if schema.get("type") == "array":
        return {"tsType": f"readonly {type_schema(schema['items'])['tsType']}[]"}
    if isinstance(schema.get("additionalProperties"), dict):
        return {"tsType": "Readonly<Record<string, string>>"}
    if schema.get("type") == "object" and not schema["properties"]:
        about = {"description": schema["description"]}
        return {**about, "tsType": "Readonly<Record<string, never>>"}
    result = {key: each for key, each in schema.items() if key not in _BOUNDS}
    if "properties" in schema:
        result["properties"] = {key: type_schema(p) for key, p in schema["properties"].items()}
    if "anyOf" in schema:
        result["anyOf"] = [type_schema(each) for each in schema["anyOf"]]
    return result


def alternatives(schema: Schema) -> list[Schema]:
    """The object schemas of a schema whose `oneOf` selects among its properties."""
    needed = [[*each["required"], *schema["required"]] for each in schema["oneOf"]]
    return [
        type_schema({
            "type": "object",
            "properties": {name: schema["properties"][name] for name in names},
            "required": names,
        })
        for names in needed
    ]  # fmt: skip


def constants() -> str:
    """The constants for browsers."""
    names = CONTRACT["names"]
    limits = {
        name: (contract.limit(name), f"{about['description']} Unit: {about['unit']}.")
        for name, about in CONTRACT["limits"].items()
    }
    codes = {
        name: (about["value"], about["description"])
        for name, about in CONTRACT["closeCodes"].items()
        if about["value"] >= 4000
    }
    languages = CONTRACT["languages"]
    extensions = {name: each["extensions"] for name, each in languages.items()}
    return "\n".join([
        constant("LANGUAGES", list(languages), "All languages; the first is the default."),
        typed(
            "LANGUAGE_NAMES",
            "Readonly<Record<Language, string>>",
            {name: each["name"] for name, each in languages.items()},
            "The names of languages for people.",
        ),
        typed(
            "EXTENSIONS",
            "Readonly<Record<Language, readonly [string, ...string[]]>>",
            extensions,
            "The endings of a language's file names; the first is that of a new file.",
        ),
        constant("MAIN_FILE", *names["mainRoot"].values()),
        constant("NOTES", *names["notesRoot"].values()),
        constant(
            "SUBPROTOCOL",
            CONTRACT["subprotocols"]["arena"]["value"],
            "The subprotocol of our own pages: binary sync and presence, JSON events.",
        ),
        constant("TOKEN_PREFIX", *names["tokenPrefix"].values()),
        commented("FRAME", described("frames"), "The first varint of a binary frame."),
        commented("SYNC", described("syncMessages"), "The first varint of a sync message."),
        commented("CLOSE", codes, "The reasons why the server closed a socket."),
        commented("LIMITS", limits, "Bounds that the server enforces and a client keeps to."),
        typed(
            "LOGGED_TYPES",
            "readonly (keyof LoggedEvents)[]",
            list(CONTRACT["loggedEvents"]),
            "The types of events that are in the log.",
        ),
        typed(
            "SERVER_ONLY_TYPES",
            "readonly (keyof ServerOnlyEvents)[]",
            list(CONTRACT["serverEvents"]),
            "The types of events that only the server says.",
        ),
    ])  # fmt: skip


def described(part: str) -> dict[str, tuple[Any, str]]:
    """The values of a part with their descriptions."""
    return {name: (each["value"], each["description"]) for name, each in CONTRACT[part].items()}


def constant(name: str, value: Any, comment: str) -> str:
    """An exported constant of a literal type."""
    literal = "" if isinstance(value, str) else " as const"
    return f"/** {comment} */\nexport const {name} = {json.dumps(value)}{literal};\n"


def typed(name: str, kind: str, value: Any, comment: str) -> str:
    """An exported constant of a named type."""
    return f"/** {comment} */\nexport const {name}: {kind} = {json.dumps(value)};\n"


def commented(name: str, members: Mapping[str, tuple[Any, str]], comment: str) -> str:
    """An exported object with a comment for each of its members."""
    lines = [
        f"/** {about} */\n{key}: {json.dumps(value)}," for key, (value, about) in members.items()
    ]
    body = "\n".join(lines)
    return f"/** {comment} */\nexport const {name} = {{\n{body}\n}} as const;\n"


#: Keywords that browsers check in an event of a recording. Only the server checks sizes.
_SHAPE = ("type", "enum", "properties", "required", "items", "oneOf", "additionalProperties")


def shapes_module() -> str:
    """The schemas of logged events for browsers."""
    shapes = {kind: shape(each) for kind, each in contract.LOGGED_EVENTS.items()}
    about = BANNER.format("The shapes of logged events, for `event-shapes.ts`.")
    return formatted(f"{about}\nexport const SHAPES = {json.dumps(shapes)} as const;\n")


def shape(schema: Schema) -> Schema:
    """A schema reduced to the keywords that browsers check."""
    result = {key: schema[key] for key in _SHAPE if key in schema}
    if not isinstance(result.get("additionalProperties", {}), dict):
        del result["additionalProperties"]
    for key in ("items", "additionalProperties"):
        if key in result:
            result[key] = shape(result[key])
    if "properties" in result:
        result["properties"] = {name: shape(each) for name, each in result["properties"].items()}
    if "oneOf" in result:
        result["oneOf"] = [{"required": each["required"]} for each in result["oneOf"]]
    return result


def formatted(text: str) -> str:
    """TypeScript source, formatted by prettier."""
    return ran("npx", "prettier", "--stdin-filepath", "src/generated.ts", stdin=text)


def ran(*command: str, stdin: str) -> str:
    """The output of a command, which must succeed."""
    done = subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done.stdout
