"""Base of all handlers: the credentials of a request, and the budget that it is charged to."""

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

from .security_headers import SecuredHandler
from .services import SERVICES, Services

#: The header in which a guest's page sends the participant token.
TOKEN_HEADER = "X-Arena-Token"  # noqa: S105 - a header's name
#: The resource that Jupyter's authorizer is asked about.
AUTH_RESOURCE = "arena"

#: Jupyter's identity providers that know one secret, not persons.
_ONE_ACCOUNT = (IdentityProvider, PasswordIdentityProvider)

T = TypeVar("T")


class ArenaHandler(ExtensionHandlerMixin, SecuredHandler):
    """Base of handlers whose authority is a participant token, a Jupyter login, or nothing.

    Work is charged to the participant, or to the address while no participant is known. A request
    with a login is not charged: its user has the server anyway.
    """

    #: The budget that this request is charged to; None for a login, and before it is known.
    budget: WorkBudget | None = None
    #: Seconds of work from before the budget was known.
    _uncharged = 0.0

    async def _execute(self, *args: Any, **kwargs: Any) -> None:
        await self.charged(super()._execute(*args, **kwargs))

    async def charged(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` slice by slice, charged to the budget and delayed by it."""
        return await charged(work, self._charge, self.services.quotas.wait_for_turn)

    def _charge(self, seconds: float) -> float | None:
        if self.budget is None:
            self._uncharged += seconds
            return None
        earlier, self._uncharged = self._uncharged, 0.0
        return self.budget.charge(earlier + seconds)

    async def prepare(self, **more: Any) -> None:
        """Find the budget; a client whose budget is exhausted gets 429."""
        await super().prepare(**more)
        token = self.offered_token
        if token is None and self._jupyter_user() is not None:
            return
        participant = self.services.admission.known(self.path_kwargs.get("session", ""), token)
        quotas = self.services.quotas
        self.budget = (
            quotas.of_address(self.address)
            if participant is None
            else quotas.of_participant(participant)
        )
        # A client over its budget is delayed before every answer, also before a refusal: else it
        # would ask again at once.
        await asyncio.sleep(self.budget.charge(0.0) or 0.0)
        # In a task of its own, which is not delayed: a delayed client must not hold up the queue.
        await asyncio.create_task(quotas.wait_for_turn())
        if self.budget.exhausted:
            raise HTTPError(429)

    @property
    def offered_token(self) -> str | None:
        """The participant token of the request, valid or not."""
        return self.request.headers.get(TOKEN_HEADER)

    @property
    def services(self) -> Services:
        """The domain objects and settings of this server."""
        services: Services = self.settings[SERVICES]
        return services

    def _jupyter_user(self) -> User | None:
        """The Jupyter user of the request, if any.

        With authentication off, Jupyter treats every visitor as its owner; a public server does
        not.
        """
        if self.services.open_access and not self.identity_provider.auth_enabled:
            return None
        user: User | None = self.current_user
        return user

    async def login(self) -> Login | None:
        """The Jupyter login of the request, if Jupyter's authorizer lets its user use Arena.

        A request with a participant token has the rights of the token, and no login.
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
        """The IP address that the request comes from."""
        return str(self.request.remote_ip)

    async def credentials(self) -> Credentials:
        """The credentials of the request."""
        return Credentials(self.offered_token, await self.login())

    def check_xsrf_cookie(self) -> None:
        """Demand the XSRF cookie only where a cookie gives authority.

        A request with a participant token (a page of another origin cannot set that header), or
        without a login, has no authority that such a page could misuse.
        """
        if not hasattr(self, "_jupyter_current_user"):
            return  # the user is not known yet; Jupyter checks again later
        if self.offered_token is None and self._jupyter_user() is not None:
            super().check_xsrf_cookie()
