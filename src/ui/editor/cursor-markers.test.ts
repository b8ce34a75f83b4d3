// @vitest-environment happy-dom
import type { LayerMarker } from '@codemirror/view';
import { EditorView, RectangleMarker } from '@codemirror/view';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { caretOf } from './cursor-markers';

const BEN = { client: 1, name: 'Ben', color: '#102030', anchor: 0, head: 0 };

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** The marker of a caret in the second line, this far from its start. */
function caret(left: number, cursor = BEN): LayerMarker {
  const rectangle = new RectangleMarker('arena-remote-caret', left, 40, null, 20);
  vi.spyOn(RectangleMarker, 'forRange').mockReturnValue([rectangle]);
  const [marker] = caretOf(new EditorView(), cursor);
  if (!marker) throw new Error('no marker');
  return marker;
}

describe('a caret with a name', () => {
  it('keeps its element when it moves, and when it becomes that of another person', () => {
    const first = caret(10);
    const element = first.draw();
    expect(element.textContent).toBe('Ben');
    const next = caret(30);
    expect(next.eq(first)).toBe(false);
    expect(next.update?.(element, first)).toBe(true);
    expect(element.style.left).toBe('30px');
    const ada = caret(30, { ...BEN, client: 2, name: 'Ada', color: '#405060' });
    expect(ada.update?.(element, next)).toBe(true);
    expect(element.textContent).toBe('Ada');
    expect(element.style.getPropertyValue('--arena-color')).toBe('#405060');
  });

  it('shows its name until it has rested, and again when it moves', () => {
    const first = caret(10);
    const element = first.draw();
    const isResting = (): boolean => element.classList.contains('arena-resting');
    vi.advanceTimersByTime(3000);
    const next = caret(20);
    next.update?.(element, first);
    vi.advanceTimersByTime(3000);
    expect(isResting()).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(isResting()).toBe(true);
    // Another caret moves, this one does not.
    caret(20).update?.(element, next);
    expect(isResting()).toBe(true);
    caret(10).update?.(element, next);
    expect(isResting()).toBe(false);
  });
});
