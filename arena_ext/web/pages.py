"""Pages that Arena serves itself: guest page and lobby (one bundle), sandbox, static files."""

from __future__ import annotations

import html
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_path
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError, StaticFileHandler

from .base import ArenaHandler
from .security_headers import NO_PAGE, SANDBOX, WORKER, SecuredHandler, SecuredPageHandler

#: The built guest page and its bundle.
STATIC = Path(__file__).parent.parent / "static"


def runtime_path() -> Path:
    """The directory of the built sandbox and language runtimes, a part of the labextension."""
    candidates = [Path(__file__).parent.parent / "labextension"]
    candidates += [Path(each) / "jupyter-arena" for each in jupyter_path("labextensions")]
    for each in candidates:
        if (each / "runtime").is_dir():
            return each / "runtime"
    return candidates[0] / "runtime"


class PageHandler(ArenaHandler, SecuredPageHandler):
    """The lobby and the room for guests: one page, whose script reads the address.

    The page holds no secret: the API decides what the visitor may do.
    """

    @property
    def packages_url(self) -> str:
        """Base URL of the packages for Python, if the operator set one.

        The URL becomes a part of the content security policy. So a value with a character that
        would end a part of the policy counts as empty: it is no URL anyway.
        """
        url = self.services.packages_url
        return "" if re.search(r"[\s;,'\"]", url) else url

    @cached_property
    def _template(self) -> str:
        page = STATIC / "page.html"
        if not page.is_file():
            raise HTTPError(503, "the guest page has not been built")
        return page.read_text(encoding="utf-8")

    @property
    def _to_base(self) -> str:
        """The path from this page to the base URL, relative: `../../` for `arena/join/<id>`."""
        return "../" * self.request.path[len(self.base_url) :].count("/")

    @property
    def _host(self) -> str:
        """The host that browsers must see; empty where other origins are allowed on purpose."""
        return "" if self.allow_origin or self.allow_origin_pat else self.request.host

    @allow_unauthenticated
    async def get(self, *_: str) -> None:
        if self._jupyter_user() is not None:
            _ = self.xsrf_token  # type: ignore[assignment]  # sets the cookie that the API asks for
        page = self._template.replace("%BASE_URL%", html.escape(self.base_url))
        page = page.replace("%TO_BASE%", self._to_base)
        page = page.replace("%HOST%", html.escape(self._host))
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        page = page.replace("%PACKAGES_URL%", html.escape(self.packages_url))
        self.finish(page.replace("%NONCE%", self.nonce))


#: Encodings of files, the smallest first. Browsers accept `br` over TLS and on localhost only.
_PACKED = {"br": ".br", "gzip": ".gz"}


class AssetHandler(SecuredHandler, StaticFileHandler):
    """Static files whose names or directories carry a hash.

    A `.br` or `.gz` beside a file is sent in its place to a client that accepts it.
    """

    private = False

    @property
    def content_security_policy(self) -> str:
        """A policy by the kind of file; the sandbox has no origin even if opened by its address."""
        if self.request.path.endswith(("/playback.js", "/markup.js")):
            return WORKER
        return SANDBOX if self.request.path.endswith("/sandbox.html") else NO_PAGE

    def set_extra_headers(self, path: str) -> None:
        """Let caches keep files with hashed names for ever; only `version.json` changes."""
        fixed = not path.endswith("version.json")
        self.set_header(
            "Cache-Control", "public, max-age=31536000, immutable" if fixed else "no-cache"
        )

    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        """Send the file, compressed where the client accepts it."""
        if "\0" in path:
            raise HTTPError(404)  # no file has such a name, and Python raises ValueError
        self._type_path = path
        accepted = self.request.headers.get("Accept-Encoding", "")
        for encoding, suffix in _PACKED.items():
            if encoding in accepted and self._has(path + suffix):
                self.set_header("Content-Encoding", encoding)
                path += suffix
                break
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
        """The type of the content, not of its compression."""
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
