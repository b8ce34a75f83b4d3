"""Arena: collaborative coding-interview rooms for Jupyter."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

try:
    __version__ = version("jupyter-arena")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

_PACKAGE = "jupyter-arena"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the frontend in a development install."""
    return [{"src": str(Path("labextension")), "dest": _PACKAGE}]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """How Jupyter Server finds ArenaApp."""
    from .app import ArenaApp  # not before a server asks: the frontend's tools import this too

    return [{"module": "arena_ext", "app": ArenaApp}]
