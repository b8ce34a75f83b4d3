"""The errors of the domain."""

from __future__ import annotations


class Invalid(Exception):
    """What was asked for does not make sense; the message says why."""

    code = "invalid"


class Missing(Exception):
    """What was named is not there; the message says what."""

    code = "missing"


class EngineFailed(Exception):
    """Native code failed or disagrees with our reading: this replica is not to be used again."""


class EngineGone(EngineFailed):
    """The process was gone before it was asked: whoever asks has no part in it."""
