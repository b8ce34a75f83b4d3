import { describe, expect, it } from 'vitest';

import { silence } from './silence';

const PLAIN = 'This run printed nothing.';
const python = (code: string): string => silence({ language: 'python', code });

describe('a program that prints nothing', () => {
  it.each([
    ['def add(a, b):\n    return a + b\n', 'add'],
    [
      '"""A list.\nsum(1)\n"""\nfrom x import y\n\nclass Node:\n  pass\n\n\n# f()\nLIMIT = 3\ndef f(\n  a,\n):\n  f(1)',
      'Node and f'
    ],
    ['@cache\ndef a(): pass\nasync def b(): pass\nclass c: pass\ndef d(): pass', 'a, b, c and more']
  ])('and only defines something says so: %j', (code, names) => {
    expect(python(code)).toBe(
      `Nothing was printed: the program only defines ${names}, and calls nothing.`
    );
  });

  it.each([
    '',
    'x = 1',
    'def f(): pass\nf()',
    'def f(): pass\nx = f()',
    'def f(): pass\nif x:\n  f()'
  ])('and does something else is not explained: %j', code => {
    expect(python(code)).toBe(PLAIN);
  });

  it('in another language is not explained', () => {
    expect(silence({ language: 'sql', code: 'def f(): pass' })).toBe(PLAIN);
  });
});
