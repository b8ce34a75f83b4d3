/**
 * Consistency check: whether a document here equals the server's, and how to repair it where not.
 * `arena_ext/rooms/consistency.py` computes the same fingerprint on the server.
 */
import * as Y from 'yjs';
import { fingerprint } from '../session/fingerprint';

/**
 * The step after a comparison: nothing, because the documents are `equal`; `ask` both sides for
 * edits that the other lacks; `replace` our document by the server's; `report` that it differs for good;
 * nothing, because it was `reported`.
 */
type Repair = 'equal' | 'ask' | 'replace' | 'report' | 'reported';
const STEPS: readonly Repair[] = ['ask', 'replace', 'report'];

/** Compares one document with the server's; each difference in a row asks for a stronger repair. */
export class ConsistencyCheck {
  #differences = 0;

  /** `theirs` is the server's fingerprint, from a moment at which no edit of `doc` was in flight. */
  compare(doc: Y.Doc, theirs: Uint8Array): Repair {
    const own = fingerprint(doc);
    if (own.length === theirs.length && own.every((byte, index) => byte === theirs[index])) {
      this.#differences = 0;
      return 'equal';
    }
    return STEPS[this.#differences++] ?? 'reported';
  }
}

/** The document that `update` alone makes; null where the update depends on others. */
export function documentOf(update: Uint8Array): Y.Doc | null {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  const { pendingStructs, pendingDs } = doc.store;
  return pendingStructs === null && pendingDs === null ? doc : null;
}
