/** How a person's JavaScript becomes a module. */
import { expect, test } from 'vitest';
import { compile } from './program';

const source = (code: string): string =>
  compile(code).source.replace('\n//# sourceURL=main.js', '');

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
    expect(compile(code).hasValue).toBe(false);
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
  expect(() => compile(code)).toThrow(new SyntaxError(expected));
});
