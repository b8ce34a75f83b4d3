"""Display of values: their representations as in a notebook, and IPython's classes for them.

Lives in the worker, inside Pyodide, as `arena_display`.
"""

import base64
import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator
from functools import partial
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


def forms(value: object, report: Callable[[Exception], None]) -> Iterator[tuple[str, str]]:
    """The representations of a value as (mime type, data), the richest first.

    One that fails is skipped, and `report` is called with the error.
    """

    def made(make: Callable[[], object]) -> object:
        try:
            return without_metadata(make())
        except NotImplementedError:
            return None
        except Exception as error:
            report(error)
            return None

    several = made(partial(call, value, "_repr_mimebundle_", include=None, exclude=None))
    bundle = several if isinstance(several, dict) else {}
    for mime, method in RICH.items():
        data = without_metadata(bundle.get(mime))
        if data is None:
            data = made(partial(call, value, method))
        if data is None and mime == "image/png":
            data = made(partial(figure, value))
        if isinstance(data, bytes):
            data = base64.b64encode(data).decode()
        if isinstance(data, str):
            yield mime, data
    plain = bundle.get("text/plain")
    text = plain if isinstance(plain, str) else made(partial(repr, value))
    if isinstance(text, str):
        yield "text/plain", text


def without_metadata(data: object) -> object:
    """The data that a display method returned, without the metadata that some return with it."""
    return data[0] if isinstance(data, tuple) and data else data


def call(value: object, method: str, **options: None) -> object:
    """The result of a display method of `value`, or None. A class is shown by its repr."""
    function = None if isinstance(value, type) else getattr(value, method, None)
    return function(**options) if callable(function) else None


def figure(value: object) -> bytes | None:
    """A figure of matplotlib as PNG; it has no display method."""
    if not type(value).__module__.startswith("matplotlib."):
        return None
    save = getattr(value, "savefig", None)
    if not callable(save):
        return None
    import io

    file = io.BytesIO()
    save(file, format="png", bbox_inches="tight")
    return file.getvalue()


def drawn() -> list[object]:
    """The figures that are open in pyplot."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    return [] if pyplot is None else [pyplot.figure(number) for number in pyplot.get_fignums()]


def is_open(value: object) -> bool:
    """Whether a value is an open figure, which is shown anyway."""
    return any(value is each for each in drawn())


def show_figures(*_: object, **__: object) -> None:
    """Show and close the open figures. Stand-in for `pyplot.show`."""
    if figures := drawn():
        sys.modules["matplotlib.pyplot"].close("all")  # type: ignore[attr-defined]
        builtins.display(*figures)  # type: ignore[attr-defined]


class _Pyplot(importlib.abc.MetaPathFinder):
    """Import hook that replaces `pyplot.show` when pyplot is imported."""

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if name != "matplotlib.pyplot":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            execute(module)
            vars(module)["show"] = show_figures

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def watch_pyplot() -> None:
    """Replace `pyplot.show` by `show_figures` when pyplot is imported."""
    sys.meta_path.insert(0, _Pyplot())


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
    """Markup; it is shown in a frame that runs no script and loads nothing."""

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
    """Make these classes importable from `IPython.display`, as in a notebook."""
    package, module = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    names = (HTML, Markdown, Latex, Math, SVG, Pretty, Image, JSON)
    module.__dict__.update({each.__name__: each for each in names}, display=display)
    module.__dict__["clear_output"] = lambda *_, **__: None
    package.__dict__.update(display=module, __path__=[])
    sys.modules.update({"IPython": package, "IPython.display": module})
