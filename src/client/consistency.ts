/**
 * Agreement: whether a document here has the text that the server has, and what to do when not.
 * `arena_ext/rooms/consistency.py` works out the same on the other side.
 */
import * as Y from 'yjs';
import { fingerprint } from '../session/fingerprint';

/**
 * `agreed`; `ask` the server once more for what one of us lacks; `replace` the document by the
 * server's, since that did not help; `differ` for good, since nothing did; `said` so before.
 */
export type Verdict = 'agreed' | 'ask' | 'replace' | 'differ' | 'said';
const STEPS: readonly Verdict[] = ['ask', 'replace', 'differ'];

/** Judges one document by what the server says of its own, each time harder. */
export class Agreement {
  #differed = 0;

  /** `told` is the server's fingerprint, of a moment when nothing of `doc` was on its way. */
  judge(doc: Y.Doc, told: Uint8Array): Verdict {
    const own = fingerprint(doc);
    if (own.length === told.length && own.every((byte, index) => byte === told[index])) {
      this.#differed = 0;
      return 'agreed';
    }
    return STEPS[this.#differed++] ?? 'said';
  }
}

/** The document that `update` alone makes; null where there is more to it than that. */
export function documentOf(update: Uint8Array): Y.Doc | null {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  const { pendingStructs, pendingDs } = doc.store;
  return pendingStructs === null && pendingDs === null ? doc : null;
}
