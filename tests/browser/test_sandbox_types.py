"""TypeScript beside `tsc`: its type errors are shown, and the program runs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(180)


def run(page: Page, code: str, **wishes: Any) -> dict[str, Any]:
    script = "([code, wishes]) => arena.run('typescript', code, 60000, null, wishes)"
    result: dict[str, Any] = page.evaluate(script, [code, wishes])
    return result


def tsc(repository: Path, directory: Path, files: dict[str, str]) -> list[str]:
    """What the compiler says of the files: place and text of each error."""
    for name, text in files.items():
        (directory / name).write_text(text)
    (directory / "node_modules").symlink_to(repository / "node_modules")
    tool = ["node", str(repository / "node_modules/typescript/bin/tsc")]
    options = "--strict --noEmit --target es2022 --module preserve --types node --skipLibCheck"
    command = [*tool, *options.split(), "--pretty", "false", "main.ts"]
    said = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=60, check=False
    ).stdout
    return sorted(re.sub(r"^(.*?)\((\d+),(\d+)\): ", r"\1:\2:\3 - ", said, flags=re.M).splitlines())


WRONG: dict[str, dict[str, str]] = {
    "a value": {"main.ts": "const a: number = 1\nconst b: string = a\nexport {}"},
    "properties": {
        "main.ts": "interface P { x: number }\nexport function f(p: P) { return p.y }\n"
        "f({ x: 1, z: 2 })\nconst all: P[] = [{ x: '1' }]\nconsole.log(all.lenght)"
    },
    "null": {"main.ts": "export const m = new Map<string, number>()\nm.get('a') + 1"},
    "another file": {
        "main.ts": "import { add, type T } from './a'\n"
        "const t: T = { n: add(1, '2') }\nconsole.log(t)",
        "a.ts": "export interface T { n: number }\nexport const wrong: string = 1\n"
        "export const add = (a: number, b: number) => a + b",
    },
    "a module of Node": {"main.ts": "import fs from 'fs'\nconst n: number = fs.readFileSync('a')"},
}


@pytest.mark.parametrize("files", WRONG.values(), ids=WRONG)
def test_wrong_types_are_shown_as_tsc_shows_them(
    page: Page, repository: Path, tmp_path: Path, files: dict[str, str]
) -> None:
    others = {name: text for name, text in files.items() if name != "main.ts"}
    result = run(page, files["main.ts"], files=others)
    expected = tsc(repository, tmp_path, files)
    assert expected
    assert sorted(result["stderr"].splitlines()) == expected


def test_a_program_with_wrong_types_runs(page: Page) -> None:
    result = run(page, "const a: number = 'one'\nconsole.log(a)")
    assert (result["stdout"], result["error"]) == ("one\n", None)
    assert result["order"][0] == "stderr"


RIGHT: dict[str, tuple[str, str]] = {
    "enums": (
        "enum Color { Red, Green = 5 }\nconst enum E { A = 3 }\nconsole.log(Color[5], E.A)",
        "Green 3\n",
    ),
    "namespaces": (
        "namespace N { export const y = 1; export namespace M { export const f = () => 'f' } }\n"
        "console.log(N.y, N.M.f())",
        "1 f\n",
    ),
    "decorators": (
        "function log(value: any, context: ClassMethodDecoratorContext) {\n"
        "  console.log('decorates', context.name)\n  return value\n}\n"
        "class C { constructor(private n: number) {} @log m() { return this.n } }\n"
        "console.log(new C(7).m())",
        "decorates m\n7\n",
    ),
    "the input of Node": (
        "import * as fs from 'fs'\n"
        "const lines: string[] = fs.readFileSync(0, 'utf8').split('\\n')\n"
        "process.stdout.write(lines.map(Number).join('+') + '\\n')",
        "1+2\n",
    ),
    "an await": (
        "const n: string = await Promise.resolve('x')\n"
        "function test() { return n }\nconsole.log(test())",
        "x\n",
    ),
    "require": ("const path = require('path')\nconsole.log(path.join('a', 'b'))", "a/b\n"),
}


@pytest.mark.parametrize(("code", "printed"), RIGHT.values(), ids=RIGHT)
def test_a_program_runs_as_tsc_has_it(page: Page, code: str, printed: str) -> None:
    result = run(page, code, stdin="1\n2")
    assert (result["stdout"], result["stderr"], result["error"]) == (printed, "", None)


def test_a_syntax_error_is_that_of_tsc(page: Page) -> None:
    result = run(page, "const a = 1\nlet b = ;")
    assert result["error"] == "main.ts:2\nlet b = ;\n        ^\nerror TS1109: Expression expected."
    assert result["location"] == {"line": 2, "column": 8}


def test_another_file_imports_the_main_one(page: Page) -> None:
    files = {"a.ts": "import { K } from './main'\nexport const twice = (): number => 2 * K"}
    result = run(
        page, "import { twice } from './a'\nexport const K = 5\nconsole.log(twice())", files=files
    )
    assert (result["stdout"], result["stderr"], result["error"]) == ("10\n", "", None)


def test_names_of_earlier_runs_are_no_type_errors(page: Page) -> None:
    run(page, "let n: number = 1", keepState=True)
    result = run(page, "n += 1\nconsole.log(n)\nnone", keepState=True)
    assert result["stdout"] == "2\n"
    assert result["stderr"].startswith("main.ts:3:1 - error TS2304: Cannot find name 'none'.\n")
