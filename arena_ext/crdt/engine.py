"""The engine: a process that holds pycrdt documents. No other module imports pycrdt.

`python -m arena_ext.crdt.engine` answers `engine_protocol` requests on its standard input until
that ends. A crash or an endless loop in pycrdt's native code costs the server only this process.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

from pycrdt import Doc, Text, TransactionEvent

from .engine_protocol import CHANGED, NUMBER, REPLY, REQUEST, SPAN, Op, Status

#: Seconds after which a request that hangs ends this process, in case the server is gone.
ENDLESS = 30.0


class _EngineDocument:
    """One document. Each method answers one kind of request, about a root and with data."""

    def __init__(self, client_id: int) -> None:
        self._doc: Doc[Text] = Doc(client_id=client_id)
        self._texts: dict[str, Text] = {}
        self._changes: list[bytes] = []
        self._subscription = self._doc.observe(self._note)

    def open(self, root: str, _: bytes) -> bytes:
        self._text(root)
        return self._changed()

    def load(self, _: str, updates: bytes) -> bytes:
        start = 0
        with self._doc.transaction():  # one for all takes a third of the time
            while start < len(updates):
                (length,) = NUMBER.unpack_from(updates, start)
                start += NUMBER.size + length
                self._doc.apply_update(updates[start - length : start])
        self._changes.clear()
        return self._changed()

    def apply(self, _: str, update: bytes) -> bytes:
        self._doc.apply_update(update)
        return self._changed()

    def edit(self, root: str, data: bytes) -> bytes:
        first, last = SPAN.unpack_from(data)
        new, target = data[SPAN.size :].decode(), self._text(root)
        with self._doc.transaction():
            if last > first:
                del target[first:last]
            if new:
                target.insert(first, new)
        return self._changed()

    def since(self, _: str, state_vector: bytes) -> bytes:
        return bytes(self._doc.get_update(state_vector))

    def read(self, root: str, _: bytes) -> bytes:
        return str(self._text(root)).encode()

    def place(self, root: str, data: bytes) -> bytes:
        doc, text = self._copy(root)
        before = doc.get_state()
        (offset,) = NUMBER.unpack(data)
        text.insert(offset, "x")
        return bytes(doc.get_update(before))

    def preview(self, root: str, update: bytes) -> bytes:
        doc, text = self._copy(root)
        doc.apply_update(update)
        return str(text).encode()

    def _note(self, event: TransactionEvent) -> None:
        self._changes.append(bytes(event.update))

    def _text(self, root: str) -> Text:
        if root not in self._texts:
            self._texts[root] = self._doc.get(root, type=Text)
        return self._texts[root]

    def _changed(self) -> bytes:
        changes, self._changes = self._changes, []
        if len(changes) > 1:
            raise RuntimeError("one transaction made several changes")
        vector = bytes(self._doc.get_state())
        size = sum(len(text) for text in self._texts.values())
        return CHANGED.pack(size, len(vector)) + vector + b"".join(changes)

    def _copy(self, root: str) -> tuple[Doc[Text], Text]:
        doc: Doc[Text] = Doc()
        doc.apply_update(self._doc.get_update(b"\x00"))
        return doc, doc.get(root, type=Text)


_ANSWERS: dict[Op, Callable[[_EngineDocument, str, bytes], bytes]] = {
    Op.OPEN: _EngineDocument.open,
    Op.LOAD: _EngineDocument.load,
    Op.APPLY: _EngineDocument.apply,
    Op.EDIT: _EngineDocument.edit,
    Op.SINCE: _EngineDocument.since,
    Op.TEXT: _EngineDocument.read,
    Op.PLACE: _EngineDocument.place,
    Op.PREVIEW: _EngineDocument.preview,
}


class Documents:
    """All documents of this process, by number."""

    def __init__(self) -> None:
        self._documents: dict[int, _EngineDocument] = {}

    def answer(self, op: Op, number: int, root: str, data: bytes) -> tuple[Status, bytes]:
        """Answer a request; an error in pycrdt drops the document."""
        try:
            if op is Op.NEW:
                self._documents[number] = _EngineDocument(*NUMBER.unpack(data))
            elif op is Op.DROP:
                self._documents.pop(number, None)
            else:
                return Status.OK, _ANSWERS[op](self._documents[number], root, data)
        except BaseException as error:  # noqa: BLE001 - pyo3's PanicException is no Exception
            self._documents.pop(number, None)
            return Status.FAILED, f"{type(error).__name__}: {error}".encode()
        return Status.OK, b""


def main() -> None:
    """Answer requests until the server closes the pipe."""
    # Ctrl-C in a terminal is for the server, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = sys.stdin.buffer
    # Other output goes to stderr, so that it never gets between the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    documents = Documents()
    replies.write(REPLY.pack(0, Status.OK, 0))
    replies.flush()
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        length, op, number, name_length = REQUEST.unpack(head)
        body = requests.read(length)
        if len(body) < length:
            return
        began = time.thread_time()
        _end_after(ENDLESS)
        name, data = body[:name_length].decode(), body[name_length:]
        status, answer = documents.answer(Op(op), number, name, data)
        _end_after(0)
        took = min(int((time.thread_time() - began) * 1e6), 2**32 - 1)
        replies.write(REPLY.pack(len(answer), status, took) + answer)
        replies.flush()


def _end_after(seconds: float) -> None:
    """End this process after `seconds`, even inside native code; 0 cancels the timer."""
    if sys.platform != "win32":  # where there are no interval timers
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
