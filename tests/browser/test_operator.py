"""What people see of an operator: a database that does not open, a session deleted by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.meeting import NewPerson, meet
from tests.support import servers
from tests.support.servers import Server


def test_jupyterlab_says_why_there_is_no_interview(tmp_path: Path, new_person: NewPerson) -> None:
    place = tmp_path / "a file"
    place.write_text("in the place of a directory")
    path = place / "sessions.sqlite"
    with servers.jupyterlab(tmp_path, f"--ArenaApp.database={path}") as server:
        page = new_person("Ana").page
        page.goto(server.lab_url)
        sentence = f"Arena cannot open its database {path}: a file is in the place of its directory"
        page.locator('.jp-LauncherCard[data-category="Arena"]').get_by_text("Interview").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(sentence)
        dialog.get_by_role("button").last.click()
        page.get_by_role("tab", name="Interviews").click()
        side_bar = page.locator("#arena-sessions")
        expect(side_bar.get_by_role("alert")).to_contain_text(sentence)
        # A guest learns no path of the server.
        guest = new_person("Ben").page
        guest.goto(f"{server.url}arena/join/abc")
        expect(guest.locator("body")).to_have_text("Arena cannot open its database")


def test_a_session_deleted_by_hand_says_so_to_its_people(
    jupyter_server: Server, new_person: NewPerson
) -> None:
    interviewer, candidate = meet(jupyter_server, new_person)
    candidate.write("hello")
    expect(candidate.saved).to_have_text("Saved")
    expect(interviewer.code).to_have_text("hello")
    (session,) = (each["id"] for each in jupyter_server.call("GET", "sessions")[:1])
    jupyter = str(Path(sys.executable).with_name("jupyter"))
    path = jupyter_server.home / "data" / "arena" / "sessions.sqlite"
    command = [jupyter, "arena", "sessions", "--database", str(path), "delete", session]
    subprocess.run(command, check=True, timeout=60)
    expect(candidate.page.get_by_role("alert")).to_contain_text("This interview was deleted.")
    expect(interviewer.panel).to_contain_text("This interview was deleted")
    interviewer.code.click()
    interviewer.page.keyboard.type("after the end")
    expect(interviewer.saved).not_to_have_text("Saved")
