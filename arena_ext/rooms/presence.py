"""Presence: the cursors of a room, relayed and never stored.

It follows the awareness protocol of y-protocols (https://github.com/yjs/y-protocols,
`awareness.js`), but a client gives its cursor only: the server adds name, colour and role.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from arena_ext.crdt.updates import Id
from arena_ext.protocol.frames import PresenceState
from arena_ext.protocol.wire import MAIN_FILE
from arena_ext.session.model import Participant

#: Presence entries that one connection may have: an editor has one.
MAX_PER_CONNECTION = 4
#: The largest clock of an entry. The server adds one when the client leaves, and clients read no
#: number that is too large.
MAX_CLOCK = 2**31

Owner = TypeVar("Owner", bound=Hashable)


@dataclass(slots=True)
class _Shown(Generic[Owner]):
    owner: Owner
    participant: Participant
    clock: int
    cursor: dict[str, Any] | None


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
    ) -> list[PresenceState]:
        """Take the entries of `owner`; returns those to send to the others.

        Entries of other owners are ignored: standard providers repeat the ones that they got. A
        cursor is dropped unless its text is one of `roots`.
        """
        accepted = []
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
                accepted.append(self._remove(each.client, each.clock))
                continue
            self._shown[each.client] = _Shown(
                owner, participant, each.clock, _cursor(each.state.get("cursor"), roots)
            )
            accepted.append(self._state(each.client))
        return accepted

    def move(
        self, owner: Owner, participant: Participant, client: int, root: str, unit: Id | None
    ) -> PresenceState:
        """Put the cursor of `owner`, which speaks no CRDT, before `unit` (None: at the end)."""
        at = position(root, unit)
        shown = self._shown.get(client)
        clock = shown.clock + 1 if shown else 1
        self._shown[client] = _Shown(owner, participant, clock, {"anchor": at, "head": at})
        return self._state(client)

    def renew(self, participant: Participant) -> None:
        """Show a participant, whose role has changed, with the new role."""
        for shown in self._shown.values():
            if shown.participant.id == participant.id:
                shown.participant = participant

    def leave(self, owner: Owner) -> list[PresenceState]:
        """Remove all entries of `owner`; returns those to send to the others."""
        return [self.remove(each) for each in self.clients(owner)]

    def shown_by(self, client: int) -> Owner | None:
        """The owner of the entry under a client id; None where there is none."""
        shown = self._shown.get(client)
        return None if shown is None else shown.owner

    def remove(self, client: int) -> PresenceState:
        """Remove an entry that exists; returns the state to send to the others."""
        return self._remove(client, self._shown[client].clock + 1)

    def clients(self, owner: Owner) -> list[int]:
        """The client ids under which `owner` is present."""
        return [client for client, shown in self._shown.items() if shown.owner is owner]

    def states(self) -> list[PresenceState]:
        """All entries."""
        return [self._state(client) for client in self._shown]

    def heads(self, root: str) -> dict[str, Id | None]:
        """Per participant id, the unit that the cursor is before, of all cursors in a text."""
        return {
            shown.participant.id: _unit(shown.cursor["head"])
            for shown in self._shown.values()
            if shown.cursor is not None and shown.cursor["head"]["tname"] == root
        }

    def _remove(self, client: int, clock: int) -> PresenceState:
        self._shown.pop(client, None)
        return PresenceState(client, clock, None)

    def _state(self, client: int) -> PresenceState:
        shown = self._shown[client]
        user = {**shown.participant.as_json(), "colorLight": shown.participant.color + "33"}
        return PresenceState(client, shown.clock, {"user": user, "cursor": shown.cursor})


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
