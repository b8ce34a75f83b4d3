"""The stand-alone server set up by its environment, as containers and platforms do it."""

from __future__ import annotations

import subprocess
import sys
import urllib.parse
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from jupyter_server.auth.security import passwd_check
from traitlets import TraitError

from arena_ext import environment
from arena_ext.environment import VARIABLES
from tests.support import servers
from tests.support.people import Person

pytestmark = pytest.mark.timeout(120)

TOKEN = "the-token-of-the-environment"
HOST = {"Authorization": f"token {TOKEN}"}


def test_each_variable_becomes_its_settings() -> None:
    config = environment.settings(
        {
            "PORT": "9000",
            "ARENA_BASE_URL": "/interviews/",
            "ARENA_PASSWORD": "correct horse",
            "ARENA_BEHIND_PROXY": "1",
            "ARENA_OPEN_ACCESS": "yes",
            "ARENA_JSON_LOGS": "True",
            "PATH": "/bin",
        }
    )
    hashed = config.PasswordIdentityProvider.pop("hashed_password")
    assert passwd_check(hashed, "correct horse")  # type: ignore[no-untyped-call]
    assert "horse" not in hashed
    assert config == {
        "ServerApp": {
            "port": 9000,
            "port_retries": 0,
            "base_url": "/interviews/",
            "trust_xheaders": True,
            "allow_remote_access": True,
        },
        "ArenaApp": {"open_access": True},
        "StandAloneServer": {"json_logs": True},
        "PasswordIdentityProvider": {},
    }


def test_what_is_empty_or_off_changes_nothing() -> None:
    assert not environment.settings({each.name: "" for each in VARIABLES})
    assert environment.settings({"ARENA_OPEN_ACCESS": "0"}).ArenaApp.open_access is False


@pytest.mark.parametrize(
    "wrong", [("PORT", "http"), ("PORT", "0"), ("PORT", "70000"), ("ARENA_OPEN_ACCESS", "maybe")]
)
def test_a_wrong_value_is_named(wrong: tuple[str, str]) -> None:
    with pytest.raises(TraitError, match=f"{wrong[0]}: use "):
        environment.settings(dict([wrong]))


def test_a_server_with_a_wrong_value_ends_with_one_line(tmp_path: Path) -> None:
    jupyter = str(Path(sys.executable).with_name("jupyter"))
    ended = subprocess.run(
        [jupyter, "arena"],
        env=servers.private_environment(tmp_path) | {"PORT": "http"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "jupyter arena: PORT: use a number from 1 to 65535\n"


async def test_port_path_token_and_data(tmp_path: Path) -> None:
    port, data = servers.free_port(), tmp_path / "volume"
    variables = {
        "PORT": str(port),
        "ARENA_BASE_URL": "interviews",
        "JUPYTER_TOKEN": TOKEN,
        "JUPYTER_DATA_DIR": str(data),
    }
    with servers.from_environment(tmp_path, variables):
        host = Person(f"http://127.0.0.1:{port}/interviews/", HOST)
        session = await host.session()
        assert (await host.fetch("GET", f"sessions/{session}")).status == 200
    assert (data / "arena" / "sessions.sqlite").exists()


async def test_the_command_line_wins(tmp_path: Path) -> None:
    port = servers.free_port()
    variables = {"PORT": str(port), "ARENA_BASE_URL": "/wrong/", "JUPYTER_TOKEN": TOKEN}
    with servers.from_environment(tmp_path, variables, "--base-url=/right/"):
        assert (
            await Person(f"http://127.0.0.1:{port}/right/").fetch("GET", "health")
        ).status == 200


async def test_a_password_lets_interviewers_in_and_nobody_else(tmp_path: Path) -> None:
    port = servers.free_port()
    variables = {"PORT": str(port), "ARENA_PASSWORD": "correct horse"}
    with servers.from_environment(tmp_path, variables):
        url = f"http://127.0.0.1:{port}/"
        got = [await logged_in(url, words) for words in ("wrong", "correct horse")]
        assert got == [403, 201]
    log = (tmp_path / "server.log").read_text()
    assert "horse" not in log


async def logged_in(url: str, password: str) -> int:
    """The status of creating a session after a log-in with this password."""
    cookies: SimpleCookie = SimpleCookie()
    page = await Person(url).fetch("GET", "/login")
    for line in page.headers.get_list("Set-Cookie"):
        cookies.load(line)
    xsrf = cookies["_xsrf"].value

    def sent() -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={each.value}" for name, each in cookies.items())}

    form = urllib.parse.urlencode({"_xsrf": xsrf, "password": password}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await Person(url, sent() | kind).fetch("POST", "/login", form)
    for line in answer.headers.get_list("Set-Cookie"):
        cookies.load(line)
    caller = Person(url, sent() | {"X-XSRFToken": xsrf})
    return (await caller.fetch("POST", "sessions", {})).status


@pytest.mark.parametrize("behind", [False, True])
async def test_only_a_server_behind_a_proxy_believes_its_headers(
    tmp_path: Path, behind: bool
) -> None:
    port = servers.free_port()
    variables = {"PORT": str(port), "JUPYTER_TOKEN": TOKEN, "ARENA_BEHIND_PROXY": str(int(behind))}
    forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    with servers.from_environment(tmp_path, variables):
        host = Person(f"http://127.0.0.1:{port}/", {**HOST, **forwarded})
        session = await host.session()
        made = await host.fetch("POST", f"sessions/{session}/invites", {"role": "candidate"})
        assert made.json["url"].startswith("https://" if behind else "http://")
        named = Person(f"http://127.0.0.1:{port}/", {**HOST, "Host": "interviews.example"})
        assert (await named.fetch("GET", "info")).status == (200 if behind else 403)
    assert ("ip=203.0.113.9" in (tmp_path / "server.log").read_text()) is behind


async def test_open_access_says_its_limits_at_the_start(tmp_path: Path) -> None:
    port = servers.free_port()
    variables = {"PORT": str(port), "ARENA_OPEN_ACCESS": "1"}
    with servers.from_environment(tmp_path, variables):
        assert (
            await Person(f"http://127.0.0.1:{port}/").fetch("POST", "sessions", {})
        ).status == 201
    (said,) = [
        line
        for line in (tmp_path / "server.log").read_text().splitlines()
        if "Open access: anyone who reaches this server may create sessions" in line
    ]
    assert said.startswith("[W ")
    assert "may create 1000 sessions, and join 60 times a minute" in said


def test_the_help_names_each_variable_and_switch(tmp_path: Path) -> None:
    jupyter = str(Path(sys.executable).with_name("jupyter"))
    said = subprocess.run(
        [jupyter, "arena", "--help"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    switches = ("behind-proxy", "open-access", "json-logs", "base-url", "database", "certfile")
    for name in (*(each.name for each in VARIABLES), *(f"--{each}" for each in switches)):
        assert f"\n    {name} " in said or f"\n{name}" in said
    assert "Examples" in said
    assert len(said.splitlines()) < 100
