/** The mark under the place of an error, as a linter's: it goes with the first change of the text. */
import type { Extension, Text } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';

import type { Location, Place } from '../../protocol/wire';

/** An error of a program: in which text, where, and what it is. */
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

/** Mark an error, if the text is still the one that it is in; null takes the mark away. */
export function showErrorMark(view: EditorView, mark: ErrorMark | null): void {
  if (mark === null && view.state.field(marks) === Decoration.none) {
    return;
  }
  const shown = mark !== null && view.state.doc.toString() === mark.code;
  view.dispatch({ effects: setMark.of(shown ? decorationsOf(view, mark) : Decoration.none) });
}

/** What failed; where only its beginning is known, its first word, or at a line's end what is before. */
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

/** The offset of a place, as far as a text has it. */
function endOf(doc: Text, end: Place | undefined): number {
  if (end === undefined) {
    return 0;
  }
  const line = doc.line(Math.min(end.line, doc.lines));
  return Math.min(line.from + end.column, line.to);
}
