"""The stand-alone server: a Jupyter server with logins and Arena, and nothing else."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module, util
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

#: Connections that wait to be accepted. Beyond Tornado's 128, a client tries again after a second,
#: and all clients come back at once after a restart.
_BACKLOG = 1024


class _NoFiles(AsyncLargeFileManager):
    """Serves no files: Jupyter's own contents manager adds `/files/` in any case."""

    def get_extra_handlers(self) -> list[Any]:
        return []


class StandAloneServer(ServerApp):
    """A Jupyter server without kernels, contents, files or terminals: Arena and logging in."""

    default_services = ("api", "auth", "security")  # type: ignore[assignment]
    contents_manager_class = _NoFiles
    #: The server exits if Arena cannot start, instead of running without it or its settings.
    reraise_server_extension_failures = True

    def _default_allow_unauthenticated_access(self) -> bool:
        return False

    def init_httpserver(self) -> None:
        """Let more clients come at once than usual."""
        super().init_httpserver()
        server = self.http_server
        server.listen = partial(server.listen, backlog=_BACKLOG)  # type: ignore[method-assign]


def use_uvloop() -> None:
    """Run on uvloop where it is installed: a faster event loop. For a server of our own only."""
    if util.find_spec("uvloop") is not None:
        asyncio.set_event_loop_policy(import_module("uvloop").EventLoopPolicy())
