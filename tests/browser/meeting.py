"""Brings an interviewer and a candidate into one session, and lets people type there."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Person
from tests.browser.room import Room, from_launcher, join, share
from tests.support.servers import Server

NewPerson = Callable[..., Person]


def meet(server: Server, new_person: NewPerson) -> tuple[Room, Room]:
    """An interviewer and a candidate in one session."""
    host, guest = new_person("Ana"), new_person("Ben")
    host.page.goto(server.lab_url)
    interviewer = from_launcher(host.page)
    link = share(interviewer)
    return interviewer, join(guest.page, link, "Ben")


def type_by_turns(*typing: tuple[Room, str]) -> None:
    """All people type their texts key by key, in turns, without waiting for each other's text."""
    for keys in zip(*(text for _, text in typing), strict=True):
        for (room, _), key in zip(typing, keys, strict=True):
            room.page.keyboard.press(key)
