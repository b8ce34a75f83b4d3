"""Fixtures of the browser tests: browsers, real servers, and people with empty browser profiles.

These tests run in a process of their own, `pytest tests/browser`: Playwright's event loop and that
of the server tests cannot share a process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from tests.browser import sandbox_site
from tests.browser.sandbox_site import Site
from tests.support import browsers, servers
from tests.support.servers import Server

ARTIFACTS = Path(__file__).resolve().parents[2] / "test-results" / "browser"
TIMEOUT_MS = 20_000
# The default is five seconds for an element of a loaded page.
expect.set_options(timeout=TIMEOUT_MS)
FAILED = pytest.StashKey[bool]()


@dataclass
class Person:
    """A person with a browser context of their own: no cookies, no storage, no login.

    `console` has the log of their pages, `errors` the uncaught exceptions.
    """

    name: str
    context: BrowserContext
    page: Page = field(init=False)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Record the console and the uncaught exceptions of a page."""
        page.on("console", lambda said: self.console.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self.errors.append(str(error)))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of Chromium; without one the tests fail, so that no run passes untested."""
    found = browsers.find_chromium()
    if found is None:
        pytest.fail("no Chromium: run `python -m tests.support.browsers`, or set ARENA_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    """The default browser of a test: Chromium."""
    return chromium


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    running = browsers.launch_chromium(playwright, chromium_path)
    yield running
    running.close()


@pytest.fixture(scope="session")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """One stock Firefox, for the tests that request it; without one they are skipped."""
    found = browsers.find_firefox()
    if found is None:
        pytest.skip("no Firefox: install it, or set ARENA_FIREFOX")
    running = browsers.launch_firefox(playwright, found)
    yield running
    running.close()


@pytest.fixture(scope="session")
def jupyter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab with Arena, as installed by a user."""
    with servers.jupyterlab(tmp_path_factory.mktemp("jupyterlab")) as server:
        yield server


@pytest.fixture(scope="session")
def stand_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Arena alone, as `jupyter arena` starts it."""
    with servers.arena(tmp_path_factory.mktemp("arena")) as server:
        yield server


@pytest.fixture
def new_person(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """`new_person(name)` returns a person with a fresh browser; options go to its context.

    When the test fails, screenshots and logs of each person are kept in `test-results/browser/`.
    """
    people: list[Person] = []
    with ExitStack() as stack:

        def make(name: str = "Ada", **options: Any) -> Person:
            context = browser.new_context(**options)
            stack.callback(context.close)
            context.set_default_timeout(TIMEOUT_MS)
            person = Person(name, context)
            context.on("page", person.watch)
            person.page = context.new_page()
            people.append(person)
            return person

        yield make
        if request.node.stash.get(FAILED, False):
            keep(request.node.nodeid, people)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record a failure on the test's item, for the fixtures that clean up after it."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def keep(test: str, people: list[Person]) -> None:
    """Save each person's screenshots and the logs of their pages."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for number, person in enumerate(people):
        name = re.sub(r"[^\w.-]+", "_", f"{test}-{number}-{person.name}")
        log = [*person.console, *(f"uncaught: {error}" for error in person.errors)]
        for index, page in enumerate(person.context.pages):
            log.append(f"page {index}: {page.url.split('#')[0]}")
            try:
                page.screenshot(path=ARTIFACTS / f"{name}-{index}.png")
            except PlaywrightError as error:
                log.append(f"no screenshot: {error}")
        (ARTIFACTS / f"{name}.log").write_text("\n".join(log))


@pytest.fixture(scope="session")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("sandbox")
    sandbox_site.build(repository, directory)
    with sandbox_site.serving(directory) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page whose runners stay loaded from test to test."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    yield page
    context.close()
