"""Hostile messages other than edits: presence frames, and events and bodies of wrong shapes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from arena_ext.protocol import frames
from arena_ext.protocol.contract import CLIENT_EVENTS, REST_BODIES
from arena_ext.protocol.errors import Invalid
from arena_ext.protocol.frames import PresenceMessage
from arena_ext.protocol.lib0 import Malformed, blob, uint
from arena_ext.protocol.limits import MAX_FRAME
from arena_ext.protocol.schemas import check_shape
from arena_ext.protocol.wire import Document
from arena_ext.rooms.presence import MAX_PER_CONNECTION, Presence, presence_frame
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Role
from tests.load.fuzz_case import Figures, mutated, timed
from tests.load.fuzz_output import made_chunks

#: Cases of either kind with one seed.
FRAMES, EVENTS = 150, 50
NUMBERS = (0, 1, 2, 63, 64, 127, 128, 2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53)

#: The texts of the session.
ROOTS = "code", "code/7"
#: Values that a client may send as a client id.
ITEMS = (*NUMBERS, -1, True, 1.5, "x")


# --- frames ------------------------------------------------------------------------------------


def frame_round(seed: int, figures: Figures) -> None:
    """Frames to one room's presence; raises AssertionError with the seed if a check fails."""
    chance = random.Random(seed)
    presence: Presence[int] = Presence()
    people = [
        Participant(f"p{owner}", f"P{owner}", "#000000", Role.CANDIDATE) for owner in range(3)
    ]
    for _ in range(FRAMES):
        owner, frame = chance.randrange(3), made_frame(chance)
        with timed(seed, figures, "frame") as case:
            try:
                message = frames.decode(frame)
            except Malformed:
                case.outcome = "frame malformed"
                continue
            case.outcome = "frame read"
            if isinstance(message, PresenceMessage):
                heard = presence.update(owner, people[owner], message.states, ROOTS)
                case.outcome = "presence heard" if heard else "presence passed over"
                if chance.random() < 0.1:
                    heard |= presence.leave(owner)
                # A forwarded frame is readable and has the name of its sender.
                said = frames.decode(presence_frame([*heard.values(), *presence.entries()]))
                assert isinstance(said, PresenceMessage)
                for state in said.states:
                    named = state.state is None or state.state["user"]["id"][0] == "p"
                    assert named, f"seed {seed}: somebody without a name"
                    assert "true" not in json.dumps(state.state), f"seed {seed}: not a number"
                    cursor = (state.state or {}).get("cursor") or {}
                    roots = {end["tname"] for end in cursor.values()}
                    assert roots <= {*ROOTS}, f"seed {seed}: a text that is not there"
                for unit in presence.heads("code").values():
                    assert unit is None or uint(unit[0]) + uint(unit[1])
        assert all(len(presence.clients(each)) <= MAX_PER_CONNECTION for each in range(3))


def made_frame(chance: random.Random) -> bytes:
    """A frame that an attacker might send."""
    match chance.randrange(6):
        case 0:
            return chance.randbytes(chance.randint(0, 40))
        case 1:
            kind = chance.choice(NUMBERS[:5])
            named = uint(100) + blob(chance.choice(list(Document)).encode())
            document = chance.choice([uint(0), named])
            return document + uint(kind) + blob(chance.randbytes(chance.choice([0, 9, 200_000])))
        case 2:
            return mutated(chance, _presence(chance))
        case _:
            return _presence(chance)


def _presence(chance: random.Random) -> bytes:
    count = chance.choice([1, 1, 1, 1, 3, 64, 65])
    wild = chance.random() < 0.3
    body = uint(count) + b"".join(
        uint(chance.choice(NUMBERS if wild else (1, 2, 3)))
        + uint(chance.choice(NUMBERS[:-1] if wild else range(9)))
        + blob(_state(chance, wild=wild))
        for _ in range(count)
    )
    return uint(1) + blob(body)


def _state(chance: random.Random, *, wild: bool) -> bytes:
    at = {
        "type": made_value(chance, 9) if chance.random() < 0.1 else None,
        "tname": chance.choice([*ROOTS, None, "notes", f"code/{chance.random()}", 7, "code\ud800"]),
        "item": chance.choice([None, {"client": chance.choice(ITEMS), "clock": 3}, 7, {}, [0]]),
        "assoc": chance.choice([0, -1, 1, "x", None]),
    }
    state = {
        "user": {"name": "Somebody else", "id": "x", "color": "red"},
        "cursor": chance.choice([None, {"anchor": at, "head": at}, {"anchor": at}, [at], "x"]),
    }
    text = json.dumps(state)
    match chance.randrange(10) if wild else chance.choice([0, 9, 9]):
        case 0:
            return b"null"
        case 1:
            return json.dumps(made_value(chance, 300)).encode()
        case 2:
            return mutated(chance, text.encode())
        case 3:
            return b"[" * chance.choice([100, 990, 4000])
    return text.encode()


# --- events and bodies --------------------------------------------------------------------------


def event_round(seed: int, figures: Figures) -> None:
    """Events and bodies as text; raises AssertionError with the seed if a check fails."""
    chance = random.Random(seed)
    schemas = {**CLIENT_EVENTS, **REST_BODIES}
    for _ in range(EVENTS):
        name = chance.choice(list(schemas))
        text = made_text(chance, schemas[name])[:MAX_FRAME]
        with timed(seed, figures, "event") as case:
            case.outcome = "event invalid"
            try:
                check_shape(name, json.loads(text))
                case.outcome = "event taken"
            except (ValueError, RecursionError):  # callers of the parser handle both
                case.outcome = "event no JSON"
            except Invalid as refusal:
                if len(str(refusal)) > 500:
                    raise AssertionError(f"seed {seed}: a long refusal") from refusal


def made_text(chance: random.Random, schema: dict[str, Any]) -> str:
    """An event that an attacker might send: valid, nearly valid, deep, wide or long."""
    payload = fitting(chance, schema)
    match chance.randrange(12):
        case 0:
            return "[" * chance.choice([5, 900, 1100, 100_000])
        case 1:
            depth = chance.choice([5, 300, 900, 1100, 60_000])
            return '{"a":' * depth + "1" + "}" * depth
        case 2 | 3 | 4:
            for name in chance.sample(list(payload), min(len(payload), chance.choice([1, 2]))):
                payload[name] = made_value(chance, chance.choice([5, 50_000]))
        case 5:
            payload |= {str(n): n for n in range(chance.choice([3, 20_000]))}
        case 6:
            return json.dumps(made_value(chance, chance.choice([5, 60_000])))
        case 7:
            return mutated(chance, json.dumps(payload).encode()).decode(errors="replace")
    return json.dumps(payload)


def made_value(chance: random.Random, size: int) -> Any:
    """A JSON value of about this size, or one that only Python's JSON parser accepts."""
    made: tuple[Callable[[], Any], ...] = (
        lambda: chance.choice("x\0😀\ud800") * size,
        lambda: [chance.choice([0, None, [], {}, "x", 1e308])] * size,
        lambda: {str(n): chance.choice([0, "", None]) for n in range(size)},
        lambda: _deep(chance, min(size, 900)),
        lambda: 10 ** min(size, 4000),
        lambda: [{"stream": "stdout", "data": "x"}] * (size // 20),
        lambda: {"line": chance.choice(NUMBERS), "column": chance.choice([-1, 0.5, 1.0])},
        lambda: chance.choice([float("nan"), float("inf"), -1, True, False, None]),
        lambda: chance.choice(["", "a/b", "python", "interviewer", "../x"]),
    )
    return chance.choice(made)()


def _deep(chance: random.Random, depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value] if chance.random() < 0.5 else {"a": value}
    return value


def fitting(chance: random.Random, schema: dict[str, Any]) -> dict[str, Any]:
    """A payload that fits the schema."""
    names = [
        name for name in schema["properties"] if name in schema["required"] or chance.random() < 0.5
    ]
    return {name: _fitting(chance, schema["properties"][name]) for name in names}


def _fitting(chance: random.Random, schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return chance.choice(schema["enum"])
    kind = schema["type"] if isinstance(schema["type"], str) else chance.choice(schema["type"])
    match kind:
        case "string":
            return "x" * chance.choice([1, min(schema.get("maxLength", 9), MAX_FRAME // 2)])
        case "object" if "properties" in schema:
            return fitting(chance, schema)
        case "object":
            return {f"{n}.py": "x" for n in range(chance.choice([0, 32]))}
        case "array":
            return made_chunks(chance)
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return True
    return None
