"""Model of a session's access rights, for the tests of rights."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from arena_ext.session.permissions import Role

ROLES = st.sampled_from(list(Role))
ANYBODY = st.integers(0, 5)


@dataclass
class Model:
    """The session's access rights after the interviewers' commands."""

    title: str = "A session"
    question: str = ""
    locked: bool = False
    ended: bool = False
    asks: bool = False
    notes: str = ""
    roles: dict[str, Role] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    #: In the order of their requests: ids are random, and no test may depend on them.
    waiting: dict[str, None] = field(default_factory=dict)
    #: Guests who left the queue.
    withdrawn: set[str] = field(default_factory=set)
    #: Invite -> the interviewer who made it, where that was not the owner.
    made_by: dict[str, str] = field(default_factory=dict)
    #: Invite -> whether it was revoked.
    invites: dict[str, bool] = field(default_factory=dict)

    def revoke_grants(self, person: str) -> None:
        """A person is no interviewer any more: the invites of this person open nothing."""
        for invite, maker in self.made_by.items():
            if maker == person:
                self.invites[invite] = True
