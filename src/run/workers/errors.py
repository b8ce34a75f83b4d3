"""Errors for people: tracebacks with the program's own frames only, and the place of an error.

Lives in the worker, inside Pyodide, as `arena_errors`.
"""

import itertools
import linecache
import traceback
import warnings
from collections.abc import Iterable

from arena_state import FILES, Worker
from arena_surroundings import hint

#: The characters of a long text that are shown of its beginning, and of its end.
HALF = 6000

plain_warning = warnings.formatwarning


def explain(error: BaseException) -> str:
    """The traceback as Python prints it, with the frames of the program only."""
    told = traceback.TracebackException(type(error), error, error.__traceback__)
    cut(told, set())
    text = "".join(told.format()).rstrip("\n")
    if len(text) > 2 * HALF:
        # A recursion has many frames. The error itself is at the end.
        before, _, _ = text[:HALF].rpartition("\n")
        _, _, after = text[-HALF:].partition("\n")
        text = f"{before}\n  [Lines in between are left out]\n{after}"
    if (more := hint(error)) is not None:
        text += f"\n{more}"
    return text


def warn(warned: Iterable[warnings.WarningMessage]) -> None:
    """Show warnings of the compiler, each once."""
    shown_before = set[tuple[object, ...]]()
    for each in warned:
        key = (str(each.message), each.category, each.lineno)
        if key not in shown_before:
            shown_before.add(key)
            warnings.showwarning(each.message, each.category, each.filename, each.lineno)


def format_warning(
    message: Warning | str, category: type[Warning], file: str, line: int, text: str | None = None
) -> str:
    """Stand-in for `warnings.formatwarning`: a file has its name for people."""
    text = linecache.getline(file, line) if text is None else text
    return plain_warning(message, category, shown(file), line, text)


def cut(told: traceback.TracebackException | None, seen: set[int]) -> None:
    """Remove all frames but the program's own, also in the causes and contexts of the exception."""
    if told is None or id(told) in seen:
        return
    seen.add(id(told))
    own = [frame for frame in told.stack if is_own(frame.filename)]
    for frame in own:
        # The line is looked up by the whole path, once, and cached.
        _ = frame.line
        frame.filename = shown(frame.filename)
    if isinstance(getattr(told, "filename", None), str):  # of a SyntaxError
        told.filename = shown(told.filename)
    told.stack = traceback.StackSummary.from_list(own)
    if not own:
        told.stack = None  # type: ignore[assignment]  # no heading without lines
    cut(told.__cause__, seen)
    cut(told.__context__, seen)
    for inner in told.exceptions or ():
        cut(inner, seen)


def is_own(path: str) -> bool:
    """Whether a file of this path is one of the program's."""
    return path in Worker.mains or path.startswith(f"{FILES}/")


def shown(path: str) -> str:
    """The name of a file for people: the program's own files have no directory."""
    return Worker.mains.get(path) or path.removeprefix(f"{FILES}/")


def place(error: BaseException, file: str) -> list[int] | None:
    """The line and column of an error in the main file, and those of its end."""
    if isinstance(error, SyntaxError) and error.filename == file and error.lineno is not None:
        text = error.text or ""
        start, end = max(1, error.offset or 1), error.end_offset or 0
        found = [error.lineno, utf16_length(text[: start - 1])]
        if error.end_lineno == error.lineno and end > start:
            found += [error.lineno, utf16_length(text[: end - 1])]
        return found
    trace, last = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            last = trace
        trace = trace.tb_next
    if last is None or last.tb_lineno is None:
        return None
    positions = last.tb_frame.f_code.co_positions()
    line, end_line, column, end_column = next(
        itertools.islice(positions, last.tb_lasti // 2, None), (None, None, None, None)
    )
    if line is None or column is None:
        return [last.tb_lineno, 0]
    found = [line, in_utf16(file, line, column)]
    if end_line is not None and end_column is not None:
        found += [end_line, in_utf16(file, end_line, end_column)]
    return found


def in_utf16(file: str, line: int, column: int) -> int:
    """A column in UTF-16 units, as editors count, from one in bytes, as Python counts."""
    before = linecache.getline(file, line).encode()[:column]
    return utf16_length(before.decode(errors="ignore"))


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 units, as editors count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
