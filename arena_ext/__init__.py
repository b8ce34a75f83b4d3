"""Arena: collaborative coding-interview rooms for Jupyter."""

from __future__ import annotations

from pathlib import Path

from ._version import __version__

__all__ = ["__version__"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the front end in a development install."""
    return [{"src": str(Path("labextension")), "dest": "jupyter-arena"}]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """Where Jupyter Server finds `ArenaApp`."""
    # Imported late: the front end's build tools import this package without a server.
    from .app import ArenaApp

    return [{"module": "arena_ext", "app": ArenaApp}]
