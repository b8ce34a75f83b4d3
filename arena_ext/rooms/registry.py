"""All rooms of a server: opened when somebody asks for one, evicted when nobody is in."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.limits.circuit_breaker import CircuitBreaker, SessionUnavailable
from arena_ext.protocol.errors import EngineFailed, EngineGone
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Audience, Close
from arena_ext.recording.format import InvalidRecording
from arena_ext.recording.importer import Importer, append_all, prepare_import
from arena_ext.session.model import Entry, Event, new_session_id
from arena_ext.storage.log import (
    Checkpoint,
    Log,
    NotStored,
    stored,
    unfinished,
)
from arena_ext.storage.rows import DAMAGE, LogError

from .checkpoint import StaleCheckpoint
from .room import Room

_log = logging.getLogger(__name__)


class Rooms:
    """Finds, opens and drops the rooms of one log."""

    def __init__(
        self, log: Log, url_of: Callable[[str], str], engine_pool: EnginePool, limits: Limits
    ) -> None:
        self.log = log
        self.limits = limits
        self._url_of = url_of
        self._engine_pool = engine_pool
        engine_pool.on_death = self._give_up_the_dead
        self._breaker = CircuitBreaker(limits)
        #: The processes of sessions that have one of their own.
        self._own: dict[str, EngineProcess] = {}
        self._live: dict[str, Room] = {}
        self._opening: dict[str, asyncio.Task[Room | None]] = {}
        self._deletions: set[asyncio.Task[None]] = set()
        #: Ids of sessions that are being deleted: their logs can be read yet, and are not.
        self._deleting: set[str] = set()
        self._healthy = True

    def storing(self, ok: bool) -> None:
        """Tell all rooms whether entries can be stored."""
        self._healthy = ok
        for room in self._live.values():
            room.storing(ok=ok)

    async def create(
        self, owner: str | None, title: str, language: str, question: str = ""
    ) -> Room:
        """Begin a session; `owner` is a Jupyter account, None for nobody's.

        Raises `NotStored` or `EngineFailed`.
        """
        room = await self._new(new_session_id())
        payload = {"owner": owner, "title": title, "language": language}
        created = room.record(None, Event("session-created", payload), Audience.SERVER)
        self._live[room.session.id] = room
        if question:
            # An entry of its own: unlike the first, everybody may see it, and any recording has it.
            asked = Event("question-changed", {"userId": None, "question": question})
            created = room.record(None, asked)
        await stored(created, self.limits.store_timeout)
        return room

    async def import_recording(self, data: bytes, importer: Importer) -> Room:
        """Make a session that has ended of a recording.

        Raises `InvalidRecording`, `NotStored` or `LogError`.
        """
        session = new_session_id()
        now = time.time_ns() // 10**6
        found = await asyncio.to_thread(prepare_import, data, session, importer, now)
        if isinstance(found, str):
            raise InvalidRecording(found)
        try:
            await append_all(self.log, found, self.limits.store_timeout)
        except NotStored:
            # Half a recording is none; this waits until the disk works again.
            deletion = asyncio.create_task(self.log.delete(unfinished(session)))
            self._deletions.add(deletion)
            deletion.add_done_callback(self._deletions.discard)
            raise
        return self._begin(await self._folded(session, found.checkpoint, ()))

    async def _new(self, session: str) -> Room:
        process = await self._process(session)
        return Room(
            session,
            self.log,
            self._url_of(session),
            process,
            self._breaker,
            self.limits,
            healthy=self._healthy,
        )

    async def _process(self, session: str) -> EngineProcess:
        if not self._breaker.apart(session):
            return await self._engine_pool.shared()
        self._end_own(session)
        self._own[session] = await self._engine_pool.own()
        return self._own[session]

    def _end_own(self, session: str) -> None:
        process = self._own.pop(session, None)
        if process is not None:
            process.close()

    def _give_up_the_dead(self) -> None:
        """A process has died: whoever is in a room that it held comes back to a fresh one."""
        for room in self._live.values():
            if not room.alive and not room.closed:
                room.crash()

    def live(self, session: str) -> Room | None:
        """The room of a session if it is open now."""
        return self._live.get(session)

    async def get(self, session: str) -> Room | None:
        """The room of a session, opened from its log if need be; None if there is no session.

        Raises `LogError` where there is one that cannot be read, or `SessionUnavailable`.
        """
        room = self._live.get(session)
        if room is not None and room.alive:
            return room
        if session in self._deleting:
            return None
        # Two who ask at once must get one room.
        if session not in self._opening:
            self._opening[session] = asyncio.create_task(self._open(session))
            self._opening[session].add_done_callback(lambda _: self._opening.pop(session))
        return await self._opening[session]

    async def _open(self, session: str) -> Room | None:
        if self._breaker.rests(session):
            raise SessionUnavailable
        before = self._live.get(session)
        if before is not None and before.latest is not None:
            # What the room that was given up has still to store comes first in the log.
            await asyncio.wait([before.latest], timeout=self.limits.store_timeout)
        loaded = await self.log.load(session)
        if loaded is None:
            return None
        try:
            room = await self._folded(session, loaded.checkpoint, loaded.entries)
        except StaleCheckpoint:
            room = await self._folded(session, None, await self.log.read(session))
        return None if session in self._deleting else self._begin(room)

    async def _folded(
        self, session: str, kept: Checkpoint | None, entries: Sequence[Entry]
    ) -> Room:
        """A room as its log says; where that breaks native code, once more, in a process apart.

        Raises `StaleCheckpoint`, or `LogError` where it breaks again or is damaged.
        """
        for _ in range(2):
            try:
                room = await self._new(session)
                if kept is not None:
                    room.restore(kept)
                room.fold(entries)
            except (Malformed, *DAMAGE) as error:
                raise LogError(f"session {session} does not read as it was written") from error
            except EngineGone:
                _log.warning("a process ended while session %s was opened", session)
            except EngineFailed:
                _log.exception("native code broke while session %s was opened", session)
                self._breaker.broke(session)
            else:
                return room
        raise LogError("native code breaks at this session")

    def _begin(self, room: Room) -> Room:
        for participant in tuple(room.session.present):
            room.remove_from_roster(participant)  # nobody survived the room that they were in
        self._live[room.session.id] = room
        return room

    async def owned_by(self, account: str) -> list[Room]:
        """The rooms of the sessions of an account, newest first."""
        mine = [
            room
            for session in await self.log.sessions(account)
            if (room := await self._readable(session))
        ]
        return sorted(mine, key=lambda room: room.session.created_at, reverse=True)

    async def count_owned_by(self, account: str) -> int:
        """How many sessions an account has; opens none of them."""
        return len(await self.log.sessions(account))

    async def _readable(self, session: str) -> Room | None:
        """As `get`; one session that cannot be read does not hide the others."""
        try:
            return await self.get(session)
        except (LogError, SessionUnavailable):
            _log.exception("session %s could not be read", session)
            return None

    async def delete(self, room: Room) -> None:
        """Remove a session with all that was recorded."""
        session = room.session.id
        self._deleting.add(session)
        try:
            self._give_up(room)
            if session in self._opening:  # for somebody who asked just before, and gets nothing
                await asyncio.wait([self._opening[session]])
            await self.log.delete(session)
        finally:
            self._deleting.discard(session)

    def _give_up(self, room: Room) -> None:
        """Close the room of a session that is gone."""
        self._live.pop(room.session.id, None)
        self._end_own(room.session.id)
        room.closed = True
        room.close(Close.REFUSED)

    async def close_deleted(self) -> None:
        """Close the rooms of sessions that another process has deleted."""
        live = [room for room in self._live.values() if room.begun]
        if not live:
            return
        try:
            there = set(await self.log.sessions())
        except LogError:
            return  # who opens a session hears of it
        for room in live:
            if room.session.id not in there and self._live.get(room.session.id) is room:
                _log.warning("session %s was deleted elsewhere", room.session.id)
                self._give_up(room)

    async def delete_ended_before(self, moment: int) -> int:
        """Delete all sessions that ended before `moment`, UTC milliseconds; returns how many."""
        deleted = 0
        for session in await self.log.sessions():
            room = await self._readable(session)
            if room is not None and (room.session.ended_at or moment) < moment:
                await self.delete(room)
                deleted += 1
        return deleted

    def occupied(self) -> bool:
        """Whether anybody is connected to any room."""
        return any(room.connections or room.waiting_room for room in self._live.values())

    def evict(self) -> None:
        """Drop rooms that nobody has been in for `evict_after` seconds; their logs stay."""
        now = time.monotonic()
        for session, room in tuple(self._live.items()):
            if room.idle and now - room.idle_since > self.limits.evict_after:
                if room.alive:
                    room.keep_checkpoint()
                room.closed = True
                del self._live[session]
                self._end_own(session)

    async def close(self) -> None:
        """Close all rooms and the log."""
        for room in self._live.values():
            room.crash()
        await self.log.close()
