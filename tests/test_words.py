"""Retired words are in no page, no identifier and no file name of the code.

`docs/glossary.md` lists the words in use, and the retired words of pages. The tables here list
retired names of code, one on each line: the retired name, and its replacement.
"""

from __future__ import annotations

import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
#: Folders with built files, and with packages of others.
OUTSIDE = {"labextension", "static", "node_modules", "__pycache__"}

#: Words inside identifiers and file names, in any case and number.
PARTS = {
    "agreement": "consistency",
    "crowd": "quotas",
    "desk": "notes",
    "door": "waiting room",
    "furnish": "install packages",
    "keeper": "draft recorder",
    "knock": "try join",
    "ledger": "update validator",
    "leftover": "draft recovery",
    "misshapen": "check shape",
    "news": "update summary",
    "pace": "scheduler",
    "paced": "charged",
    "patience": "ack timeout",
    "quarantine": "circuit breaker",
    "safekeeping": "unsaved work",
    "story": "session history",
    "supply": "engine pool, worker pool",
    "tampered": "invalid recording",
    "vocabulary": "log schemas",
    "whereabouts": "file presence",
    "withheld": "redacted",
}

#: Whole identifiers of the server; their parts are correct in other names.
PYTHON = {
    "Agreement": "ConsistencyChecks",
    "Allowance": "WorkBudget",
    "Broken": "EngineFailed",
    "Budget": "TokenBucket",
    "Exchange": "Sync",
    "Gap": "MissingDependency",
    "Lost": "EngineGone",
    "NativeProcess": "EngineProcess",
    "NowhereHandler": "NotFoundHandler",
    "Resting": "SessionUnavailable",
    "Stale": "StaleCheckpoint",
    "Walled": "SecuredHandler",
    "arrive": "add_to_roster",
    "bring_back": "import_recording",
    "depart": "remove_from_roster",
    "enter": "authenticate, count_socket, attach",
    "learn": "integrate",
    "native": "engine",
    "open_sound": "open_or_recover",
    "store_whole": "append_all",
    "take_in": "import_recording",
    "to_log": "decide",
}

#: Whole identifiers of the browser's code.
TYPESCRIPT = {
    "FileWish": "FileCommand",
    "TextsPort": "DocumentPort",
    "Way": "JoinState",
    "granted": "decide",
    "predicted": "optimistic",
    "say": "dispatch",
}

#: Names of files, without folder and suffix.
FILES = {
    "access": "admission",
    "call": "api",
    "exchange": "sync",
    "gone": "closed",
    "headers": "security_headers",
    "json_view": "text_view",
    "native": "engine",
    "native_process": "engine_process",
    "native_wire": "engine_protocol",
    "order": "ordering",
    "request": "base",
    "sqlite_log": "sqlite",
    "utils": "a name of what is in it",
    "helpers": "a name of what is in it",
}


def code(*endings: str) -> list[Path]:
    """The files of our code with one of these suffixes, except this file."""
    return [
        path
        for top in ("arena_ext", "src", "tests")
        for path in (ROOT / top).rglob("*")
        if path.suffix in endings and path != Path(__file__) and not OUTSIDE & {*path.parts}
    ]


@cache
def python_names() -> dict[str, set[str]]:
    """Each identifier of the Python code, with the files that use it."""
    found: dict[str, set[str]] = {}
    for path in code(".py"):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
            if token.type == tokenize.NAME:
                found.setdefault(token.string, set()).add(str(path.relative_to(ROOT)))
    assert len(found) > 1000
    return found


#: Comments and strings; the code in a template between `${` and `}` is removed, too.
NO_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`""", re.DOTALL
)


@cache
def typescript_names() -> dict[str, set[str]]:
    """Each identifier of the TypeScript code, with the files that use it."""
    found: dict[str, set[str]] = {}
    for path in code(".ts", ".tsx"):
        for name in re.findall(r"[A-Za-z_$][\w$]*", NO_CODE.sub(" ", path.read_text("utf-8"))):
            found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    assert len(found) > 1000
    return found


def parts(name: str) -> set[str]:
    """The words of a name in any style, in lower case; plurals also in the singular."""
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return words | {word.removesuffix("s") for word in words}


def stems() -> dict[str, str]:
    """Each file of our code, with its name without `test_` and suffixes."""
    files = code(".py", ".ts", ".tsx", ".mjs", ".json")
    return {str(p.relative_to(ROOT)): p.name.split(".")[0].removeprefix("test_") for p in files}


@pytest.mark.parametrize("word", PARTS)
def test_no_name_has_a_retired_word(word: str) -> None:
    using = {
        name: sorted(files)
        for names in (python_names(), typescript_names())
        for name, files in names.items()
        if word in parts(name)
    }
    assert not using, f"use instead: {PARTS[word]}"


@pytest.mark.parametrize("word", PARTS)
def test_no_file_has_a_retired_word(word: str) -> None:
    named = [path for path, stem in stems().items() if word in parts(stem)]
    assert not named, f"use instead: {PARTS[word]}"


@pytest.mark.parametrize("name", PYTHON)
def test_no_python_has_a_retired_name(name: str) -> None:
    files = [each for each in python_names().get(name, ()) if each.startswith("arena_ext/")]
    assert not files, f"use instead: {PYTHON[name]}"


@pytest.mark.parametrize("name", TYPESCRIPT)
def test_no_typescript_has_a_retired_name(name: str) -> None:
    files = [each for each in typescript_names().get(name, ()) if each.startswith("src/")]
    assert not files, f"use instead: {TYPESCRIPT[name]}"


@pytest.mark.parametrize("name", FILES)
def test_no_file_has_a_retired_name(name: str) -> None:
    named = [path for path, stem in stems().items() if stem.replace("-", "_") == name]
    assert not named, f"use instead: {FILES[name]}"


def glossary(title: str) -> str:
    """A section of the glossary."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def unwanted() -> list[str]:
    """Words that the glossary bans from pages, except Jupyter's `user` and `kernel`.

    `desk` is retired, too, but the changelog has to name it: there it is marked as code.
    """
    listed = re.sub(r"\(.*?\)", "", glossary("Not used").rpartition(":")[2], flags=re.DOTALL)
    words = {each.strip(" .\n") for each in listed.split(",")}
    retired = set(re.findall(r"^\| (\w+) \|", glossary("Retired"), re.MULTILINE)) - {"Retired"}
    assert {"user", "kernel"} < words
    assert len(retired) > 15
    return sorted((words | retired) - {"user", "kernel"})


def prose(text: str) -> str:
    """A page without its code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


@pytest.mark.parametrize(
    "path",
    [p for p in PAGES if p.name != "glossary.md"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_page_uses_the_words_that_are_not_used(path: Path) -> None:
    pattern = rf"\b(?:{'|'.join(unwanted())})s?\b"
    assert not re.findall(pattern, prose(path.read_text(encoding="utf-8")), re.IGNORECASE)


def test_every_retired_word_of_the_glossary_is_out_of_code() -> None:
    """Except `native`, a word of other packages, too: it is banned as a whole name only."""
    retired = set(re.findall(r"^\| (\w+) \|", glossary("Retired"), re.MULTILINE)) - {"Retired"}
    assert {word.removesuffix("s") for word in retired - {"native", "news"}} <= PARTS.keys()
