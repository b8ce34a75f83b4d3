"""All rooms of a server: opened when somebody asks for one, evicted when nobody is in."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable

from .log import Log
from .model import Event
from .protocol import EVICT_AFTER, Audience, Close
from .room import Room


class Rooms:
    """Finds, opens and drops the rooms of one log."""

    def __init__(self, log: Log, url_of: Callable[[str], str]) -> None:
        self._log = log
        self._url_of = url_of
        self._live: dict[str, Room] = {}
        self._opening: dict[str, asyncio.Task[Room | None]] = {}

    async def create(self, owner: str | None, title: str, language: str) -> Room:
        """Begin a session; `owner` is a Jupyter account, None for nobody's."""
        session = secrets.token_urlsafe(16)
        room = self._live[session] = Room(session, self._log, self._url_of(session))
        payload = {"owner": owner, "title": title, "language": language}
        room.record(None, Event("session-created", payload), Audience.SERVER)
        return room

    async def get(self, session: str) -> Room | None:
        """The room of a session, opened from its log if need be; None if there is no session."""
        room = self._live.get(session)
        if room is not None and not room.closed:
            return room
        # Two who ask at once must get one room.
        if session not in self._opening:
            self._opening[session] = asyncio.create_task(self._open(session))
            self._opening[session].add_done_callback(lambda _: self._opening.pop(session))
        return await self._opening[session]

    async def _open(self, session: str) -> Room | None:
        entries = await self._log.read(session)
        if not entries:
            return None
        room = Room(session, self._log, self._url_of(session))
        for entry in entries:
            room.fold(entry)
        for participant in tuple(room.session.present):
            room.depart(participant)  # nobody survived the room that they were in
        self._live[session] = room
        return room

    async def owned_by(self, account: str) -> list[Room]:
        """The rooms of the sessions of an account, newest first."""
        rooms = [await self.get(session) for session in await self._log.sessions()]
        mine = [room for room in rooms if room is not None and room.session.owner == account]
        return sorted(mine, key=lambda room: room.session.created_at, reverse=True)

    async def delete(self, room: Room) -> None:
        """Remove a session with all that was recorded."""
        self._live.pop(room.session.id, None)
        room.closed = True
        for connection in tuple(room.connections):
            connection.outbox.close(Close.REFUSED)
        await self._log.delete(room.session.id)

    def occupied(self) -> bool:
        """Whether anybody is connected to any room."""
        return any(room.connections for room in self._live.values())

    def evict(self) -> None:
        """Drop rooms that nobody has been in for `EVICT_AFTER`; their logs stay."""
        now = time.monotonic()
        for session, room in tuple(self._live.items()):
            if not room.connections and now - room.idle_since > EVICT_AFTER:
                room.closed = True
                del self._live[session]

    async def close(self) -> None:
        """Close all rooms and the log."""
        for room in self._live.values():
            room.crash()
        await self._log.close()
