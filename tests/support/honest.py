"""Honest editors for tests: Yjs documents without a network."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pycrdt import Doc, Text, TransactionEvent


class Editor:
    """A client's copy of the pad. `insert` and `delete` count characters and return the update."""

    def __init__(self, client: int, root: str = "code") -> None:
        self.client = client
        self.doc: Doc[Text] = Doc(client_id=client)
        self._text = self.doc.get(root, type=Text)
        self._updates: list[bytes] = []
        self._subscription = self.doc.observe(self._note)

    def _note(self, event: TransactionEvent) -> None:
        self._updates.append(bytes(event.update))

    @property
    def text(self) -> str:
        return str(self._text)

    def insert(self, index: int, text: str) -> bytes:
        self._updates.clear()
        self._text.insert(len(self.text[:index].encode()), text)
        return self._updates[-1]

    def delete(self, start: int, end: int) -> bytes:
        self._updates.clear()
        first = len(self.text[:start].encode())
        del self._text[first : first + len(self.text[start:end].encode())]
        return self._updates[-1]

    def replace(self, start: int, end: int, text: str) -> bytes:
        self._updates.clear()
        with self.doc.transaction():
            first = len(self.text[:start].encode())
            del self._text[first : first + len(self.text[start:end].encode())]
            self._text.insert(first, text)
        return self._updates[-1]

    def insert_at(self, places: Sequence[int], text: str) -> bytes:
        """With a cursor at each place, the last place first."""
        self._updates.clear()
        with self.doc.transaction():
            for place in places:
                self._text.insert(len(self.text[:place].encode()), text)
        return self._updates[-1]

    def press(self, at: int, key: str) -> None:
        """Type one ASCII character into an ASCII text, or delete the previous one; a fast path."""
        if key:
            self._text.insert(at, key)
        else:
            del self._text[at - 1 : at]

    def apply(self, update: bytes) -> None:
        self.doc.apply_update(update)

    def state_vector(self) -> bytes:
        return bytes(self.doc.get_state())

    def since(self, state_vector: bytes) -> bytes:
        return bytes(self.doc.get_update(state_vector))


def type_for_an_hour(editor: Editor, chance: random.Random, back: float, jump: float) -> None:
    """24,000 keys without a pause; `back` is the share of deletions, `jump` that of jumps."""
    length = at = len(editor.text)
    for _ in range(24_000):
        what = chance.random()
        if what < jump:
            at = chance.randint(0, length)
        key = "" if jump <= what < jump + back and at else chance.choice("abcdef \n()")
        editor.press(at, key)
        length, at = (length + 1, at + 1) if key else (length - 1, at - 1)
