"""JavaScript beside Node: what a person sees of a program is what `node` prints for it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Each browser in turn: modules and stack traces depend on the engine."""
    chosen: Browser = request.getfixturevalue(request.param)
    return chosen


def run(page: Page, code: str, **wishes: Any) -> dict[str, Any]:
    script = "([code, wishes]) => arena.run('javascript', code, 60000, null, wishes)"
    result: dict[str, Any] = page.evaluate(script, [code, wishes])
    return result


def node(directory: Path, code: str, files: dict[str, str], stdin: str) -> str:
    """What Node prints for the program."""
    for name, text in {**files, "main.js": code}.items():
        (directory / name).write_text(text)
    command = ["node", "main.js"]
    return subprocess.run(
        command, cwd=directory, input=stdin, capture_output=True, text=True, timeout=60, check=False
    ).stdout


#: A program, its other files, and its input.
PROGRAMS: dict[str, tuple[str, dict[str, str], str]] = {
    "reads all input by number": (
        "const [n, ...rest] = require('fs').readFileSync(0, 'utf8').trim().split('\\n')\n"
        "console.log(Number(n) + 1, rest)",
        {},
        "3\na b\nc\n",
    ),
    "reads all input by name": (
        "const text = require('fs').readFileSync('/dev/stdin').toString()\n"
        "console.log(JSON.stringify(text))",
        {},
        "3\na b",
    ),
    "reads lines with readline": (
        "const readline = require('readline')\n"
        "const rl = readline.createInterface({ input: process.stdin, terminal: false })\n"
        "const lines = []\nrl.on('line', line => lines.push(line))\n"
        "rl.on('close', () => console.log(lines))\nconsole.log('first')",
        {},
        "3\na b\nc\n",
    ),
    "reads lines in a loop": (
        "const rl = require('readline').createInterface({ input: process.stdin })\n"
        "async function main() { for await (const line of rl) console.log('>', line) }\nmain()",
        {},
        "3\na b\nc",
    ),
    "reads chunks": (
        "let all = ''\nprocess.stdin.on('data', chunk => { all += chunk })\n"
        "process.stdin.on('end', () => console.log(all.split('\\n')))",
        {},
        "3\na b\nc\n",
    ),
    "writes without a line end": (
        "process.stdout.write('a')\nprocess.stdout.write('b\\n')",
        {},
        "",
    ),
    "has the names of a script": (
        "x = 5\nconsole.log(x, this, typeof module, require.main === module, process.argv.length)",
        {},
        "",
    ),
    "requires files, in a circle with the main one": (
        "const { add, late } = require('./a')\nmodule.exports.late = 'late'\n"
        "console.log(add(1, 2), late(), require('./d.json').x)\n"
        "console.log(require('./a') === require('./a.js'))",
        {
            "a.js": "exports.add = (a, b) => a + b\nexports.late = () => require('./main').late",
            "d.json": '{"x": [1, 2]}',
        },
        "",
    ),
    "imports in a circle with the main file": (
        "import { a } from './a.js'\nexport const CONFIG = { n: 3 }\n"
        "export function hoisted() { return 'hoisted' }\n"
        "export let count = 0\ncount++\nconsole.log(a())",
        {
            "a.js": "import { CONFIG, hoisted, count } from './main.js'\nconsole.log(hoisted())\n"
            "export const a = () => [CONFIG.n, count, { hoisted }]"
        },
        "",
    ),
    "imports all kinds of exports": (
        "import * as all from './a.js'\nimport d, { x, default as e, h as help } from './a.js'\n"
        "console.log(all, x, d(), e === d, help(), d.name)",
        {
            "a.js": "export * from './b.js'\nexport * as b from './b.js'\n"
            "export default function () { return 'd' }",
            "b.js": "export const x = 1, y = 2\nexport function h() { return 'h' }",
        },
        "",
    ),
    "calls what it imports, without semicolons": (
        "import { f, g } from './a.js'\nlet a = 1\nf()\nif (a)\n  g(a)\nelse f()\n"
        "const o = { f, g: g }\nconsole.log(o.f === f, (f => f)(3), g`x`)\n;[1].forEach(f)",
        {"a.js": "export function f() { console.log(this) }\nexport const g = a => [a]"},
        "",
    ),
    "imports by a computed name": (
        "const name = 'a'\nconst module = await import(`./${name}.js`)\nconsole.log(module.x)\n"
        "try { await import('./none.js') } catch (error) { console.log(error.code) }",
        {"a.js": "export const x = 1"},
        "",
    ),
    "imports JSON": (
        "import data from './d.json' with { type: 'json' }\nconsole.log(data)",
        {"d.json": '{"x": [1, 2]}'},
        "",
    ),
    "asserts": (
        "const assert = require('assert')\nassert.deepStrictEqual({ a: [1] }, { a: [1] })\n"
        "for (const [a, b] of [[1, 2], [{ b: [1, 2] }, { b: [1, 3] }]]) {\n"
        "  try { assert.deepStrictEqual(a, b) }\n"
        "  catch (e) { console.log(e.code, e.message.trim()) }\n}",
        {},
        "",
    ),
    "uses the small modules": (
        "const EventEmitter = require('events'), path = require('node:path')\n"
        "const util = require('util')\n"
        "const emitter = new EventEmitter()\nemitter.once('x', (...all) => console.log(all))\n"
        "emitter.emit('x', 1, 2)\nconsole.log(path.join('a', '..', 'b'), path.extname('a.b'))\n"
        "console.log(util.inspect({ a: { b: {} } }, { depth: 0 }), util.format('%s-%d', 'a', 1))\n"
        "console.log(Buffer.from('hi'), Buffer.from('aGk=', 'base64').toString())",
        {},
        "",
    ),
    "waits in Node's order": (
        "setTimeout(() => console.log('timeout'), 0)\n"
        "Promise.resolve().then(() => console.log('then'))\n"
        "process.nextTick(() => console.log('tick'))\nconsole.log('now')",
        {},
        "",
    ),
    "ends early": (
        "process.on('exit', c => console.log(c))\nprocess.exit(0)\nconsole.log(2)",
        {},
        "",
    ),
    "streams": (
        "const { Readable, Transform } = require('stream')\nconst up = new Transform({\n"
        "  transform(chunk, _, done) { done(null, String(chunk).toUpperCase()) } })\n"
        "Readable.from(['a', 'b']).pipe(up).on('data', chunk => console.log(String(chunk)))",
        {},
        "",
    ),
    "finds the largest of very many": (
        "const a = Array.from({ length: 100000 }, (_, i) => i)\n"
        "console.log(Math.max(...a), Math.min(...a), Math.max(...[]))",
        {},
        "",
    ),
    "reads a file of the session": (
        "const fs = require('fs')\n"
        "console.log(fs.readFileSync('./d.txt', 'utf8'), fs.existsSync('no'))\n"
        "fs.promises.readFile('d.txt', 'utf8').then(console.log)",
        {"d.txt": "text"},
        "",
    ),
}


@pytest.mark.parametrize(("code", "files", "stdin"), PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_prints_as_in_node(
    page: Page, tmp_path: Path, code: str, files: dict[str, str], stdin: str
) -> None:
    result = run(page, code, files=files, stdin=stdin)
    expected = node(tmp_path, code, files, stdin)
    assert expected
    assert (result["error"], result["stdout"], result["values"]) == (None, expected, [])


#: A program with an error: parts of what is shown, and the line.
ERRORS: dict[str, tuple[str, list[str], int | None]] = {
    "fields": ("\nthrow Object.assign(new Error('x'), { code: 5 })", ["Error: x", "code: 5"], 2),
    "a cause": (
        "try { null.x } catch (cause) {\n  throw new Error('outer', { cause })\n}",
        ["Error: outer", "[cause]: TypeError"],
        2,
    ),
    "a package": (
        "let a\nimport _ from 'lodash'",
        [
            "Cannot find package 'lodash' imported from main.js",
            "packages from npm are not available",
        ],
        2,
    ),
    "a required package": ("let a\nrequire('lodash')", ["Cannot find module 'lodash'"], 2),
    "a part of Node that is missing": (
        "\nrequire('http')",
        ["this part of Node is not in a browser"],
        2,
    ),
    "an export that is missing": (
        "import { a } from './a.js'\nimport {\n  none } from './a.js'",
        ["main.js:3\n", "The requested module './a.js' does not provide an export named 'none'"],
        3,
    ),
    "an error in a file that is imported": ("\n\nimport './thrower.js'", ["at thrower.js:2:7"], 3),
    "an assertion": (
        "import assert from 'node:assert'\n\nassert.strictEqual(1 + 1, 3)",
        ["AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n2 !== 3"],
        3,
    ),
    "an exit code": (
        "console.log(1)\nprocess.exit(3)",
        ["The program ended with exit code 3"],
        None,
    ),
    "a failed test": (
        "describe('sum', () => {\n  it('adds', () => { expect(1 + 1).toBe(2) })\n"
        "  test('fails', () => { expect([1]).toEqual([2]) })\n})",
        ["1 of 2 tests failed"],
        None,
    ),
}


@pytest.mark.parametrize(("code", "parts", "line"), ERRORS.values(), ids=ERRORS)
def test_an_error_says_what_and_where(
    page: Page, code: str, parts: list[str], line: int | None
) -> None:
    files = {"a.js": "export const a = 1", "thrower.js": "\nthrow new Error('top')"}
    result = run(page, code, files=files)
    for part in parts:
        assert part in result["error"]
    assert "blob:" not in result["error"]
    assert (result.get("location") or {}).get("line") == line


SYNTAX = {
    "a bracket of a call": "let a = 1\nconsole.log('x'\nfoo()",
    "a brace too many": "function f() {\n  return 1\n}}\n",
    "an end too early": "function f() {\n  return 1\n",
    "a text without an end": "let a = 'abc\nlet b = 2",
    "a constant without a value": "const a",
    "two statements on a line": "let a = 1 b = 2",
    "an await in a plain function": "function f() {\n  await g()\n}",
    "a name twice": "let a = 1\nlet a = 2",
    "a bracket in a module": "import fs from 'fs'\nlet a = 1\nconsole.log('x'\nfoo()",
}


@pytest.mark.parametrize("code", SYNTAX.values(), ids=SYNTAX)
def test_a_syntax_error_is_shown_as_node_does(page: Page, tmp_path: Path, code: str) -> None:
    result = run(page, code)
    if page.context.browser is not None and page.context.browser.browser_type.name == "firefox":
        assert "SyntaxError: " in result["error"]  # in the words of its own engine
        return
    (tmp_path / "main.js").write_text(code)
    said = subprocess.run(
        ["node", "main.js"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    ).stderr
    first = said.splitlines()[0].rpartition("main.js:")[2]
    message = next(line for line in said.splitlines() if line.startswith("SyntaxError: "))
    assert result["error"].startswith(f"main.js:{first}\n")
    assert result["error"].endswith(f"\n{message}")


def test_a_person_answers_a_program_for_node(page: Page) -> None:
    code = (
        "const rl = require('readline').createInterface({ input: process.stdin })\n"
        "rl.question('Name? ', name => { console.log('Hi ' + name)\n"
        "  rl.on('line', line => console.log('>', line)) })"
    )
    result = run(page, code, answers=["Bo", "more", None])
    assert (result["asked"], result["error"]) == (["Name? ", "", ""], None)
    assert result["stdout"] == "Hi Bo\n> more\n"


def test_reading_all_input_without_any_says_where_to_put_it(page: Page) -> None:
    result = run(page, "require('fs').readFileSync(0)")
    assert 'put what it is to read into "Input" beforehand' in result["error"]


def test_a_program_that_does_not_ask_for_node_does_not_load_it(page: Page) -> None:
    page.evaluate("arena.renew()")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    assert run(page, "console.log(1)")["stdout"] == "1\n"
    assert "node.js.gz" not in loaded
    assert run(page, "console.log(typeof process)")["stdout"] == "object\n"
    assert "node.js.gz" in loaded
