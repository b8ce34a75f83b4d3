"""What a value looks like: its forms as a notebook knows them, and IPython's names for making them.

Lives in the worker, inside Pyodide, as `arena_display`.
"""

import base64
import sys
import types
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

# The richest first: a value is shown in one form.
RICH = {
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "text/latex": "_repr_latex_",
    "text/markdown": "_repr_markdown_",
}


def forms(value: object) -> Iterator[tuple[str, str]]:
    """The forms that a value can be shown in, as (mime, data), the richest first."""
    bundle = call(value, "_repr_mimebundle_", include=None, exclude=None)
    if isinstance(bundle, tuple) and bundle:
        bundle = bundle[0]
    for mime, method in RICH.items():
        data = bundle.get(mime) if isinstance(bundle, dict) else None
        if data is None:
            data = call(value, method)
        if data is None and mime == "image/png":
            data = figure(value)
        if isinstance(data, tuple) and data:
            data = data[0]  # with metadata behind it
        if isinstance(data, bytes):
            data = base64.b64encode(data).decode()
        if isinstance(data, str):
            yield mime, data
    yield "text/plain", repr(value)


def call(value: object, method: str, **options: None) -> object:
    """What a method of display answers, or None: a class shows itself by its repr."""
    if isinstance(value, type):
        return None
    function = getattr(value, method, None)
    try:
        return function(**options) if callable(function) else None
    except NotImplementedError:
        return None


def figure(value: object) -> bytes | None:
    """A figure of matplotlib as PNG; it has no method of display of its own."""
    if not type(value).__module__.startswith("matplotlib."):
        return None
    save = getattr(value, "savefig", None)
    if not callable(save):
        return None
    import io

    file = io.BytesIO()
    save(file, format="png", bbox_inches="tight")
    return file.getvalue()


def open_figures() -> list[object]:
    """The figures that a program has drawn with pyplot; closed by this, so that each shows once."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    pyplot.close("all")
    return figures


class _Text:
    """Text of a kind, from `data` or from a file."""

    mime = "text/plain"

    def __init__(self, data: str | None = None, filename: str | None = None) -> None:
        if data is None and filename is not None:
            data = Path(filename).read_text(encoding="utf-8")
        self.data = data or ""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {self.mime: self.data}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"


class HTML(_Text):
    """Markup; it is shown where it can run no script and load nothing."""

    mime = "text/html"


class Markdown(_Text):
    """Markdown."""

    mime = "text/markdown"


class Latex(_Text):
    """A formula."""

    mime = "text/latex"


class Math(Latex):
    """A formula without its dollars."""

    def __init__(self, data: str | None = None, filename: str | None = None) -> None:
        super().__init__(data, filename)
        self.data = f"$${self.data.strip('$')}$$"


class SVG(_Text):
    """A drawing."""

    mime = "image/svg+xml"


class Pretty(_Text):
    """Text as it is."""


class Image:
    """A picture from bytes or a file, PNG or JPEG."""

    def __init__(self, data: bytes | None = None, filename: str | None = None, **_: object) -> None:
        if data is None and filename is not None:
            data = Path(filename).read_bytes()
        if not isinstance(data, bytes):
            raise TypeError("Image needs bytes or the name of a file: there is no network here")
        self.data = data

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        mime = "image/jpeg" if self.data.startswith(b"\xff\xd8") else "image/png"
        return {mime: base64.b64encode(self.data).decode()}


class JSON(_Text):
    """A value, indented."""

    mime = "text/html"

    def __init__(self, data: object = None, **_: object) -> None:
        import json

        super().__init__(f"<pre>{escape(json.dumps(data, indent=2, default=repr))}</pre>")


def install(display: object) -> None:
    """Let programs import these from `IPython.display`, as they do in a notebook."""
    package, module = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    names = (HTML, Markdown, Latex, Math, SVG, Pretty, Image, JSON)
    module.__dict__.update({each.__name__: each for each in names}, display=display)
    module.__dict__["clear_output"] = lambda *_, **__: None
    package.__dict__.update(display=module, __path__=[])
    sys.modules.update({"IPython": package, "IPython.display": module})
