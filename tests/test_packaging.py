"""The wheel is complete, has no file twice, and has no file for development only."""

from __future__ import annotations

import configparser
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest

BUILT = ("arena_ext/static", "arena_ext/labextension")
#: Bytes of all files of the guest's pages, compressed: room, lobby, player, every language and
#: format. The benchmark limits the part of them that one visit loads.
GUEST_PAGES_LIMIT = 450_000
#: Bytes of the wheel, the download of an installation. Nearly all is Python for the browser.
WHEEL_LIMIT = 30_000_000
#: Folders with a lockfile of npm: our pages', and that of the servers which benchmarks compare.
NPM = (".", "benchmarks/peers")
LABEXTENSION = "data/share/jupyter/labextensions/jupyter-arena/"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def static(repository: Path) -> Path:
    """The built guest page."""
    directory = repository / "arena_ext" / "static"
    assert (directory / "page.html").exists(), "not built: run `make build`"
    return directory


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel that pip builds from our sdist on a machine without Node."""
    for directory in BUILT:
        assert (repository / directory).is_dir(), "not built: run `make build`"
    work = tmp_path_factory.mktemp("packaging")
    tree, dist = work / "tree", work / "dist"
    # A copy, so that the build does not change the working tree.
    tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=repository, text=True)
    for name in filter(None, tracked.split("\0")):
        if (repository / name).exists():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(repository / name, tree / name)
    for name in BUILT:
        shutil.copytree(repository / name, tree / name)
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist)]
    run([*build, "--sdist", str(tree)], SKIP_JUPYTER_BUILDER="1")
    (sdist,) = dist.glob("*.tar.gz")
    run(["tar", "-xzf", str(sdist), "-C", str(work)])
    unpacked = work / sdist.name.removesuffix(".tar.gz")
    empty = work / "no-node"
    empty.mkdir()
    run([*build, "--wheel", str(unpacked)], PATH=str(empty))
    (made,) = dist.glob("*.whl")
    assert made.stat().st_size < WHEEL_LIMIT
    with zipfile.ZipFile(made) as opened:
        yield opened


def run(command: list[str], **environment: str) -> None:
    """Run a command; if it fails, its output is the message of the failure."""
    done = subprocess.run(
        command,
        check=False,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def one(wheel: zipfile.ZipFile, suffix: str) -> str:
    """The text of the one file in the wheel whose name has this suffix."""
    (name,) = [name for name in wheel.namelist() if name.endswith(suffix)]
    return wheel.read(name).decode()


def test_the_wheel_has_all_its_parts(wheel: zipfile.ZipFile, repository: Path) -> None:
    names = wheel.namelist()
    modules = {str(p.relative_to(repository)) for p in (repository / "arena_ext").rglob("*.py")}
    assert modules <= set(names)
    assert "arena_ext/protocol/arena.v1.json" in names
    assert "arena_ext/static/page.html" in names
    assert json.loads(one(wheel, "jupyter_server_config.d/arena_ext.json")) == {
        "ServerApp": {"jpserver_extensions": {"arena_ext": True}}
    }
    entry_points = configparser.ConfigParser()
    entry_points.read_string(one(wheel, ".dist-info/entry_points.txt"))
    assert entry_points["console_scripts"]["jupyter-arena"] == "arena_ext.app:main"
    extension = json.loads(one(wheel, LABEXTENSION + "package.json"))
    assert any(n.endswith(LABEXTENSION + extension["jupyterlab"]["_build"]["load"]) for n in names)
    runtime = json.loads(one(wheel, LABEXTENSION + "runtime/version.json"))
    # Without the snapshot, Python starts slowly.
    assert {"python.js", "pyodide.asm.wasm", "python.snapshot"} <= set(runtime["assets"])
    for asset in runtime["assets"]:
        path = f"{LABEXTENSION}runtime/{runtime['directory']}/{asset}.gz"
        assert [name for name in names if name.endswith(path)]


def test_the_wheel_has_nothing_twice(wheel: zipfile.ZipFile) -> None:
    assert not [name for name in wheel.namelist() if name.startswith("arena_ext/labextension")]
    by_content: dict[str, list[str]] = {}
    for info in wheel.infolist():
        if info.file_size > 4096:
            content = hashlib.sha256(wheel.read(info)).hexdigest()
            by_content.setdefault(content, []).append(info.filename)
    assert by_content
    assert not [names for names in by_content.values() if len(names) > 1]


def test_the_wheel_has_nothing_that_stays_at_home(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    version = one_version(wheel)
    assert tops == {
        "arena_ext",
        f"jupyter_arena-{version}.data",
        f"jupyter_arena-{version}.dist-info",
    }
    assert not [n for n in wheel.namelist() if n.endswith((".pyc", ".ts", ".tsx", ".map"))]


def one_version(wheel: zipfile.ZipFile) -> str:
    return str(HeaderParser().parsestr(one(wheel, ".dist-info/METADATA"))["Version"])


def test_there_is_one_version(wheel: zipfile.ZipFile, repository: Path) -> None:
    version = read_json(repository / "package.json")["version"]
    assert one_version(wheel) == version
    assert json.loads(one(wheel, LABEXTENSION + "package.json"))["version"] == version


def test_the_guest_page_names_assets_that_exist_and_holds_no_script(static: Path) -> None:
    page = (static / "page.html").read_text()
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(assets) >= 3
    for asset in assets:
        assert asset.startswith("%TO_BASE%arena/static/")
        assert (static / asset.rpartition("/")[2]).exists()
    assert '<meta name="arena-base-url" content="%BASE_URL%">' in page
    assert '<meta name="csp-nonce" content="%NONCE%">' in page
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert not re.findall(r"<style|\son\w+=|\sstyle=", page)


def test_each_asset_is_also_there_compressed(static: Path) -> None:
    assets = [path for path in static.iterdir() if path.suffix in {".js", ".css", ".svg"}]
    assert assets
    for path in assets:
        packed = path.with_name(path.name + ".gz")
        assert gzip.decompress(packed.read_bytes()) == path.read_bytes()
        smaller = path.with_name(path.name + ".br")
        assert 0 < smaller.stat().st_size <= packed.stat().st_size + 50


def test_the_guest_pages_are_small(static: Path) -> None:
    packed = sum(path.stat().st_size for path in static.glob("*.br"))
    assert 0 < packed < GUEST_PAGES_LIMIT


def test_the_labextension_bundles_nothing_that_jupyterlab_brings(repository: Path) -> None:
    """A second copy breaks React's hooks, Yjs's types and CodeMirror's facets.

    Of React, only the JSX factory is bundled; it uses JupyterLab's React for the rest.
    """
    licences = repository / "arena_ext/labextension/static/third-party-licenses.json"
    bundled = {package["name"] for package in read_json(licences)["packages"]}
    assert "y-protocols" in bundled
    shared = re.compile(
        r"yjs|react-dom|@codemirror/(state|view|language)|@lezer/(common|highlight)"
        r"|@jupyterlab/.*|@lumino/.*"
    )
    assert not [name for name in bundled if shared.fullmatch(name)]


@pytest.mark.parametrize("folder", NPM)
def test_the_lockfile_names_no_download_address(repository: Path, folder: str) -> None:
    packages = read_json(repository / folder / "package-lock.json")["packages"]
    assert len(packages) > 40
    assert not [name for name, package in packages.items() if "resolved" in package]


@pytest.mark.parametrize("folder", NPM)
def test_npm_runs_no_program_of_a_package_that_it_installs(repository: Path, folder: str) -> None:
    assert "ignore-scripts=true" in (repository / folder / ".npmrc").read_text().splitlines()
    packages = read_json(repository / folder / "package-lock.json")["packages"]
    scripted = {name for name, package in packages.items() if package.get("hasInstallScript")}
    # These work without their scripts; a new one must be looked at.
    assert scripted <= {
        "node_modules/esbuild",
        "node_modules/@fortawesome/fontawesome-free",
        "node_modules/leveldown",
    }
