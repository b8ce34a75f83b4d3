"""Every address of the server, and its permitted callers."""

from __future__ import annotations

import string
from enum import Enum

from hypothesis import find
from hypothesis import strategies as st
from tornado.web import RequestHandler

from arena_ext.web import pages
from arena_ext.web.routes import _SESSION, _USER, ASSETS, ROUTES
from tests.support.people import Answer


class Who(Enum):
    """The permitted callers of an address with a verb."""

    #: All callers: the content is public.
    ANYBODY = "anybody"
    #: A Jupyter login, and no participant token.
    LOGIN = "login"
    #: Participants and the host of the session; for all other callers it does not exist.
    SESSION = "session"
    #: All callers may connect; the token is checked after the handshake.
    SOCKET = "socket"
    #: The client of an open connection, by its secret; for all other callers there is none.
    CONNECTION = "connection"


SESSION = "arena/api/sessions/{session}"
#: Every address and verb. A new one needs an entry here.
DECISIONS = {
    ("GET", "arena/"): Who.ANYBODY,
    ("GET", "arena/join/{session}"): Who.ANYBODY,
    ("GET", "arena/replay/{session}"): Who.ANYBODY,
    ("GET", "arena/static/{file}"): Who.ANYBODY,
    ("HEAD", "arena/static/{file}"): Who.ANYBODY,
    ("GET", "arena/runtime/{file}"): Who.ANYBODY,
    ("HEAD", "arena/runtime/{file}"): Who.ANYBODY,
    ("GET", "arena/ws/{session}"): Who.SOCKET,
    ("GET", "arena/api/health"): Who.ANYBODY,
    ("GET", "arena/api/ready"): Who.ANYBODY,
    ("GET", "arena/api/info"): Who.ANYBODY,
    ("GET", "arena/api/sessions"): Who.LOGIN,
    ("POST", "arena/api/sessions"): Who.LOGIN,
    ("GET", SESSION): Who.SESSION,
    ("PATCH", SESSION): Who.SESSION,
    ("DELETE", SESSION): Who.SESSION,
    ("GET", f"{SESSION}/recording"): Who.SESSION,
    ("GET", f"{SESSION}/export"): Who.SESSION,
    ("POST", "arena/api/sessions/import"): Who.LOGIN,
    ("POST", f"{SESSION}/join"): Who.SESSION,
    ("GET", f"{SESSION}/users"): Who.SESSION,
    ("PATCH", f"{SESSION}/users/{{user}}"): Who.SESSION,
    ("DELETE", f"{SESSION}/users/{{user}}"): Who.SESSION,
    ("POST", f"{SESSION}/users/{{user}}/admit"): Who.SESSION,
    ("POST", f"{SESSION}/users/{{user}}/decline"): Who.SESSION,
    ("PUT", f"{SESSION}/code"): Who.SESSION,
    ("PUT", f"{SESSION}/language"): Who.SESSION,
    ("POST", f"{SESSION}/execute"): Who.SESSION,
    ("POST", f"{SESSION}/leave"): Who.SESSION,
    ("GET", f"{SESSION}/events"): Who.SOCKET,
    ("POST", f"{SESSION}/frames"): Who.CONNECTION,
    ("GET", f"{SESSION}/invites"): Who.SESSION,
    ("POST", f"{SESSION}/invites"): Who.SESSION,
    ("DELETE", f"{SESSION}/invites/{{invite}}"): Who.SESSION,
}


def path_of(pattern: str) -> str:
    """A route's pattern in a readable form."""
    readable = {
        "/?": "/",
        _SESSION: "{session}",
        r"([\w-]+)": "{session}",
        r"(?P<invite>[\w-]+)": "{invite}",
        _USER: "{user}",
        "(.*)": "{file}",
    }
    for group, name in readable.items():
        pattern = pattern.replace(group, name)
    return pattern


def verbs(handler: type[RequestHandler]) -> set[str]:
    """The verbs that a handler answers, without OPTIONS, which is Jupyter's and reveals nothing."""
    known = set(RequestHandler.SUPPORTED_METHODS) - {"OPTIONS"}
    return {
        verb
        for verb in known
        if getattr(handler, verb.lower()) is not getattr(RequestHandler, verb.lower())
    }


def served() -> set[tuple[str, str]]:
    """Every address and verb that is served."""
    routes: list[tuple[str, type[RequestHandler]]] = list(ROUTES)
    routes += [(each, pages.AssetHandler) for each in ASSETS]
    return {(verb, path_of(pattern)) for pattern, handler in routes for verb in verbs(handler)}


def an_address(pattern: str) -> str:
    """A short address that matches a pattern."""
    plain = set(string.ascii_letters + string.digits + "/-_.@%")
    return find(st.from_regex(pattern.rstrip("$"), fullmatch=True), lambda it: set(it) <= plain)


def turned_away(answer: Answer) -> bool:
    """Whether an answer denies access: an error, or a redirect to the login."""
    if answer.status == 302:
        return "/login?next=" in answer.headers["Location"]
    return answer.status in (401, 403, 404)
