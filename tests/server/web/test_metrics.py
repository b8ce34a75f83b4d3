"""What Prometheus reads at `/metrics`."""

from __future__ import annotations

import re
from collections.abc import Callable

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from arena_ext.app import ArenaApp
from arena_ext.protocol.wire import Close
from arena_ext.web.errors import ANSWERS
from tests.server.conftest import ConnectArena, Interview
from tests.support import servers
from tests.support.people import Person

Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def figures(host: Person) -> Figures:
    """Arena's samples by name and labels."""
    answer = await host.fetch("GET", "/metrics")
    assert answer.status == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name.startswith("arena_")
    }


async def test_they_count_rooms_people_edits_and_bytes(
    host: Person, interview: Interview, connect_arena: ConnectArena
) -> None:
    before = await figures(host)
    ada = await connect_arena(interview.session, interview.candidate_token)
    twice = await connect_arena(interview.session, interview.candidate_token)
    await ada.settled()
    await twice.settled()
    for _ in range(7):
        await ada.insert(0, "x")
    await ada.settled()
    after = await figures(host)
    assert after["arena_rooms", ()] == 1
    assert (before["arena_people_connected", ()], after["arena_people_connected", ()]) == (0, 1)
    assert after["arena_people_waiting", ()] == 0
    assert after["arena_storage_bytes", ()] > 4096
    grown = after["arena_edits_stored_total", ()] - before["arena_edits_stored_total", ()]
    assert grown == 7
    assert after["arena_edit_store_seconds_count", ()] == after["arena_edits_stored_total", ()]
    most = after["arena_edit_store_seconds_bucket", (("le", "10.0"),)]
    least = after["arena_edit_store_seconds_bucket", (("le", "0.001"),)]
    assert most == after["arena_edits_stored_total", ()] >= least
    assert 0 <= after["arena_edit_store_seconds_sum", ()] < 7 * 10


async def test_refusals_are_counted_by_codes_of_our_own(
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    interview: Interview,
    connect_arena: ConnectArena,
) -> None:
    here = f"sessions/{interview.session}"
    for number in range(5):
        bad = {"userName": f"n{number}", "invite": f"forged-{number}"}
        assert (await stranger.fetch("POST", f"{here}/join", bad)).status == 403
        assert (await guest(f"forged-{number}").fetch("GET", f"sessions/s{number}")).status == 404
        assert (await stranger.fetch(f"GUEST{number}", f"{here}/code")).status == 405
        eve = await connect_arena(interview.session, f"forged-{number}")
        await eve.expect_close(Close.REFUSED)
    counted = {
        labels: value
        for (name, labels), value in (await figures(host)).items()
        if name == "arena_refusals_total"
    }
    assert counted[("code", "refused"), ("way", "http")] == 5
    assert counted[("code", "unknown"), ("way", "http")] == 5
    assert counted[("code", "refused"), ("way", "socket")] == 5
    known = {*ANSWERS, *(each.name.lower() for each in Close)}
    codes = {dict(labels)["code"] for labels in counted}
    assert all(code in known or re.fullmatch(r"[45]\d\d", code) for code in codes)
    assert len(counted) <= 4, "what the callers sent made no more of them"


async def test_only_a_login_reads_them(
    host: Person, stranger: Person, interview: Interview, arena: ArenaApp
) -> None:
    assert (await stranger.fetch("GET", "/metrics")).status == 403
    assert (await interview.candidate.fetch("GET", "/metrics")).status == 403


async def test_a_server_that_has_stopped_leaves_no_figures(arena: ArenaApp, host: Person) -> None:
    assert await figures(host)
    await arena.stop_extension()
    assert not [each for each in REGISTRY.collect() if each.name.startswith("arena_")]


async def test_invented_methods_make_no_labels(tmp_path: object) -> None:
    """Jupyter labels its own metric with the method, of which a client may invent any number."""
    with servers.arena(tmp_path) as server:  # type: ignore[arg-type]
        for number in range(20):
            await Person(server.url).fetch(f"INVENTED{number}", "info")
        host = Person(server.url, {"Authorization": f"token {server.token}"})
        text = (await host.fetch("GET", "/metrics")).text
    assert 'method="GET"' in text
    assert "INVENTED" not in text
