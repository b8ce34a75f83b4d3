// @vitest-environment happy-dom
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { expect, it } from 'vitest';

import { editorKeys } from './editor-keys';

it('leaves every sign that is typed with AltGr to the browser', () => {
  const view = new EditorView({
    state: EditorState.create({ doc: 'a\n  b', extensions: editorKeys(() => undefined) }),
    parent: document.body
  });
  const signs = Array.from({ length: 0x17f - 0x20 }, (_, at) => String.fromCharCode(0x21 + at));
  const eaten = [...signs, '€', '„', '”'].filter(key =>
    [false, true].some(shiftKey => {
      const keys = { key, shiftKey, ctrlKey: true, altKey: true };
      const event = new KeyboardEvent('keydown', { ...keys, bubbles: true, cancelable: true });
      view.contentDOM.dispatchEvent(event);
      return event.defaultPrevented;
    })
  );
  expect(eaten).toEqual([]);
  expect(view.state.doc.toString()).toBe('a\n  b');
});
