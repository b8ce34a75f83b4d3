/**
 * Draws the start of a line that is hard to draw, with the number of its other characters behind it.
 * A long line is drawn further while the cursor is in it, so that it can be edited.
 */
import type { EditorState, Extension, Range, Text } from '@codemirror/state';
import { StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView, WidgetType } from '@codemirror/view';

import { LINE, drawnLength } from './hard-text';

class Rest extends WidgetType {
  constructor(private readonly count: number) {
    super();
  }

  override eq(other: Rest): boolean {
    return other.count === this.count;
  }

  toDOM(): HTMLElement {
    const rest = document.createElement('span');
    rest.className = 'arena-rest-of-line';
    rest.textContent = `… ${this.count} more`;
    rest.title = `${this.count} more characters in this line are not shown`;
    return rest;
  }
}

/** The fold of the line at `from`, if it needs one. */
function foldOf(text: string, from: number, hasCursor: boolean): Range<Decoration>[] {
  const drawn = drawnLength(text);
  // The view draws a part of a long line around the cursor.
  if (drawn >= text.length || (hasCursor && drawn >= LINE - 1)) {
    return [];
  }
  const widget = new Rest(text.length - drawn);
  return [Decoration.replace({ widget }).range(from + drawn, from + text.length)];
}

/** The folds of the lines from the one at `from` to the one at `to`. */
function foldsOf(doc: Text, from: number, to: number, cursor: number): Range<Decoration>[] {
  const folds: Range<Decoration>[] = [];
  const last = doc.lineAt(to).number;
  const first = doc.lineAt(from);
  let start = first.from;
  for (const text of doc.iterLines(first.number, last + 1)) {
    const hasCursor = cursor >= start && cursor <= start + text.length;
    folds.push(...foldOf(text, start, hasCursor));
    start += text.length + 1;
  }
  return folds;
}

/** `folds`, made again for the lines from the one at `from` to the one at `to`. */
function renewed(
  folds: DecorationSet,
  state: EditorState,
  from: number,
  to: number
): DecorationSet {
  const { doc, selection } = state;
  const [start, end] = [doc.lineAt(from).from, doc.lineAt(to).to];
  return folds.update({
    filterFrom: start,
    filterTo: end,
    filter: () => false,
    add: foldsOf(doc, start, end, selection.main.head)
  });
}

export const foldedLines: Extension = StateField.define<DecorationSet>({
  create: state =>
    Decoration.set(foldsOf(state.doc, 0, state.doc.length, state.selection.main.head)),
  update: (before, transaction) => {
    const { state, startState, changes } = transaction;
    let folds = before.map(changes);
    changes.iterChangedRanges((_from, _to, from, to) => {
      folds = renewed(folds, state, from, to);
    });
    const left = changes.mapPos(startState.selection.main.head);
    const entered = state.selection.main.head;
    for (const position of left === entered ? [] : [left, entered]) {
      if (state.doc.lineAt(position).length >= LINE) {
        folds = renewed(folds, state, position, position);
      }
    }
    return folds;
  },
  provide: field => EditorView.decorations.from(field)
});
