"""The stand-alone server: a Jupyter server with logins and Arena, and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module, util
from typing import Any

from jupyter_server.base.handlers import Template404
from jupyter_server.serverapp import ServerApp, flags
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.httputil import HTTPServerRequest
from traitlets import Bool, observe

from . import environment
from .messages import as_json_lines
from .web.request_log import log_request

#: Connections that wait to be accepted. Beyond Tornado's 128, a client tries again after a second,
#: and all clients come back at once after a restart.
_BACKLOG = 1024
#: Seconds after a signal until the server ends in any case. Supervisors kill after ten or more.
STOP_WITHIN = 9.0


class _NoFiles(AsyncLargeFileManager):
    """Serves no files: Jupyter's own contents manager adds `/files/` in any case."""

    def get_extra_handlers(self) -> list[Any]:
        return []


def _switch(setting: str, text: str) -> tuple[dict[str, dict[str, bool]], str]:
    section, _, name = setting.partition(".")
    return {section: {name: True}}, text


class StandAloneServer(ServerApp):
    """A Jupyter server without kernels, contents, files or terminals: Arena and logging in."""

    default_services = ("auth",)  # type: ignore[assignment]
    contents_manager_class = _NoFiles
    #: The server exits if Arena cannot start, instead of running without it or its settings.
    reraise_server_extension_failures = True
    flags = {  # noqa: RUF012
        **flags,
        "open-access": _switch(
            "ArenaApp.open_access",
            "Public demo: anyone may create sessions, and a session's id lets its holder join as "
            "a candidate, with no invite and no login. Not for real interviews.",
        ),
        "behind-proxy": (
            {"ServerApp": {"trust_xheaders": True, "allow_remote_access": True}},
            "All requests come by a proxy that sets X-Forwarded-For and X-Forwarded-Proto: "
            "believe them, and answer to every host name.",
        ),
        "json-logs": _switch("StandAloneServer.json_logs", "Write the log as lines of JSON."),
    }

    json_logs = Bool(
        False, config=True, help="Write the log as lines of JSON, such as for a container."
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        # First: the command line, which is read later, wins.
        self.update_config(environment.settings(os.environ))

    def _default_allow_unauthenticated_access(self) -> bool:
        return False

    # --- the log --------------------------------------------------------------------------------

    @observe("json_logs")
    def _log_otherwise(self, _: object) -> None:
        self._configure_logging()

    def get_default_logging_config(self) -> Any:
        """Jupyter's way of logging, as lines of JSON where that is set."""
        config = super().get_default_logging_config()
        return as_json_lines(config) if self.json_logs else config

    def init_webapp(self) -> None:
        """Log requests in one line each, and find addresses whose base URL a proxy has removed."""
        super().init_webapp()
        count = getattr(self, "record_http_request_metrics", True)
        self.web_app.settings["log_function"] = partial(log_request, count=count)
        if self.base_url != "/":
            find = partial(_find_below, self.web_app.find_handler, self.base_url.rstrip("/"))
            self.web_app.find_handler = find  # type: ignore[method-assign]

    def init_httpserver(self) -> None:
        """Let more clients come at once than usual."""
        super().init_httpserver()
        server = self.http_server
        server.listen = partial(server.listen, backlog=_BACKLOG)  # type: ignore[method-assign]

    # --- the end ----------------------------------------------------------------------------------

    def init_signal(self) -> None:
        """Stop in the same way for Ctrl+C where no terminal can be asked whether it is meant."""
        super().init_signal()
        if sys.stdin is None or not sys.stdin.isatty():
            signal.signal(signal.SIGINT, self._signal_stop)

    def _signal_stop(self, sig: Any, frame: Any) -> None:
        """Stop: everything is stored, and people are told; their pages come back by themselves.

        What is stuck, such as a disk that does not answer, is given up: nobody was told that it is
        stored.
        """
        end = threading.Timer(STOP_WITHIN, self._give_up)
        end.daemon = True
        end.start()
        super()._signal_stop(sig, frame)

    def _give_up(self) -> None:
        self.log.critical("The server did not stop within %s seconds; it ends now.", STOP_WITHIN)
        os._exit(1)


def _find_below(
    find: Callable[..., Any], base: str, request: HTTPServerRequest, **more: Any
) -> Any:
    """The handler of a request, also of one whose base URL a proxy has removed from its path.

    Nothing is served outside the base URL, so no address is ambiguous.
    """
    found = find(request, **more)
    if found.handler_class is not Template404:
        return found
    path, uri = request.path, request.uri
    request.path, request.uri = base + path, f"{base}{uri}"
    below = find(request, **more)
    if below.handler_class is not Template404:
        return below
    request.path, request.uri = path, uri
    return found


def use_uvloop() -> None:
    """Run on uvloop where it is installed: a faster event loop. For a server of our own only."""
    if util.find_spec("uvloop") is not None:
        asyncio.set_event_loop_policy(import_module("uvloop").EventLoopPolicy())
