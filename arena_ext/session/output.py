"""The output of a run: how its chunks join, and how much they count in the limits.

`src/session/run-output.ts` has the same for browsers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from arena_ext.protocol.limits import CHUNK_COST, MAX_CHUNK

#: `{stream, data}` or `{mime, data}`. A chunk in a session's state is never changed, but replaced.
Chunk: TypeAlias = Mapping[str, str]


def cost(chunk: Chunk) -> int:
    """How much a chunk counts, characters: its text, and at least `CHUNK_COST`.

    So a limit of characters is a limit of the number of chunks, too.
    """
    return max(len(chunk["data"]), CHUNK_COST)


def append(chunks: list[Chunk], chunk: Chunk) -> int:
    """Add a chunk to `chunks`; returns the growth of their cost.

    Text is joined to text of the same stream, up to `MAX_CHUNK`. An empty chunk changes nothing:
    old logs have some.
    """
    if not chunk["data"]:
        return 0
    last = chunks[-1] if chunks else {}
    joined = len(last.get("data", "")) + len(chunk["data"])
    if chunk.get("stream", "") != last.get("stream") or joined > MAX_CHUNK:
        chunks.append(chunk)
        return cost(chunk)
    chunks[-1] = {**last, "data": last["data"] + chunk["data"]}
    return cost(chunks[-1]) - cost(last)


def growth(chunks: list[Chunk], more: Iterable[Chunk]) -> int:
    """The growth of the cost of `chunks`, if `more` were added."""
    end = chunks[-1:]
    return sum(append(end, each) for each in more)


def asked(prompt: str) -> list[Chunk]:
    """A program's question as output."""
    return [{"stream": "stdout", "data": prompt}]


def answered(text: str | None) -> list[Chunk]:
    """The answer as output: as on a terminal, it ends its line. None is the end of all input."""
    return [] if text is None else [{"stream": "stdin", "data": text + "\n"}]
