import { describe, expect, it } from 'vitest';

import { DrawingMarks } from './drawing-marks';

/** A storage in memory, shared by the pages of a browser. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: () => null,
    clear: () => kept.clear(),
    getItem: key => kept.get(key) ?? null,
    removeItem: key => void kept.delete(key),
    setItem: (key, value) => void kept.set(key, value)
  };
}

const LATER = 10_000;

describe('content that was being drawn when its page hung', () => {
  it('is known after the reload', () => {
    const shared = storage();
    new DrawingMarks(shared).begin('run/1');
    const reloaded = new DrawingMarks(shared, Date.now() + LATER);
    expect([reloaded.hung('run/1'), reloaded.hung('run/2')]).toEqual([true, false]);
  });

  it('is known no longer once it was drawn', () => {
    const shared = storage();
    new DrawingMarks(shared).begin('run/1');
    const reloaded = new DrawingMarks(shared, Date.now() + LATER);
    reloaded.begin('run/1');
    reloaded.end('run/1');
    expect(new DrawingMarks(shared, Date.now() + LATER).hung('run/1')).toBe(false);
  });

  it('is one of a bounded number', () => {
    const shared = storage();
    const marks = new DrawingMarks(shared);
    for (let number = 0; number < 1000; number += 1) marks.begin(`run/${number}`);
    expect(shared.getItem('arena:drawing')?.length).toBeLessThan(2000);
  });
});

it('does not take content for hanging that another page is drawing now, or that was left', () => {
  const shared = storage();
  const other = new DrawingMarks(shared);
  other.begin('run/1');
  expect(new DrawingMarks(shared).hung('run/1')).toBe(false);
  other.endAll();
  expect(new DrawingMarks(shared, Date.now() + LATER).hung('run/1')).toBe(false);
});

it.each([null, '', '[]', '{"run/1":"x"}', 'null'])(
  'reads nothing from a storage with %s',
  value => {
    const shared = storage();
    if (value !== null) shared.setItem('arena:drawing', value);
    const marks = new DrawingMarks(shared, Date.now() + LATER);
    expect(marks.hung('run/1')).toBe(false);
    marks.begin('run/1');
    expect(new DrawingMarks(shared, Date.now() + LATER).hung('run/1')).toBe(true);
  }
);

it('works without a storage', () => {
  const marks = new DrawingMarks(null);
  marks.begin('run/1');
  marks.end('run/1');
  expect(marks.hung('run/1')).toBe(false);
});
