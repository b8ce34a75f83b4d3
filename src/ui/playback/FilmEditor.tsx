/** The film's text: a read-only editor with who typed what, and where everybody last typed. */
import type { Extension } from '@codemirror/state';
import { Compartment, EditorState, StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet, ViewUpdate } from '@codemirror/view';
import {
  Decoration,
  EditorView,
  ViewPlugin,
  drawSelection,
  hoverTooltip,
  layer,
  lineNumbers
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { JSX } from 'react';

import type { Language } from '../../protocol/wire';
import type { Film, FilmText, Frame } from '../../playback/film';
import { EDITOR_LANGUAGES } from '../editor/editor-languages';
import { pageNonce } from '../common/csp-nonce';
import type { Participants } from './sentences';
import { nameOf } from './sentences';
import { safeColor } from '../common/color';
import { caretOf } from '../editor/remote-cursors';
import { editorTheme } from '../editor/theme';
import { timeOfDay } from '../common/format';

export interface FilmEditorProps {
  film: Film;
  text: FilmText;
  seq: number;
  language: Language;
  participants: Participants;
  /** Whether every character has its author's colour. */
  byAuthor: boolean;
  /** Hears who typed what is behind the cursor, or null. */
  onBlame: (blame: string | null) => void;
}

/** What the editor's parts draw from. */
interface Shown extends Omit<FilmEditorProps, 'onBlame' | 'language'> {
  frame: Frame;
}

const show = StateEffect.define<Shown>();

const shown = StateField.define<Shown | null>({
  create: () => null,
  update: (before, transaction) =>
    transaction.effects.reduce((now, effect) => (effect.is(show) ? effect.value : now), before)
});

/** Who typed the character behind `position`, and when. */
function blameAt(state: EditorState, position: number): string | null {
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

const blame = hoverTooltip((view, position) => {
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

/** Only what is on the screen is coloured. */
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

const authors = ViewPlugin.define(
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

const FIXED: Extension = [
  EditorState.readOnly.of(true),
  EditorState.lineSeparator.of('\n'),
  EditorView.contentAttributes.of({
    'aria-label': 'Code at this moment',
    'aria-readonly': 'true'
  }),
  lineNumbers(),
  drawSelection(),
  shown,
  authors,
  cursors,
  blame,
  editorTheme
];

/** A jump that changes more units than this shows the text first, and its colours a moment later. */
const FAR = 20_000;
/** Milliseconds without such a jump until then. */
const SETTLED = 150;

/** The one change that makes `after` of `before`. */
function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) {
    start++;
  }
  let end = 0;
  while (
    end < most - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end++;
  }
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

export function FilmEditor(props: FilmEditorProps): JSX.Element {
  const { film, text, seq, participants, byAuthor, language } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const last = useRef({ text: '', seq: -1 });
  const languageSlot = useRef(new Compartment());
  const support = useRef<Extension>([]);
  const settling = useRef(0);
  const onBlame = useRef(props.onBlame);

  useEffect(() => {
    onBlame.current = props.onBlame;
  });

  useEffect(() => {
    if (!host.current) {
      return;
    }
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        extensions: [
          FIXED,
          EditorView.cspNonce.of(pageNonce()),
          languageSlot.current.of([]),
          EditorView.updateListener.of(({ selectionSet, docChanged, state, view: of }) => {
            if (selectionSet || docChanged) {
              onBlame.current(of.hasFocus ? blameAt(state, state.selection.main.head) : null);
            }
          })
        ]
      })
    });
    view.current = editor;
    last.current = { text: '', seq: -1 };
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);

  useEffect(() => {
    const frame = film.frame(text, seq);
    const change = difference(last.current.text, frame.text);
    // The film moves to where it goes on; a reader who stays at a moment looks where they like.
    const edited = last.current.seq === seq ? null : film.lastCaret(text, frame, seq);
    last.current = { text: frame.text, seq };
    const far = change.insert.length + change.to - change.from > FAR;
    view.current?.dispatch({
      changes: change,
      effects: [
        show.of({ film, text, seq, participants, byAuthor, frame }),
        ...(far ? [languageSlot.current.reconfigure([])] : []),
        ...(edited === null ? [] : [EditorView.scrollIntoView(edited, { yMargin: 60 })])
      ]
    });
    if (!far) {
      return;
    }
    window.clearTimeout(settling.current);
    settling.current = window.setTimeout(() => {
      view.current?.dispatch({ effects: languageSlot.current.reconfigure(support.current) });
    }, SETTLED);
  }, [film, text, seq, participants, byAuthor]);

  useEffect(() => {
    let wanted = true;
    const use = (extension: Extension): void => {
      if (wanted) {
        support.current = extension;
        view.current?.dispatch({ effects: languageSlot.current.reconfigure(extension) });
      }
    };
    EDITOR_LANGUAGES[language].support().then(use, (error: unknown) => {
      console.warn('The code is shown without colours:', error);
      use([]);
    });
    return () => {
      wanted = false;
    };
  }, [language]);

  return <div className="arena-editor arena-film-text" ref={host} />;
}
