// @vitest-environment happy-dom
import { EditorState } from '@codemirror/state';
import { EditorView, RectangleMarker } from '@codemirror/view';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { yCollab } from 'y-codemirror.next';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { cursorPresence, resolve } from './remote-cursors';

/** The offsets of the carets that were drawn last. */
let drawn: number[] = [];
let transactions = 0;

beforeEach(() => {
  drawn = [];
  vi.spyOn(RectangleMarker, 'forRange').mockImplementation((_view, _class, range) => {
    drawn.push(range.head);
    return [];
  });
});

function opened(text: string): { code: Y.Text; awareness: Awareness; view: EditorView } {
  const doc = new Y.Doc();
  const code = doc.getText('code');
  code.insert(0, text);
  const awareness = new Awareness(doc);
  const counted = EditorView.updateListener.of(update => {
    transactions += update.transactions.length;
  });
  const extensions = [yCollab(code, null), cursorPresence(code, awareness), counted];
  const state = EditorState.create({ doc: text, extensions });
  return { code, awareness, view: new EditorView({ state, parent: document.body }) };
}

/** Somebody else, whose cursor is sent as a browser sends it. */
class Other {
  readonly #awareness = new Awareness(new Y.Doc());
  place: unknown = null;

  show(code: Y.Text, index: number, to: Awareness): void {
    const at = Y.createRelativePositionFromTypeIndex(code, index);
    this.place = Y.relativePositionToJSON(at);
    this.#awareness.setLocalState({ cursor: { anchor: this.place, head: this.place } });
    const update = encodeAwarenessUpdate(this.#awareness, [this.#awareness.clientID]);
    applyAwarenessUpdate(to, update, null);
  }
}

const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);

/** Numbers from 0 to `below`, always the same (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('a cursor of somebody else', () => {
  it('in a text that is not shown is no place here, and makes no text', () => {
    const doc = new Y.Doc();
    const code = doc.getText('code');
    code.insert(0, 'text');
    for (const item of [null, { client: doc.clientID, clock: 2 }]) {
      for (const tname of ['code/1', 'constructor', 7]) {
        expect(resolve({ type: null, tname, item, assoc: 0 }, code)).toBeNull();
      }
    }
    expect([...doc.share.keys()]).toEqual(['code']);
  });

  it('in the shown text is a place in it', () => {
    const doc = new Y.Doc();
    const code = doc.getText('code/7');
    code.insert(0, 'text');
    const item = { client: doc.clientID, clock: 2 };
    expect(resolve({ type: null, tname: 'code/7', item, assoc: 0 }, code)).toBe(2);
    expect(resolve({ type: null, tname: 'code/7', item: null, assoc: 0 }, code)).toBe(4);
  });

  it('costs one transaction a frame, however many move', async () => {
    const { code, awareness } = opened('some text');
    const others = Array.from({ length: 50 }, () => new Other());
    await frame();
    for (let round = 0; round < 2; round += 1) {
      transactions = 0;
      for (const other of others) other.show(code, 3, awareness);
      for (const other of others) other.show(code, 5, awareness);
      await frame();
      expect(transactions).toBe(1);
    }
    drawn = [];
    others[7]?.show(code, 1, awareness);
    await frame();
    expect(drawn).toEqual([1]);
  });

  it('stays where it is in the text, whatever is edited around it', async () => {
    const roll = dice(20261201);
    const { code, awareness, view } = opened('the text that all of them edit');
    const others = Array.from({ length: 5 }, () => new Other());
    const undo = new Y.UndoManager(code);
    for (let step = 0; step < 200; step += 1) {
      const length = code.length;
      const at = roll(length + 1);
      const action = roll(6);
      if (action === 0) others[roll(5)]?.show(code, at, awareness);
      else if (action === 1) code.insert(at, 'ab');
      else if (action === 2) code.delete(at, Math.min(roll(4), length - at));
      else if (action === 3) view.dispatch({ changes: { from: at, insert: 'c' } });
      else if (action === 4) undo.undo();
      else {
        const to = Math.min(at + roll(3), length);
        view.dispatch({
          changes: [
            { from: 0, insert: 'x' },
            { from: at, to, insert: 'yz' }
          ]
        });
      }
      // The layers draw all again after an edit of the text.
      view.dispatch({ selection: { anchor: 0 } });
      drawn = [];
      await frame();
      const shown = others.filter(other => other.place !== null);
      expect(drawn.sort()).toEqual(shown.map(other => resolve(other.place, code)).sort());
    }
    expect(view.state.doc.toString()).toBe(code.toJSON());
  });

  it('shows when its text arrives, where it came before', async () => {
    const { code, awareness } = opened('text');
    const author = new Y.Doc();
    Y.applyUpdate(author, Y.encodeStateAsUpdate(code.doc ?? author));
    author.getText('code').insert(2, 'ABC');
    new Other().show(author.getText('code'), 3, awareness);
    await frame();
    expect(drawn).toEqual([]);
    Y.applyUpdate(code.doc ?? author, Y.encodeStateAsUpdate(author));
    await frame();
    expect(drawn).toEqual([3]);
  });
});
