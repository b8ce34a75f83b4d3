/** The caret and the scroll position in each text of a session; the last caret outlives a reload. */
import type { Extension, StateEffect } from '@codemirror/state';
import { EditorSelection } from '@codemirror/state';
import type { ViewUpdate } from '@codemirror/view';
import { EditorView, ViewPlugin } from '@codemirror/view';
import { ySyncAnnotation } from 'y-codemirror.next';
import * as Y from 'yjs';

import { isRecord } from '../../protocol/json';

/** A selection as offsets in the text. */
interface Caret {
  readonly anchor: number;
  readonly head: number;
}

/** A caret in the text with this root. */
interface KeptCaret extends Caret {
  readonly root: string;
}

interface Place extends Caret {
  /** As positions of Yjs, which stay right while others type. */
  readonly positions: readonly Y.RelativePosition[];
  readonly scroll: StateEffect<unknown>;
}

/** The places in the texts that one editor has shown, by their roots. */
export class RememberedPlaces {
  readonly #places = new Map<string, Place>();

  /** Remember the place in `view`, which shows `code`. */
  leave(view: EditorView, code: Y.Text): void {
    const { anchor, head } = view.state.selection.main;
    const positions = [anchor, head].map(offset =>
      Y.createRelativePositionFromTypeIndex(code, offset)
    );
    const scroll = view.scrollSnapshot();
    this.#places.set(Y.findRootTypeKey(code), { anchor, head, positions, scroll });
  }

  /** How an editor begins that shows `code` again, or for the first time. */
  enter(code: Y.Text, kept: KeptCaret | null): EditorStart {
    const root = Y.findRootTypeKey(code);
    const place = this.#places.get(root);
    if (place) {
      const [anchor, head] = place.positions.map(position => offsetOf(position, code));
      const selection = selectionOf(
        { anchor: anchor ?? place.anchor, head: head ?? place.head },
        code.length
      );
      return { selection, scrollTo: place.scroll };
    }
    return kept?.root === root && reaches(kept, code.length)
      ? { selection: selectionOf(kept, code.length) }
      : {};
  }
}

/** Options of an editor and its state. */
interface EditorStart {
  readonly selection?: EditorSelection;
  readonly scrollTo?: StateEffect<unknown>;
}

function selectionOf({ anchor, head }: Caret, length: number): EditorSelection {
  return EditorSelection.single(Math.min(anchor, length), Math.min(head, length));
}

function reaches({ anchor, head }: Caret, length: number): boolean {
  return length > 0 && Math.max(anchor, head) <= length;
}

/** The offset of a position; null where `code`, another copy of the text, does not have it. */
function offsetOf(position: Y.RelativePosition, code: Y.Text): number | null {
  const found = code.doc && Y.createAbsolutePositionFromRelativePosition(position, code.doc);
  return found?.type === code ? found.index : null;
}

/** Moves the caret to the kept one once the text has arrived, unless its reader was faster. */
export function restoredCaret(root: string, kept: () => KeptCaret | null): Extension {
  return ViewPlugin.define(view => {
    let isOver = view.state.doc.length > 0;
    const update = ({ docChanged, selectionSet, transactions, state }: ViewUpdate): void => {
      if (isOver || (!docChanged && !selectionSet)) {
        return;
      }
      const isRemote = transactions.every(each => each.annotation(ySyncAnnotation) !== undefined);
      const caret = kept();
      isOver = !isRemote || caret?.root !== root;
      if (caret && !isOver && reaches(caret, state.doc.length)) {
        isOver = true;
        queueMicrotask(() => {
          const selection = selectionOf(caret, view.state.doc.length);
          const effects = EditorView.scrollIntoView(selection.main, { y: 'center' });
          view.dispatch({ selection, effects });
        });
      }
    };
    return { update };
  });
}

const keyOf = (sessionId: string): string => `arena:caret:${sessionId}`;

/** The caret that was kept in this tab for a session; null without one. */
export function keptCaret(sessionId: string | null): KeptCaret | null {
  if (sessionId === null) {
    return null;
  }
  try {
    const caret: unknown = JSON.parse(sessionStorage.getItem(keyOf(sessionId)) ?? 'null');
    return isRecord(caret) &&
      typeof caret.root === 'string' &&
      isOffset(caret.anchor) &&
      isOffset(caret.head)
      ? { root: caret.root, anchor: caret.anchor, head: caret.head }
      : null;
  } catch {
    // Without storage, or with other data in it, the caret begins at the start.
    return null;
  }
}

/** Keep the caret of a session for a reload of this tab: one small entry for each session. */
export function keepCaret(sessionId: string, root: string, { anchor, head }: Caret): void {
  try {
    sessionStorage.setItem(keyOf(sessionId), JSON.stringify({ root, anchor, head }));
  } catch {
    // There is no storage, or it is full.
  }
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
