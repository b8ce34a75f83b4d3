"""The protocol between the server and an engine process, over two pipes.

A request, its reply, the next request, and so on; each has a header and a body. Numbers are
little-endian.
"""

from __future__ import annotations

import struct
from enum import IntEnum


class Op(IntEnum):
    """The kind of a request."""

    #: A new document of this number; data: the client id of its own edits (`NUMBER`).
    NEW = 0
    #: Forget a document.
    DROP = 1
    #: Count a root among the document's texts. The reply is a `CHANGED`.
    OPEN = 2
    #: Apply updates; data: each behind its length (`NUMBER`). The reply is a `CHANGED`.
    LOAD = 3
    #: Apply one update; the reply is a `CHANGED`.
    APPLY = 4
    #: Replace a span of a text; data: a `SPAN`, then the text. The reply is a `CHANGED`.
    EDIT = 5
    #: The update for a state vector.
    SINCE = 6
    #: A text.
    TEXT = 7
    #: The update of an insert at an offset (`NUMBER`), made in a copy.
    PLACE = 8
    #: A text as an update would leave it, made in a copy.
    PREVIEW = 9


class Status(IntEnum):
    """The outcome of a request."""

    OK = 0
    #: The engine failed, and the document is dropped; the body says how.
    FAILED = 1


#: The header of a request: bytes of name and data, an `Op`, the number of a document, bytes of the
#: name of a root. The name and the data follow.
REQUEST = struct.Struct("<IBII")
#: The header of a reply: bytes of the body, a `Status`, microseconds of processor time that the
#: request took. The body follows.
REPLY = struct.Struct("<IBI")
#: Bytes of all text as UTF-8, and bytes of the state vector. The state vector follows, then the
#: update that a request made, empty if nothing changed.
CHANGED = struct.Struct("<II")
NUMBER = struct.Struct("<I")
#: The UTF-8 offsets between which text is replaced.
SPAN = struct.Struct("<II")
