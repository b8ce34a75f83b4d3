"""An engine that fails at certain words: it simulates unknown bugs of pycrdt."""

from __future__ import annotations

import os
import signal

from arena_ext.crdt import engine
from arena_ext.crdt.engine_protocol import Op

CRASH, HANG, PANIC = "«crash»", "«hang»", "«panic»"


class _Panic(BaseException):
    """Like pyo3's PanicException: it is not an Exception."""


def _breaking(op: Op) -> None:
    whole = engine._ANSWERS[op]

    def answer(document: engine._EngineDocument, root: str, data: bytes) -> bytes:
        if CRASH.encode() in data:
            os.kill(os.getpid(), signal.SIGSEGV)
        while HANG.encode() in data:
            pass
        if PANIC.encode() in data:
            raise _Panic("called `Option::unwrap()` on a `None` value")
        return whole(document, root, data)

    engine._ANSWERS[op] = answer


if __name__ == "__main__":
    for each in (Op.APPLY, Op.EDIT, Op.LOAD):
        _breaking(each)
    engine.main()
