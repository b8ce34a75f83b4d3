"""The process for documents, with native code that breaks at certain words, as no release should.

It shows what the server does about bugs that nobody has found yet.
"""

from __future__ import annotations

import os
import signal

from arena_ext.crdt import engine as native
from arena_ext.crdt.engine_protocol import Op

CRASH, HANG, PANIC = "«crash»", "«hang»", "«panic»"


class _Panic(BaseException):
    """As pyo3's: no Exception."""


def _breaking(op: Op) -> None:
    whole = native._ANSWERS[op]

    def answer(document: native._Native, root: str, data: bytes) -> bytes:
        if CRASH.encode() in data:
            os.kill(os.getpid(), signal.SIGSEGV)
        while HANG.encode() in data:
            pass
        if PANIC.encode() in data:
            raise _Panic("called `Option::unwrap()` on a `None` value")
        return whole(document, root, data)

    native._ANSWERS[op] = answer


if __name__ == "__main__":
    for each in (Op.APPLY, Op.EDIT, Op.LOAD):
        _breaking(each)
    native.main()
