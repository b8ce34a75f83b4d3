"""Files of the pad: permissions, valid names, and one separate text for each file."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from arena_ext.protocol.lib0 import Malformed
from arena_ext.protocol.limits import MAX_FILES, MAX_ROOTS
from arena_ext.protocol.wire import LANGUAGES, Dialect
from arena_ext.rooms import checkpoint
from arena_ext.rooms.connection import Connection
from arena_ext.session.files import first_name, rejected
from arena_ext.session.model import Participant
from arena_ext.session.permissions import Role
from tests.server.conftest import ConnectJson, Interview
from tests.support.honest import Editor
from tests.support.people import Person
from tests.support.stage import Inbox, Stage, edit, settled

Run = Callable[[Awaitable[Any]], Any]
MAIN = {"name": "main.js", "root": "code"}


class Screen:
    """A client on a connection of a stage: it sends commands and receives the results."""

    def __init__(self, stage: Stage, who: Participant, dialect: Dialect = Dialect.ARENA) -> None:
        self.stage = stage
        self.connection: Connection
        self.inbox: Inbox
        self.connection, self.inbox = stage.connect(who, dialect)

    async def ask(self, kind: str, **payload: str) -> str | None:
        """Send a command; return the message of its error, if any."""
        before = len(self.inbox.of("error"))
        self.stage.room.receive_event(self.connection, kind, payload, None)
        await settled()
        errors = self.inbox.of("error")[before:]
        return str(errors[0]["message"]) if errors else None

    async def type(self, update: bytes) -> None:
        self.stage.room.receive_frame(self.connection, edit(update))
        await settled()


def files(stage: Stage) -> list[dict[str, str]]:
    return [file.as_json() for file in stage.room.session.files]


def test_everybody_hears_of_a_file_its_author_too(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana, ben = Screen(stage, stage.ana), Screen(stage, stage.ben, Dialect.JSON)
        assert await ben.ask("file-add", name="other.js") is None
        (told,) = ben.inbox.of("file-added")
        assert told == {"userId": stage.ben.id, "name": "other.js", "root": told["root"]}
        assert ana.inbox.of("file-added") == [told]
        assert await ana.ask("file-rename", **{"from": "other.js", "to": "more.js"}) is None
        assert await ana.ask("file-main", name="more.js") is None
        assert await ben.ask("file-delete", name="main.js") is None
        assert files(stage) == [{"name": "more.js", "root": told["root"]}]
        late = Screen(stage, stage.ben)
        (state,) = late.inbox.of("session-state")
        assert (state["files"], state["main"]) == (files(stage), told["root"])

    run(scenario())


def test_who_may_not_write_may_not_change_files(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        olga = Screen(stage, await stage.invited("Olga", Role.OBSERVER))
        ana, ben = Screen(stage, stage.ana), Screen(stage, stage.ben)
        await ana.ask("file-add", name="other.js")
        before = files(stage)
        wishes: list[tuple[str, dict[str, str]]] = [
            ("file-add", {"name": "more.js"}),
            ("file-rename", {"from": "other.js", "to": "more.js"}),
            ("file-delete", {"name": "other.js"}),
            ("file-main", {"name": "other.js"}),
        ]
        for kind, payload in wishes:
            assert "may not" in (await olga.ask(kind, **payload) or "")
        stage.room.act(stage.room.caller(ana.connection), "lock", {"locked": True})
        await settled()
        for kind, payload in wishes:
            assert "locked" in (await ben.ask(kind, **payload) or "")
        assert files(stage) == before
        assert stage.room.session.main == "code"
        assert await ana.ask("file-add", name="more.js") is None

    run(scenario())


def test_of_two_adds_of_one_name_the_second_is_told_so(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana, ben = Screen(stage, stage.ana), Screen(stage, stage.ben)
        assert await ana.ask("file-add", name="other.js") is None
        assert await ben.ask("file-add", name="Other.JS") == "there is a file with this name"
        assert [file["name"] for file in files(stage)] == ["main.js", "other.js"]

    run(scenario())


def test_of_two_renames_of_one_file_the_second_is_told_that_it_is_gone(
    stage: Stage, run: Run
) -> None:
    async def scenario() -> None:
        ana, ben = Screen(stage, stage.ana), Screen(stage, stage.ben)
        assert await ana.ask("file-rename", **{"from": "main.js", "to": "a.js"}) is None
        assert await ben.ask("file-rename", **{"from": "main.js", "to": "b.js"}) is not None
        assert files(stage) == [{"name": "a.js", "root": "code"}]
        assert await ben.ask("file-rename", **{"from": "a.js", "to": "A.js"}) is None

    run(scenario())


def test_a_name_in_another_normal_form_is_the_same_name(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana = Screen(stage, stage.ana)
        assert await ana.ask("file-add", name="e\u0301.js") is None
        assert files(stage)[1]["name"] == "\u00e9.js"
        assert await ana.ask("file-add", name="\u00e9.js") is not None
        assert await ana.ask("file-delete", name="e\u0301.js") is None

    run(scenario())


def test_the_main_file_stays(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana = Screen(stage, stage.ana)
        assert "main file" in (await ana.ask("file-delete", name="main.js") or "")
        assert files(stage) == [MAIN]

    run(scenario())


def test_files_are_bounded_and_so_are_all_that_ever_were(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana = Screen(stage, stage.ana)
        for number in range(MAX_FILES - 1):
            assert await ana.ask("file-add", name=f"{number}.js") is None
        assert "at most" in (await ana.ask("file-add", name="more.js") or "")
        for number in range(MAX_FILES, MAX_ROOTS):
            assert await ana.ask("file-delete", name=f"{number - MAX_FILES}.js") is None
            assert await ana.ask("file-add", name=f"{number - 1}.js") is None
        assert await ana.ask("file-delete", name=files(stage)[1]["name"]) is None
        assert "too many" in (await ana.ask("file-add", name="more.js") or "")

    run(scenario())


def test_each_file_has_its_own_text(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana, ben = Screen(stage, stage.ana), Screen(stage, stage.ben)
        await ana.ask("file-add", name="other.js")
        await ana.type(Editor(5).insert(0, "in the first"))
        await ben.type(Editor(6, files(stage)[1]["root"]).insert(0, "in the other"))
        assert stage.room.text() == "in the first"
        await ana.ask("file-main", name="other.js")
        assert stage.room.text() == "in the other"

    run(scenario())


def test_text_in_a_root_that_never_was_a_file_is_refused(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana = Screen(stage, stage.ana)
        for root in ("code/1", "code/other.js", "notes", "codex", ""):
            with pytest.raises(Malformed):
                stage.room.receive_frame(ana.connection, edit(Editor(5, root).insert(0, "x")))

    run(scenario())


def test_what_is_typed_while_a_file_goes_is_stored_and_nobody_is_thrown_out(
    stage: Stage, run: Run
) -> None:
    async def scenario() -> None:
        ana, ben = Screen(stage, stage.ana), Screen(stage, stage.ben)
        await ana.ask("file-add", name="other.js")
        root = files(stage)[1]["root"]
        editor = Editor(6, root)
        await ben.type(editor.insert(0, "before"))
        await ana.ask("file-delete", name="other.js")
        await ben.type(editor.insert(6, " and after"))
        assert ben.inbox.closed is None
        assert files(stage) == [MAIN]
        follower = Editor(7, root)
        for update in ana.inbox.updates():
            follower.apply(update)
        assert follower.text == "before and after"
        assert stage.room.text() == ""

    run(scenario())


def test_bots_follow_the_main_file(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana, bot = Screen(stage, stage.ana), Screen(stage, stage.ben, Dialect.JSON)
        await ana.type(Editor(5).insert(0, "first"))
        await ana.ask("file-add", name="other.js")
        root = files(stage)[1]["root"]
        await ana.type(Editor(6, root).insert(0, "other 😀\nline"))
        await ana.ask("file-main", name="other.js")
        assert stage.room.text() == "other 😀\nline"
        assert await bot.ask("code-change", changes="from the bot 😀") is None
        assert stage.room.text() == "from the bot 😀"
        assert await ana.ask("file-main", name="main.js") is None
        assert stage.room.text() == "first"

    run(scenario())


def test_a_room_that_is_opened_again_has_its_files(stage: Stage, run: Run) -> None:
    async def scenario() -> None:
        ana = Screen(stage, stage.ana)
        await ana.ask("file-add", name="gone.js")
        gone = files(stage)[1]["root"]
        await ana.ask("file-add", name="other.js")
        await ana.ask("file-delete", name="gone.js")
        await ana.ask("file-main", name="other.js")
        session = stage.room.session
        kept = checkpoint.load(checkpoint.dump(checkpoint.cut(session, {}, {}, {}, {}))).session
        assert kept == session
        identity, before = session.id, files(stage)
        stage.room.crash()
        reopened = await stage.rooms.get(identity)
        assert reopened is not None
        assert reopened is not stage.room
        assert [file.as_json() for file in reopened.session.files] == before
        assert reopened.session.main == session.main
        assert gone in reopened.session.roots

    run(scenario())


def test_whatever_is_asked_for_there_is_a_main_file_and_no_name_twice(
    stage: Stage, run: Run
) -> None:
    async def scenario() -> None:
        chance = random.Random(7)
        people = [Screen(stage, stage.ana), Screen(stage, stage.ben)]
        names = ["main.js", "main.py", "Main.PY", "a", "A", "b"]
        for _ in range(500):
            kind = chance.choice(["file-add", "file-rename", "file-delete", "file-main"])
            name, other = chance.choices(names, k=2)
            payload = {"from": name, "to": other} if kind == "file-rename" else {"name": name}
            await chance.choice(people).ask(kind, **payload)
            if chance.random() < 0.2:
                language = chance.choice(["javascript", "python"])
                await people[0].ask("language-change", language=language)
            session = stage.room.session
            lowered = [file.name.lower() for file in session.files]
            assert len(set(lowered)) == len(lowered)
            assert session.main in {file.root for file in session.files}

    run(scenario())


def test_a_run_says_on_which_files_it_was(
    interview: Interview,
    host: Person,
    connect_json: ConnectJson,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> None:
    async def scenario() -> None:
        ada = await connect_json(interview.session, interview.candidate_token)
        await ada.join()
        oz = await connect_json(interview.session, interview.observer_token)
        await oz.join()
        ran = {"language": "python", "code": "import a", "files": {"a.py": "print(1)"}}
        await ada.send("execute-code", ran)
        told = await oz.expect("execute-code")
        assert {key: told[key] for key in ran} == ran
        for files in (
            {"a.py": 1},
            {"": "x"},
            {"x" * 65: "x"},
            {f"{number}.py": "" for number in range(MAX_FILES + 1)},
            ["a.py"],
        ):
            await ada.send("execute-code", {**ran, "files": files})
            await ada.expect("error")
        await ada.send("file-add", {"name": "a/b.py"})
        assert (await ada.expect("error"))["code"] == "invalid"
        await ada.send("file-add", {"name": "b.py"})
        root = (await oz.expect("file-added"))["root"]
        await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "a = 1"})
        await oz.expect_code("a = 1")
        await ada.send("file-main", {"name": "b.py"})
        await oz.expect_code("")
        assert (await oz.expect("main-file-changed"))["root"] == root
        put = await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "b = 1"})
        assert put.status == 204
        assert await host.code(interview.session) == "b = 1"
        await host.fetch("PUT", f"sessions/{interview.session}/code", {"code": "b = 2"})
        await oz.expect_code("b = 2")

    jp_asyncio_loop.run_until_complete(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_first_file(language: str) -> None:
    assert rejected([], first_name(language)) is None
