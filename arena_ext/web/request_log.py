"""One line of the log for each request of the stand-alone server, without anything that is secret.

Jupyter's own line has the query, and for refused calls the Referer.
"""

from __future__ import annotations

import logging

from jupyter_server.prometheus.log_functions import prometheus_log_method
from tornado.web import RequestHandler

from .health import HealthHandler, ReadyHandler
from .pages import AssetHandler
from .streams import FramesHandler

_log = logging.getLogger(__name__)

#: Requests that come in such numbers that they are logged at debug level while they succeed.
_FREQUENT = (AssetHandler, FramesHandler, HealthHandler, ReadyHandler)
#: Characters of a path and of a method that are logged.
_PATH, _METHOD = 200, 10


def log_request(handler: RequestHandler, *, count: bool = True) -> None:
    """Log a request that was answered; `count` it among Jupyter's metrics."""
    request, status = handler.request, handler.get_status()
    method = str(request.method)
    facts: dict[str, object] = {
        "method": method[:_METHOD],
        "path": request.path[:_PATH],
        "status": status,
        "ms": round(1000 * request.request_time(), 1),
        "ip": request.remote_ip,
    }
    refusal = getattr(handler, "refusal", None)
    if refusal is not None:
        facts["code"] = refusal
    _log.log(_level(handler, status), "request", extra={"facts": facts})
    # A method is a label of Jupyter's metric; a client may invent methods without end.
    if count and method in handler.SUPPORTED_METHODS:
        prometheus_log_method(handler)  # type: ignore[no-untyped-call]


def _level(handler: RequestHandler, status: int) -> int:
    if status >= 500:
        return logging.ERROR
    if status >= 400:
        return logging.WARNING
    return logging.DEBUG if isinstance(handler, _FREQUENT) else logging.INFO
