import { describe, expect, it } from 'vitest';

import { movedLine } from './moved-line';

const PROGRAM = ['def f(n):', '    return n / 0', '', 'def g(n):', '    return 1', '', 'f(1)'];
const text = (...lines: string[]): string => lines.join('\n');

describe('the place of a line', () => {
  const before = text(...PROGRAM);

  it.each([
    ['in the same text', PROGRAM, 2, 2],
    ['below lines that were added', ['import math', '', ...PROGRAM], 2, 4],
    ['below lines that were deleted', PROGRAM.slice(3), 7, 4],
    ['between changes', ['# one', ...PROGRAM.slice(0, 5), '# two', ...PROGRAM.slice(5)], 5, 6],
    ['that was edited', PROGRAM.with(1, '    return n / 2'), 2, 2],
    [
      'that was edited below a new one',
      ['def f(n):', '    assert n', '    return n / m', ...PROGRAM.slice(2)],
      2,
      3
    ],
    ['that was indented', PROGRAM.with(6, '    f(1)'), 7, 7],
    ['that is gone', [...PROGRAM.slice(0, 1), ...PROGRAM.slice(2)], 2, null],
    ['that another one replaced', PROGRAM.with(1, '    pass'), 2, null],
    ['of a text that is gone', [''], 2, null],
    ['behind the end', PROGRAM, 70, 7]
  ])('%s', (_, after, line, place) => {
    expect(movedLine(before, text(...after), line)).toBe(place);
  });

  it('is found again after any edits of other lines', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      const lines = Array.from({ length: 2 + random(30) }, (_, at) => `line ${at} ${random(4)}`);
      const line = random(lines.length);
      const marked = lines.with(line, 'raise ValueError(here)');
      const after = marked.flatMap((each, at) => {
        if (at === line || random(3) > 0) return [each];
        return [[], ['new'], [each, each], ['', each]][random(4)] ?? [];
      });
      const place = movedLine(text(...marked), text(...after), line + 1);
      expect(place).toBe(after.indexOf('raise ValueError(here)') + 1);
    }
  });

  it('costs little in texts that have nothing in common', () => {
    const many = (name: string): string =>
      Array.from({ length: 100_000 }, (_, at) => `${name} ${at}`).join('\n');
    expect(movedLine(many('a'.repeat(20)), many('b'.repeat(20)), 50_000)).toBeNull();
  });
});
