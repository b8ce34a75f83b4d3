"""The server's copy of one CRDT document; the only module that touches pycrdt.

pycrdt trusts its input: a forged update can hang it, abort the process, or leave a client that
never syncs again. So an update from outside passes `validation` first, and what then goes to the
log and to the others is what pycrdt says it changed, not what was sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Container

from pycrdt import Doc, Text, TransactionEvent

from .frames import Malformed, blob, uint
from .protocol import MAIN_FILE, MAX_TEXT, NOTES, Document
from .updates import Id, decode, decode_state_vector, utf16_length
from .validation import Gap, Holds, Ledger, utf16_prefix

#: Client ids that one document accepts: every reload of a page is a new one.
MAX_CLIENTS = 2_000


class TextFull(Exception):
    """The text, or what it takes to keep it, would grow past its limit."""


class Broken(Exception):
    """Native code failed or disagrees with our reading: this replica is not to be used again."""


class Replica:
    """One document: validated updates in, normalised updates, state and text out."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._main = MAIN_FILE if document is Document.PAD else NOTES
        self._doc: Doc[Text] = Doc(client_id=secrets.randbits(32))
        self._texts: dict[str, Text] = {}
        self._ledger = Ledger()
        self._changes: list[bytes] = []
        self._subscription = self._doc.observe(self._note)
        self._text(self._main)

    @property
    def client_id(self) -> int:
        """The client id of edits that the server makes; no client may use it."""
        return int(self._doc.client_id)

    def text(self, root: str | None = None) -> str:
        """The text of a root, the main one by default; empty where there is none yet."""
        text = self._texts.get(self._main if root is None else root)
        return "" if text is None else str(text)

    def state_vector(self) -> bytes:
        """What this replica has, for a sync step 1."""
        return bytes(self._doc.get_state())

    def since(self, state_vector: bytes) -> bytes:
        """The update that brings a client with `state_vector` up to date; raises `Malformed`."""
        decode_state_vector(state_vector)
        return bytes(self._doc.get_update(state_vector))

    def load(self, update: bytes) -> None:
        """Apply an update of the log, which was validated when it was written; raises `Broken`."""
        self._learn(self._apply_native(update))

    def apply(
        self,
        update: bytes,
        holds: Holds,
        further: Container[str] = (),
        *,
        most: int = MAX_TEXT,
    ) -> bytes | None:
        """Apply an update from outside; returns what it changed, None where that is nothing.

        It may write the main text and those of the `further` roots, `most` UTF-8 bytes in all.
        Raises `Malformed`, `Gap` or `TextFull`, and has changed nothing then; raises `Broken`
        when only a fresh replica from the log can go on.
        """
        news = self._ledger.check(
            decode(update), lambda client: client != self.client_id and holds(client)
        )
        if not all(root in self._texts or root in further for root in news.roots):
            raise Malformed("there is no such text")
        if len(self._ledger.clocks()) + news.clients > MAX_CLIENTS or (
            news.text_bytes and news.text_bytes + self._size() > most
        ):
            raise TextFull
        change = self._apply_native(update)
        self._learn(change)
        if decode_state_vector(self.state_vector()) != self._ledger.clocks():
            raise Broken("an update was not taken whole")
        return change

    def set_text(self, text: str, root: str | None = None) -> bytes | None:
        """Make a text, the main one by default, read `text`; returns the edit, None if no change.

        The edit replaces the one span that differs. Raises `TextFull`.
        """
        target = self._text(self._main if root is None else root)
        if len(text.encode()) + self._size() - len(target) > MAX_TEXT:
            raise TextFull
        old = str(target)
        start = _common(old, text)
        end = _common(old[start:][::-1], text[start:][::-1])
        # pycrdt counts UTF-8 bytes.
        first = len(old[:start].encode())
        last = first + len(old[start : len(old) - end].encode())
        with self._doc.transaction():
            if last > first:
                del target[first:last]
            if start < len(text) - end:
                target.insert(first, text[start : len(text) - end])
        change = self._take_change()
        self._learn(change)
        return change

    # --- cursors ----------------------------------------------------------------------------
    #
    # pycrdt's StickyIndex goes wrong behind a non-ASCII character, and fails at the end of a text.
    # So both ways go through an edit of a throw-away copy, where pycrdt's own offsets are right.

    def unit_at(self, line: int, column: int, root: str | None = None) -> Id | None:
        """The unit at `line` (from 1) and `column` (from 0, UTF-16); None for the text's end."""
        doc, text = self._copy(self._main if root is None else root)
        rows = str(text).split("\n")
        line = min(line, len(rows))
        prefix = "\n".join([*rows[: line - 1], utf16_prefix(rows[line - 1], column)])
        before = doc.get_state()
        text.insert(len(prefix.encode()), "x")
        (block,) = decode(doc.get_update(before)).blocks
        return block.structs[0].right_origin

    def line_and_column(self, unit: Id | None, root: str | None = None) -> tuple[int, int]:
        """The inverse of `unit_at`; the text's end for a unit that is not in it."""
        root = self._main if root is None else root
        before = self.text(root)
        if unit is not None and self._ledger.root_of(unit) == root:
            before = self._before(root, *unit)
        return before.count("\n") + 1, utf16_length(before[before.rfind("\n") + 1 :])

    def _before(self, root: str, client: int, clock: int) -> str:
        """The text before a unit of it: puts a mark in the place of its character."""
        if self._ledger.inside_pair(client, clock):
            clock -= 1
        length = 2 if self._ledger.inside_pair(client, clock + 1) else 1
        doc, text = self._copy(root)
        mark = next(c for c in map(chr, range(0xE000, 0xF8FF)) if c not in str(text))
        # One block of client 0 (the lowest, so it comes first): a string right after the unit's
        # last half, and the unit itself deleted.
        last = uint(client) + uint(clock + length - 1)
        insert = b"\x01\x01\x00\x00\x84" + last + blob(mark.encode())
        delete = b"\x01" + uint(client) + b"\x01" + uint(clock) + uint(length)
        doc.apply_update(insert + delete)
        return str(text).partition(mark)[0]

    def _copy(self, root: str) -> tuple[Doc[Text], Text]:
        doc: Doc[Text] = Doc()
        doc.apply_update(self.since(b"\x00"))
        return doc, doc.get(root, type=Text)

    # --- pycrdt -----------------------------------------------------------------------------

    def _size(self) -> int:
        """All text, UTF-8 bytes."""
        return sum(len(text) for text in self._texts.values())

    def _text(self, root: str) -> Text:
        if root not in self._texts:
            self._texts[root] = self._doc.get(root, type=Text)
        return self._texts[root]

    def _learn(self, change: bytes | None) -> None:
        if change is None:
            return
        try:
            roots = self._ledger.learn(decode(change))
        except (Gap, Malformed) as error:
            raise Broken(f"an applied update does not fit: {error}") from error
        for root in roots:
            self._text(root)

    def _note(self, event: TransactionEvent) -> None:
        self._changes.append(bytes(event.update))

    def _take_change(self) -> bytes | None:
        changes, self._changes = self._changes, []
        if len(changes) > 1:
            raise Broken("one transaction made several changes")
        return changes[0] if changes else None

    def _apply_native(self, update: bytes) -> bytes | None:
        try:
            self._doc.apply_update(update)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - pyo3's PanicException is no Exception
            raise Broken(f"pycrdt failed: {error}") from None
        return self._take_change()


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
