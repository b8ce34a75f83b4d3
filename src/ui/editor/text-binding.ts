/**
 * The binding of the editor to a Y.Text. While the person composes text (Japanese, Chinese, Korean,
 * or an accent of two keys), the edits of others wait in the view, since a change of the line under a
 * composition would end it, or double it; and the own edits wait before the Y.Text, since half
 * syllables are nothing to read or to record. Both go on when the composition ends.
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
/** Milliseconds after the last own edit for which a composition keeps edits waiting. */
const LONGEST_WAIT = 10_000;
/** The same on Android, where each word is a composition that lasts until the next one. */
const LONGEST_WAIT_ON_ANDROID = 500;

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
  const { own, theirs } = view.plugin(binding) ?? {};
  const common = theirs?.invertedDesc.mapPos(offset) ?? offset;
  return own?.mapPos(common) ?? common;
}

/** The offset in the Y.Text of a place in the view. */
export function toText(view: EditorView, place: number): number {
  const { own, theirs } = view.plugin(binding) ?? {};
  const common = own?.invertedDesc.mapPos(place) ?? place;
  return theirs?.mapPos(common) ?? common;
}

class TextBinding implements PluginValue {
  /** The own edits that wait: from the last text that both had to the text in the view. */
  own: ChangeSet | null = null;
  /** The edits of others that wait: from the same text to the Y.Text. */
  theirs: ChangeSet | null = null;
  readonly #config: YSyncConfig;
  readonly #text: Y.Text;
  readonly #isAndroid = navigator.userAgent.includes('Android');
  /** The time of `Date.now` until which edits wait at most. */
  #end = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView) {
    this.#config = view.state.facet(ySyncFacet);
    this.#text = this.#config.ytext as Y.Text;
    this.#text.observe(this.#onRemote);
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#text.unobserve(this.#onRemote);
    this.#sendOwn();
  }

  update({ docChanged, transactions, changes }: ViewUpdate): void {
    if (!docChanged || transactions[0]?.annotation(ySyncAnnotation) === this.#config) {
      return;
    }
    this.own = this.own?.compose(changes) ?? changes;
    if (this.#isComposing) {
      this.#end = Date.now() + (this.#isAndroid ? LONGEST_WAIT_ON_ANDROID : LONGEST_WAIT);
    }
    if (this.#isComposing && !this.#isAndroid) {
      this.#wait();
    } else {
      this.#sendOwn();
    }
  }

  #onRemote = (event: Y.YTextEvent, { origin }: Y.Transaction): void => {
    if (origin === this.#config) {
      return;
    }
    const length = this.theirs?.newLength ?? this.own?.length ?? this.view.state.doc.length;
    const changes = ChangeSet.of(changesOf(event), length, '\n');
    this.theirs = this.theirs?.compose(changes) ?? changes;
    if (this.#isComposing && Date.now() < this.#end) {
      this.#wait();
    } else {
      this.#sendOwn();
      this.#showTheirs();
    }
  };

  get #isComposing(): boolean {
    return this.view.compositionStarted && this.view.hasFocus;
  }

  /** Let both go on when the composition has ended, or has been left alone. */
  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isComposing && Date.now() < this.#end) {
        this.#wait();
      } else {
        this.#sendOwn();
        this.#showTheirs();
      }
    }, CHECK);
  }

  /** Bring the own edits into the Y.Text, where those of others are already. */
  #sendOwn(): void {
    const { own, theirs } = this;
    if (own === null) {
      return;
    }
    this.own = null;
    this.theirs = theirs?.map(own, true) ?? null;
    const ytext = this.#text;
    ytext.doc?.transact(() => {
      // The edits are in the order of the text, and each moves those behind it.
      let moved = 0;
      (theirs ? own.map(theirs) : own).iterChanges((from, to, _fromB, _toB, inserted) => {
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

  /** Show the edits of others, after the own ones were sent. */
  #showTheirs(): void {
    const changes = this.theirs;
    this.theirs = null;
    if (changes) {
      this.view.dispatch({ changes, annotations: ySyncAnnotation.of(this.#config) });
    }
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
