/** How a person's JavaScript becomes a module. */
import { expect, test } from 'vitest';
import type { Location } from '../../protocol/wire';
import { compile, ProgramError, type Module } from './module';

const made = (code: string, keepState = false): Module =>
  compile(code, 'main.js', {
    translate: text => ({ code: text, place: at => at }),
    resolve: name => (name === 'a.js' ? 'blob:a' : null),
    keepState
  });
const source = (code: string): string => made(code).code;

test.each([
  ['1 + 1', 'export default (1 + 1);'],
  ['f();', 'export default (f());'],
  ['const a = 1\n({a}) // end', 'const a = 1\n({a}) // end'],
  ['const a = 1;\n({a}) // end', 'const a = 1;\nexport default (({a})); // end'],
  ['a // why\n;', 'export default (a // why\n);'],
  ['await x', 'export default (await x);']
])('the last expression of %j is exported', (code, expected) => {
  expect(source(code)).toBe(expected);
});

test.each(['', 'let x = 1', '"use strict"', 'if (x) y', 'export default 1\n2', 'function f() {}'])(
  '%j has no value and stays as it is',
  code => {
    expect(source(code)).toBe(code);
    expect(made(code).hasValue).toBe(false);
  }
);

test.each([
  ['let a = ;', 'main.js:1\nlet a = ;\n        ^\nSyntaxError: Unexpected token'],
  ['\n\tif (', 'main.js:2\n\tif (\n\t    ^\nSyntaxError: Unexpected token'],
  [
    'let a; let a',
    "main.js:1\nlet a; let a\n           ^\nSyntaxError: Identifier 'a' has already been declared"
  ]
])('%j is explained at its place', (code, expected) => {
  expect(() => made(code)).toThrow(expected);
  expect(() => made(code)).toThrow(ProgramError);
});

test.each([
  ['const a = prompt("x");', 'const a = (await prompt.wait("x"));'],
  ['async () => prompt()', 'export default (async () => (await prompt.wait()));'],
  ['const f = () => prompt();', 'const f = () => prompt();'],
  ['async function f(a = prompt()) {}', 'async function f(a = prompt()) {}'],
  ['class A { x = prompt(); }', 'class A { x = prompt(); }'],
  ['class A { async f() { prompt() } }', 'class A { async f() { (await prompt.wait()) } }'],
  ['function prompt() {}\nprompt()', 'function prompt() {}\nexport default (prompt());'],
  ['x.prompt();', 'export default (x.prompt());'],
  ['prompt(prompt());', 'export default ((await prompt.wait((await prompt.wait()))));']
])('in %j a prompt waits where one can', (code, expected) => {
  expect(source(code)).toBe(expected);
});

test.each([
  ["import './a.js';", 'import "blob:a";'],
  ["export { x } from './a.js';", 'export { x } from "blob:a";'],
  ["const a = async () => import('./a.js');", 'const a = async () => import("blob:a");'],
  ['const a = import(x + "./a.js");', 'const a = import(x + "./a.js");']
])('%j imports the file from where it is', (code, expected) => {
  expect(source(code)).toBe(expected);
});

test('a missing file is an error at its import, static or dynamic', () => {
  for (const code of ["import './b.js'", "if (0) await import('./b.js')"]) {
    expect(() => made(code)).toThrow('SyntaxError: There is no file "./b.js"');
  }
});

test('kept state is in names that the next program has', () => {
  const { code } = made('#!x\nconst {a, b: [c, ...d]} = x; function f() {} class C {}', true);
  expect(code).toMatch(/^#!x\nObject.defineProperties\(globalThis,{a:/);
  for (const name of ['a', 'c', 'd', 'f', 'C']) {
    expect(code).toContain(`${name}:{get:()=>${name},set:value=>{${name}=value}`);
  }
  expect(code).not.toContain('b:{get');
});

test.each<[string, Location, Location]>([
  // `export default (` is before it.
  ['  f()', { line: 1, column: 18 }, { line: 1, column: 2 }],
  ['  f()', { line: 1, column: 5 }, { line: 1, column: 2 }],
  // `(await ` is before the call, `.wait` behind its name.
  ['let a = prompt(b);', { line: 1, column: 15 }, { line: 1, column: 8 }],
  ['let a = prompt(b);', { line: 1, column: 27 }, { line: 1, column: 15 }],
  ['let a = 1;\nf()', { line: 1, column: 8 }, { line: 1, column: 8 }],
  // `"./a.js"` became `"blob:a"`, which is as long.
  ['import "./a.js"; let b', { line: 1, column: 21 }, { line: 1, column: 21 }]
])('in %j the place %j was %j', (code, place, expected) => {
  expect(made(code).place(place)).toEqual(expected);
});
