"""Runs programs on the page of the sandbox tests, and reads their results."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page


def run(page: Page, language: str, code: str, *options: Any) -> dict[str, Any]:
    """Run a program; options: time limit in ms, output at which to stop it, further wishes."""
    script = "([language, code, options]) => arena.run(language, code, ...options)"
    result: dict[str, Any] = page.evaluate(script, [language, code, list(options)])
    return result


def python(page: Page, code: str, **wishes: Any) -> dict[str, Any]:
    """Run a program in the sandbox; `wishes` are the run's options on the page."""
    return run(page, "python", code, 60_000, None, wishes)


def tables(result: dict[str, Any]) -> list[Any]:
    """The tables of a result."""
    mime = "application/vnd.arena.table+json"
    return [json.loads(value["data"]) for value in result["values"] if value["mime"] == mime]
