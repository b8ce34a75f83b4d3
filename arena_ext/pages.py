"""The pages that Arena serves itself: guest page and lobby (one bundle), sandbox, static assets."""

from __future__ import annotations

import html
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_path
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado.web import HTTPError, StaticFileHandler

from .request import ArenaRequest

#: The built guest page and its bundle.
STATIC = Path(__file__).parent / "static"

#: The page loads its own bundle and workers, talks to its own server and frames the sandbox;
#: nothing else.
_PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "worker-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "frame-src {sandbox}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Runs people's code, in a worker: no origin, no network, no page.
_SANDBOX_CSP = "sandbox allow-scripts"


def runtime_path() -> Path:
    """Where the built sandbox and language runtimes are: they travel with the labextension."""
    candidates = [Path(__file__).parent / "labextension"]
    candidates += [Path(each) / "jupyter-arena" for each in jupyter_path("labextensions")]
    for each in candidates:
        if (each / "runtime").is_dir():
            return each / "runtime"
    return candidates[0] / "runtime"


class PageHandler(ArenaRequest, ExtensionHandlerMixin, JupyterHandler):
    """The lobby and the room for guests: one page, whose script reads the address.

    The page holds nothing secret: what the visitor may do, the API decides.
    """

    @cached_property
    def _template(self) -> str:
        page = STATIC / "page.html"
        if not page.is_file():
            raise HTTPError(503, "the guest page has not been built")
        return page.read_text(encoding="utf-8")

    @property
    def content_security_policy(self) -> str:
        """Strict, with a nonce for the editor's styles."""
        return _PAGE_CSP.format(
            nonce=self._nonce, sandbox=f"{self.request.host}{self.base_url}arena/runtime/"
        )

    @cached_property
    def _nonce(self) -> str:
        return secrets.token_urlsafe(16)

    def set_default_headers(self) -> None:
        """No referrer (the address has had a secret in it), no cache, no framing."""
        super().set_default_headers()
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("X-Frame-Options", "DENY")

    @allow_unauthenticated
    async def get(self, *_: str) -> None:
        if self._jupyter_user() is not None:
            _ = self.xsrf_token  # type: ignore[assignment]  # sets the cookie that the API asks for
        page = self._template.replace("%BASE_URL%", html.escape(self.base_url))
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.finish(page.replace("%NONCE%", self._nonce))


class AssetHandler(JupyterHandler, StaticFileHandler):
    """Static files whose names or directories carry a hash; `.gz` beside a file is sent for it."""

    @property
    def content_security_policy(self) -> str:
        """A file is no page; the sandbox has no origin even when opened by its address."""
        if self.request.path.endswith("/sandbox.html"):
            return _SANDBOX_CSP
        return "default-src 'none'; sandbox"

    def set_extra_headers(self, path: str) -> None:
        """Hashed names never change their content; only `version.json` does."""
        fixed = not path.endswith("version.json")
        self.set_header(
            "Cache-Control", "public, max-age=31536000, immutable" if fixed else "no-cache"
        )
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")

    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        """Send the file, compressed where the client takes that."""
        if "\0" in path:
            raise HTTPError(404)  # no file system has such a name, and Python raises over it
        self._type_path = path
        accepts = "gzip" in self.request.headers.get("Accept-Encoding", "")
        if accepts and not path.endswith(".gz") and self._has(path + ".gz"):
            self.set_header("Content-Encoding", "gzip")
            path += ".gz"
        self.set_header("Vary", "Accept-Encoding")
        await super().get(path, include_body)

    @allow_unauthenticated
    async def head(self, path: str) -> None:
        """As GET, without the body."""
        await self.get(path, include_body=False)

    def _has(self, path: str) -> bool:
        absolute = self.get_absolute_path(self.root, self.parse_url_path(path))
        return absolute.startswith(str(Path(self.root).resolve())) and Path(absolute).is_file()

    def get_content_type(self) -> str:
        """The type of what is inside, not of its compression."""
        types: dict[str, Any] = {
            ".css": "text/css",
            ".html": "text/html",
            ".js": "text/javascript",
            ".json": "application/json",
            ".mjs": "text/javascript",
            ".svg": "image/svg+xml",
            ".wasm": "application/wasm",
        }
        return str(types.get(Path(self._type_path).suffix, "application/octet-stream"))
