"""Presence: the cursors of a room, relayed and never stored.

It follows the awareness protocol of y-protocols (https://github.com/yjs/y-protocols,
`awareness.js`), but a client gives its cursor only: the server adds name, colour and role.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from arena_ext.crdt.updates import Id
from arena_ext.protocol.frames import PresenceState
from arena_ext.protocol.lib0 import Malformed, Reader, blob, uint
from arena_ext.protocol.wire import MAIN_FILE, Frame
from arena_ext.session.model import Participant

#: Presence entries that one connection may have: an editor has one.
MAX_PER_CONNECTION = 4
#: The largest clock of an entry. The server adds one when the client leaves, and clients read no
#: number that is too large.
MAX_CLOCK = 2**31

#: A position and a state as Yjs writes them, so that they need no other check.
_POSITION = (
    rb'\{"type":null,"tname":"([\w/]{1,64})",'
    rb'"item":(?:null|\{"client":\d{1,15},"clock":\d{1,15}\}),"assoc":(?:0|-1)\}'
)
_STATE = re.compile(
    rb'\{(?:"user":\{[^{}]*\},)?"cursor":(\{"anchor":'
    + _POSITION
    + rb',"head":'
    + _POSITION
    + rb"\})\}"
)

Owner = TypeVar("Owner", bound=Hashable)


class Moved(NamedTuple):
    """The presence frame of an editor whose cursor has moved: nearly all frames are of this kind.

    `cursor` is JSON, and `roots` are the texts of its two ends.
    """

    client: int
    clock: int
    cursor: bytes
    roots: tuple[str, str]


def read_moved(frame: bytes) -> Moved | None:
    """Read the frame of a cursor that has moved; None for any other frame, or a malformed one."""
    reader = Reader(frame)
    try:
        if reader.uint() != Frame.AWARENESS:
            return None
        length = reader.uint()
        if reader.position + length != len(frame) or reader.uint() != 1:
            return None
        client, clock, state = reader.uint(), reader.uint(), reader.bytes()
    except Malformed:
        return None
    found = _STATE.fullmatch(state)
    if found is None or clock > MAX_CLOCK or not reader.at_end():
        return None
    cursor, anchor, head = found.groups()
    return Moved(client, clock, cursor, (anchor.decode(), head.decode()))


@dataclass(slots=True)
class _Shown(Generic[Owner]):
    owner: Owner
    participant: Participant
    #: The beginning of the state, as JSON: who it is.
    user: bytes
    clock: int
    #: JSON.
    cursor: bytes


#: Entries of an awareness frame, by their client ids.
Entries = dict[int, bytes]


def presence_frame(entries: Collection[bytes]) -> bytes:
    """The awareness frame with these entries."""
    return uint(Frame.AWARENESS) + blob(uint(len(entries)) + b"".join(entries))


class Presence(Generic[Owner]):
    """The presence entries of a room; an `Owner` is a connection."""

    def __init__(self) -> None:
        self._shown: dict[int, _Shown[Owner]] = {}

    def update(
        self,
        owner: Owner,
        participant: Participant,
        states: Sequence[PresenceState],
        roots: Collection[str],
    ) -> Entries:
        """Take the entries of `owner`; returns those to send to the others.

        Entries of other owners are ignored: standard providers repeat the ones that they got. A
        cursor is dropped unless its text is one of `roots`.
        """
        accepted = {}
        for each in states:
            if each.clock > MAX_CLOCK:
                continue
            shown = self._shown.get(each.client)
            if shown is None:
                if each.state is None or len(self.clients(owner)) >= MAX_PER_CONNECTION:
                    continue
            elif shown.owner is not owner or each.clock < shown.clock:
                continue
            if not isinstance(each.state, dict):
                accepted[each.client] = self._remove(each.client, each.clock)
                continue
            cursor = _cursor(each.state.get("cursor"), roots)
            self._show(owner, participant, each.client, each.clock, cursor)
            accepted[each.client] = self._entry(each.client)
        return accepted

    def moved(self, owner: Owner, moved: Moved, roots: Collection[str]) -> Entries | None:
        """Move a cursor that `owner` shows already; None where this is not simply possible."""
        shown = self._shown.get(moved.client)
        if shown is None or shown.owner is not owner:
            return None
        anchor, head = moved.roots
        if moved.clock < shown.clock or anchor not in roots or head not in roots:
            return None
        shown.clock, shown.cursor = moved.clock, moved.cursor
        return {moved.client: self._entry(moved.client)}

    def move(
        self, owner: Owner, participant: Participant, client: int, root: str, unit: Id | None
    ) -> Entries:
        """Put the cursor of `owner`, which speaks no CRDT, before `unit` (None: at the end)."""
        at = position(root, unit)
        shown = self._shown.get(client)
        clock = shown.clock + 1 if shown else 1
        self._show(owner, participant, client, clock, {"anchor": at, "head": at})
        return {client: self._entry(client)}

    def renew(self, participant: Participant) -> None:
        """Show a participant, whose role or name has changed, with the new one."""
        for shown in self._shown.values():
            if shown.participant.id == participant.id:
                shown.participant, shown.user = participant, _user(participant)

    def leave(self, owner: Owner) -> Entries:
        """Remove all entries of `owner`; returns those to send to the others."""
        return {client: self.remove(client) for client in self.clients(owner)}

    def shown_by(self, client: int) -> Owner | None:
        """The owner of the entry under a client id; None where there is none."""
        shown = self._shown.get(client)
        return None if shown is None else shown.owner

    def remove(self, client: int) -> bytes:
        """Remove an entry that exists; returns the one to send to the others."""
        return self._remove(client, self._shown[client].clock + 1)

    def clients(self, owner: Owner) -> list[int]:
        """The client ids under which `owner` is present."""
        return [client for client, shown in self._shown.items() if shown.owner is owner]

    def entries(self) -> list[bytes]:
        """All entries."""
        return [self._entry(client) for client in self._shown]

    def heads(self, root: str) -> dict[str, Id | None]:
        """Per participant id, the unit that the cursor is before, of all cursors in a text."""
        heads = {}
        for shown in self._shown.values():
            cursor = json.loads(shown.cursor)
            if cursor is not None and cursor["head"]["tname"] == root:
                heads[shown.participant.id] = _unit(cursor["head"])
        return heads

    def _show(
        self,
        owner: Owner,
        participant: Participant,
        client: int,
        clock: int,
        cursor: dict[str, Any] | None,
    ) -> None:
        data = json.dumps(cursor).encode()
        self._shown[client] = _Shown(owner, participant, _user(participant), clock, data)

    def _remove(self, client: int, clock: int) -> bytes:
        self._shown.pop(client, None)
        return uint(client) + uint(clock) + blob(b"null")

    def _entry(self, client: int) -> bytes:
        shown = self._shown[client]
        state = b'{"user": %b, "cursor": %b}' % (shown.user, shown.cursor)
        return uint(client) + uint(shown.clock) + blob(state)


def _user(participant: Participant) -> bytes:
    user = {**participant.as_json(), "colorLight": participant.color + "33"}
    return json.dumps(user).encode()


def position(root: str, unit: Id | None) -> dict[str, Any]:
    """A Yjs relative position in a text of the pad, as JSON."""
    item = None if unit is None else {"client": unit[0], "clock": unit[1]}
    return {"type": None, "tname": root, "item": item, "assoc": 0}


def _cursor(value: Any, roots: Collection[str]) -> dict[str, Any] | None:
    """The cursor that a client sent, rebuilt from its valid parts; None where it has none."""
    if not isinstance(value, dict):
        return None
    ends = {name: _position(value.get(name), roots) for name in ("anchor", "head")}
    return None if None in ends.values() else ends


def _position(value: Any, roots: Collection[str]) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    item, root = value.get("item"), value.get("tname")
    if root is None:
        root = MAIN_FILE
    if not isinstance(root, str) or root not in roots:
        return None  # every page would make a text of this root
    if isinstance(item, dict):
        unit = item.get("client"), item.get("clock")
        if not all(type(each) is int and 0 <= each < 2**53 for each in unit):  # not true
            return None
        item = {"client": unit[0], "clock": unit[1]}
    else:
        item = None
    assoc = value.get("assoc")
    return {"type": None, "tname": root, "item": item, "assoc": -1 if assoc == -1 else 0}


def _unit(at: dict[str, Any]) -> Id | None:
    item = at["item"]
    return None if item is None else (item["client"], item["clock"])
