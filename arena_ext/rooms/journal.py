"""The journal of a room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from arena_ext.protocol.wire import Audience
from arena_ext.rooms.connection import Connection
from arena_ext.session.model import Edit, Event


class Record(Protocol):
    """`Room.record`, as far as it is needed here."""

    def __call__(
        self,
        author: str | None,
        body: Edit | Event,
        audience: Audience,
        source: Connection | None,
        then: Callable[[], None] | None = None,
    ) -> object:
        """Append an entry."""
        ...
