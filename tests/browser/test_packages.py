"""Packages for Python in a real browser: from a directory of wheels, checked; missed in words."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from arena_ext import wheels
from tests.browser import sandbox_site
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)


def wheel(directory: Path, name: str, module: str, source: str, *needs: str) -> Path:
    """Make a pure-Python wheel of one module."""
    path = directory / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in needs)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}.py", source)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


FIGURE = """
class Figure:
    def savefig(self, file, format, **_):
        file.write(b"drawn as " + format.encode())
Figure.__module__ = "matplotlib.figure"
"""


@pytest.fixture(scope="module")
def directory(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's files, with packages beside the runtime."""
    directory = tmp_path_factory.mktemp("packages")
    sandbox_site.build(repository, directory)
    packages = directory / "runtime" / "packages"
    packages.mkdir()
    wheel(
        packages, "Greet_ings", "greet", "import tone\ndef hi(): return tone.of('hi')", "to-ne>=1"
    )
    wheel(packages, "to_ne", "tone", "def of(text): return text + '!'", "absent; extra == 'x'")
    wheel(packages, "spoilt", "spoilt", "1")
    wheel(packages, "drawing", "drawing", FIGURE)
    assert wheels.main([str(packages)]) == 0
    lock = json.loads((packages / wheels.LOCK_FILE).read_text())
    lock["packages"]["spoilt"]["sha256"] = "0" * 64
    (packages / wheels.LOCK_FILE).write_text(json.dumps(lock))
    return directory


@pytest.fixture(scope="module")
def site(directory: Path) -> Iterator[Site]:
    with sandbox_site.serving(directory) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    yield page
    context.close()


def run(page: Page, code: str, time_limit: int = 60_000) -> dict[str, Any]:
    script = "([code, limit]) => arena.run('python', code, limit)"
    result: dict[str, Any] = page.evaluate(script, [code, time_limit])
    return result


def test_an_import_brings_its_package_and_what_that_needs(page: Page) -> None:
    result = run(page, "import greet\nprint(greet.hi())")
    assert (result["stdout"], result["error"]) == ("hi!\n", None)


def test_a_package_that_is_not_what_it_was_is_not_used(page: Page) -> None:
    result = run(page, "import spoilt")
    assert result["status"] == "error"
    assert "spoilt is not what its checksum says" in result["error"]


def test_a_package_that_is_not_there_is_missed_in_words(page: Page) -> None:
    result = run(page, "import numpy as np")
    assert "No module named 'numpy'" in result["error"]
    assert "numpy is not available here. Python's own library is, and " in result["error"]
    assert "greet-ings" in result["error"]
    caught = "try:\n    import numpy\nexcept ImportError:\n    print('without')"
    assert run(page, caught)["stdout"] == "without\n"


def test_a_figure_is_shown_as_a_picture(page: Page) -> None:
    result = run(page, "import drawing\ndrawing.Figure()")
    assert result["values"] == [{"mime": "image/png", "data": "ZHJhd24gYXMgcG5n"}]


def test_loading_is_shown_and_takes_no_time_of_the_run(page: Page) -> None:
    page.evaluate("arena.renew()")
    run(page, "0")

    def slowly(route: Any) -> None:
        page.wait_for_timeout(1500)  # the network that this test is about
        route.continue_()

    page.route("**/to_ne-*.whl", slowly)
    page.evaluate("""() => {
      window.labels = [];
      arena.watch('python', state => window.labels.push(state.label));
    }""")
    result = run(page, "import tone\nprint(tone.of('late'))", 1200)
    page.unroute("**/to_ne-*.whl")
    assert (result["status"], result["stdout"]) == ("ok", "late!\n")
    assert "Loading to-ne…" in page.evaluate("labels")


def test_without_a_directory_nothing_is_asked_of_anybody_else(
    browser: Browser, directory: Path
) -> None:
    (directory / "runtime" / "packages").rename(directory / "elsewhere")
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with sandbox_site.serving(directory) as site:
        page.goto(site.url)
        result = run(page, "import numpy")
        assert "numpy is not available here. Python's own library is;" in result["error"]
        own = (site.url, "blob:", "data:")
        assert [url for url in asked if not url.startswith(own)] == []
    context.close()
    (directory / "elsewhere").rename(directory / "runtime" / "packages")


def test_a_directory_is_indexed_by_what_its_wheels_say(tmp_path: Path) -> None:
    made = wheel(tmp_path, "My.Pack_age", "my_module", "1", "to-ne (>=1)", "x; extra == 'y'")
    entry = wheels.entry(made)
    assert (entry["name"], entry["version"], entry["imports"]) == (
        "my-pack-age",
        "1.0",
        ["my_module"],
    )
    assert entry["depends"] == ["to-ne"]
    assert wheels.index(tmp_path)["packages"]["my-pack-age"]["depends"] == []
    (tmp_path / "broken-1.0-py3-none-any.whl").write_text("x")
    with pytest.raises(ValueError, match=r"broken-1\.0-py3-none-any\.whl is no wheel"):
        wheels.index(tmp_path)
