// @vitest-environment happy-dom
import { deleteCharBackward, insertNewlineAndIndent } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { describe, expect, it } from 'vitest';
import { yCollab } from 'y-codemirror.next';
import * as Y from 'yjs';

import { STEPS, undoHistory, undoSteps } from './undo-history';

it('undoes and redoes the last steps, and keeps no others', () => {
  const code = new Y.Doc().getText('code');
  const undo = undoHistory(code);
  undo.addTrackedOrigin('me');
  const all = STEPS + 50;
  for (let step = 0; step < all; step += 1) {
    code.doc?.transact(() => code.insert(code.length, `${step},`), 'me');
    undo.stopCapturing();
  }
  const text = code.toJSON();
  expect(undo.undoStack.length).toBe(STEPS);
  while (undo.undo() !== null);
  expect(code.toJSON()).toBe(Array.from({ length: 50 }, (_, step) => `${step},`).join(''));
  expect(undo.redoStack.length).toBe(STEPS);
  while (undo.redo() !== null);
  expect(code.toJSON()).toBe(text);
});

/** An editor in which all is done at once, so that no pause ends a step. */
class Hands {
  readonly code = new Y.Doc().getText('code');
  readonly undo = undoHistory(this.code);
  readonly view = new EditorView({
    state: EditorState.create({
      extensions: [undoSteps(this.undo), yCollab(this.code, null, { undoManager: this.undo })]
    })
  });

  type(text: string, userEvent = 'input.type'): void {
    for (const key of userEvent === 'input.type' ? text : [text]) {
      const change = this.view.state.replaceSelection(key);
      this.view.dispatch({ ...change, userEvent });
    }
  }

  press(command: (view: EditorView) => boolean): void {
    command(this.view);
  }

  select(anchor: number, head = anchor): void {
    this.view.dispatch({ selection: { anchor, head }, userEvent: 'select' });
  }

  /** The texts that one undo after the other brings back. */
  steps(): string[] {
    const texts: string[] = [];
    while (this.undo.undo() !== null) texts.push(this.view.state.doc.toString());
    return texts;
  }
}

describe('one Ctrl+Z', () => {
  it('takes back what was typed in one go, and no line before it', () => {
    const me = new Hands();
    me.type('one');
    me.press(insertNewlineAndIndent);
    me.type('two');
    expect(me.steps()).toEqual(['one\n', '']);
  });

  it('brings back text that was selected and pasted over', () => {
    const me = new Hands();
    me.type('mine');
    me.select(0, 4);
    me.type('pasted', 'input.paste');
    me.type('!');
    expect(me.steps()).toEqual(['pasted', 'mine', '']);
  });

  it('brings back text that was selected and typed over', () => {
    const me = new Hands();
    me.type('mine');
    me.select(0, 4);
    me.type('yours');
    expect(me.steps()).toEqual(['mine', '']);
  });

  it('brings back what was deleted, and then takes back what was typed', () => {
    const me = new Hands();
    me.type('abc');
    me.press(deleteCharBackward);
    me.press(deleteCharBackward);
    me.type('d');
    expect(me.steps()).toEqual(['a', 'abc', '']);
  });

  it('takes back only what was typed at the last place of the caret', () => {
    const me = new Hands();
    me.type('end');
    me.select(0);
    me.type('start ');
    expect(me.steps()).toEqual(['end', '']);
  });

  it('takes back text that follows an undo without the step before', () => {
    const me = new Hands();
    me.type('one');
    me.press(insertNewlineAndIndent);
    me.type('two');
    me.undo.undo();
    me.type('three');
    expect(me.steps()).toEqual(['one\n', '']);
  });

  it('takes back a composition at once, and nothing of what others write meanwhile', () => {
    const me = new Hands();
    me.type('n', 'input.type.compose.start');
    me.view.dispatch({
      changes: { from: 0, to: 1, insert: '日本' },
      userEvent: 'input.type.compose',
      selection: { anchor: 2 }
    });
    me.code.insert(0, 'theirs ');
    me.type('語', 'input.type.compose');
    expect(me.view.state.doc.toString()).toBe('theirs 日本語');
    expect(me.steps()).toEqual(['theirs ']);
  });
});
