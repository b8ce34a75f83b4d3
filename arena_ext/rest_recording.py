"""Recordings over REST: as they are, as one file of several kinds, and taken in again."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from itertools import islice

from jupyter_server.auth.decorator import allow_unauthenticated

from . import export, recording
from .call import ApiHandler
from .events import Denied, Invalid
from .imported import MAX_IMPORT, Importer
from .model import Action
from .protocol import (
    Audience,
)

#: Lines of a recording that are made and sent together.
_LINES_AT_ONCE = 2000


def gzip_stream() -> zlib._Compress:
    """Compresses fast rather than well, in the gzip format."""
    return zlib.compressobj(level=1, wbits=31)


class RecordingHandler(ApiHandler):
    """`api/sessions/{id}/recording`: the log so far, as lines of JSON."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.enter(session)
        caller.demand(Action.READ_RECORDING, room.session.status)
        log = self.arena.rooms.log
        entries = await log.read(session)
        chain = await log.chain(session, len(entries))
        self.set_header("Content-Type", "application/x-ndjson; charset=UTF-8")
        seen = export.SEEN[Audience.INTERVIEWERS]
        pack = gzip_stream() if "gzip" in self.request.headers.get("Accept-Encoding", "") else None
        if pack is not None:
            self.set_header("Content-Encoding", "gzip")
        pieces = _pieces(recording.lines(room.as_json(), entries, seen, chain), pack)
        # In a thread, and no faster than they are taken: nobody's keystrokes wait for it.
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            self.write(piece)
            await self.flush()
        self.finish()


def _pieces(lines: Iterator[str], pack: zlib._Compress | None) -> Iterator[bytes]:
    while piece := "".join(islice(lines, _LINES_AT_ONCE)).encode():
        yield piece if pack is None else pack.compress(piece)
    if pack is not None:
        yield pack.flush()


class ExportHandler(ApiHandler):
    """`api/sessions/{id}/export?format=&for=`: the interview as one file."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.enter(session)
        caller.demand(Action.READ_RECORDING, room.session.status)
        kind = export.FORMATS.get(self.get_query_argument("format", ""))
        if kind is None:
            raise Invalid(f"format: one of {', '.join(export.FORMATS)}")
        seen = export.SEEN.get(self.get_query_argument("for", Audience.INTERVIEWERS))
        if seen is None:
            raise Invalid(f"for: one of {', '.join(export.SEEN)}")
        about = room.as_json()
        entries = await self.arena.rooms.log.read(session)
        content = await asyncio.to_thread(kind.make, about, entries, seen)
        name = export.file_name(about["title"], kind)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(content, set_content_type=kind.content_type)


class ImportHandler(ApiHandler):
    """`api/sessions/import`: a recording, or a notebook that holds one, becomes a session."""

    max_body = MAX_IMPORT

    async def expect_body(self) -> None:
        """Who may import sends much, and as slowly as it goes."""
        if await self.login() is None:
            raise Denied("log in to import a recording")
        self.trusted_body = True
        self._deadline.cancel()

    @allow_unauthenticated
    async def post(self) -> None:
        login = await self.login()
        if login is None:
            raise Denied("log in to import a recording")
        self.arena.crowd.create(await self.arena.rooms.count_owned_by(login.account))
        importer = Importer(login.account, login.name)
        room = await self.arena.rooms.bring_back(self.raw_body(), importer)
        self.answer(room.as_json(), 201)
