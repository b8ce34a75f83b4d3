import { expect, it } from 'vitest';
import * as Y from 'yjs';

import { STEPS, undoHistory } from './undo-history';

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
