"""Builds and runs `deploy/Dockerfile` with buildah, where there is no Docker and no registry.

The base image is Debian by debootstrap. Containers share this computer's network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support import servers

ROOT = Path(__file__).resolve().parents[2]
#: Where Debian's packages come from: the mirror of this computer's apt, or the usual one.
MIRROR = os.environ.get("ARENA_DEBIAN_MIRROR", "http://deb.debian.org/debian")
BASE, IMAGE = "localhost/debian:bookworm", "localhost/arena:test"
#: The certificates and the settings of pip that a build here may need.
_BORROWED = ("/etc/ssl/certs", "/etc/pip.conf")


class Buildah:
    """Images and containers in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        for name in ("buildah", "debootstrap"):
            if shutil.which(name) is None:
                pytest.skip(f"no {name} here: apt-get install {name}")
        self._folder = folder
        where = ("--root", str(folder / "storage"), "--runroot", str(folder / "run"))
        self._buildah = ["buildah", *where, "--storage-driver", "vfs"]
        self._environment = os.environ | {"BUILDAH_ISOLATION": "chroot"}

    def do(self, *arguments: str) -> str:
        """Run a command of buildah; returns its output. Raises RuntimeError with its errors."""
        done = subprocess.run(
            [*self._buildah, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"buildah {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def make_base(self) -> None:
        """An image of Debian with Python, about as large as the one that the file names."""
        tree, archive = self._folder / "debian", self._folder / "debian.tar"
        packages = "--include=python3,python3-venv,ca-certificates"
        command = ["debootstrap", "--variant=minbase", packages, "bookworm", str(tree), MIRROR]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for each in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale"):
            shutil.rmtree(tree / each)
        subprocess.run(["tar", "-C", str(tree), "-cf", str(archive), "."], check=True)
        shutil.rmtree(tree)
        container = self.do("from", "scratch")
        self.do("add", "--quiet", container, str(archive), "/")
        self.do("commit", "--quiet", container, BASE)
        archive.unlink()

    def build(self) -> None:
        """The image, with the wheel of this tree."""
        context = self._folder / "context"
        shutil.copytree(ROOT / "deploy", context / "deploy")
        wheel = ["-m", "build", "--no-isolation", "--wheel", "--outdir", str(context / "dist")]
        environment = os.environ | {"SKIP_JUPYTER_BUILDER": "1"}
        command = [sys.executable, *wheel, str(ROOT)]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        borrowed = [f"--volume={each}:{each}:ro" for each in _BORROWED if Path(each).exists()]
        self.do(
            *("build", "--format", "docker", "--build-arg", f"BASE={BASE}", *borrowed),
            *("--file", str(context / "deploy/Dockerfile"), "--tag", IMAGE, str(context)),
        )

    def image(self) -> Any:
        """The configuration of the image, as Docker has it."""
        return json.loads(self.do("inspect", "--type", "image", IMAGE))["Docker"]["config"]

    def megabytes(self, image: str) -> float:
        """The size of an image."""
        number, unit = json.loads(self.do("images", "--json", image))[0]["size"].split()
        assert unit == "MB"
        return float(number)

    def container(self) -> str:
        """A container of the image, with a volume of its own that outlives its processes."""
        return self.do("from", IMAGE)

    @contextmanager
    def running(self, container: str, port: int, **variables: str) -> Iterator[Path]:
        """Run the image's own command until the block ends; gives the file of its log."""
        log = self._folder / "container.log"
        variables["PORT"] = str(port)
        given = [f"--env={name}={value}" for name, value in variables.items()]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*self._buildah, "run", *given, container, "--", *self.image()["Cmd"]],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            servers.wait_for_port(port, process)
            yield log
        finally:
            servers.stop(process)
