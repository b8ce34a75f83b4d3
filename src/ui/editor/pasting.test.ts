// @vitest-environment happy-dom
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { describe, expect, it } from 'vitest';
import { yCollab } from 'y-codemirror.next';
import * as Y from 'yjs';

import { LIMITS } from '../../protocol/wire';
import { editorNotices } from './editor-notice';
import { indentationOf } from './indentation';
import { shownInvisible } from './invisible-text';
import { pasting } from './pasting';

function opened(doc: Y.Doc): { view: EditorView; code: Y.Text; says: () => string } {
  const code = doc.getText('code');
  const extensions = [pasting(code), editorNotices, shownInvisible, yCollab(code, null)];
  const state = EditorState.create({ doc: code.toJSON(), extensions });
  const view = new EditorView({ state, parent: document.body });
  return {
    ...{ view, code },
    says: () => view.dom.querySelector('.arena-editor-notice > span')?.textContent ?? ''
  };
}

function insert(view: EditorView, text: string, userEvent = 'input.paste'): void {
  view.dispatch({ changes: { from: view.state.doc.length, insert: text }, userEvent });
}

describe('a paste with invisible characters', () => {
  const copied = 'if\u00a0x:\u200b\n\u202epass\0 # 👨\u200d👩';

  it('shows them, and is cleaned by one click, also while others type in it', () => {
    const { view, code, says } = opened(new Y.Doc());
    insert(view, copied);
    const names = [...view.dom.querySelectorAll('.arena-invisible')].map(box =>
      box.getAttribute('aria-label')
    );
    expect(names).toEqual([
      'no-break space (U+00A0)',
      'zero-width space (U+200B)',
      'direction override (U+202E)',
      'control character (U+0000)'
    ]);
    expect(says()).toBe('The pasted text has 4 invisible characters.');
    code.insert(0, '# theirs\u00a0\n');
    code.insert(code.length, '#\u00a0theirs');
    view.dom.querySelector<HTMLElement>('.arena-editor-notice button')?.click();
    expect(code.toJSON()).toBe('# theirs\u00a0\nif x:\npass # 👨\u200d👩#\u00a0theirs');
    expect(says()).toBe('');
  });

  it('can stay as it is', () => {
    const { view, code, says } = opened(new Y.Doc());
    insert(view, copied);
    view.dom.querySelector<HTMLElement>('.arena-editor-notice button:last-child')?.click();
    expect(says()).toBe('');
    expect(code.toJSON()).toBe(copied);
  });

  it('is not asked about where there are none', () => {
    const { view, says } = opened(new Y.Doc());
    insert(view, 'x = "日本語"\n\tpass');
    expect(says()).toBe('');
  });
});

describe('a text at its limit', () => {
  it('takes no paste that would make it longer, in all files together', () => {
    const doc = new Y.Doc();
    doc.getText('code/1').insert(0, 'é'.repeat(LIMITS.text / 4));
    const { view, code, says } = opened(doc);
    insert(view, 'a'.repeat(LIMITS.text / 2 + 1));
    expect(code.length).toBe(0);
    expect(says()).toBe(
      'Not pasted: the code would be 1,025 KB long, and 1,024 KB is the most. Paste a part of it.'
    );
    insert(view, 'a'.repeat(LIMITS.text / 2));
    expect(code.length).toBe(LIMITS.text / 2);
    insert(view, 'b', 'input.type');
    expect(code.length).toBe(LIMITS.text / 2);
    expect(says()).toContain('as long as it can be (1,024 KB)');
  });

  it('can be made shorter where others made it too long', () => {
    const { view, code } = opened(new Y.Doc());
    code.insert(0, 'é'.repeat(LIMITS.text));
    view.dispatch({ changes: { from: 0, to: 10, insert: 'é'.repeat(9) } });
    expect(code.length).toBe(LIMITS.text - 1);
    view.dispatch({ changes: { from: 0, to: 10 }, userEvent: 'delete.backward' });
    expect(code.length).toBe(LIMITS.text - 11);
  });
});

it('the unit of indentation is that of the text', () => {
  const unitOf = (text: string): string | null =>
    indentationOf(EditorState.create({ doc: text }).doc);
  expect(unitOf('def f():\n\tif x:\n\t\treturn 1\n')).toBe('\t');
  expect(unitOf('class A:\n  def f(self):\n    return 1\n\n  def g(self):\n    pass')).toBe('  ');
  expect(unitOf('if (x) {\n    y();\n    if (z) {\n        z();\n    }\n}')).toBe('    ');
  expect(unitOf('/**\n * Text\n */\nf(\n   1)')).toBeNull();
  expect(unitOf('if a:\n  b\nif c:\n    d')).toBeNull();
});
