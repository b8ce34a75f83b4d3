"""The route table: every address of Arena and its handler."""

from __future__ import annotations

from tornado.web import RequestHandler

from .health import HealthHandler, ReadyHandler
from .invites import InviteHandler, InvitesHandler
from .pages import PageHandler
from .participants import (
    AdmitHandler,
    DeclineHandler,
    JoinHandler,
    LeaveHandler,
    UserHandler,
    UsersHandler,
)
from .recordings import ExportHandler, ImportHandler, RecordingHandler
from .sessions import (
    CodeHandler,
    ExecuteHandler,
    InfoHandler,
    LanguageHandler,
    NotFoundHandler,
    SessionHandler,
    SessionsHandler,
)
from .streams import EventsHandler, FramesHandler
from .websocket import SocketHandler

_SESSION = r"(?P<session>[\w-]+)"
_USER = r"(?P<user>[\w-]+)"
_SESSIONS = "arena/api/sessions"

#: Patterns of paths below the server's base URL, and the handler of each.
ROUTES: tuple[tuple[str, type[RequestHandler]], ...] = (
    (r"arena/?", PageHandler),
    (r"arena/join/([\w-]+)", PageHandler),
    (r"arena/replay/([\w-]+)", PageHandler),
    (rf"arena/ws/{_SESSION}", SocketHandler),
    (r"arena/api/health", HealthHandler),
    (r"arena/api/ready", ReadyHandler),
    (r"arena/api/info", InfoHandler),
    (rf"{_SESSIONS}", SessionsHandler),
    # Before the next: no session has the id "import".
    (rf"{_SESSIONS}/import", ImportHandler),
    (rf"{_SESSIONS}/{_SESSION}", SessionHandler),
    (rf"{_SESSIONS}/{_SESSION}/recording", RecordingHandler),
    (rf"{_SESSIONS}/{_SESSION}/export", ExportHandler),
    (rf"{_SESSIONS}/{_SESSION}/join", JoinHandler),
    (rf"{_SESSIONS}/{_SESSION}/users", UsersHandler),
    (rf"{_SESSIONS}/{_SESSION}/users/{_USER}", UserHandler),
    (rf"{_SESSIONS}/{_SESSION}/users/{_USER}/admit", AdmitHandler),
    (rf"{_SESSIONS}/{_SESSION}/users/{_USER}/decline", DeclineHandler),
    (rf"{_SESSIONS}/{_SESSION}/code", CodeHandler),
    (rf"{_SESSIONS}/{_SESSION}/language", LanguageHandler),
    (rf"{_SESSIONS}/{_SESSION}/execute", ExecuteHandler),
    (rf"{_SESSIONS}/{_SESSION}/leave", LeaveHandler),
    (rf"{_SESSIONS}/{_SESSION}/events", EventsHandler),
    (rf"{_SESSIONS}/{_SESSION}/frames", FramesHandler),
    (rf"{_SESSIONS}/{_SESSION}/invites", InvitesHandler),
    (rf"{_SESSIONS}/{_SESSION}/invites/(?P<invite>[\w-]+)", InviteHandler),
    (r"arena/api/.*", NotFoundHandler),
)

#: Patterns of the directories of static files.
ASSETS = (r"arena/static/(.*)", r"arena/runtime/(.*)")
