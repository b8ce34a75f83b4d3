/** The undo history of one text: this participant's last steps. */
import * as Y from 'yjs';

/** Steps that can be undone. A thousand take half a megabyte, and a page is open for hours. */
export const STEPS = 500;

/** The history of `code`. The editor adds its own origin; edits without an origin are not in it. */
export function undoHistory(code: Y.Text): Y.UndoManager {
  const undo = new Y.UndoManager(code, { trackedOrigins: new Set() });
  undo.on('stack-item-added', () => {
    for (const stack of [undo.undoStack, undo.redoStack]) {
      stack.splice(0, stack.length - STEPS);
    }
  });
  return undo;
}
