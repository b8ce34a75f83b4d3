/**
 * Decorations of a film's text: its authors' colours, their cursors, and the author of a character.
 */
import type { EditorState, Extension } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet, EditorView, ViewUpdate } from '@codemirror/view';
import { Decoration, ViewPlugin, hoverTooltip, layer } from '@codemirror/view';

import type { Film, FilmText, Frame } from '../../playback/film';
import { safeColor } from '../common/color';
import { timeOfDay } from '../common/format';
import { caretOf } from '../editor/cursor-markers';
import { nameOf } from './sentences';
import type { Participants } from './sentences';

/** The input of the decorations. */
interface Shown {
  film: Film;
  text: FilmText;
  /** The text after entry `seq`. */
  frame: Frame;
  seq: number;
  participants: Participants;
  /** Whether every character has its author's colour. */
  byAuthor: boolean;
}

/** Show another moment. */
export const showMoment = StateEffect.define<Shown>();

const shown = StateField.define<Shown | null>({
  create: () => null,
  update: (before, transaction) =>
    transaction.effects.reduce(
      (now, effect) => (effect.is(showMoment) ? effect.value : now),
      before
    )
});

/** The author of the character at `position`, and its time; null where there is none. */
export function blameAt(state: EditorState, position: number): string | null {
  const now = state.field(shown);
  if (!now || position >= now.frame.units.length) {
    return null;
  }
  const { film, text, frame, participants } = now;
  const seq = film.bornAt(text, frame, position);
  const author = film.data.authors[film.data.by[seq] ?? 0];
  const time = timeOfDay(film.data.at[seq] ?? 0);
  return author == null
    ? `There from the start, ${time}`
    : `${nameOf(author, participants)}, ${time}`;
}

const blameTooltip = hoverTooltip((view, position) => {
  const text = blameAt(view.state, position);
  if (text === null) {
    return null;
  }
  return {
    pos: position,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'arena-blame';
      dom.textContent = text;
      return { dom };
    }
  };
});

/** The authors' colours in the visible part of the text. */
function authorMarks(view: EditorView): DecorationSet {
  const now = view.state.field(shown);
  if (!now?.byAuthor) {
    return Decoration.none;
  }
  const { film, text, frame, participants } = now;
  const marks = view.visibleRanges.flatMap(({ from, to }) =>
    film.authorRuns(text, frame, from, to).map(run => {
      const id = film.data.authors[run.author];
      const color = safeColor(id == null ? null : participants.get(id)?.color);
      return Decoration.mark({
        class: 'arena-authored',
        attributes: { style: `--arena-color: ${color}` }
      }).range(run.from, run.to);
    })
  );
  return Decoration.set(marks);
}

const authorColors = ViewPlugin.define(
  view => ({
    marks: authorMarks(view),
    update(update: ViewUpdate) {
      if (update.viewportChanged || update.transactions.some(each => each.effects.length > 0)) {
        this.marks = authorMarks(update.view);
      }
    }
  }),
  { decorations: plugin => plugin.marks }
);

const cursors = layer({
  above: true,
  class: 'arena-remote-cursors',
  update: update => update.docChanged || update.geometryChanged || update.transactions.length > 0,
  markers: view => {
    const now = view.state.field(shown);
    if (!now) {
      return [];
    }
    const { film, text, frame, seq, participants } = now;
    return film.cursors(text, frame, seq).flatMap(({ author, position }) => {
      const id = film.data.authors[author];
      const color = safeColor(id == null ? null : participants.get(id)?.color);
      const name = nameOf(id, participants).slice(0, 24);
      return caretOf(view, { client: author, name, color, anchor: position, head: position });
    });
  }
});

export const filmDecorations: Extension = [shown, authorColors, cursors, blameTooltip];
