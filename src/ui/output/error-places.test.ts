import { describe, expect, it } from 'vitest';

import { placesIn } from './error-places';

/** Each place as its label, file, line and column. */
const found = (text: string, ...files: string[]): unknown[] =>
  placesIn(text, files).map(({ at, label, file, line, column }) => {
    expect(text.slice(at, at + label.length)).toBe(label);
    return [label, file, line, column];
  });

describe('places in an error', () => {
  it('are found as Python and as JavaScript write them', () => {
    expect(found('File "main.py", line 3, in f', 'main.py')).toEqual([
      ['line 3', 'main.py', 3, null]
    ]);
    expect(found('at f (main.js:3:5)\nmain.js:7', 'main.js')).toEqual([
      ['main.js:3:5', 'main.js', 3, 4],
      ['main.js:7', 'main.js', 7, null]
    ]);
    expect(found('in main.py, line 12:', 'main.py')).toEqual([['line 12', 'main.py', 12, null]]);
  });

  it('belong to the longest name that ends there, also where it has a separator', () => {
    expect(found('b c.py:1', 'c.py', 'b c.py')).toEqual([['b c.py:1', 'b c.py', 1, null]]);
    expect(found('a:1:2', 'a:1')).toEqual([['a:1:2', 'a:1', 2, null]]);
  });

  it('are whole names only', () => {
    expect(found('xmain.py:6 main.pyx:6 main.py main.py: 6 gone.py:6', 'main.py', '')).toEqual([]);
  });

  it('do not overlap', () => {
    expect(found('a:1:2:3 a:4', 'a', 'a:1')).toEqual([
      ['a:1:2', 'a', 1, 1],
      ['a:4', 'a', 4, null]
    ]);
  });

  it('take no more time with hostile names than with others', () => {
    const text = '(((((((:1'.repeat(7000);
    const took = (names: readonly string[]): number => {
      const began = performance.now();
      for (let round = 0; round < 5; round += 1) placesIn(text, names);
      return performance.now() - began;
    };
    const names = (sign: string): string[] =>
      Array.from({ length: 32 }, (_, at) => sign.repeat(at + 32));
    took(names('x'));
    expect(took(names('('))).toBeLessThan(20 * took(names('x')) + 20);
  });
});
