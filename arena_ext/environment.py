"""Settings of the stand-alone server from the environment, for containers and hosting platforms.

A setting on the command line wins over the environment, which wins over a configuration file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_server.auth.security import passwd
from traitlets import TraitError
from traitlets.config import Config

_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _switch(value: str) -> bool:
    if value.lower() not in _WORDS:
        raise ValueError("use 1 or 0")
    return _WORDS[value.lower()]


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ValueError("use a number from 1 to 65535")
    return int(value)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment; its value, read by `read`, becomes the value of `traits`."""

    name: str
    help: str
    traits: tuple[str, ...] = ()
    read: Callable[[str], Any] = str


VARIABLES = (
    Variable("PORT", "the port, and no other if it is taken", ("ServerApp.port",), _port),
    Variable(
        "ARENA_BASE_URL",
        "the path at which browsers see this server, such as /interviews/",
        ("ServerApp.base_url",),
    ),
    Variable(
        "ARENA_PASSWORD",
        "the password of the interviewers, instead of a token",
        ("PasswordIdentityProvider.hashed_password",),
        passwd,
    ),
    Variable(
        "ARENA_BEHIND_PROXY",
        "1 if all requests come by a proxy that sets X-Forwarded-For and X-Forwarded-Proto: the "
        "server believes them, and answers to every host name",
        ("ServerApp.trust_xheaders", "ServerApp.allow_remote_access"),
        _switch,
    ),
    Variable(
        "ARENA_OPEN_ACCESS",
        "1 for a public demo, see --open-access",
        ("ArenaApp.open_access",),
        _switch,
    ),
    Variable(
        "ARENA_JSON_LOGS", "1 for a log of JSON lines", ("StandAloneServer.json_logs",), _switch
    ),
    # Jupyter's own.
    Variable("JUPYTER_TOKEN", "the token of the interviewers, else a new one at each start"),
    Variable("JUPYTER_TOKEN_FILE", "a file with that token"),
    Variable("JUPYTER_DATA_DIR", "the directory of interviews and of the key of logins"),
)


def settings(environment: Mapping[str, str]) -> Config:
    """The settings of the variables that are set and not empty. Raises TraitError."""
    config = Config()
    for each in VARIABLES:
        value = environment.get(each.name, "")
        if not value or not each.traits:
            continue
        try:
            read = each.read(value)
        except ValueError as error:
            raise TraitError(f"{each.name}: {error}") from None
        for trait in each.traits:
            section, _, name = trait.partition(".")
            config[section][name] = read
    if environment.get("PORT"):
        # The platform sends its requests to this port.
        config.ServerApp.port_retries = 0
    return config


def described() -> str:
    """A line for each variable, for `--help`."""
    width = max(len(each.name) for each in VARIABLES)
    return "\n".join(f"{each.name:{width}}  {each.help}" for each in VARIABLES)
