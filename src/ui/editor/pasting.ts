/** What the editor does with a paste: it offers to clean it, and refuses one that is too long. */
import type { Extension, Transaction } from '@codemirror/state';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { ySyncAnnotation } from 'y-codemirror.next';
import type * as Y from 'yjs';

import { LIMITS } from '../../protocol/wire';
import { showNotice } from './editor-notice';
import { INVISIBLE, cleaned, countInvisible } from './invisible-text';

/** UTF-8 bytes of a UTF-16 unit, at most. */
const WIDEST = 3;

const KB = (bytes: number): string => `${Math.ceil(bytes / 1024).toLocaleString('en')} KB`;

/** For an editor that shows `code`; the limit is that of all texts of its document together. */
export function pasting(code: Y.Text): Extension {
  return [
    pasted,
    EditorState.transactionFilter.of(transaction => {
      const size = transaction.docChanged && isOwn(transaction) ? sizeAfter(transaction, code) : 0;
      if (size <= LIMITS.text) {
        return transaction;
      }
      const isPaste =
        transaction.isUserEvent('input.paste') || transaction.isUserEvent('input.drop');
      const most = KB(LIMITS.text);
      const text = isPaste
        ? `Not pasted: the code would be ${KB(size)} long, and ${most} is the most. Paste a part of it.`
        : `The code is as long as it can be (${most}). Delete something to go on.`;
      return { effects: showNotice.of({ text, action: null }) };
    }),
    EditorState.transactionExtender.of(transaction => {
      const { from, to, text } = insertedBy(transaction);
      const count = transaction.isUserEvent('input.paste') ? countInvisible(text) : 0;
      if (count === 0) {
        return null;
      }
      const what = count === 1 ? '1 invisible character' : `${count} invisible characters`;
      const action = { label: 'Clean up', run: cleanUp };
      return {
        effects: [
          setPasted.of({ from, to }),
          showNotice.of({ text: `The pasted text has ${what}.`, action })
        ]
      };
    })
  ];
}

function isOwn(transaction: Transaction): boolean {
  return transaction.annotation(ySyncAnnotation) === undefined;
}

/** Bytes of the document after an edit that makes it longer, or an estimate below the limit; else 0. */
function sizeAfter({ changes, startState, newDoc }: Transaction, code: Y.Text): number {
  if (changes.newLength <= changes.length) {
    return 0;
  }
  const { doc } = code;
  const all = doc ? [...doc.share.keys()].map(root => doc.getText(root)) : [];
  const others = all.filter(each => each !== code);
  const units = others.reduce((sum, each) => sum + each.length, newDoc.length);
  if (units * WIDEST <= LIMITS.text) {
    return units;
  }
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const rest = others.reduce((sum, each) => sum + bytes(each.toJSON()), 0);
  const [before, after] = [bytes(startState.doc.toString()), bytes(newDoc.toString())];
  return after <= before ? 0 : rest + after;
}

/** The range that an edit inserted, from its first to its last, and the inserted text. */
function insertedBy({ changes }: Transaction): { from: number; to: number; text: string } {
  let [from, to, text] = [Infinity, 0, ''];
  changes.iterChanges((_fromA, _toA, fromB, toB, inserted) => {
    from = Math.min(from, fromB);
    to = toB;
    text += inserted.toString();
  });
  return { from, to, text };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const setPasted = StateEffect.define<Range>();

/** The range of the last paste with invisible characters. */
const pasted = StateField.define<Range | null>({
  create: () => null,
  update: (range, { changes, effects }) =>
    effects.reduce<Range | null>(
      (last, effect) => (effect.is(setPasted) ? effect.value : last),
      range && { from: changes.mapPos(range.from, 1), to: changes.mapPos(range.to, -1) }
    )
});

/** Clean the range of the last paste, each character by itself: others may type in it. */
function cleanUp(view: EditorView): void {
  const range = view.state.field(pasted);
  if (range === null || range.to <= range.from || view.state.readOnly) {
    return;
  }
  const text = view.state.sliceDoc(range.from, range.to);
  const changes = [...text.matchAll(INVISIBLE)].map(({ 0: found, index }) => ({
    from: range.from + index,
    to: range.from + index + found.length,
    insert: cleaned(found)
  }));
  view.dispatch({ changes, userEvent: 'input.clean' });
}
