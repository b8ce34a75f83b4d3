"""The server's copy of one CRDT document.

pycrdt trusts its input: a forged update can hang it, abort its process, or leave a client that
never syncs again. So the engine has a process of its own (`engine_process`), an update from outside
passes `validation` first, and the update that is stored and relayed is the change that the engine
reports, not the one that was sent.
"""

from __future__ import annotations

import logging
import secrets
import weakref
from collections.abc import Container, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from arena_ext.protocol.errors import ArenaError, EngineFailed, EngineGone
from arena_ext.protocol.lib0 import Malformed, blob, uint
from arena_ext.protocol.limits import MAX_CLIENTS, MAX_REMEMBERED, MAX_TEXT, MAX_UNITS
from arena_ext.protocol.wire import MAIN_FILE, NOTES, Document

from .batch import Batch
from .engine_process import EngineProcess
from .engine_protocol import CHANGED, NUMBER, SPAN, Op
from .places import difference, end_of, utf16_prefix
from .updates import Id, Update, decode, decode_state_vector, spread, utf16_length
from .validation import Holds, MissingDependency, UpdateValidator

_log = logging.getLogger(__name__)

#: Integrates loaded updates into validators, while clients read the texts already.
_reader = ThreadPoolExecutor(1, "arena-validator")


class TextFull(ArenaError):
    """The text, or the memory that it takes, would grow past its limit."""

    code = "text-full"


class Replica:
    """One document: validated updates in, normalised updates, state and text out.

    All methods raise `EngineFailed` once the engine process or its document is gone.
    """

    def __init__(self, document: Document, process: EngineProcess) -> None:
        self.document = document
        #: The client id of edits that the server makes; no client may use it.
        self.client_id = secrets.randbits(32)
        self._main = MAIN_FILE if document is Document.PAD else NOTES
        self._roots: set[str] = set()
        #: UTF-8 bytes of all texts; more than that, while updates wait for the engine.
        self._size = 0
        #: The state vector of the engine's document, as of its last change.
        self._clocks: dict[int, int] = {}
        #: To be used through `_known`: loaded updates may not be integrated yet.
        self._validator = UpdateValidator()
        self._reading: Future[set[str]] | None = None
        #: Updates to be sent to the engine, and updates to be integrated into the validator.
        self._unsent = Batch()
        self._unread: list[Update] = []
        #: The whole document as an update, and the last text that was asked for with its root;
        #: None after a change.
        self._all: bytes | None = None
        self._text: tuple[str, str] | None = None
        #: Edits at which the engine failed after they were taken: all since its last answer.
        self.refused: frozenset[bytes] = frozenset()
        self._failed = False
        self._process = process
        self._number = process.new(self.client_id)
        weakref.finalize(self, process.drop, self._number)
        self._open(self._main)

    @property
    def alive(self) -> bool:
        """Whether the document can be used."""
        return self._process.alive and not self._failed

    def text(self, root: str | None = None) -> str:
        """The text of a root, the main one by default; empty where there is none yet."""
        root = self._main if root is None else root
        if root not in self._roots:
            self._known()
        if root not in self._roots:
            return ""
        if self._text is None or self._text[0] != root or not self.alive:
            self._text = root, self._ask(Op.TEXT, root).decode()
        return self._text[1]

    def state_vector(self) -> bytes:
        """Its state vector, for a sync step 1."""
        if not self._is_known:
            self._send()
        clocks = self._validator.clocks() if self._is_known else self._clocks
        pairs = (uint(client) + uint(clock) for client, clock in clocks.items())
        return uint(len(clocks)) + b"".join(pairs)

    def since(self, state_vector: bytes) -> bytes:
        """The update that brings a client with `state_vector` up to date; raises `Malformed`."""
        decode_state_vector(state_vector)
        if state_vector != b"\x00":
            return self._ask(Op.SINCE, data=state_vector)
        if self._all is None or not self.alive:
            self._all = self._ask(Op.SINCE, data=state_vector)
        return self._all

    def load(self, update: Update) -> None:
        """Load an update of the log, which was validated when it was written.

        Where it does not fit, `EngineFailed` is raised now, by the next use, or by `settle`.
        """
        self._unread.append(update)
        self._queue(update)

    def settle(self) -> None:
        """Finish loading. Raises `EngineFailed` where a loaded update does not fit."""
        self._known()
        self._send()

    def serve(self) -> None:
        """Make the loaded text ready to be read; the validator, for writing, is filled meanwhile.

        So a long session opens at once: its text can be read some time before it can be changed.
        """
        if self._unread:
            self._wait()
            updates, self._unread = self._unread, []
            self._reading = _reader.submit(_read, self._validator, updates)
        self._send()

    def apply(
        self,
        update: Update,
        holds: Holds,
        further: Container[str] = (),
        *,
        most: int = MAX_TEXT,
    ) -> Update | None:
        """Apply an update from outside; returns the change, None where there is none.

        An update in plain form is the change, so the engine gets it later, with others. It may
        write the main text and those of the `further` roots, `most` UTF-8 bytes in all.
        Raises `Malformed`, `MissingDependency` or `TextFull`, and has changed nothing then. Raises
        `EngineFailed` when only a fresh replica from the log can go on.
        """
        validator = self._known()

        def may(client: int) -> bool:
            return client != self.client_id and holds(client)

        if update.plain and self._has_room_for_all(update, most):
            cost = validator.take(update, may)
            if cost is not None:
                self._size += len(update.data) if update.blocks else 0
                self._queue(update, cost)
                return update
        summary = validator.check(update, may)
        if not all(root in self._roots or root in further for root in summary.roots):
            raise Malformed("there is no such text")
        self._send()  # for the actual size
        if len(self._clocks) + summary.clients > MAX_CLIENTS or (
            summary.text_bytes and summary.text_bytes + self._size > most
        ):
            raise TextFull
        if summary.units:
            self._demand_room(summary.units)
        return self._change(Op.APPLY, "", spread(update), update)

    def _has_room_for_all(self, update: Update, most: int) -> bool:
        """Whether no limit could be exceeded, and the engine is there and need not be asked."""
        size, validator = len(update.data), self._validator
        return (
            self._size + size <= most
            and validator.units + size <= MAX_UNITS
            and validator.size <= MAX_REMEMBERED
            and self.alive
            and not self._process.asked_each
        )

    def set_text(self, text: str, root: str | None = None) -> Update | None:
        """Replace a text, by default the main one, by `text`; returns the edit, None if no change.

        The edit replaces the one span that differs. Raises `TextFull`.
        """
        root = self._main if root is None else root
        self._known()
        self._open(root)
        old = self.text(root)
        if len(text.encode()) + self._size - len(old.encode()) > MAX_TEXT:
            raise TextFull
        if old == text:
            return None
        first, last, new = difference(old, text)
        if new:
            self._demand_room(utf16_length(new))
        return self._change(Op.EDIT, root, SPAN.pack(first, last) + new.encode())

    # --- cursors ----------------------------------------------------------------------------
    #
    # pycrdt's StickyIndex is wrong behind a non-ASCII character, and fails at the end of a text.
    # So both ways go through an edit of a throw-away copy, where pycrdt's own offsets are right.

    def unit_at(self, line: int, column: int, root: str | None = None) -> Id | None:
        """The unit at `line` (from 1) and `column` (from 0, UTF-16); None for the text's end."""
        root = self._main if root is None else root
        rows = self.text(root).split("\n")
        line = min(line, len(rows))
        prefix = "\n".join([*rows[: line - 1], utf16_prefix(rows[line - 1], column)])
        update = self._ask(Op.PLACE, root, NUMBER.pack(len(prefix.encode())))
        (block,) = decode(update).blocks
        return block.structs[0].right_origin

    def lines_and_columns(
        self, units: Sequence[Id | None], root: str | None = None
    ) -> list[tuple[int, int]]:
        """The inverse of `unit_at`, for many at once; the text's end for a unit not in the text."""
        root = self._main if root is None else root
        validator = self._known()
        known = list(
            dict.fromkeys(
                self._whole(unit) for unit in units if unit and validator.root_of(unit) == root
            )
        )
        # In a copy, insert a random mark before each unit; its place in the text is the answer.
        mark = secrets.token_hex(8)
        marks = [self._mark(unit, f"{mark}{number:08x}") for number, unit in enumerate(known)]
        update = b"\x01" + uint(len(marks)) + b"\x00" + uint(validator.clock(0)) + b"".join(marks)
        text = self._ask(Op.PREVIEW, root, update + b"\x00").decode() if known else self.text(root)
        first, *pieces = text.split(mark)
        place, found = end_of(first, (1, 0)), {}
        for piece in pieces:
            found[known[int(piece[:8], 16)]] = place
            place = end_of(piece[8:], place)
        return [found.get(self._whole(unit), place) if unit else place for unit in units]

    def _whole(self, unit: Id) -> Id:
        """The first unit of the character that a unit belongs to."""
        client, clock = unit
        return (client, clock - 1) if self._validator.inside_pair(client, clock) else unit

    def _mark(self, unit: Id, text: str) -> bytes:
        """A struct that puts `text` before a unit."""
        before = self._validator.before(unit)
        sides = b"".join(uint(side[0]) + uint(side[1]) for side in (before, unit) if side)
        return (b"\xc4" if before else b"\x44") + sides + blob(text.encode())

    # --- the engine --------------------------------------------------------------------------

    def _open(self, root: str) -> None:
        if root not in self._roots:
            self._roots.add(root)
            self._size, _ = CHANGED.unpack_from(self._ask(Op.OPEN, root))

    def _queue(self, update: Update, cost: int = 0) -> None:
        """Send an update to the engine later, with others; `cost` is that of its cuts."""
        self._all = self._text = None
        self._unsent.add(update, cost)
        if self._unsent.full:
            self._send()

    def _send(self) -> None:
        """Send the engine what it has not got yet. Raises `EngineFailed`.

        Where it fails at edits that were taken before, `EngineGone`: the request is not the cause.
        """
        if not self._unsent:
            return
        batch, self._unsent = self._unsent, Batch()
        try:
            self._take(self._ask(Op.LOAD, data=batch.data()))
            if self._is_known:
                self._compare()
        except EngineFailed as error:
            if isinstance(error, EngineGone) or not self._is_known:
                raise
            self.refused = batch.updates()
            _log.exception("the engine failed at edits that were taken before")
            raise EngineGone("the engine failed at earlier edits") from error

    @property
    def _is_known(self) -> bool:
        """Whether the validator has read all that was loaded."""
        return not self._unread and self._reading is None

    def _known(self) -> UpdateValidator:
        """The validator, once it has read all that was loaded. Raises `EngineFailed`."""
        if not self._is_known:
            self.serve()
            self._wait()
            self._compare()
        return self._validator

    def _wait(self) -> None:
        if self._reading is not None:
            reading, self._reading = self._reading, None
            try:
                roots = reading.result()
            except (MissingDependency, Malformed) as error:
                self._failed = True
                raise EngineFailed(f"a loaded update does not fit: {error}") from error
            for root in roots:
                self._open(root)

    def _demand_room(self, units: int) -> None:
        """Raise `TextFull` where `units` more units of text would exceed the limit."""
        if self._validator.size > MAX_REMEMBERED or self._validator.units + units > MAX_UNITS:
            raise TextFull

    def _change(self, op: Op, root: str, data: bytes, sent: Update | None = None) -> Update | None:
        """Ask the engine for a change, integrate it, and compare the state vectors.

        `sent` is the update in `data`, where that is one.
        """
        change = None
        changed = self._take(self._ask(op, root, data))
        if changed:
            try:
                change = sent if sent and changed == sent.data else decode(changed)
                roots = self._validator.integrate(change)
            except (MissingDependency, Malformed) as error:
                self._failed = True
                raise EngineFailed(f"an applied update does not fit: {error}") from error
            for each in roots:
                self._open(each)
        self._compare()
        return change

    def _take(self, answer: bytes) -> bytes:
        """Note size and state vector from the engine's answer; returns the bytes of the change."""
        self._all = self._text = None
        self._size, length = CHANGED.unpack_from(answer)
        self._clocks = decode_state_vector(answer[CHANGED.size :][:length])
        return answer[CHANGED.size + length :]

    def _compare(self) -> None:
        if self._clocks != self._validator.clocks():
            self._failed = True
            raise EngineFailed("an update was applied in part")

    def _ask(self, op: Op, root: str = "", data: bytes = b"") -> bytes:
        """Ask the engine, which has got all updates by then."""
        if op is not Op.LOAD:
            self._send()
        if self._failed:
            raise EngineGone("this replica failed before")
        try:
            return self._process.ask(op, self._number, root, data)
        except EngineFailed:
            self._failed = True
            raise


def _read(validator: UpdateValidator, updates: Sequence[Update]) -> set[str]:
    """Integrate updates; returns the roots they name. Raises `MissingDependency`, `Malformed`."""
    return {root for update in updates for root in validator.integrate(update)}
