"""Time zones by name: the browser knows them, as Python's own library has no data.

Lives in the worker, inside Pyodide, as `arena_zones`.
"""

import importlib.util
import io
import json
import struct
import zoneinfo._common
from typing import IO

from arena_state import Worker

load_from_package = zoneinfo._common.load_tzdata  # noqa: SLF001


def load(key: str) -> IO[bytes]:
    """Stand-in for the function that opens a time zone in the package tzdata."""
    if importlib.util.find_spec("tzdata") is not None:
        return load_from_package(key)
    text = None if Worker.host is None else Worker.host.zone(key)
    if text is None:
        raise zoneinfo.ZoneInfoNotFoundError(f"No time zone found with key {key}")
    return io.BytesIO(tzif(json.loads(text)))


def tzif(periods: list[tuple[int, int, bool, str]]) -> bytes:
    """Periods of a time zone (start, offset, summer time, abbreviation) as TZif, RFC 9636."""
    types = list(dict.fromkeys((offset, summer, name) for _, offset, summer, name in periods))
    names = list(dict.fromkeys(name for *_, name in types))
    characters = "".join(f"{name}\0" for name in names).encode()
    changes = periods[1:]
    header = struct.Struct(">4s c 15x 6l")
    body = [
        header.pack(b"TZif", b"2", 0, 0, 0, 0, 0, 0),
        header.pack(b"TZif", b"2", 0, 0, 0, len(changes), len(types), len(characters)),
        struct.pack(f">{len(changes)}q", *(start for start, *_ in changes)),
        bytes(types.index((offset, summer, name)) for _, offset, summer, name in changes),
    ]
    for offset, summer, name in types:
        index = sum(len(each) + 1 for each in names[: names.index(name)])
        body.append(struct.pack(">lbB", offset, summer, index))
    return b"".join([*body, characters, b"\n\n"])


def set_up() -> None:
    """Set up a new interpreter."""
    zoneinfo._common.load_tzdata = load  # noqa: SLF001
