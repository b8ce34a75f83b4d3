"""State of a worker: its host, its packages, and the namespace that programs share.

Lives in the worker, inside Pyodide, as `arena_state`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

#: The directory of the program's other files.
FILES = "/program"


class Host(Protocol):
    """The services of the worker for a program, in TypeScript (`python.ts`)."""

    @property
    def asks(self) -> bool:
        """Whether the program can wait for `ask`."""

    def show(self, mime: str, data: str) -> bool:
        """Show a value; False where it is too big."""

    def zone(self, name: str) -> str | None:
        """The periods of a time zone as JSON (`time-zones.ts`); None where there is no such."""

    def given(self, prompt: str) -> str:
        """The next line of the given input: "=" and the line, "." at its end, "?" without input."""

    def ask(self, prompt: str) -> Awaitable[str]:
        """Ask the person who runs the program; answers like `given`."""


class Worker:
    """State that all programs of a worker share."""

    #: The services of the page for the program that runs, or ran last.
    host: Host | None = None
    #: Protects the stack of the thread's state (`python-stack.ts`).
    protect: Callable[[], None] = staticmethod(lambda: None)
    #: A note on the available packages, for errors about a missing module.
    packages = "Python's own library is."
    #: The namespace of the last program, and how many programs the worker has run.
    kept: dict[str, Any] | None = None
    runs = 0
    #: The names of the main files of all programs: Python's, and those for people.
    mains: Mapping[str, str] = {}
    #: The names of the files of the last program.
    files: frozenset[str] = frozenset()
