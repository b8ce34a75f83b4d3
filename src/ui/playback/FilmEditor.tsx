/** The text of a film at one moment, in a read-only editor. */
import type { Extension } from '@codemirror/state';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, drawSelection, lineNumbers } from '@codemirror/view';
import { useCallback, useEffect, useRef } from 'react';
import type { JSX } from 'react';

import type { Film, FilmText } from '../../playback/film';
import type { Language } from '../../protocol/wire';
import { pageNonce } from '../common/csp-nonce';
import { EDITOR_LANGUAGES } from '../editor/editor-languages';
import { boundedHighlighting } from '../editor/bounded-highlighting';
import { foldedLines } from '../editor/folded-lines';
import { editorTheme } from '../editor/theme';
import { blameAt, filmDecorations, showMoment } from './film-decorations';
import type { Participants } from './sentences';

interface FilmEditorProps {
  film: Film;
  text: FilmText;
  seq: number;
  language: Language;
  participants: Participants;
  /** Whether every character has its author's colour. */
  byAuthor: boolean;
  /** Gets the author and time of the character at the cursor, or null. */
  onBlame: (blame: string | null) => void;
}

const FIXED: Extension = [
  EditorState.readOnly.of(true),
  EditorState.lineSeparator.of('\n'),
  EditorView.contentAttributes.of({
    'aria-label': 'Code at this moment',
    'aria-readonly': 'true'
  }),
  lineNumbers(),
  drawSelection(),
  filmDecorations,
  foldedLines,
  editorTheme
];

/** UTF-16 units. After a larger change, highlighting is switched off until the film rests. */
const LARGE_CHANGE = 20_000;
/** Milliseconds after the last large change until the text is highlighted again. */
const HIGHLIGHT_AFTER = 150;

/** The smallest single change from `before` to `after`. */
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
  const highlight = useCallback(() => {
    if (view.current) {
      const extension = boundedHighlighting(support.current, view.current.state.doc);
      view.current.dispatch({ effects: languageSlot.current.reconfigure(extension) });
    }
  }, []);

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
    // Scroll to the last edit only when the moment changes: readers scroll freely within one moment.
    const edited = last.current.seq === seq ? null : film.lastCaret(text, frame, seq);
    last.current = { text: frame.text, seq };
    const large = change.insert.length + change.to - change.from > LARGE_CHANGE;
    view.current?.dispatch({
      changes: change,
      effects: [
        showMoment.of({ film, text, seq, participants, byAuthor, frame }),
        ...(large ? [languageSlot.current.reconfigure([])] : []),
        ...(edited === null ? [] : [EditorView.scrollIntoView(edited, { yMargin: 60 })])
      ]
    });
    if (!large) {
      return;
    }
    window.clearTimeout(settling.current);
    settling.current = window.setTimeout(() => {
      highlight();
    }, HIGHLIGHT_AFTER);
  }, [film, text, seq, participants, byAuthor, highlight]);

  useEffect(() => {
    let wanted = true;
    const use = (extension: Extension): void => {
      if (wanted) {
        support.current = extension;
        highlight();
      }
    };
    EDITOR_LANGUAGES[language].support().then(use, (error: unknown) => {
      console.warn('The code is shown without colours:', error);
      use([]);
    });
    return () => {
      wanted = false;
    };
  }, [language, highlight]);

  return <div className="arena-editor arena-film-text" ref={host} />;
}
