"""The route table: every address of Arena and the handler that answers."""

from __future__ import annotations

from tornado.web import RequestHandler

from arena_ext.web import pages
from arena_ext.web import recordings as rest_recording
from arena_ext.web import sessions as rest
from arena_ext.web.invites import InviteHandler, InvitesHandler
from arena_ext.web.participants import (
    AdmitHandler,
    DeclineHandler,
    JoinHandler,
    LeaveHandler,
    UserHandler,
    UsersHandler,
)
from arena_ext.web.websocket import SocketHandler

_SESSION = r"(?P<session>[\w-]+)"


_USER = r"(?P<user>[\w-]+)"


_SESSIONS = "arena/api/sessions"


#: THE route table: every address of Arena below the server's base URL, and who answers.
ROUTES: tuple[tuple[str, type[RequestHandler]], ...] = (
    (r"arena/?", pages.PageHandler),
    (r"arena/join/([\w-]+)", pages.PageHandler),
    (r"arena/replay/([\w-]+)", pages.PageHandler),
    (rf"arena/ws/{_SESSION}", SocketHandler),
    (r"arena/api/info", rest.InfoHandler),
    (rf"{_SESSIONS}", rest.SessionsHandler),
    # No session has this word for its id.
    (rf"{_SESSIONS}/import", rest_recording.ImportHandler),
    (rf"{_SESSIONS}/{_SESSION}", rest.SessionHandler),
    (rf"{_SESSIONS}/{_SESSION}/recording", rest_recording.RecordingHandler),
    (rf"{_SESSIONS}/{_SESSION}/export", rest_recording.ExportHandler),
    (rf"{_SESSIONS}/{_SESSION}/join", JoinHandler),
    (rf"{_SESSIONS}/{_SESSION}/users", UsersHandler),
    (rf"{_SESSIONS}/{_SESSION}/users/{_USER}", UserHandler),
    (rf"{_SESSIONS}/{_SESSION}/users/{_USER}/admit", AdmitHandler),
    (rf"{_SESSIONS}/{_SESSION}/users/{_USER}/decline", DeclineHandler),
    (rf"{_SESSIONS}/{_SESSION}/code", rest.CodeHandler),
    (rf"{_SESSIONS}/{_SESSION}/language", rest.LanguageHandler),
    (rf"{_SESSIONS}/{_SESSION}/execute", rest.ExecuteHandler),
    (rf"{_SESSIONS}/{_SESSION}/leave", LeaveHandler),
    (rf"{_SESSIONS}/{_SESSION}/invites", InvitesHandler),
    (rf"{_SESSIONS}/{_SESSION}/invites/(?P<invite>[\w-]+)", InviteHandler),
    (r"arena/api/.*", rest.NotFoundHandler),
)


#: The same for directories of static files.
ASSETS = (r"arena/static/(.*)", r"arena/runtime/(.*)")
