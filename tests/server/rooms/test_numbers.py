"""The numbers that a candidate receives tell nothing about what the candidate may not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from arena_ext.protocol.frames import SyncMessage
from arena_ext.protocol.wire import Document, Sync
from tests.server.conftest import ConnectArena, ConnectJson
from tests.support.clients import ArenaClient, Client
from tests.support.honest import Editor
from tests.support.people import Person
from tests.support.rights import ask, change_role


def numbers(client: Client) -> list[Any]:
    """All numbers and roots that a client has received in events, in their order."""
    found: list[Any] = []
    for event in client.events:
        if event["type"] == "code-update":
            continue  # it has no number, and how many there are depends on the time
        payload = event["payload"]
        found += [event["type"], event.get("seq"), payload.get("seq"), payload.get("count")]
        found += [payload.get("root"), [each["root"] for each in payload.get("files", [])]]
    return found


class Notes:
    """An interviewer who writes notes over a socket."""

    def __init__(self, client: ArenaClient) -> None:
        self._client = client
        self._editor = Editor(4711, "notes")

    async def write(self, text: str) -> None:
        before = self._editor.state_vector()
        self._editor.insert(0, text)
        update = self._editor.since(before)
        self._client.sent += 1
        await self._client.send_raw(SyncMessage(Document.NOTES, Sync.UPDATE, update).encode())
        await self._client.settled()


async def interview(
    host: Person,
    stranger: Person,
    connect_arena: ConnectArena,
    connect_json: ConnectJson,
    *,
    secrets: bool,
) -> list[list[Any]]:
    """The numbers that a candidate's page and bot receive; `secrets`: with entries not for them."""
    session = await host.session()
    here = f"sessions/{session}"
    _, host_token = await host.join(session, "Host")
    boss = await connect_arena(session, host_token)
    # The server asks for edits of the pad and of the notes; the client answers for the pad alone.
    await boss.until(lambda: boss.synced)
    boss.sent = boss.saved = 0
    await boss.send("language-change", {"language": "sql"})
    await boss.until(lambda: boss.saved)
    boss.sent = boss.saved
    notes = Notes(boss)
    _, token = await stranger.join(session, "Ada", await host.invite(session))

    async def hide() -> None:
        """Write entries that the candidate may not see."""
        if secrets:
            await notes.write("a weak answer")
            await host.fetch("PATCH", here, {"askToEnter": True})
            user, _ = await ask(host, stranger, session, "Will")
            await host.fetch("POST", f"{here}/users/{user}/decline")
            await host.fetch("PATCH", here, {"askToEnter": False})

    await hide()
    page = await connect_arena(session, token)
    await page.settled()
    bot = await connect_json(session, token)
    await bot.join()
    for number in range(3):
        await hide()
        await page.insert(0, "x")
        await page.send("file-add", {"name": f"{number}.py"})
        await page.settled()
        await hide()
        await bot.send("language-change", {"language": ("python", "sql")[number % 2]})
        await bot.settled()
        await host.fetch("PATCH", here, {"title": f"Title {number}"})
        await page.until(lambda n=number: len(page.payloads("title-updated")) > n)  # type: ignore[misc]
        await bot.until(lambda n=number: len(bot.payloads("title-updated")) > n)  # type: ignore[misc]
    return [numbers(page), numbers(bot)]


async def test_a_candidate_cannot_count_what_the_interviewers_write(
    host: Person, stranger: Person, connect_arena: ConnectArena, connect_json: ConnectJson
) -> None:
    everything = (host, stranger, connect_arena, connect_json)
    plain = await interview(*everything, secrets=False)
    assert await interview(*everything, secrets=True) == plain
    events = [each for each in plain[0] if isinstance(each, int)]
    assert len(events) > 10


async def test_numbers_follow_each_other_after_every_change_of_role(
    host: Person,
    stranger: Person,
    guest: Callable[[str], Person],
    connect_json: ConnectJson,
) -> None:
    session = await host.session()
    here = f"sessions/{session}"
    user, token = await stranger.join(session, "Ada", await host.invite(session))
    for _ in range(5):
        await host.invite(session)
    ada = await connect_json(session, token)
    await ada.join()
    for role in ("interviewer", "candidate", "observer", "interviewer", "candidate"):
        await change_role(host, session, user, role)
        state = await ada.expect("session-state")
        assert state["user"]["role"] == role
        await host.fetch("PATCH", here, {"title": role})
        await ada.until(lambda role=role: ada.payloads("title-updated")[-1:] == [_title(role)])  # type: ignore[misc]
        # The next event is the next number: a client that counts misses nothing, and skips nothing.
        assert ada.events[-1]["seq"] == state["seq"] + 1
        if role == "interviewer":
            recording = (await guest(token).fetch("GET", f"{here}/recording")).text
            # The recording has a first and a last line beside its entries.
            assert ada.events[-1]["seq"] == len(recording.splitlines()) - 2


def _title(title: str) -> dict[str, Any]:
    return {"userId": None, "title": title}
