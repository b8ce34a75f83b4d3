"""The walls that every answer of Arena carries as headers: this module owns all of them."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import JupyterHandler

#: The page loads its own bundle and player, talks to its own server and frames the sandbox;
#: nothing else.
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    # The frame with a run's output inherits this; what a style could load, its own policy refuses.
    "style-src-attr 'unsafe-inline'; "
    "worker-src 'self'; connect-src 'self'{packages}; img-src 'self' data:; font-src 'self'; "
    "frame-src {sandbox}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Runs people's code, in a worker: no origin, no network, no page; only our own pages frame it.
#: What it may load, its file says itself, in a policy that names its script by hash.
SANDBOX = "sandbox allow-scripts; frame-ancestors 'self'"
#: JSON and files: nobody's page, should a browser show one after all.
NO_PAGE = "default-src 'none'; sandbox; frame-ancestors 'none'"
#: A worker of our pages: it loads nothing. By the standard, none may start that is sandboxed.
WORKER = "default-src 'none'; frame-ancestors 'none'"


class SecuredHandler(JupyterHandler):
    """A handler whose every answer, errors too, is walled in.

    Headers that an operator sets for the whole server come on top, and take none of these away.
    """

    #: Whether an answer is for one person: then nothing on the way keeps it.
    private = True

    @property
    def content_security_policy(self) -> str:
        """The strictest; pages and the sandbox say what else they need."""
        return NO_PAGE

    def set_default_headers(self) -> None:
        """Set them; Tornado asks again when it begins the answer of an error."""
        super().set_default_headers()
        # The address has had a secret in it.
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        # No page of another origin loads an answer as a script, a picture or a style.
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        if self.private:
            self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **_: Any) -> None:
        """The status and its name: Jupyter's own page of an error knows who is logged in."""
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(f"{status_code} {self._reason}\n")


class SecuredPageHandler(SecuredHandler):
    """The same for a page that people open."""

    @cached_property
    def nonce(self) -> str:
        """What lets the editor's styles in, and no others; new in each answer."""
        return secrets.token_urlsafe(16)

    @property
    def content_security_policy(self) -> str:
        """Strict, with a nonce for the editor's styles."""
        sandbox = f"{self.request.host}{self.base_url}arena/runtime/"
        origin = urlsplit(self.packages_url)
        packages = f" {origin.scheme}://{origin.netloc}" if origin.netloc else ""
        return _PAGE.format(nonce=self.nonce, sandbox=sandbox, packages=packages)

    @property
    def packages_url(self) -> str:
        """Base URL of packages for Python on another server; empty where there is none."""
        return ""

    def set_default_headers(self) -> None:
        """As everywhere; and no other window keeps a hold on this one, or frames it."""
        super().set_default_headers()
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("X-Frame-Options", "DENY")
