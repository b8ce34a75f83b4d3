/** The shared editor: CodeMirror on the session's Y.Text, with everybody's cursors in it. */
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { Compartment, EditorSelection, EditorState, Prec } from '@codemirror/state';
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
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import type { Language, Place } from '../../protocol/wire';
import { cursorPresence, enterText } from './remote-cursors';
import { EDITOR_LANGUAGES } from './editor-languages';
import { errorMarks, showErrorMark } from './error-marker';
import type { ErrorMark } from './error-marker';
import { pageNonce } from '../common/csp-nonce';
import { editorTheme } from './theme';

/** What the editor shows and how. `readOnly` stays focusable, so that its text can be read and copied. */
export interface EditorProps {
  code: Y.Text;
  awareness: Awareness;
  /** Null where it is not known: then no parser is fetched, and nothing is coloured. */
  language: Language | null;
  readOnly: boolean;
  /** Mod-Enter was pressed. */
  onRun: () => void;
  /** The error to mark, for as long as the text is the one that it is in. */
  mark?: ErrorMark | null;
  /** Where to take the reader; each new object does so once. */
  place?: Place | null;
}

/** CodeMirror needs telling when its own attributes say that nothing can be typed. */
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

/** Undo reaches one's own typing only, and nothing at all where nothing may be typed. */
function collaboration(code: Y.Text, awareness: Awareness, undo: Y.UndoManager): Extension {
  return [
    Prec.highest(
      EditorView.domEventHandlers({
        beforeinput: (event, view) =>
          view.state.readOnly && /^history(Undo|Redo)$/.test(event.inputType)
      })
    ),
    // `cursorPresence` draws the cursors, so the binding gets no awareness.
    yCollab(code, null, { undoManager: undo }),
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
    Prec.highest(
      keymap.of([
        {
          key: 'Mod-Enter',
          preventDefault: true,
          run: () => {
            run();
            return true;
          }
        }
      ])
    ),
    // Positions are shared with Yjs: only \n is a line break, or a \r would shift everything after it.
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
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, indentWithTab]),
    errorMarks,
    editorTheme
  ];
}

/** `selection` as far as `text` has it. */
function within({ main }: EditorSelection, text: string): EditorSelection {
  return EditorSelection.single(
    Math.min(main.anchor, text.length),
    Math.min(main.head, text.length)
  );
}

/** Put the cursor at a place, as far as the text has it, and show it. */
function goTo(view: EditorView, { line, column }: Place): void {
  const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  const anchor = Math.min(at.from + column, at.to);
  view.dispatch({
    selection: { anchor },
    effects: EditorView.scrollIntoView(anchor, { y: 'center' })
  });
  view.focus();
}

/** The editor on `code`, which may become another text; undo histories live as long as it is shown. */
export function Editor(props: EditorProps): JSX.Element {
  const { code, awareness, language, readOnly, mark = null, place = null } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  /** One history a text: who comes back to a file can still undo there. */
  const undos = useRef(new Map<Y.Text, Y.UndoManager>());
  /** Where the cursor was in a text whose editor went: its successor by the same name has it, too. */
  const left = useRef<{ root: string; selection: EditorSelection } | null>(null);
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
    // It tracks the binding's own origin alone; by default it would track edits without one, too.
    const undo = undos.current.get(code) ?? new Y.UndoManager(code, { trackedOrigins: new Set() });
    undos.current.set(code, undo);
    const root = Y.findRootTypeKey(code);
    const text = code.toJSON();
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text,
        ...(left.current?.root === root && { selection: within(left.current.selection, text) }),
        extensions: [
          fixedExtensions(() => latest.current.onRun()),
          languageSlot.current.of([]),
          editingSlot.current.of(editing(latest.current.readOnly)),
          collaboration(code, awareness, undo)
        ]
      })
    });
    view.current = editor;
    // Someone who came to write code need not look for the place, unless they are elsewhere already.
    if (document.activeElement === null || document.activeElement === document.body) {
      editor.focus();
    }
    return () => {
      view.current = null;
      left.current = { root, selection: editor.state.selection };
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
      if (wanted) {
        const effects = languageSlot.current.reconfigure([
          indentUnit.of(EDITOR_LANGUAGES[language].indent),
          support
        ]);
        view.current?.dispatch({ effects });
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
