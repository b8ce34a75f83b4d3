"""Export and import over the wire and on the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders

from arena_ext import cli
from arena_ext.app import ArenaApp
from arena_ext.recording import export
from tests.server.conftest import ConnectArena, Interview
from tests.support.people import Person
from tests.support.recorded import LINES, RECORDED
from tests.support.recordings import parsed

# --- over the wire --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", export.FORMATS)
async def test_interviewers_export_and_nobody_else(
    host: Person,
    stranger: Person,
    interview: Interview,
    built: Path,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (built / "replay.html").write_text("<script>%RECORDING%</script>")
    monkeypatch.setattr(export, "REPLAY", built / "replay.html")
    title = 'A "title"; x=ü/../\\ <b>'
    await host.fetch("PATCH", f"sessions/{interview.session}", {"title": title})
    await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "print(1)"})
    path = f"sessions/{interview.session}/export?format={kind}"
    answer = await host.fetch("GET", path)
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="A-title-x-u-b.{kind}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == export.FORMATS[kind].content_type
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert b"print(1)" in answer.body or kind in ("html", "jsonl", "zip")
    assert b'"hash"' not in answer.body
    for person, status in ((interview.candidate, 403), (interview.observer, 403), (stranger, 404)):
        assert (await person.fetch("GET", path)).status == status


async def test_an_unknown_format_is_refused(host: Person, interview: Interview) -> None:
    for query in ("", "?format=", "?format=exe"):
        answer = await host.fetch("GET", f"sessions/{interview.session}/export{query}")
        assert answer.status == 400
        assert "ipynb, zip, html, jsonl" in answer.json["error"]


@pytest.mark.parametrize("storage", ["sqlite", "memory"])
@pytest.mark.parametrize("kind", ["jsonl", "ipynb"])
async def test_an_interview_comes_back_over_the_wire(
    host: Person, interview: Interview, connect_arena: ConnectArena, kind: str
) -> None:
    ada = await connect_arena(interview.session, interview.candidate_token)
    await ada.settled()
    await ada.insert(0, "print('héllo 😀')")
    await ada.settled()
    path = f"sessions/{interview.session}"
    result = {"output": "héllo 😀\n", "error": None}
    assert (await interview.candidate.fetch("POST", f"{path}/execute", result)).status == 200
    exported = (await host.fetch("GET", f"{path}/export?format={kind}")).body
    answer = await host.fetch(
        "POST", "sessions/import", exported, {"Content-Type": "application/octet-stream"}
    )
    assert answer.status == 201, answer.text
    copy = answer.json
    assert copy["id"] != interview.session
    assert (copy["code"], copy["status"]) == ("print('héllo 😀')", "ended")
    assert copy["id"] in {each["id"] for each in (await host.fetch("GET", "sessions")).json}
    # The copy is read-only: its owner can read it, the participants of the original cannot.
    path = f"sessions/{copy['id']}"
    for method, what, body in (
        ("PUT", "/code", {"code": "mine"}),
        ("PUT", "/language", {"language": "python"}),
        ("POST", "/execute", {"output": "mine"}),
        ("POST", "/invites", {"role": "candidate"}),
        ("PATCH", "", {"ended": False, "title": "mine"}),
    ):
        refused = await host.fetch(method, path + what, body)
        assert refused.status in (403, 409), f"{method} {what}"
    assert (await interview.candidate.fetch("GET", path)).status == 404
    recorded = (await host.fetch("GET", f"{path}/recording")).text
    session, entries = parsed(recorded)
    assert session["title"] == copy["title"]
    assert any(each.participant == interview.candidate_id for each in entries)
    assert (await host.fetch("DELETE", path)).status == 204


async def test_only_a_login_imports(
    host: Person, stranger: Person, interview: Interview, guest: Any
) -> None:
    exported = (await host.fetch("GET", f"sessions/{interview.session}/export?format=jsonl")).body
    sort = {"Content-Type": "application/octet-stream"}
    for person in (stranger, interview.candidate, interview.observer):
        answer = await person.fetch("POST", "sessions/import", exported, sort)
        assert answer.status == 403
    _, token = await host.join(interview.session, "Host")
    answer = await guest(token).fetch("POST", "sessions/import", exported, sort)
    assert answer.status == 403
    assert len((await host.fetch("GET", "sessions")).json) == 1


async def test_a_changed_recording_is_refused_with_a_reason(host: Person) -> None:
    changed = LINES.replace(b'"at":', b'"at": ', 1)
    answer = await host.fetch(
        "POST", "sessions/import", changed, {"Content-Type": "application/octet-stream"}
    )
    assert answer.status == 400
    assert answer.json == {"error": "the recording was changed after it was made, or is cut off"}
    assert (await host.fetch("GET", "sessions")).json == []


async def test_a_session_that_was_imported_is_there_after_a_restart(
    arena: ArenaApp, host: Person
) -> None:
    answer = await host.fetch(
        "POST", "sessions/import", LINES, {"Content-Type": "application/octet-stream"}
    )
    copy = answer.json
    room = await arena.rooms.get(copy["id"])
    assert room is not None
    room.crash()
    assert (await host.fetch("GET", f"sessions/{copy['id']}")).json == copy
    assert copy["code"] == RECORDED[0]["code"]


# --- the command line -----------------------------------------------------------------------------


async def test_the_command_line_exports_checks_and_imports(
    arena: ArenaApp, interview: Interview, host: Person, capsysbinary: Any, tmp_path: Path
) -> None:
    database = Path(arena.database)
    await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "print(1)"})

    def command(*arguments: str) -> tuple[int, bytes, str]:
        status = cli.main(list(arguments), database)
        said = capsysbinary.readouterr()
        return status, said.out, said.err.decode()

    file = tmp_path / "a.ipynb"
    status, out, _ = command("export", interview.session, "--format", "ipynb")
    assert status == 0
    file.write_bytes(out)
    assert command("check", str(file))[:2] == (0, f"{file}  ok\n".encode())
    status, out, _ = await asyncio.to_thread(command, "import", str(file))
    assert status == 0
    copy = out.decode().split()[-1].rstrip(".")
    assert command("check", copy)[:2] == (0, f"{copy}  ok\n".encode())
    answer = await host.fetch("GET", f"sessions/{copy}")
    assert (answer.json["code"], answer.json["status"]) == ("print(1)", "ended")
    file.write_bytes(LINES.replace(b"Ben", b"Bob"))
    status, out, _ = command("check", str(file))
    assert status == 1
    assert b"DAMAGED" in out
    status, _, err = command("import", str(file))
    assert status == 1
    assert "was not imported" in err
    assert command("import", str(tmp_path / "nowhere"))[0] == 1


def test_headers_are_headers() -> None:
    """A title with a line break adds no header to the response."""
    name = export.file_name("a\r\nSet-Cookie: x", export.FORMATS["zip"])
    headers = HTTPHeaders({"Content-Disposition": f'attachment; filename="{name}"'})
    assert list(headers) == ["Content-Disposition"]
