// @vitest-environment happy-dom
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import fc from 'fast-check';
import { beforeEach, expect, it, vi } from 'vitest';
import * as Y from 'yjs';

import { textBinding, toText, toView } from './text-binding';

beforeEach(() => {
  vi.useFakeTimers();
  return () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  };
});

function opened(text: string): { view: EditorView; code: Y.Text; compose: (on: boolean) => void } {
  const code = new Y.Doc().getText('code');
  code.insert(0, text);
  const undo = new Y.UndoManager(code, { trackedOrigins: new Set() });
  const extensions = [textBinding(code, undo), EditorState.lineSeparator.of('\n')];
  const state = EditorState.create({ doc: text, extensions });
  const view = new EditorView({ state, parent: document.body });
  vi.spyOn(view, 'hasFocus', 'get').mockReturnValue(true);
  const compose = (on: boolean): void => {
    vi.spyOn(view, 'compositionStarted', 'get').mockReturnValue(on);
  };
  compose(false);
  return { view, code, compose };
}

it('own edits and those of others wait while a text is composed', () => {
  const { view, code, compose } = opened('one two');
  compose(true);
  view.dispatch({ changes: { from: 3, insert: 'に' } });
  code.insert(0, 'theirs ');
  code.delete(code.length - 3, 3);
  view.dispatch({ changes: { from: 3, to: 4, insert: '日本' } });
  expect(view.state.doc.toString()).toBe('one日本 two');
  expect(code.toJSON()).toBe('theirs one ');
  expect([toText(view, 5), toView(view, 10)]).toEqual([10, 3]);
  vi.advanceTimersByTime(5000);
  expect(view.state.doc.toString()).toBe('one日本 two');
  compose(false);
  vi.advanceTimersByTime(50);
  expect(view.state.doc.toString()).toBe('theirs one日本 ');
  expect(code.toJSON()).toBe('theirs one日本 ');
});

it('a composition that is left alone keeps edits waiting for ten seconds', () => {
  const { view, code, compose } = opened('');
  compose(true);
  view.dispatch({ changes: { from: 0, insert: 'に' } });
  code.insert(0, 'theirs');
  vi.advanceTimersByTime(9_000);
  expect(view.state.doc.toString()).toBe('に');
  vi.advanceTimersByTime(1_100);
  expect(view.state.doc.toString()).toBe('theirsに');
  expect(code.toJSON()).toBe('theirsに');
});

it('an editor that goes away in a composition leaves its text', () => {
  const { view, code, compose } = opened('one');
  compose(true);
  view.dispatch({ changes: { from: 3, insert: 'に' } });
  view.destroy();
  expect(code.toJSON()).toBe('oneに');
});

it('on Android, where each word is a composition, own edits do not wait', () => {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Linux; Android 16');
  const { view, code, compose } = opened('');
  compose(true);
  view.dispatch({ changes: { from: 0, insert: 'pri' } });
  expect(code.toJSON()).toBe('pri');
  code.insert(3, '!');
  expect(view.state.doc.toString()).toBe('pri');
  vi.advanceTimersByTime(600);
  expect(view.state.doc.toString()).toBe('pri!');
});

it('the two texts are the same after any edits of both', () => {
  const edit = fc.record({
    mine: fc.boolean(),
    at: fc.nat(30),
    length: fc.nat(3),
    text: fc.constantFrom('', 'a', 'bc', '\n')
  });
  const check = fc.property(fc.array(edit, { maxLength: 30 }), edits => {
    const { view, code, compose } = opened('the first text');
    compose(true);
    for (const { mine, at, length, text } of edits) {
      const now = mine ? view.state.doc.length : code.length;
      const from = Math.min(at, now);
      const to = Math.min(from + length, now);
      if (mine) {
        view.dispatch({ changes: { from, to, insert: text } });
      } else {
        code.doc?.transact(() => {
          code.delete(from, to - from);
          code.insert(from, text);
        });
      }
    }
    compose(false);
    vi.advanceTimersByTime(50);
    expect(view.state.doc.toString()).toBe(code.toJSON());
    view.destroy();
  });
  fc.assert(check, { seed: 20261201, numRuns: 300 });
});
