"""The registry of rooms: opens a room at its first use, and evicts it when it is empty."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.updates import EMPTY
from arena_ext.limits.circuit_breaker import CircuitBreaker, SessionUnavailable
from arena_ext.protocol.errors import EngineFailed, EngineGone
from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import Limits
from arena_ext.protocol.wire import Audience, Close
from arena_ext.session.model import Edit, Entry, Event, new_session_id
from arena_ext.storage.log import (
    Checkpoint,
    Log,
    stored,
    unfinished,
)
from arena_ext.storage.rows import DAMAGE, LogError

from . import checkpoint
from .checkpoint import StaleCheckpoint
from .lifecycle import note
from .room import Room
from .tally import Tally

_log = logging.getLogger(__name__)


class Rooms:
    """The rooms of one log."""

    def __init__(
        self, log: Log, url_of: Callable[[str], str], engine_pool: EnginePool, limits: Limits
    ) -> None:
        self.log = log
        self.limits = limits
        self.tally = Tally()
        self._url_of = url_of
        self._engine_pool = engine_pool
        engine_pool.on_death = self._crash_dead_rooms
        self._circuit_breaker = CircuitBreaker(limits)
        #: The engine processes of sessions that have one of their own.
        self._own: dict[str, EngineProcess] = {}
        self._live: dict[str, Room] = {}
        self._opening: dict[str, asyncio.Task[Room | None]] = {}
        self._deletions: set[asyncio.Task[None]] = set()
        #: Ids of sessions that are being deleted: they are not opened, although their logs exist.
        self._deleting: set[str] = set()
        self._healthy = True

    def storing(self, ok: bool) -> None:
        """Tell all rooms whether entries can be stored for now."""
        self._healthy = ok
        for room in self._live.values():
            room.storing(ok=ok)

    async def create(
        self, owner: str | None, title: str, language: str, question: str = ""
    ) -> Room:
        """Begin a session. `owner` is a Jupyter account, None where the session has no owner.

        Raises `NotStored` or `EngineFailed`.
        """
        room = await self._new(new_session_id())
        payload = {"owner": owner, "title": title, "language": language}
        created = room.journal.record(None, Event("session-created", payload), Audience.SERVER)
        self._live[room.session.id] = room
        if question:
            # In a separate entry, because everybody may see it; the first entry is for the server
            # only.
            asked = Event("question-changed", {"userId": None, "question": question})
            created = room.journal.record(None, asked)
        await stored(created, self.limits.store_timeout)
        return room

    async def _new(self, session: str) -> Room:
        process = await self._process(session)
        return Room(
            session,
            self.log,
            self._url_of(session),
            process,
            self._circuit_breaker,
            self.limits,
            healthy=self._healthy,
            tally=self.tally,
        )

    async def _process(self, session: str) -> EngineProcess:
        if not self._circuit_breaker.apart(session):
            return await self._engine_pool.shared()
        self._end_own(session)
        self._own[session] = await self._engine_pool.own()
        return self._own[session]

    def _end_own(self, session: str) -> None:
        process = self._own.pop(session, None)
        if process is not None:
            process.close()

    def _crash_dead_rooms(self) -> None:
        """An engine process has died: close its rooms, whose clients reconnect to fresh ones."""
        for room in self._live.values():
            if not room.alive and not room.closed:
                room.crash()

    def live(self, session: str) -> Room | None:
        """The room of a session, if it is open now."""
        return self._live.get(session)

    async def get(self, session: str) -> Room | None:
        """The room of a session, opened from its log if needed; None if there is no session.

        Raises `LogError` where the log cannot be read, or `SessionUnavailable`.
        """
        room = self._live.get(session)
        if room is not None and room.alive:
            return room
        if session in self._deleting:
            return None
        # Two concurrent requests must get the same room.
        if session not in self._opening:
            self._opening[session] = asyncio.create_task(self._open(session))
            self._opening[session].add_done_callback(lambda _: self._opening.pop(session))
        return await self._opening[session]

    async def _open(self, session: str) -> Room | None:
        if self._circuit_breaker.rests(session):
            raise SessionUnavailable
        before = self._live.get(session)
        if before is not None and not before.closed:
            before.crash()
        refused = before.refused if before is not None else frozenset[bytes]()
        if before is not None and before.journal.latest is not None:
            # Entries of the room that was given up are stored before those of the next room.
            await asyncio.wait([before.journal.latest], timeout=self.limits.store_timeout)
        loaded = await self.log.load(session)
        if loaded is None:
            return None
        try:
            room = await self._folded(session, loaded.checkpoint, loaded.entries, refused)
        except StaleCheckpoint:
            room = await self._folded(session, None, await self.log.read(session), refused)
        for _ in room.encode():
            await asyncio.sleep(0)
        return None if session in self._deleting else self._begin(room)

    async def _folded(
        self,
        session: str,
        kept: Checkpoint | None,
        entries: Sequence[Entry],
        refused: frozenset[bytes],
    ) -> Room:
        """A room, folded from its log. Where the engine fails, again in a process of its own.

        If it failed at edits that were taken (`refused`), it is without them the second time, and
        is stored so: the pages that have them send them again, and each is asked for at once.
        Raises `StaleCheckpoint`, or `LogError` where the engine fails again or the log is damaged.
        """
        for without in (frozenset[bytes](), refused):
            try:
                room = await self._new(session)
                if kept is not None:
                    room.journal.restore(await asyncio.to_thread(checkpoint.load, kept.state))
                room.journal.replay(_emptied(entry, without) for entry in entries)
                if without:
                    room.journal.keep_checkpoint()
            except (Malformed, *DAMAGE) as error:
                raise LogError(f"session {session} does not read as it was written") from error
            except EngineGone:
                _log.warning("an engine process ended while session %s was opened", session)
            except EngineFailed:
                _log.exception("the engine failed while session %s was opened", session)
                self._circuit_breaker.broke(session)
            else:
                return room
        raise LogError("the engine fails at this session")

    def _begin(self, room: Room) -> Room:
        for participant in tuple(room.session.present):
            room.roster.remove(participant)  # the connections ended with the room before
        for guest in room.session.waiting:
            room.waiting_room.expect(guest)
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
        """The number of sessions of an account; opens none of them."""
        return len(await self.log.sessions(account))

    async def _readable(self, session: str) -> Room | None:
        """As `get`, but None if the session cannot be read, so that the others are still listed."""
        try:
            return await self.get(session)
        except (LogError, SessionUnavailable):
            _log.exception("session %s could not be read", session)
            return None

    async def delete(self, room: Room) -> None:
        """Delete a session and its log."""
        session = room.session.id
        self._deleting.add(session)
        try:
            self._give_up(room)
            if session in self._opening:  # for an earlier request, which gets None
                await asyncio.wait([self._opening[session]])
            await self.log.delete(session)
            note("deleted", session)
        finally:
            self._deleting.discard(session)

    def delete_unfinished(self, session: str) -> None:
        """Delete the entries of an import that failed, as soon as the log can."""
        deletion = asyncio.create_task(self.log.delete(unfinished(session)))
        self._deletions.add(deletion)
        deletion.add_done_callback(self._deletions.discard)

    def _give_up(self, room: Room) -> None:
        """Close the room of a session that is deleted."""
        self._live.pop(room.session.id, None)
        self._end_own(room.session.id)
        room.closed = True
        room.close(Close.REFUSED)

    async def close_deleted(self) -> None:
        """Close the rooms of sessions that another process has deleted."""
        live = [room for room in self._live.values() if room.journal.begun]
        if not live:
            return
        try:
            there = set(await self.log.sessions())
        except LogError:
            return  # the next opening of a session raises it again
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
        """Whether a participant is connected to any room."""
        return any(room.connections or room.waiting_room for room in self._live.values())

    def count(self) -> int:
        """The number of open rooms."""
        return len(self._live)

    def people(self) -> tuple[int, int]:
        """How many people are connected to a session, and how many wait to be let in."""
        rooms = self._live.values()
        connected = sum(len({each.participant for each in room.connections}) for room in rooms)
        return connected, sum(len(room.waiting_room) for room in rooms)

    def evict(self) -> None:
        """Close rooms that were empty for `evict_after` seconds; their logs stay."""
        now = time.monotonic()
        for session, room in tuple(self._live.items()):
            if room.idle and now - room.idle_since > self.limits.evict_after:
                if room.alive:
                    room.journal.keep_checkpoint()
                room.crash()
                del self._live[session]
                self._end_own(session)

    async def close(self) -> None:
        """Close all rooms and the log."""
        for room in self._live.values():
            room.crash()
        await self.log.close()


def _emptied(entry: Entry, refused: frozenset[bytes]) -> Entry:
    """The entry, without its edit where that is refused."""
    if not isinstance(entry.body, Edit) or entry.body.update not in refused:
        return entry
    return replace(entry, body=Edit(entry.body.document, EMPTY))
