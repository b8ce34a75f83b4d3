/** The undo history of one text: this participant's last steps. */
import type { Extension } from '@codemirror/state';
import { Transaction } from '@codemirror/state';
import type { ViewUpdate } from '@codemirror/view';
import { ViewPlugin } from '@codemirror/view';
import { ySyncAnnotation } from 'y-codemirror.next';
import * as Y from 'yjs';

/** Steps that can be undone. A thousand take half a megabyte, and a page is open for hours. */
export const STEPS = 500;
/** Milliseconds without an edit that end a step, as in CodeMirror's own history. */
const PAUSE = 500;

/** The history of `code`. The editor adds its own origin; edits without an origin are not in it. */
export function undoHistory(code: Y.Text): Y.UndoManager {
  const undo = new Y.UndoManager(code, { trackedOrigins: new Set(), captureTimeout: PAUSE });
  undo.on('stack-item-added', () => {
    for (const stack of [undo.undoStack, undo.redoStack]) {
      stack.splice(0, stack.length - STEPS);
    }
  });
  undo.on('stack-item-popped', () => undo.stopCapturing());
  return undo;
}

/** An edit that may continue the step before it: typed or deleted text, at the caret. */
type Kind = 'typed' | 'deleted';

/**
 * Divides the edits of an editor into the steps of `undo`. A step ends with the line, around a paste
 * or another edit at once, after a move of the caret, and between typing and deleting. Must come
 * before the binding to Yjs, which records the edit.
 */
export function undoSteps(undo: Y.UndoManager): Extension {
  let last: Kind | null = null;
  const update = ({ transactions, docChanged, startState, state }: ViewUpdate): void => {
    const [first] = transactions;
    if (!first || first.annotation(ySyncAnnotation) !== undefined) {
      return;
    }
    if (!docChanged) {
      last = startState.selection.eq(state.selection) ? last : null;
      return;
    }
    // A composition replaces its own text until it ends.
    const isComposing = first.isUserEvent('input.type.compose') && last === 'typed';
    const kind = kindOf(first);
    if (!isComposing && (kind === null || kind !== last || hasSelection(first))) {
      undo.stopCapturing();
    }
    last = endsLine(first) ? null : kind;
  };
  return ViewPlugin.define(() => ({ update }));
}

function kindOf(transaction: Transaction): Kind | null {
  // Enter is an input, too, with the indentation of its line.
  const isEnter = transaction.annotation(Transaction.userEvent) === 'input';
  if (isEnter || transaction.isUserEvent('input.type')) {
    return 'typed';
  }
  const isCut = transaction.isUserEvent('delete.cut');
  return transaction.isUserEvent('delete') && !isCut ? 'deleted' : null;
}

function hasSelection({ startState }: Transaction): boolean {
  return startState.selection.ranges.some(range => !range.empty);
}

function endsLine({ changes }: Transaction): boolean {
  let ends = false;
  changes.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => {
    ends ||= inserted.lines > 1;
  });
  return ends;
}
