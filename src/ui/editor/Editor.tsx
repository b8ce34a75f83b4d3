/** The shared editor: CodeMirror bound to a Y.Text of the session, with the others' cursors. */
import { closeBrackets } from '@codemirror/autocomplete';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { JSX } from 'react';
import { yUndoManagerKeymap } from 'y-codemirror.next';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import type { Language, Place } from '../../protocol/wire';
import { cursorPresence, enterText } from './remote-cursors';
import { editorKeys } from './editor-keys';
import { editorNotices } from './editor-notice';
import { EDITOR_LANGUAGES } from './editor-languages';
import { boundedHighlighting } from './bounded-highlighting';
import { foldedLines } from './folded-lines';
import { indentationOf } from './indentation';
import { shownInvisible } from './invisible-text';
import { pasting } from './pasting';
import { RememberedPlaces, keepCaret, keptCaret, restoredCaret } from './remembered-places';
import { errorMarks, showErrorMark } from './error-marker';
import type { ErrorMark } from './error-marker';
import { pageNonce } from '../common/csp-nonce';
import { takeKeys } from '../common/early-keys';
import { textBinding } from './text-binding';
import { editorTheme } from './theme';
import { undoHistory, undoSteps } from './undo-history';

interface EditorProps {
  /** The session, for the caret after a reload; null while it is not known. */
  sessionId: string | null;
  code: Y.Text;
  awareness: Awareness;
  /** Null for text without highlighting. */
  language: Language | null;
  /** A read-only editor can still have the focus, so that its text can be selected and copied. */
  readOnly: boolean;
  /** Called for Mod-Enter and Shift-Enter. */
  onRun: () => void;
  /** The error to mark; it is marked only if the text is the one that was run. */
  mark?: ErrorMark | null;
  /** Where to put the cursor; each new object moves it once. */
  place?: Place | null;
}

/** `readOnly` for CodeMirror and for screen readers. */
function editing(readOnly: boolean): Extension {
  return [
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({
      'aria-label': 'Code',
      'aria-readonly': String(readOnly),
      'aria-description': 'Press Escape, then Tab, to leave the editor.'
    })
  ];
}

/** The binding to Yjs. Undo reverts only this participant's edits; a read-only editor has no undo. */
function collaboration(code: Y.Text, awareness: Awareness, undo: Y.UndoManager): Extension {
  return [
    Prec.highest(
      EditorView.domEventHandlers({
        beforeinput: (event, view) =>
          view.state.readOnly && /^history(Undo|Redo)$/.test(event.inputType)
      })
    ),
    undoSteps(undo),
    pasting(code),
    textBinding(code, undo),
    cursorPresence(code, awareness),
    keymap.of(
      yUndoManagerKeymap.map(binding => ({
        ...binding,
        run: (view: EditorView) => view.state.readOnly || (binding.run?.(view) ?? false)
      }))
    )
  ];
}

function fixedExtensions(run: () => void): Extension {
  return [
    editorKeys(run),
    // Yjs counts \r as a character, so CodeMirror must not: only \n is a line break.
    EditorState.lineSeparator.of('\n'),
    EditorView.clipboardInputFilter.of(text => text.replace(/\r\n?/g, '\n')),
    EditorView.cspNonce.of(pageNonce()),
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    drawSelection(),
    dropCursor(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    errorMarks,
    foldedLines,
    shownInvisible,
    editorNotices,
    editorTheme
  ];
}

/** Move the cursor to a place, limited to the text, and scroll there. */
function goTo(view: EditorView, { line, column }: Place): void {
  const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  const anchor = Math.min(at.from + column, at.to);
  view.dispatch({
    selection: { anchor },
    effects: EditorView.scrollIntoView(anchor, { y: 'center' })
  });
  view.focus();
}

/** Type what was typed before the editor took keys. */
function typeEarlyKeys(view: EditorView): void {
  const keys = takeKeys();
  if (keys !== '') {
    view.dispatch(view.state.replaceSelection(keys), { userEvent: 'input.type' });
  }
}

/** `code` may change to another text of the session. */
export function Editor(props: EditorProps): JSX.Element {
  const { code, awareness, language, readOnly, mark = null, place = null } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  /** The undo history of each text that was shown. */
  const undos = useRef(new Map<Y.Text, Y.UndoManager>());
  /** The places in all texts, also for a new Y.Text that replaces one after a reconnect. */
  const places = useRef(new RememberedPlaces());
  const languageSlot = useRef(new Compartment());
  const editingSlot = useRef(new Compartment());

  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const all = undos.current;
    return () => {
      for (const undo of all.values()) {
        undo.destroy();
      }
      all.clear();
    };
  }, []);

  useEffect(() => {
    if (!host.current) {
      return;
    }
    if (undos.current.size > 0) {
      enterText(code, awareness);
    }
    // A document that was replaced is not shown again, and its history would keep it in memory.
    for (const [text, old] of undos.current) {
      if (text.doc !== code.doc) {
        old.destroy();
        undos.current.delete(text);
      }
    }
    const undo = undos.current.get(code) ?? undoHistory(code);
    undos.current.set(code, undo);
    const root = Y.findRootTypeKey(code);
    const kept = (): ReturnType<typeof keptCaret> => keptCaret(latest.current.sessionId);
    const { selection, scrollTo } = places.current.enter(code, kept());
    const editor = new EditorView({
      parent: host.current,
      ...(scrollTo && { scrollTo }),
      state: EditorState.create({
        doc: code.toJSON(),
        ...(selection && { selection }),
        extensions: [
          restoredCaret(root, kept),
          fixedExtensions(() => latest.current.onRun()),
          languageSlot.current.of([]),
          editingSlot.current.of(editing(latest.current.readOnly)),
          collaboration(code, awareness, undo)
        ]
      })
    });
    view.current = editor;
    // The editor takes the focus, unless another element has it.
    if (document.activeElement === null || document.activeElement === document.body) {
      editor.focus();
    }
    const remembered = places.current;
    const onLeaving = (): void => {
      const { sessionId } = latest.current;
      if (sessionId !== null) {
        keepCaret(sessionId, root, editor.state.selection.main);
      }
    };
    window.addEventListener('pagehide', onLeaving);
    return () => {
      window.removeEventListener('pagehide', onLeaving);
      view.current = null;
      remembered.leave(editor, code);
      editor.destroy();
    };
  }, [code, awareness]);

  useEffect(() => {
    if (language === null) {
      view.current?.dispatch({ effects: languageSlot.current.reconfigure([]) });
      return;
    }
    let wanted = true;
    const show = (support: Extension): void => {
      if (wanted && view.current) {
        const effects = languageSlot.current.reconfigure([
          indentUnit.compute(
            ['doc'],
            ({ doc }) => indentationOf(doc) ?? EDITOR_LANGUAGES[language].indent
          ),
          boundedHighlighting(support, view.current.state.doc)
        ]);
        view.current.dispatch({ effects });
      }
    };
    EDITOR_LANGUAGES[language].support().then(show, (error: unknown) => {
      console.warn('The code is shown without colours:', error);
      show([]);
    });
    return () => {
      wanted = false;
    };
  }, [language, code, awareness]);

  useEffect(() => {
    view.current?.dispatch({ effects: editingSlot.current.reconfigure(editing(readOnly)) });
    if (view.current && !readOnly) {
      typeEarlyKeys(view.current);
    }
  }, [readOnly]);

  useEffect(() => {
    if (view.current) {
      showErrorMark(view.current, mark);
    }
  }, [mark, code, awareness]);

  useEffect(() => {
    if (view.current && place) {
      goTo(view.current, place);
    }
  }, [place]);

  return <div className="arena-editor" ref={host} data-read-only={readOnly} />;
}
