"""REST handlers of recordings: download, export as one file, import."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Sequence

from jupyter_server.auth.decorator import allow_unauthenticated

from arena_ext.protocol.errors import Invalid
from arena_ext.protocol.wire import Audience
from arena_ext.recording import export
from arena_ext.recording.format import SEEN, RecordingWriter
from arena_ext.recording.importer import MAX_IMPORT, Importer, import_recording
from arena_ext.session.permissions import Action, Denied
from arena_ext.storage.rows import Columns, LogError

from .api import ApiHandler

#: Entries of a recording that are read, written and sent together, at most.
ENTRIES_AT_ONCE = 4000
#: Bytes of a file that are sent together.
BYTES_AT_ONCE = 2**20


class RecordingHandler(ApiHandler):
    """`api/sessions/{id}/recording`: the log so far, as lines of JSON.

    Where the log cannot be read to its end, the last line is missing: then it is no recording.
    """

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        caller.demand(Action.READ_RECORDING, room.session.status)
        log = self.services.rooms.log
        count, chain = await log.end(session)
        first = await log.columns(session, 0, 1)
        writer = RecordingWriter(SEEN[Audience.INTERVIEWERS], chain)
        self.set_header("Content-Type", "application/x-ndjson; charset=UTF-8")
        pack: Callable[[bytes], bytes] = bytes
        rest: Callable[[], bytes] = bytes
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            # The fastest level.
            gzip = zlib.compressobj(level=1, wbits=31)
            pack, rest = gzip.compress, gzip.flush
        self.write(pack(writer.begin(room.as_json(), count, *first).encode()))
        seq = 0
        while seq < count:
            # In a thread, and no faster than the client reads: no other client waits for it.
            entries = await log.columns(session, seq, min(count - seq, ENTRIES_AT_ONCE))
            if not entries:
                raise LogError("it was deleted meanwhile")
            seq = entries[-1][0]
            self.write(await asyncio.to_thread(_piece, writer, entries, pack))
            await self.flush()
        self.write(pack(writer.end().encode()) + rest())
        self.finish()


def _piece(
    writer: RecordingWriter, entries: Sequence[Columns], pack: Callable[[bytes], bytes]
) -> bytes:
    return pack(writer.add(entries).encode())


class ExportHandler(ApiHandler):
    """`api/sessions/{id}/export?format=&for=`: the interview as one file."""

    @allow_unauthenticated
    async def get(self, session: str) -> None:
        room, caller = await self.authenticate(session)
        caller.demand(Action.READ_RECORDING, room.session.status)
        kind = export.FORMATS.get(self.get_query_argument("format", ""))
        if kind is None:
            raise Invalid(f"format: one of {', '.join(export.FORMATS)}")
        seen = SEEN.get(self.get_query_argument("for", Audience.INTERVIEWERS))
        if seen is None:
            raise Invalid(f"for: one of {', '.join(SEEN)}")
        about = room.as_json()
        entries = await self.services.rooms.log.read(session)
        content = await asyncio.to_thread(kind.make, about, entries, seen)
        name = export.file_name(about["title"], kind)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Content-Type", kind.content_type)
        self.set_header("Content-Length", str(len(content)))
        # Piece by piece, and no faster than the client reads: no other client waits for it.
        for start in range(0, len(content), BYTES_AT_ONCE):
            self.write(content[start : start + BYTES_AT_ONCE])
            await self.flush()
        self.finish()


class ImportHandler(ApiHandler):
    """`api/sessions/import`: a recording, or a notebook that holds one, becomes a session."""

    max_body = MAX_IMPORT

    async def authorize_body(self) -> None:
        """Only a Jupyter login may import; its body may be large and slow."""
        if await self.login() is None:
            raise Denied("log in to import a recording")
        self.trusted_body = True
        self._deadline.cancel()

    @allow_unauthenticated
    async def post(self) -> None:
        login = await self.login()
        if login is None:
            raise Denied("log in to import a recording")
        self.services.quotas.check_sessions(await self.services.rooms.count_owned_by(login.account))
        importer = Importer(login.account, login.name)
        room = await import_recording(self.services.rooms, self.raw_body(), importer)
        self.answer(room.as_json(), 201)
