"""Services: the domain objects and settings that the handlers use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_server.auth.identity import IdentityProvider

from arena_ext.limits.quotas import Quotas
from arena_ext.protocol.limits import Limits
from arena_ext.rooms.admission import Admission
from arena_ext.rooms.credentials import Credentials, Refused, Unknown
from arena_ext.rooms.registry import Rooms
from arena_ext.rooms.room import Room
from arena_ext.session.model import Participant

from .event_stream import EventStream
from .readiness import Readiness
from .sockets import Sockets

#: The setting of Jupyter's web application that holds the `Services`. Not an argument of the
#: handlers: Tornado asks a page for its headers, which depend on them, before it passes arguments.
SERVICES = "arena_services"


@dataclass(frozen=True, slots=True)
class Services:
    """The domain objects and settings of one server; `ArenaApp` makes them."""

    rooms: Rooms
    admission: Admission
    quotas: Quotas
    limits: Limits
    sockets: Sockets
    readiness: Readiness
    #: Base URL of the packages for Python, as the operator set it; empty: the installation's own.
    packages_url: str = ""
    #: The open connections over HTTP, by their secrets.
    streams: dict[str, EventStream] = field(default_factory=dict)
    #: Calls and connections that were refused since the start, by way and code.
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def open_access(self) -> bool:
        """Whether the server is a public demo: a session's id lets its holder join."""
        return self.admission.open_access

    async def join(
        self,
        address: str,
        session: str,
        name: str,
        credentials: Credentials,
        invite: str | None,
        *,
        seat: bool,
    ) -> tuple[Room, Participant, str]:
        """Call `Admission.join`, and count its outcome for `address`. Raises `TooMany`, too.

        An attempt costs the same whether or not it fails, and a valid secret is not refused because
        of failures of others at the same address.
        """
        self.quotas.check_join(address)
        try:
            joined = await self.admission.join(session, name, credentials, invite, seat=seat)
        except (Refused, Unknown):
            self.quotas.count_failed_join(address)
            raise
        self.quotas.count_join(address)
        return joined

    def may_share(self, identity_provider: IdentityProvider) -> bool:
        """Whether invite links may be created: not where every visitor is a full user anyway."""
        return self.open_access or bool(identity_provider.auth_enabled)

    def share_hint(
        self, identity_provider: IdentityProvider, settings: Mapping[str, Any]
    ) -> str | None:
        """The reason why invite links do not work here, for the interviewer; None if they do.

        `settings` are the settings of Jupyter's web application.
        """
        if not self.may_share(identity_provider):
            return (
                "Links are off: this server asks nobody to log in, so whoever opens a link could "
                "do everything. Start it with a token or a password."
            )
        if not settings.get("allow_remote_access", False):
            return (
                "This server answers on this computer only. To let others in, start it with "
                "--ServerApp.allow_remote_access=True and an address that they can reach."
            )
        return None
