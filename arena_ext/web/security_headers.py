"""Security headers for every response."""

from __future__ import annotations

import logging
import secrets
from functools import cached_property
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

_log = logging.getLogger(__name__)

#: The policy of pages: a page loads its own bundle and player, talks to its own server and frames
#: the sandbox, nothing else.
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    # The frame with a run's output inherits this; its own policy forbids loading by styles.
    "style-src-attr 'unsafe-inline'; "
    "worker-src 'self'; connect-src 'self'{packages}; img-src 'self' data:; font-src 'self'; "
    "frame-src {sandbox}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: The policy of the sandbox, which runs people's code in a worker: no origin, and only our own
#: pages frame it. A policy in its file restricts what it loads, and names its script by hash.
SANDBOX = "sandbox allow-scripts; frame-ancestors 'self'"
#: The policy of JSON and files, in case a browser shows one as a page.
NO_PAGE = "default-src 'none'; sandbox; frame-ancestors 'none'"
#: The policy of a worker of our pages: it loads nothing. A sandboxed worker could not start.
WORKER = "default-src 'none'; frame-ancestors 'none'"


class SecuredHandler(JupyterHandler):
    """A handler that sets the security headers on every response, errors included.

    Headers that an operator sets for the whole server are added, and replace none of these.
    """

    #: Whether a response is for one person: then no cache keeps it.
    private = True

    @property
    def content_security_policy(self) -> str:
        """The strictest policy; pages and the sandbox override it."""
        return NO_PAGE

    def set_default_headers(self) -> None:
        """Set the headers; Tornado calls this again for an error response."""
        super().set_default_headers()
        # The address may have had a secret in it.
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        # No page of another origin loads a response as a script, a picture or a style.
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        if self.private:
            self.set_header("Cache-Control", "no-store")

    def log_exception(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Log a fault of the server in Arena's own log, where every message is printable."""
        if isinstance(error, HTTPError):
            super().log_exception(kind, error, trace)
        else:
            _log.error("%s failed", self._request_summary(), exc_info=error)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer the status and its name; Jupyter's own error page would show the user's name."""
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(f"{status_code} {self._reason}\n")


class SecuredPageHandler(SecuredHandler):
    """A secured handler of a page that people open."""

    @cached_property
    def nonce(self) -> str:
        """The nonce that allows the editor's styles and no others; new in each response."""
        return secrets.token_urlsafe(16)

    @property
    def content_security_policy(self) -> str:
        """The policy of pages, with a nonce for the editor's styles."""
        sandbox = f"{self.request.host}{self.base_url}arena/runtime/"
        origin = urlsplit(self.packages_url)
        packages = f" {origin.scheme}://{origin.netloc}" if origin.netloc else ""
        return _PAGE.format(nonce=self.nonce, sandbox=sandbox, packages=packages)

    @property
    def packages_url(self) -> str:
        """Base URL of packages for Python on another server; empty where there is none."""
        return ""

    def set_default_headers(self) -> None:
        """Set the headers; no other window can keep a reference to a page, or frame it."""
        super().set_default_headers()
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("X-Frame-Options", "DENY")
