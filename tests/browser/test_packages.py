"""Python packages in a real browser: from a directory of wheels, verified; reports if missing."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from arena_ext import wheel_index as wheels
from tests.browser import sandbox_site, wheelhouse
from tests.browser.made_wheels import DEADLY, FIGURE, FIGURES, PYPLOT, tear, wheel
from tests.browser.sandbox_site import Site

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def directory(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's files, with packages beside the runtime: real ones, and some made for tests."""
    directory = tmp_path_factory.mktemp("packages")
    sandbox_site.build(repository, directory)
    packages = directory / "runtime" / "packages"
    packages.mkdir()
    for real in wheelhouse.wheels():
        shutil.copy(real, packages)
    wheel(
        packages, "Greet_ings", "greet", "import tone\ndef hi(): return tone.of('hi')", "to-ne>=1"
    )
    wheel(packages, "to_ne", "tone", "def of(text): return text + '!'", "absent; extra == 'x'")
    wheel(packages, "slow", "slow", "import time\ntime.sleep(1.5)")
    wheel(packages, "deadly", "deadly", DEADLY)
    wheel(packages, "drawing", "drawing", FIGURE)
    wheel(packages, "matplotlib", "matplotlib", "", figure=FIGURES, pyplot=PYPLOT)
    wheel(packages, "stuck", "stuck", "while True: pass")
    spoilt = wheel(packages, "spoilt", "spoilt", "1")
    torn = wheel(packages, "torn", "torn", "1")
    assert wheels.main([str(packages)]) == 0
    tear(torn)
    spoilt.write_bytes(spoilt.read_bytes().replace(b"1", b"2", 1))
    return directory


@pytest.fixture(scope="module")
def site(directory: Path) -> Iterator[Site]:
    with sandbox_site.serving(directory) as running:
        yield running


def run(page: Page, code: str, time_limit: int = 60_000) -> dict[str, Any]:
    script = "([code, limit]) => arena.run('python', code, limit)"
    result: dict[str, Any] = page.evaluate(script, [code, time_limit])
    return result


def labels_of(page: Page, code: str) -> tuple[dict[str, Any], list[str]]:
    """Run a program with new runners; returns its result and the labels of the loading states."""
    page.evaluate("""() => {
      arena.renew();
      window.labels = [];
      arena.watch('python', state => window.labels.push(state.label));
    }""")
    return run(page, code), page.evaluate("labels")


def test_a_compiled_package_is_there_by_its_import(page: Page) -> None:
    result = run(page, "import msgpack\nprint(msgpack.Packer.__module__, msgpack.packb([1, 'x']))")
    assert (result["stdout"], result["error"]) == (
        r"msgpack._cmsgpack b'\x92\x01\xa1x'" + "\n",
        None,
    )


def test_packages_bring_what_they_need_compiled_or_not(page: Page) -> None:
    result = run(
        page,
        """
from pydantic import BaseModel

class Point(BaseModel):
    x: int

print(Point(x="3"))
Point(x="three")
""",
    )
    assert result["stdout"] == "x=3\n"
    assert "Input should be a valid integer" in result["error"]
    assert 'File "main.py", line 8' in result["error"]


def test_what_is_loaded_is_shown_and_its_formulas_are_formulas(page: Page) -> None:
    code = "import sympy\nx = sympy.Symbol('x')\nsympy.sqrt(x).diff(x)"
    result, labels = labels_of(page, code)
    assert result["values"] == [
        {"mime": "text/latex", "data": r"$\displaystyle \frac{1}{2 \sqrt{x}}$"}
    ]
    shown = [label for label in labels if label]
    loading = [label for label in shown if label in ("Loading mpmath…", "Loading sympy…")]
    assert loading[0] == "Loading mpmath…"
    assert shown[-1] == "Importing sympy…"


def test_rich_output_of_packages_is_shown_as_such(page: Page) -> None:
    table = "from rich.table import Table\nt = Table('name')\nt.add_row('Ada')\nt"
    (value,) = run(page, table)["values"]
    assert value["mime"] == "text/html"
    assert "Ada" in value["data"]
    rows = "from tabulate import tabulate\ntabulate([['Ada', 1]], tablefmt='html')"
    (value,) = run(page, rows)["values"]
    assert value["mime"] == "text/html"
    assert "<td>Ada" in value["data"]


def test_the_worker_of_the_next_run_has_imported_it_already(page: Page) -> None:
    page.evaluate("arena.renew()")
    look = "import sys\nprint('tone' in sys.modules)"
    assert run(page, look)["stdout"] == "False\n"
    assert run(page, f"{look}\nimport greet\ngreet.hi = 1")["stdout"] == "True\n"
    again = run(page, f"{look}\nimport greet\nprint(greet.hi())")
    assert again["stdout"] == "True\nhi!\n"
    # A program without packages in between has no effect.
    run(page, "print(1)")
    assert run(page, look)["stdout"] == "True\n"


def test_a_package_that_crashes_the_interpreter_is_not_tried_again(page: Page) -> None:
    assert "The Python interpreter crashed" in run(page, "import deadly")["error"]
    assert run(page, "print('still there')")["stdout"] == "still there\n"


def test_a_package_is_checked_on_a_page_without_https_too(
    browser: Browser, site: Site, request: pytest.FixtureRequest
) -> None:
    context = browser.new_context()
    request.addfinalizer(context.close)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.route(
        "http://arena.test/**",
        lambda route: route.continue_(
            url=route.request.url.replace("http://arena.test/", site.url)
        ),
    )
    page.goto("http://arena.test/")
    assert page.evaluate("isSecureContext") is False
    assert run(page, "import greet\nprint(greet.hi())")["stdout"] == "hi!\n"
    assert "spoilt is not what its checksum says" in run(page, "import spoilt")["error"]


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


PLOTS = {
    "shown at once, and once": (
        "plt.figure()\nplt.figure()\nplt.show()\nprint('then')",
        ["image/png", "image/png", "stdout"],
        None,
    ),
    "shown at the end": ("plt.figure()\nprint('then')", ["stdout", "image/png"], None),
    "shown when it fails": ("plt.figure()\n1 / 0", ["image/png"], "ZeroDivisionError"),
    "shown as the last value, and once": ("plt.figure()", ["image/png"], None),
    "shown by the name alone": (
        "from matplotlib.pyplot import show\nplt.figure()\nshow(block=True)\nprint('then')",
        ["image/png", "stdout"],
        None,
    ),
}


@pytest.mark.parametrize(("code", "order", "error"), PLOTS.values(), ids=PLOTS)
def test_plots_are(page: Page, code: str, order: list[str], error: str | None) -> None:
    result = run(page, f"import matplotlib.pyplot as plt\n{code}")
    assert result["order"] == order
    assert (result["error"] is None) if error is None else (error in result["error"])
    pictures = [base64.b64decode(value["data"]) for value in result["values"]]
    assert pictures == [b"figure %d" % each for each in range(1, len(pictures) + 1)]


def test_what_cannot_be_installed_is_said(page: Page) -> None:
    result = run(page, "print('never')\nimport torn")
    assert (result["status"], result["stdout"]) == ("error", "")
    assert "packages could not be installed" in result["error"]
    assert "recursion" not in result["error"]
    assert run(page, "print('still there')")["stdout"] == "still there\n"


def test_an_import_without_end_is_said(
    browser: Browser, site: Site, request: pytest.FixtureRequest
) -> None:
    context = browser.new_context()
    request.addfinalizer(context.close)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.clock.install()
    page.goto(site.url)
    run(page, "0")
    page.evaluate("""() => {
      arena.watch('python', state => window.label = state.label);
      window.ending = arena.run('python', 'import stuck');
    }""")
    page.wait_for_function("label === 'Importing stuck…'")
    page.clock.fast_forward(91_000)
    result = page.evaluate("ending")
    assert "could not be imported within 90 seconds" in result["error"]
    assert run(page, "print('still there')")["stdout"] == "still there\n"


def test_a_source_that_cannot_be_reached_is_asked_again(
    browser: Browser, site: Site, request: pytest.FixtureRequest
) -> None:
    context = browser.new_context()
    request.addfinalizer(context.close)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(site.url)
    lock = "**/pyodide-lock.json"
    for answer, why in (
        (lambda route: route.abort(), "no answer"),
        (lambda route: route.fulfill(status=503), "503"),
        (lambda route: route.fulfill(body="<!doctype html>"), "no list of packages"),
    ):
        page.route(lock, answer)
        result = run(page, "import greet")
        assert "greet is not available here. Where packages come from could" in result["error"]
        assert f"/runtime/packages/pyodide-lock.json ({why})" in result["error"]
        page.unroute(lock)
    assert run(page, "import greet\nprint(greet.hi())")["stdout"] == "hi!\n"


def test_loading_and_importing_take_no_time_of_the_run(page: Page) -> None:
    page.evaluate("arena.renew()")
    run(page, "0")

    def slowly(route: Any) -> None:
        page.wait_for_timeout(1500)  # the slow network of this test
        route.continue_()

    page.route("**/to_ne-*.whl", slowly)
    result = run(page, "import slow\nimport tone\nprint(tone.of('late'))", 1200)
    page.unroute("**/to_ne-*.whl")
    assert (result["status"], result["stdout"]) == ("ok", "late!\n")


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
