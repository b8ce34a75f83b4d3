"""Limits are set by name, checked when the server starts, and described."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp

from arena_ext.app import ArenaApp
from arena_ext.protocol.limits import Limits
from tests.support import servers

DOCUMENT = Path(__file__).parents[3] / "docs" / "limits.md"


def test_what_is_not_set_stays_as_it_is() -> None:
    limits = Limits.of({"max_waiting": 3, "frame_rate": 1})
    assert limits == Limits(max_waiting=3, frame_rate=1)
    assert limits.frame_burst == Limits().frame_burst
    assert Limits.of({}) == Limits()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_wating": 3}, "there is no limit 'max_wating'; did you mean 'max_waiting'?"),
        ({"x": 3}, "there is no limit 'x'"),
        ({"max_waiting": -1}, "the limit 'max_waiting' must be a whole number of at least 0"),
        ({"max_waiting": 1.5}, "the limit 'max_waiting' must be a whole number of at least 0"),
        ({"max_waiting": True}, "the limit 'max_waiting' must be a whole number of at least 0"),
        ({"frame_rate": "1"}, "the limit 'frame_rate' must be a number of at least 0, not '1'"),
        ({"frame_rate": float("nan")}, "the limit 'frame_rate' must be a number of at least 0"),
        ({"frame_rate": float("inf")}, "the limit 'frame_rate' must be a number of at least 0"),
    ],
)
def test_what_is_no_limit_is_an_error_that_says_why(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Limits.of(settings)


@pytest.mark.parametrize("setting", ["x=3", "max_waiting=-1", "max_waiting=many"])
def test_a_server_with_wrong_limits_does_not_start(setting: str, tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match=r"Bad config .*limit"),
        servers.arena(tmp_path, f"--ArenaApp.limits={setting}"),
    ):
        pass


def test_a_jupyter_server_starts_and_stops_without_arena_where_the_limits_are_wrong(
    jp_configurable_serverapp: Callable[..., ServerApp], capsys: pytest.CaptureFixture[str]
) -> None:
    server = {"jpserver_extensions": {"arena_ext": True}}
    jp_configurable_serverapp(config={"ServerApp": server, "ArenaApp": {"limits": {"x": 3}}})
    assert "there is no limit 'x'" in capsys.readouterr().err


@pytest.mark.limits(max_waiting=3)
async def test_what_an_operator_sets_is_what_handlers_and_rooms_are_given(arena: ArenaApp) -> None:
    assert arena.services.limits == arena.rooms.limits == Limits(max_waiting=3)


def test_a_command_line_sets_limits_by_name() -> None:
    app = ArenaApp()
    app.parse_command_line(["--ArenaApp.limits=max_waiting=3", "--ArenaApp.limits=max_delay=0.25"])
    assert Limits.of(app.limits) == Limits(max_waiting=3, max_delay=0.25)


def test_every_limit_is_described_with_its_default_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert [(name, float(value)) for name, value in rows] == [
        (each.name, each.default) for each in fields(Limits)
    ]
