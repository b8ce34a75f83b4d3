"""Everything that a guest may store and a reader's page draws: the worst of each kind that fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser import costly_markup
from tests.browser.guest import Guest
from tests.browser.meter import Act, Store

#: Characters of one chunk of a stream and of all output of a run, of a question, of a document.
CHUNK, OUTPUT = 65_536, 1_048_576
QUESTION, TEXT = 32_768, 1_048_576
CODE = 110_000

FAMILY = "👨‍👩‍👧‍👦"
BIDI = "אa" * 15_000
ZALGO = "a" + "\u0301" * 9999


@dataclass(frozen=True)
class Costly:
    """A value, and what a reader does with it beside looking: `acts` by their names."""

    kind: str
    name: str
    store: Store
    acts: tuple[tuple[str, Act], ...] = ()
    #: The page on which it is drawn again: `join` or `replay`.
    page: str = "join"

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def values(mime: str, *data: str) -> Store:
    """A run that shows these values."""
    return lambda guest: guest.run([{"mime": mime, "data": each} for each in data])


def streams(*texts: tuple[str, str]) -> Store:
    """A run that prints texts to streams."""
    chunks = [{"stream": stream, "data": text} for stream, text in texts]
    return lambda guest: guest.run(chunks)


def printed(text: str) -> Store:
    """A run that prints this text, up to the limit of a run."""
    return streams(("stdout", text[:OUTPUT]))


TEXTS: dict[str, str] = {
    "a line of letters": "m" * OUTPUT,
    "a line of words": "word " * (OUTPUT // 5),
    "newlines": "\n" * OUTPUT,
    "short lines": "a\n" * (OUTPUT // 2),
    "Hebrew and Latin": BIDI * 14,
    "Hebrew": "א" * 500_000,
    "Hebrew and Latin in lines": ("אa" * 20 + "\n") * 10_000,
    "overrides": "\u202e\u202dא\u2066a\u2069" * 50_000,
    "deep overrides": ("\u202e\u202d" * 60 + "a" + "\u202c" * 120) * 1000,
    "combining marks": ZALGO * 40,
    "one cluster": "a" + "\u0301" * 300_000,
    "families": FAMILY * 20_000,
    "joiners": "a\u200d" * 300_000,
    "tabs": "\t" * OUTPUT,
    "spaces": " " * OUTPUT,
    "spaces and tabs": " \t" * (OUTPUT // 2),
    "soft hyphens": "a\u00ad" * 300_000,
    "breaks of no width": "a\u200b" * 300_000,
    "carriage returns": "\r" * OUTPUT,
    "Arabic": "ﷺ" * 200_000,
    "Arabic letters": "للله" * 60_000,
    "Devanagari": "क्षि" * 60_000,
    "Thai": "กกิ่กำ" * 40_000,
    "Hangul": "ᄒ" * 200_000,
    "many scripts": "aאअกㄱ中😀" * 40_000,
    "unassigned": "\U000e0fff\ufffe\U0001fbff" * 60_000,
    "regional letters": "🇩" * 100_000,
    "variation selectors": "a\ufe0f" * 150_000,
    "all characters": "".join(map(chr, [*range(0x20, 0xD7FF), *range(0xE000, 0xFFFD)])) * 6,
    "rare characters": "".join(map(chr, range(0x10000, 0x1FFFF))),
    "terminal codes": "\x1b[31ma" * 100_000,
    "addresses": "http://a.b/c?d=" * 40_000,
}


def alternating(pieces: int) -> Store:
    """Streams that alternate with each character."""
    texts = [("stdout" if at % 2 else "stderr", "אa"[at % 2]) for at in range(pieces)]
    return lambda guest: guest.run([{"stream": s, "data": text} for s, text in texts])


def opened(page: Page) -> None:
    """Open the code of the run."""
    page.locator(".arena-run-code summary").click()


def typed(page: Page) -> None:
    """Type into the editor, at its beginning and at its end."""
    page.locator(".cm-content").first.focus()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.type("x(")
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("x(")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")


def selected(page: Page) -> None:
    """Select the whole text of the editor."""
    page.locator(".cm-content").first.focus()
    page.keyboard.press("ControlOrMeta+a")


TYPING = (("typed", typed), ("selected", selected))


def pad(text: str, language: str = "javascript") -> Store:
    """A text in the editor."""

    def store(guest: Guest) -> None:
        guest.send(("language-change", {"language": language}))
        guest.write(text)

    return store


PADS: dict[str, tuple[str, str]] = {
    "one line of 500,000 letters": ("javascript", "m" * 500_000),
    "one line of words": ("javascript", "word " * 100_000),
    "one line of calls": ("javascript", "f(a,1)+" * 70_000),
    "100,000 lines": ("javascript", "a\n" * 100_000),
    "500,000 empty lines": ("javascript", "\n" * 500_000),
    "Hebrew and Latin": ("javascript", "אa" * 100_000),
    "Hebrew and Latin in lines": ("javascript", ("אa" * 500 + "\n") * 200),
    "combining marks": ("javascript", ZALGO * 20),
    "one cluster": ("javascript", "a" + "\u0301" * 200_000),
    "families": ("javascript", FAMILY * 10_000),
    "tabs": ("javascript", "\t" * 300_000),
    "control characters": ("javascript", "\x01" * 100_000),
    "invisible characters": ("javascript", "\u200b\u2028" * 30_000),
    "overrides": ("javascript", "\u202e\u202dא\u2066a\u2069" * 20_000),
    "brackets": ("javascript", "(" * 300_000),
    "brackets and their ends": ("javascript", "(" * 150_000 + ")" * 150_000),
    "braces in lines": ("javascript", "{\n" * 100_000),
    "arrows": ("javascript", "(a=>" * 80_000),
    "templates": ("javascript", "`${" * 100_000),
    "angles": ("typescript", "a<" * 150_000),
    "questions": ("typescript", "a?b:" * 80_000),
    "regular expressions": ("javascript", "/[" * 100_000),
    "strings of lines": ("javascript", "'\n" * 100_000),
    "comments": ("javascript", "/*" * 150_000),
    "Python brackets": ("python", "[" * 300_000),
    "Python blocks": ("python", "".join(" " * at + "if a:\n" for at in range(700))),
    "Python strings": ("python", "f'{" * 100_000),
    "Python quotes": ("python", '"""' * 100_001),
    "Python lambdas": ("python", "lambda:" * 50_000),
    "SQL brackets": ("sql", "(" * 300_000),
    "SQL words": ("sql", "select " * 60_000),
    "SQL quotes": ("sql", "'" * 300_001),
}


def asked(question: str) -> Store:
    """A question."""
    return lambda guest: guest.call("PATCH", "", {"question": question[:QUESTION]})


QUESTIONS: dict[str, str] = {
    "a list and lines": "- a\n" + "a\n" * 16_000,
    "newlines": "a" + "\n" * 32_000 + "a",
    "Hebrew and Latin": "אa" * 16_000,
    "combining marks": "a" + "\u0301" * 32_000,
    "a table": "|a" * 300 + "\n" + "|-" * 300 + "\n" + ("|" + "\n") * 8000,
    "headings": "# a\n" * 8000,
    "code": "```\n" + "אa" * 15_000,
    "rules": "---\n" * 8000,
    "spaces": "a" + " " * 32_000 + "b",
    "backticks": "`" * 32_000,
    "backticks of all lengths": "".join("`" * (at % 200) + "a" for at in range(300)),
    "backslashes": "\\" * 32_000,
    "entities": "&amp;" * 6000,
    "tags": "<a" * 16_000,
    "comments": "<!--" * 8000,
    "definitions": "[a]: b\n" * 4600,
    "numbers": "1. a\n" * 6500,
    "short paragraphs": "a\n\n" * 10_000,
    "short quotes": "> a\n\n" * 6500,
    "nested lists": "".join("  " * (at % 12) + "- a\n" for at in range(1800)),
    "emphases": ("*a " * 190 + "\n\n") * 50,
    "brackets": ("[" * 199 + "\n\n") * 160,
    "underlines": "a\n=\n" * 8000,
    "mails": "a@" * 16_000,
    "addresses": "http://a." * 3600,
    "a picture of many pixels": f"![a](data:image/png;base64,{costly_markup.png(9000, 9000)})",
}


def failed(text: str, main: str = "main.js", files: dict[str, str] | None = None) -> Store:
    """A run that failed with this text."""
    return lambda guest: guest.run([], error=text[:CHUNK], main=main, files=files)


def programmed(code: str) -> Store:
    """A run of this program."""
    return lambda guest: guest.run([], code=code)


def named(text: str) -> str:
    """As much of a text as fits in a name."""
    return text[:64]


def many_files(guest: Guest) -> None:
    """As many files as fit, with long names; once in a session."""
    if not guest.has_files:
        guest.has_files = True
        guest.send(*[("file-add", {"name": named(f"{at}" + "אa" * 40)}) for at in range(31)])


def many_people(guest: Guest) -> None:
    """People with names of marks, and a waiting list of them."""
    guest.join(*[named(f"{at} " + "a\u0301" * 40) for at in range(60)])
    guest.call("PATCH", "", {"askToEnter": True})
    guest.join(*[named(f"w{at} " + "אa" * 40) for at in range(50)])
    guest.call("PATCH", "", {"askToEnter": False})


def many_runs(guest: Guest) -> None:
    """As many runs as are kept, with long programs."""
    for at in range(20):
        guest.run([{"stream": "stdout", "data": "a"}], code=f"{at}\n" + "m" * 40_000)


def many_edits(guest: Guest) -> None:
    """Thousands of single edits at the two ends of a long text."""
    guest.write("a\n" * 20_000)
    guest.type(3000)


def errors() -> Iterator[tuple[str, Store]]:
    """Texts of errors that are costly to search for places in files."""
    yield "places", failed("main.js:1:1\n" * 5400)
    yield "places of Python", failed('"main.py", line 1\n' * 3600, "main.py")
    yield "quotes", failed('"' * CHUNK)
    yield "starts of places", failed("main.js:" * 8000)
    yield (
        "hostile names",
        failed("aaaaaaaa" * 8000, named("a" * 64), {"a" * at: "" for at in range(1, 32)}),
    )
    yield (
        "names with a place each",
        failed(" a:1" * 16_000, "a", {"a" * at: "" for at in range(2, 33)}),
    )
    yield (
        "names of signs",
        failed("((((((((" * 8000, "(" * 60, {"(" * at: "" for at in range(1, 32)}),
    )
    yield "Hebrew and Latin", failed("אa" * 32_000)
    yield "newlines", failed("\n" * CHUNK)
    yield "combining marks", failed("a" + "\u0301" * 65_000)


def markup() -> Iterator[Costly]:
    """Values by their MIME types."""
    for kind, mime, one in (
        ("svg", "image/svg+xml", costly_markup.SVG),
        ("html", "text/html", costly_markup.HTML),
        ("latex", "text/latex", costly_markup.LATEX),
        ("markdown", "text/markdown", costly_markup.MARKDOWN),
    ):
        for name, data in one.items():
            yield Costly(kind, name, values(mime, data[: costly_markup.VALUE]))
    for kind, mime, several in (
        ("svg", "image/svg+xml", {"many": [costly_markup.svg("<rect/>" * 50)] * 256}),
        ("html", "text/html", {"256 pieces": ["<p>x"] * 256}),
        ("latex", "text/latex", {"256 pieces": ["x"] * 256}),
        ("markdown", "text/markdown", {"256 pieces": ["x"] * 256}),
        ("table", "application/vnd.arena.table+json", costly_markup.TABLES),
        ("picture", "image/png", costly_markup.PICTURES),
    ):
        for name, all_data in several.items():
            yield Costly(kind, name, values(mime, *all_data))


def texts() -> Iterator[Costly]:
    """Texts of a run."""
    for name, text in TEXTS.items():
        yield Costly("text", name, printed(text))
    yield Costly("text", "14 x 30,000 of Hebrew and Latin", streams(*[("stdout", BIDI)] * 14))
    yield Costly("text", "alternating streams", alternating(20_000))
    yield Costly(
        "text",
        "alternating streams of lines",
        streams(*([("stdout", "a\n"), ("stderr", "b\n")] * 5000)),
    )
    yield Costly("value", "plain text", values("text/plain", "אa" * 32_000, "m" * 190_000))
    yield Costly("value", "an unknown type", values("a/b", "אa" * 32_000, "\n" * 110_000))
    yield Costly("value", "256 pieces", values("a/b", *["x"] * 256))
    for name, store in errors():
        yield Costly("error", name, store)
    for name in ("Hebrew and Latin", "combining marks", "newlines", "a line of letters"):
        yield Costly("code", name, programmed(TEXTS[name][:CODE]), (("opened", opened),))


def all_costly() -> Iterator[Costly]:
    """All of them."""
    yield from markup()
    yield from texts()
    yield from written()


def written() -> Iterator[Costly]:
    """What people write: programs, questions, names."""
    for name, (language, text) in PADS.items():
        yield Costly("editor", name, pad(text, language), TYPING)
    yield Costly("editor", "many edits", many_edits, TYPING)
    yield Costly("editor", "many cursors", lambda guest: guest.gather(60, "m" * 50_000), TYPING)
    for name, text in QUESTIONS.items():
        yield Costly("question", name, asked(text))
    yield Costly("prompt", "marks", lambda guest: guest.run([], prompt="אa\u0301" * 5000))
    yield Costly("list", "files", many_files)
    yield Costly("list", "people and a waiting list", many_people)
    yield Costly("list", "runs", many_runs)
