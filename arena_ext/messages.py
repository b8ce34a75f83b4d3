"""Messages to the operator, on a terminal and in the log of the server: one line, printable."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

_PACKAGE = logging.getLogger(__package__)


def printable(text: str) -> str:
    """`text` as one line that a terminal shows as it is.

    Names, recordings and damaged files may contain anything. Control characters, line ends among
    them, format characters (bidi, zero-width) and lone surrogates become U+FFFD each.
    """
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time in UTC, level, logger, message, and its facts by name."""

    def format(self, record: logging.LogRecord) -> str:
        """Write ASCII only, so a line is harmless and whole whatever is in it."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": getattr(record, "event", None) or record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_text:
            line["exception"] = record.exc_text
        elif record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def as_json_lines(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration of `logging`, with lines of JSON on the console."""
    return {**config, "formatters": {"console": {"()": JsonLines}}}


class _Relay(logging.Handler):
    """Hands the records of Arena's modules on, printable."""

    def __init__(self, target: Callable[[logging.LogRecord], object]) -> None:
        super().__init__()
        self._target = target

    def emit(self, record: logging.LogRecord) -> None:
        clean = logging.makeLogRecord(vars(record))
        facts: Mapping[str, object] = getattr(record, "facts", {})
        message = record.getMessage()
        clean.__dict__["event"] = message
        words = [message, *(f"{name}={value}" for name, value in facts.items())]
        clean.msg, clean.args = printable(" ".join(words)), None
        if record.exc_info:
            lines = "".join(traceback.format_exception(*record.exc_info)).splitlines()
            clean.exc_info = None
            clean.exc_text = "\n".join(map(printable, lines))
        self._target(clean)


def route_to(target: Callable[[logging.LogRecord], object]) -> Callable[[], None]:
    """Send the messages of all of Arena's modules to `target`, and nowhere else.

    Without it Python would print their bare text. Returns the function that ends this.
    """
    relay = _Relay(target)
    _PACKAGE.addHandler(relay)
    _PACKAGE.setLevel(logging.DEBUG)
    _PACKAGE.propagate = False

    def end() -> None:
        _PACKAGE.removeHandler(relay)
        _PACKAGE.propagate = not any(isinstance(each, _Relay) for each in _PACKAGE.handlers)

    return end
