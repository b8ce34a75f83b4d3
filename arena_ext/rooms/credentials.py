"""Credentials of a request, and secrets."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from arena_ext.protocol.errors import ArenaError


class Unknown(ArenaError):
    """There is no such session, for this caller."""

    code = "unknown"


class Refused(ArenaError):
    """The invite does not open this session (any more), or there is no such session."""

    code = "refused"


class Ended(ArenaError):
    """The session has ended."""

    code = "ended"


@dataclass(frozen=True, slots=True)
class Login:
    """A Jupyter user with a valid login.

    `account` owns sessions: the person where the server knows persons, otherwise one account for
    all holders of the server's token or password. `username` tells the browsers of one account
    apart.
    """

    account: str
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a request: a participant token takes precedence over a login."""

    token: str | None = None
    login: Login | None = None


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """The SHA-256 of a secret, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
