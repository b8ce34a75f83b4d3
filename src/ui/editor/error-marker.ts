/** Marks the place of a run's error in the editor, until the text changes. */
import type { Extension, Text } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';

import type { Location, Place } from '../../protocol/wire';

/** An error of a run: the text that was run, the place in it, and the message. */
export interface ErrorMark {
  code: string;
  location: Location;
  message: string;
}

const setMark = StateEffect.define<DecorationSet>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (shown, transaction) => {
    const kept = transaction.docChanged ? Decoration.none : shown;
    return transaction.effects.reduce(
      (set, effect) => (effect.is(setMark) ? effect.value : set),
      kept
    );
  },
  provide: field => EditorView.decorations.from(field)
});

export const errorMarks: Extension = marks;

/** Mark an error, if the text is the one that was run; null removes the mark. */
export function showErrorMark(view: EditorView, mark: ErrorMark | null): void {
  if (mark === null && view.state.field(marks) === Decoration.none) {
    return;
  }
  const shown = mark !== null && view.state.doc.toString() === mark.code;
  view.dispatch({ effects: setMark.of(shown ? decorationsOf(view, mark) : Decoration.none) });
}

/**
 * The line and the range of an error. Without an end in its location, the range is the word at the
 * start, or one character.
 */
function decorationsOf(view: EditorView, { location, message }: ErrorMark): DecorationSet {
  const { doc } = view.state;
  const line = doc.line(Math.min(location.line, doc.lines));
  const attributes = { title: message };
  const lineMark = Decoration.line({ class: 'arena-error-line' }).range(line.from);
  if (line.length === 0) {
    return Decoration.set([lineMark]);
  }
  const column = Math.min(location.column, line.length - 1);
  const word = /^\w+/.exec(line.text.slice(column))?.[0].length ?? 1;
  const from = line.from + column;
  const to = Math.max(endOf(doc, location.end), from + (location.end ? 1 : word));
  const place = Decoration.mark({ class: 'arena-error-place', attributes }).range(from, to);
  return Decoration.set([lineMark, place]);
}

/** The offset of the range's end, limited to the text; 0 without an end. */
function endOf(doc: Text, end: Place | undefined): number {
  if (end === undefined) {
    return 0;
  }
  const line = doc.line(Math.min(end.line, doc.lines));
  return Math.min(line.from + end.column, line.to);
}
