import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { resolve } from './remote-cursors';

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
});
