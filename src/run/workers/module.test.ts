/** How a person's JavaScript file becomes a function. */
import { expect, test } from 'vitest';
import type { Location } from '../../protocol/wire';
import { compile, type Module } from './module';
import { ParseError } from './syntax';

const made = (code: string, keepState = false): Module =>
  compile({ code, place: at => at }, { isMain: true, keepState });
/** The text without what is around it. */
const source = (code: string): string =>
  made(code)
    .code('', false)
    .replace(/^\(function\([^)]*\)\{/, '')
    .replace(/^"use strict".*?;(?=__module\.link|$)/, '')
    .replace(/\n\}\)$/, '');

test.each([
  ['1 + 1', 'return (1 + 1);'],
  ['f();', 'return (f());'],
  ['const a = 1\n({a}) // end', 'const a = 1\n({a}) // end'],
  ['const a = 1;\n({a}) // end', 'const a = 1;\nreturn (({a})); // end'],
  ['a // why\n;', 'return (a // why\n);']
])('the last expression of %j is the value', (code, expected) => {
  expect(source(code)).toBe(expected);
});

test.each(['', 'let x = 1', '"use strict"', 'if (x) y', 'function f() {}', 'setTimeout(f)'])(
  '%j has no value and stays as it is',
  code => {
    expect(source(code)).toBe(code);
  }
);

test.each([
  ['x = 1', 'commonjs', false],
  ['return 1', 'commonjs', false],
  ['module.exports = await 1', 'module', true],
  ['for await (const a of b) {}', 'module', true],
  ['async () => { await 1 }', 'commonjs', false],
  ["import './a.js'", 'module', false],
  ["import('./a.js')", 'commonjs', false],
  ['import.meta.url', 'module', false],
  ['const require = 1', 'module', false],
  ['prompt()', 'commonjs', true]
])('%j is a file of the kind that it is for Node', (code, kind, waits) => {
  expect(made(code)).toMatchObject({ kind, waits });
});

test.each(['let a = ;', '\n\tif (', 'let a; let a', 'import a from 1'])(
  '%j is no program',
  code => {
    expect(() => made(code)).toThrow(ParseError);
  }
);

test.each([
  ['const a = prompt("x");', 'const a = (await prompt.wait("x"));'],
  ['async () => prompt()', 'return (async () => (await prompt.wait()));'],
  ['const f = () => prompt();', 'const f = () => prompt();'],
  ['async function f(a = prompt()) {}', 'async function f(a = prompt()) {}'],
  ['class A { x = prompt(); }', 'class A { x = prompt(); }'],
  ['class A { async f() { prompt() } }', 'class A { async f() { (await prompt.wait()) } }'],
  ['function prompt() {}\nprompt()', 'function prompt() {}\nreturn (prompt());'],
  ['x.prompt();', 'return (x.prompt());'],
  ['prompt(prompt());', 'return ((await prompt.wait((await prompt.wait()))));']
])('in %j a prompt waits where one can', (code, expected) => {
  expect(source(code)).toBe(expected);
});

test.each([
  ['f()', ';(0,__import0.f)()'],
  ['if (f)\n f()', 'if (__import0.f)\n (0,__import0.f)()'],
  ['const o = { f }', 'const o = { f:__import0.f }'],
  ['const g = f => f()', 'const g = f => f()'],
  ['{ let f = 1; f }', '{ let f = 1; f }'],
  ['f`x`', ';(0,__import0.f)`x`'],
  ['new f()', 'new __import0.f()'],
  ['typeof f', 'typeof __import0.f']
])('in %j an imported name is a property of its module', (code, expected) => {
  expect(source(`import { f } from './a.js'\n${code}\nlet end`)).toContain(
    `\n${expected}\nlet end`
  );
});

test.each([
  ['export const a = 1, { b, c: [d] } = x', ['a', 'b', 'd']],
  ['export function f() {}\nexport class C {}', ['C', 'f']],
  ['const a = 1\nexport { a as b, a as default }', ['b', 'default']],
  ["export { a as b } from './a.js'\nexport * as ns from './a.js'", ['b', 'ns']],
  ['export default 1', ['default']],
  ['export default function () {}', ['default']],
  ['export default class {}', ['default']]
])('%j exports names', (code, names) => {
  expect([...made(code).exports].sort()).toEqual(names);
});

test('kept state is in names that the next program has', () => {
  const code = made('"use x"\nconst {a, b: [c, ...d]} = x; function f() {} class C {}', true).code(
    '',
    false
  );
  expect(code).toMatch(/"use x"\nObject.defineProperties\(globalThis,{a:/);
  for (const name of ['a', 'c', 'd', 'f', 'C']) {
    expect(code).toContain(`${name}:{get:()=>${name},set:value=>{${name}=value}`);
  }
  expect(code).not.toContain('b:{get');
});

/** Code and a piece of it; the piece is where it was, though it has moved. */
test.each([
  ['  f()', 'f()'],
  ['let a = prompt(b); c', 'c'],
  ["import { f } from './a.js'; g()", 'g()'],
  ["import {\n  f } from './a.js'\n  g(f)", 'g('],
  ["import { f } from './a.js'\nx = f + y", 'y'],
  ['export default x', 'x']
])('in %j the place of %j is known', (code, piece) => {
  const placeIn = (text: string): Location => {
    const lines = text.slice(0, text.lastIndexOf(piece)).split('\n');
    return { line: lines.length, column: lines.at(-1)?.length ?? 0 };
  };
  const module = made(code);
  expect(module.place(placeIn(module.code('self.x', false)))).toEqual(placeIn(code));
});
