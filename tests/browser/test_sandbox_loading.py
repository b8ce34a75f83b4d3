"""Loading of a language, and failures of it."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.programs import run
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("host", ["url", "encoded"])
def test_loading_shows_how_far_it_is(browser: Browser, site: Site, host: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(getattr(site, host))
    states = page.evaluate("arena.prepare('python')")
    context.close()
    loading = [state for state in states if state.get("label") == "Loading Python…"]
    shares = [state["progress"] for state in loading]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] > 0.98
    assert len(shares) > 5
    assert states[-1] == {"phase": "ready"}


def test_python_works_where_its_snapshot_does_not(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    context.add_init_script("delete WebAssembly.Suspending")
    page = context.new_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    page.goto(site.url)
    result = run(page, "python", "import random\nprint(random.random() < 1, f'{1 + 1}')")
    assert (result["stdout"], result["error"]) == ("True 2\n", None)
    assert "python_stdlib.zip.gz" in loaded
    assert "python.snapshot.gz" not in loaded
    context.close()


@pytest.mark.parametrize(
    "answer",
    [{"status": 404}, {"body": gzip.compress(b"nothing of the kind")}],
    ids=["missing", "no image"],
)
def test_python_works_where_its_snapshot_is_broken(
    browser: Browser, site: Site, answer: dict[str, Any]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/python.snapshot.gz", lambda route: route.fulfill(**answer))
    page.goto(site.url)
    result = run(page, "python", "print(1)")
    assert (result["stdout"], result["error"]) == ("1\n", None)
    context.close()


def test_python_starts_from_its_snapshot(page: Page) -> None:
    """The snapshot has a fixed seed of hashes; without it each worker has a random seed."""
    first, second = (run(page, "python", "print(hash('x'))")["stdout"] for _ in range(2))
    assert first == second


def test_a_failed_load_says_so_and_can_be_repeated(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url)
    page.route("**/version.json", lambda route: route.fulfill(status=404))
    states = page.evaluate("arena.prepare('javascript')")
    assert states[-1]["phase"] == "failed"
    assert "404" in states[-1]["message"]
    result = run(page, "javascript", "1")
    assert result["status"] == "error"
    assert result["error"].startswith("JavaScript could not be started: ")
    page.unroute("**/version.json")
    assert page.evaluate("arena.prepare('javascript')")[-1] == {"phase": "ready"}
    assert run(page, "javascript", "console.log('up')")["stdout"] == "up\n"
    context.close()
