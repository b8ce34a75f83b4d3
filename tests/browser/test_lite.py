"""JupyterLite: the installed extension on a static site has a room that runs code."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import wheelhouse
from tests.browser.room import Room, ask, from_launcher
from tests.support.servers import private_environment

if TYPE_CHECKING:
    from tests.browser.conftest import Person

# The first test waits for the build of a site.
pytestmark = pytest.mark.timeout(400)


class Static(SimpleHTTPRequestHandler):
    """Serves files without a log on the screen."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of Python packages on another origin."""
    with wheelhouse.mirror(tmp_path_factory.mktemp("mirror"), "tabulate-") as url:
        yield url


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, mirror: str) -> Iterator[str]:
    """The address of a JupyterLite with Arena, built in the usual way."""
    home = tmp_path_factory.mktemp("lite")
    output = home / "site"
    settings = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {"arenaPackagesUrl": mirror},
    }
    (home / "jupyter-lite.json").write_text(json.dumps(settings))
    build = subprocess.run(
        [
            *[str(Path(sys.executable).with_name("jupyter")), "lite", "build", "--apps=lab"],
            *[f"--lite-dir={home}", f"--output-dir={output}"],
        ],
        check=False,
        cwd=home,
        env=private_environment(home / "home"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert build.returncode == 0, build.stdout + build.stderr
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Static, directory=str(output))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def room(site: str, new_person: Callable[..., Person]) -> Room:
    """A new session, from the launcher's card."""
    page = new_person("Ada").page
    page.goto(f"{site}lab/index.html")
    return from_launcher(page)


def test_javascript_runs_without_a_server(room: Room) -> None:
    room.choose("JavaScript")
    room.write("console.log(`six times seven is ${6 * 7}`)")
    expect(room.run()).to_contain_text("six times seven is 42")
    expect(room.status).to_have_attribute("data-status", "ok")


def test_python_runs_without_a_server(room: Room) -> None:
    room.choose("Python")
    room.write("print(f'six times seven is {6 * 7}')")
    expect(room.run()).to_contain_text("six times seven is 42")
    expect(room.status).to_have_attribute("data-status", "ok")


def test_an_interview_survives_the_page(room: Room) -> None:
    room.choose("JavaScript")
    room.write("console.log('kept')")
    expect(room.run()).to_contain_text("kept")
    context, address = room.page.context, room.page.url
    room.page.close(run_before_unload=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("tab", name="Interviews").click()
    page.get_by_role("region", name="Interviews in this browser").get_by_role(
        "button", name="Open Interview"
    ).click()
    again = Room(page).wait_until_editable()
    expect(again.code).to_have_text("console.log('kept')")
    expect(again.output).to_contain_text("kept")


def test_the_room_says_that_it_is_in_this_browser_alone(room: Room) -> None:
    expect(room.panel).to_contain_text("Only in this browser")
    expect(room.people.get_by_role("listitem")).to_have_count(1)


def test_a_question_is_formatted_without_a_server(room: Room) -> None:
    ask(room, "the *vowels*")
    expect(room.panel.get_by_role("region", name="Question").locator("em")).to_have_text("vowels")


def test_packages_come_from_where_the_site_says(room: Room) -> None:
    room.choose("Python")
    room.write("import tabulate\nprint(tabulate.tabulate([[42]]))")
    expect(room.run()).to_contain_text("--\n42\n--", use_inner_text=True)
