// @vitest-environment happy-dom
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { describe, expect, it } from 'vitest';

import { foldedLines } from './folded-lines';

const LONG = 'm'.repeat(3000);

function editor(doc: string): EditorView {
  const state = EditorState.create({ doc, selection: { anchor: 0 }, extensions: foldedLines });
  return new EditorView({ state, parent: document.body });
}

/** What the editor shows behind the start of each hard line. */
const rests = (view: EditorView): (string | null)[] =>
  [...view.dom.querySelectorAll('.arena-rest-of-line')].map(each => each.textContent);

describe('a hard line', () => {
  it('shows the number of characters that are not drawn', () => {
    expect(rests(editor(`short\n${LONG}\nshort`))).toEqual(['… 2000 more']);
    expect(rests(editor(`x\n${'אa'.repeat(100)}`))).toHaveLength(1);
  });

  it('is drawn on while the cursor is in it, if it is only long', () => {
    const view = editor(`short\n${LONG}\n${'אa'.repeat(100)}`);
    view.dispatch({ selection: { anchor: 10 } });
    expect(rests(view)).toHaveLength(1);
    view.dispatch({ selection: { anchor: view.state.doc.length } });
    expect(rests(view)).toHaveLength(2);
    view.dispatch({ selection: { anchor: 0 } });
    expect(rests(view)).toHaveLength(2);
  });

  it('follows edits of others', () => {
    const view = editor('short\nshort\nshort');
    view.dispatch({ changes: { from: 6, insert: LONG } });
    expect(rests(view)).toEqual(['… 2005 more']);
    view.dispatch({ changes: { from: 0, insert: 'new\n' } });
    expect(rests(view)).toEqual(['… 2005 more']);
    view.dispatch({ changes: { from: 10, to: 3010 } });
    expect(rests(view)).toEqual([]);
    expect(view.state.doc.toString()).toBe('new\nshort\nshort\nshort');
  });
});
