/**
 * The binding of the editor to a Y.Text. While the person composes text (Japanese, Chinese, Korean,
 * or an accent of two keys), the edits of others wait in the view: a change of the line under a
 * composition would end it, or double it. Own edits go out at once, past those that wait.
 */
import type { Extension, TransactionSpec } from '@codemirror/state';
import { ChangeSet } from '@codemirror/state';
import type { EditorView, PluginValue, ViewUpdate } from '@codemirror/view';
import { ViewPlugin } from '@codemirror/view';
import { yCollab, ySync, ySyncAnnotation, ySyncFacet } from 'y-codemirror.next';
import type { YSyncConfig } from 'y-codemirror.next';
import type * as Y from 'yjs';

/** Milliseconds after which it is checked again whether a composition has ended. */
const CHECK = 50;
/** Milliseconds for which edits wait at most, however long a composition takes. */
const LONGEST_WAIT = 10_000;

/** The binding with undo. It is y-codemirror's but for the edits that wait. */
export function textBinding(code: Y.Text, undo: Y.UndoManager): Extension {
  // Without an awareness: `cursorPresence` draws the cursors.
  const parts = yCollab(code, null, { undoManager: undo });
  return isList(parts) ? parts.map(part => (part === ySync ? binding : part)) : parts;
}

function isList(extension: Extension): extension is readonly Extension[] {
  return Array.isArray(extension);
}

/** The place in the view of an offset in the Y.Text; they differ while edits wait. */
export function toView(view: EditorView, offset: number): number {
  return view.plugin(binding)?.waiting?.invertedDesc.mapPos(offset) ?? offset;
}

/** The offset in the Y.Text of a place in the view. */
export function toText(view: EditorView, place: number): number {
  return view.plugin(binding)?.waiting?.mapPos(place) ?? place;
}

class TextBinding implements PluginValue {
  /** The edits of others that wait: they lead from the text in the view to the Y.Text. */
  waiting: ChangeSet | null = null;
  readonly #config: YSyncConfig;
  readonly #text: Y.Text;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView) {
    this.#config = view.state.facet(ySyncFacet);
    this.#text = this.#config.ytext as Y.Text;
    this.#text.observe(this.#onRemote);
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#text.unobserve(this.#onRemote);
  }

  update({ docChanged, transactions, changes }: ViewUpdate): void {
    if (!docChanged || transactions[0]?.annotation(ySyncAnnotation) === this.#config) {
      return;
    }
    const own = this.waiting ? changes.map(this.waiting) : changes;
    this.waiting = this.waiting?.map(changes, true) ?? null;
    this.#send(own);
  }

  #send(changes: ChangeSet): void {
    const ytext = this.#text;
    ytext.doc?.transact(() => {
      // The edits are in the order of the text, and each moves those behind it.
      let moved = 0;
      changes.iterChanges((from, to, _fromB, _toB, inserted) => {
        const text = inserted.sliceString(0, inserted.length, '\n');
        if (to > from) {
          ytext.delete(from + moved, to - from);
        }
        if (text !== '') {
          ytext.insert(from + moved, text);
        }
        moved += text.length - (to - from);
      });
    }, this.#config);
  }

  #onRemote = (event: Y.YTextEvent, { origin }: Y.Transaction): void => {
    if (origin === this.#config) {
      return;
    }
    const length = this.waiting?.newLength ?? this.view.state.doc.length;
    const changes = ChangeSet.of(changesOf(event), length, '\n');
    if (this.waiting) {
      this.waiting = this.waiting.compose(changes);
    } else if (this.#isComposing) {
      this.waiting = changes;
      this.#wait(Date.now() + LONGEST_WAIT);
    } else {
      this.#show(changes);
    }
  };

  get #isComposing(): boolean {
    return this.view.compositionStarted && this.view.hasFocus;
  }

  #wait(end: number): void {
    this.#timer = setTimeout(() => {
      const { waiting } = this;
      if (this.#isComposing && Date.now() < end) {
        this.#wait(end);
      } else if (waiting) {
        this.waiting = null;
        this.#show(waiting);
      }
    }, CHECK);
  }

  #show(changes: ChangeSet): void {
    this.view.dispatch({ changes, annotations: ySyncAnnotation.of(this.#config) });
  }
}

const binding = ViewPlugin.fromClass(TextBinding);

function changesOf({ delta }: Y.YTextEvent): NonNullable<TransactionSpec['changes']> {
  let at = 0;
  return delta.map(({ insert, delete: deleted = 0, retain = 0 }) => {
    const from = at;
    at += deleted + retain;
    return { from, to: from + deleted, insert: typeof insert === 'string' ? insert : '' };
  });
}
