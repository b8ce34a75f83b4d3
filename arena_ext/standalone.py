"""The stand-alone server: a Jupyter server with logins and Arena, and nothing else."""

from __future__ import annotations

from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


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
