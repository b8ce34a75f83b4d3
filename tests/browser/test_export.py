"""Exported interviews, opened like a user does: from the disk, in JupyterLab, in the lobby."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import ARTIFACTS, Person
from tests.browser.room import join
from tests.support.recordings import sealed
from tests.support.servers import Server

#: Payloads that execute if a text is treated as markup, for each place of a recording.
EVIL = [
    "<script>window.__pwned = 1; alert(1)</script>",
    "<img src=x onerror='window.__pwned = 1; alert(1)'>",
    "</script><script>window.__pwned = 1</script>",
    "</title><svg onload='window.__pwned = 1'>",
    "<!--<script>",
    "]]><iframe srcdoc='<script>parent.__pwned = 1</script>'></iframe>",
    "[x](javascript:window.__pwned=1) ![x](x'onerror=alert(1)) <a href='javascript:alert(1)'>x</a>",
    "$\\href{javascript:window.__pwned=1}{x}$ \\u003cscript> \\\\u003c",
    "'\"><details open ontoggle=window.__pwned=1>",
    "%RECORDING% %NONCE% %TITLE% {{constructor.constructor('window.__pwned=1')()}}",
]
CODE = "print('the end 😀')\n" + "\n".join(f"# {each}" for each in EVIL)


def evil_recording() -> bytes:
    """A recording in which each user-chosen value is an attack."""
    entries: list[dict[str, Any]] = [{"seq": 1, "digest": "0" * 64}]

    def add(kind: str, **payload: Any) -> None:
        event = {"type": kind, "payload": payload}
        seq = len(entries) + 1
        entries.append({"seq": seq, "at": 1000 * seq, "by": "p0", "to": "everyone", "event": event})

    add("question-changed", userId="p0", question="\n\n".join(EVIL))
    for number, evil in enumerate(EVIL):
        name = evil[:120]
        add(
            "participant-joined",
            userId=f"p{number}",
            username=name,
            color="#1a6fd4",
            role="observer",
        )
        add("execute-code", userId="p0", runId=f"r{number}", language="python", code=evil)
        chunks = [
            {"stream": "stdout", "data": evil},
            {"mime": "text/html", "data": evil},
            {
                "mime": "image/svg+xml",
                "data": f"<svg xmlns='http://www.w3.org/2000/svg'>{evil}</svg>",
            },
            {"mime": "application/javascript", "data": "window.__pwned = 1"},
            {"mime": "text/markdown", "data": evil},
            {"mime": "text/plain", "data": evil},
            {"mime": "image/png", "data": f"x' onerror='{evil}"},
        ]
        add("execution-output", userId="p0", runId=f"r{number}", chunks=chunks)
        result = {"output": "", "error": f"{evil}\n{evil}", "durationMs": 1, "status": "error"}
        add("execution-result", userId="p0", runId=f"r{number}", **result)
        file = "".join(character for character in evil if character not in "/\\.")[:60].strip()
        root = f"code/{len(entries) + 1}"
        add("file-added", userId="p0", name=f"{number} {file}", root=root)
        add("title-updated", userId="p0", title=evil[:120])
    about = {
        "id": "origin",
        "title": EVIL[3],
        "language": "python",
        "createdAt": "2026-01-01T00:00:00.000Z",
    }
    return sealed(about, entries)


@pytest.fixture(scope="module")
def evil(stand_alone: Server) -> str:
    """A session with all these attacks, also in its text."""
    return upload(stand_alone, evil_recording())


def upload(server: Server, data: bytes) -> str:
    """Import a file; returns the new session's id."""
    request = urllib.request.Request(
        f"{server.url}arena/api/sessions/import",
        method="POST",
        data=data,
        headers={
            "Authorization": f"token {server.token}",
            "Content-Type": "application/octet-stream",
        },
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return str(json.loads(response.read())["id"])


def exported(server: Server, session: str, kind: str, directory: Path) -> Path:
    """Export a session to the disk; returns the path."""
    request = urllib.request.Request(
        f"{server.url}arena/api/sessions/{session}/export?format={kind}",
        headers={"Authorization": f"token {server.token}"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        path = directory / f"interview.{kind}"
        path.write_bytes(response.read())
    return path


def watched(page: Page) -> tuple[list[str], list[str]]:
    """Lists of a page's requests and dialogs, filled from now on."""
    requests: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: requests.append(request.url))

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    return requests, dialogs


def harmless(page: Page) -> None:
    """Fail if an attack was executed in the page or in one of its frames."""
    for frame in page.frames:
        assert frame.evaluate("window.__pwned") is None


def play(page: Page, path: Path) -> None:
    """Open a replay page from the disk, and wait until its recording is read and verified."""
    page.goto(path.as_uri())
    expect(page.get_by_text("Unchanged since it was recorded")).to_be_visible()


def test_a_replay_plays_from_a_disk_with_no_network(
    stand_alone: Server, new_person: Callable[..., Person], tmp_path: Path
) -> None:
    session = stand_alone.session(language="python", title="Two sums")
    for code in ("print('first')", CODE):
        stand_alone.call("PUT", f"sessions/{session}/code", {"code": code})
    question = {"question": "## The task\n\nFind *both* indices."}
    stand_alone.call("PATCH", f"sessions/{session}", question)
    stand_alone.call("POST", f"sessions/{session}/execute", {"output": "the end 😀\n"})
    path = exported(stand_alone, session, "html", tmp_path)
    ana = new_person("Ana", offline=True, viewport={"width": 1280, "height": 800})
    requests, dialogs = watched(ana.page)
    play(ana.page, path)
    requests_for_itself = [
        each for each in requests if each.startswith(("file:", "blob:", "data:"))
    ]
    assert requests == requests_for_itself
    assert sum(each.startswith("file:") for each in requests) == 1
    slider = ana.page.get_by_role("slider").first
    slider.press("End")
    expect(ana.page.locator(".cm-line").first).to_have_text("print('the end 😀')")
    expect(ana.page.locator(".cm-content")).to_contain_text("window.__pwned = 1; alert(1)")
    expect(ana.page.get_by_role("tab", name="Run it here")).to_have_count(0)
    expect(ana.page.get_by_role("button", name="Open this text as a new session")).to_have_count(0)
    task = ana.page.get_by_role("heading", name="The task")
    expect(task).to_be_visible()
    expect(ana.page.locator("em", has_text="both")).to_be_visible()
    ana.page.get_by_role("tab", name="Output then").click()
    expect(ana.page.get_by_text("the end 😀", exact=True).last).to_be_visible()
    slider.press("Home")
    expect(task).to_have_count(0)
    expect(ana.page.locator(".cm-content")).not_to_contain_text("the end")
    ana.page.get_by_role("button", name="Play").click()
    expect(ana.page.locator(".cm-line").first).to_have_text("print('the end 😀')")
    harmless(ana.page)
    assert dialogs == []
    assert ana.errors == []
    assert [each for each in ana.console if each.startswith("error")] == []


def test_a_replay_that_was_changed_says_so(
    stand_alone: Server, new_person: Callable[..., Person], tmp_path: Path
) -> None:
    session = stand_alone.session(language="python")
    stand_alone.call("POST", f"sessions/{session}/execute", {"output": "honest"})
    path = exported(stand_alone, session, "html", tmp_path)
    path.write_text(path.read_text().replace('"honest"', '"forged"'))
    page = new_person("Ana", offline=True).page
    page.goto(path.as_uri())
    expect(page.get_by_role("alert")).to_contain_text("Do not rely on it")


def test_nothing_of_a_guest_runs_in_a_replay(
    stand_alone: Server, evil: str, new_person: Callable[..., Person], tmp_path: Path
) -> None:
    path = exported(stand_alone, evil, "html", tmp_path)
    ana = new_person("Ana", offline=True)
    requests, dialogs = watched(ana.page)
    play(ana.page, path)
    ana.page.get_by_role("slider").first.press("End")
    question = ana.page.locator(".arena-question-text")
    expect(question).to_contain_text(EVIL[1])
    # The text is formatted, so the Markdown renderer has processed it.
    expect(question.locator("p")).not_to_have_count(0)
    ana.page.get_by_role("tab", name="What happened").click()
    expect(ana.page.get_by_text(EVIL[1]).first).to_be_attached()
    ana.page.get_by_role("tab", name="Output then").click()
    expect(ana.page.locator("iframe").first).to_be_attached()
    expect(ana.page.get_by_text("window.__pwned = 1").first).to_be_attached()
    assert [each for each in requests if each.startswith(("http", "ws"))] == []
    harmless(ana.page)
    assert dialogs == []
    assert ana.page.title() == EVIL[9][:120]


def test_a_notebook_opens_in_jupyterlab_and_nothing_of_a_guest_runs(
    jupyter_server: Server,
    stand_alone: Server,
    evil: str,
    new_person: Callable[..., Person],
) -> None:
    notebooks = jupyter_server.home / "notebooks"
    path = exported(stand_alone, evil, "ipynb", notebooks)
    ana = new_person("Ana", viewport={"width": 1280, "height": 1600})
    _, dialogs = watched(ana.page)
    ana.page.goto(jupyter_server.lab_url.replace("lab?", f"lab/tree/{path.name}?"))
    panel = ana.page.locator(".jp-NotebookPanel")
    # JupyterLab shows a notebook when it knows the kernel.
    title = panel.get_by_role("heading", level=1)
    expect(title).to_contain_text(EVIL[9][:20], timeout=60_000)
    expect(panel.locator(".jp-MarkdownCell").first).to_contain_text(EVIL[1])
    expect(panel.locator(".jp-CodeCell").first).to_be_visible()
    # All cells, also those that are out of sight at first.
    for _ in range(12):
        ana.page.mouse.move(640, 700)
        ana.page.mouse.wheel(0, 1500)
        ana.page.evaluate("new Promise(done => requestAnimationFrame(() => done()))")
    expect(panel.locator(".jp-OutputArea-output").last).to_be_attached()
    harmless(ana.page)
    assert dialogs == []


def test_a_recording_is_downloaded_and_imported_in_the_lobby(
    stand_alone: Server, new_person: Callable[..., Person], tmp_path: Path
) -> None:
    session = stand_alone.session(language="python", title="Carried away")
    stand_alone.call("PUT", f"sessions/{session}/code", {"code": "carried = True"})
    ana = new_person("Ana")
    ana.page.goto(stand_alone.lobby_url)
    row = ana.page.get_by_role("listitem").filter(has_text="Carried away")
    row.get_by_role("button", name="Download").click()
    with ana.page.expect_download() as download:
        row.get_by_role("button", name="Download notebook").click()
    assert download.value.suggested_filename == "Carried-away.ipynb"
    file = tmp_path / "Carried-away.ipynb"
    download.value.save_as(file)

    damaged = tmp_path / "damaged.ipynb"
    damaged.write_text(file.read_text().replace("Carried away", "Carried aw4y"))
    picker = ana.page.locator("input[type=file]")
    picker.set_input_files(damaged)
    expect(ana.page.get_by_role("alert")).to_have_text(
        "damaged.ipynb: The recording was changed after it was made, or is cut off"
    )
    picker.set_input_files(file)
    expect(ana.page.get_by_text("Unchanged since it was recorded")).to_be_visible()
    ana.page.get_by_role("slider").first.press("End")
    expect(ana.page.locator(".cm-content")).to_contain_text("carried = True")
    assert ana.page.url.split("/")[-1] != session
    ana.page.goto(stand_alone.lobby_url)
    expect(ana.page.get_by_role("listitem").filter(has_text="Carried away")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_replay_fits_its_window(
    stand_alone: Server,
    new_person: Callable[..., Person],
    tmp_path: Path,
    scheme: str,
    width: int,
) -> None:
    session = stand_alone.session(language="python", title="Two sums")
    for number in range(1, 12):
        lines = [f"print({each})" for each in range(number)]
        stand_alone.call("PUT", f"sessions/{session}/code", {"code": "\n".join(lines)})
    stand_alone.call("POST", f"sessions/{session}/execute", {"output": "0\n1\n2\n"})
    path = exported(stand_alone, session, "html", tmp_path)
    viewport = {"width": width, "height": 800}
    page = new_person("Ana", offline=True, viewport=viewport, color_scheme=scheme).page
    play(page, path)
    page.get_by_role("slider").first.press("End")
    expect(page.locator(".cm-content")).to_contain_text("print(9)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"replay-{width}-{scheme}.png")


def test_an_interviewer_leaves_the_notes_out(
    stand_alone: Server, new_person: Callable[..., Person]
) -> None:
    session = stand_alone.session(title="To hand over")
    join(new_person("Cy").page, stand_alone.invite(session), "Cy")
    ana = new_person("Ana")
    ana.page.goto(stand_alone.lobby_url)
    row = ana.page.get_by_role("listitem").filter(has_text="To hand over")
    kept_back = []
    for box in (False, True):
        row.get_by_role("button", name="Download").click()
        leave_out = row.get_by_role("checkbox", name="Leave out interviewers’ notes")
        expect(leave_out).not_to_be_checked()
        leave_out.focus()
        if box:
            ana.page.keyboard.press("Space")
            expect(leave_out).to_be_checked()
            ARTIFACTS.mkdir(parents=True, exist_ok=True)
            ana.page.screenshot(path=ARTIFACTS / "download-menu.png")
        with ana.page.expect_download() as download:
            row.get_by_role("button", name="Download recording").click()
        lines = download.value.path().read_text().splitlines()
        kept_back.append([each for each in lines if '"digest"' in each])
    ours, theirs = kept_back
    # Neither file has the server's own entries; the file for everyone lacks even their digests.
    assert len(ours) == len(theirs) > 0
    assert not set(ours) & set(theirs)
