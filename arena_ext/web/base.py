"""What REST and WebSocket requests have in common: the credentials that they bring."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider, User
from jupyter_server.extension.handler import ExtensionHandlerMixin
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from arena_ext.limits.scheduler import charged
from arena_ext.limits.work_budget import WorkBudget
from arena_ext.rooms.credentials import Credentials, Login
from arena_ext.rooms.room import Room
from arena_ext.session.model import Participant

from .security_headers import SecuredHandler
from .services import SERVICES, Services

#: Header in which a guest's pages send the participant token.
TOKEN_HEADER = "X-Arena-Token"  # noqa: S105 - a header's name
#: What Jupyter's authorizer is asked about.
AUTH_RESOURCE = "arena"

#: Jupyter's identity providers that know one secret, not persons.
_ONE_ACCOUNT = (IdentityProvider, PasswordIdentityProvider)

T = TypeVar("T")


class ArenaHandler(ExtensionHandlerMixin, SecuredHandler):
    """Base of handlers whose authority is a participant token, a login, or nothing.

    All that they do is paid for by the participant, or by the address while it is not known who
    asks; who asks by a login has the server anyway.
    """

    payer: WorkBudget | None = None
    #: Seconds of work that was done before it was known who pays.
    _owed = 0.0

    async def _execute(self, *args: Any, **kwargs: Any) -> None:
        await self.charged(super()._execute(*args, **kwargs))

    async def charged(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work, at the payer's cost and pace."""
        return await charged(work, self._pay, self.services.quotas.turn)

    def _pay(self, seconds: float) -> float | None:
        if self.payer is None:
            self._owed += seconds
            return None
        owed, self._owed = self._owed, 0.0
        return self.payer.pay(owed + seconds)

    async def prepare(self, **more: Any) -> None:
        """Find out who pays; who owes too much is turned away (429)."""
        await super().prepare(**more)
        token = self.offered_token
        if token is None and self._jupyter_user() is not None:
            return
        participant = self.services.admission.known(self.path_kwargs.get("session", ""), token)
        quotas = self.services.quotas
        self.payer = (
            quotas.of_address(self.address)
            if participant is None
            else quotas.of_participant(participant)
        )
        # Who owes waits before the answer, also before one that turns them away: else they would
        # ask again at once.
        await asyncio.sleep(self.payer.pay(0.0) or 0.0)
        # In a task of its own, which does not rest: who owes is not to stand in the door.
        await asyncio.create_task(quotas.turn())
        if self.payer.exhausted:
            raise HTTPError(429)

    @property
    def offered_token(self) -> str | None:
        """The participant token that the request brings, good or not."""
        return self.request.headers.get(TOKEN_HEADER)

    @property
    def services(self) -> Services:
        """What this server's handlers work with."""
        services: Services = self.settings[SERVICES]
        return services

    def _jupyter_user(self) -> User | None:
        """The Jupyter user who asks, if any.

        With authentication off Jupyter takes every visitor for its owner; a public server must
        not.
        """
        if self.services.open_access and not self.identity_provider.auth_enabled:
            return None
        user: User | None = self.current_user
        return user

    async def login(self) -> Login | None:
        """The Jupyter login of who asks, if Jupyter's authorizer lets them use Arena.

        A request with a participant token has that token's rights, and no login's.
        """
        user = self._jupyter_user()
        if user is None or self.offered_token is not None:
            return None
        allowed = self.authorizer.is_authorized(self, user, "write", AUTH_RESOURCE)
        if not await ensure_async(allowed):
            return None
        shared = type(self.identity_provider) in _ONE_ACCOUNT
        account = "" if shared else user.username
        return Login(account, user.username, user.display_name or user.name or user.username)

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return str(self.request.remote_ip)

    async def join(
        self, session: str, name: str, credentials: Credentials, invite: str | None
    ) -> tuple[Room, Participant, str]:
        """As `Admission.join`; raises `TooMany`, too."""
        self.services.quotas.join(self.address)
        return await self.services.admission.join(session, name, credentials, invite)

    async def credentials(self) -> Credentials:
        """What the request brings."""
        return Credentials(self.offered_token, await self.login())

    def check_xsrf_cookie(self) -> None:
        """Ask for the XSRF cookie only where a cookie is what gives authority.

        A request that carries a participant token (no foreign page can set that header), or that
        comes with no login at all, has no ambient authority to forge.
        """
        if not hasattr(self, "_jupyter_current_user"):
            return  # too early to know; Jupyter asks again once it does
        if self.offered_token is None and self._jupyter_user() is not None:
            super().check_xsrf_cookie()
