"""A line of the server's log for each step in the life of a session, without its content."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from arena_ext.session.model import Entry, Event

_log = logging.getLogger(__name__)

#: The word for each step. Facts are ids and roles: neither names and texts, nor secrets.
_STEPS: Mapping[str, str] = {
    "session-created": "created",
    "session-ended": "ended",
    "participant-joined": "joined",
    "participant-left": "left",
    "participant-removed": "removed",
    "entry-requested": "asked to enter",
    "entry-admitted": "admitted",
    "entry-declined": "declined",
    "invite-created": "invited",
    "invite-revoked": "invite revoked",
}
_FACTS = {"userId": "participant", "role": "role", "invite": "invite"}


def note(step: str, session: str, **facts: str) -> None:
    """Log one step."""
    _log.info("%s", step, extra={"facts": {"session": session, **facts}})


def note_entry(session: str, entry: Entry, event: Event) -> None:
    """Log the step that an entry of the log is, if it is one."""
    step = _STEPS.get(event.type)
    if step is not None:
        facts = {name: event.payload[key] for key, name in _FACTS.items() if key in event.payload}
        if entry.participant is not None:
            facts["by"] = entry.participant
        note(step, session, **facts)
