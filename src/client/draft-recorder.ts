/**
 * When drafts are kept and dropped: every own edit and event at once, until all are confirmed.
 */
import * as Y from 'yjs';
import type { Draft } from '../storage/rows';
import type { Drafts } from '../storage/drafts';
import { outputSize } from '../session/own-event';
import type { OwnEvent } from '../session/own-event';
import { LIMITS } from '../protocol/wire';
import type { DocumentName } from '../protocol/wire';

/** Edits of one document after which its whole state takes their place. */
const EDITS = 500;

/** Keeps what one session has not got confirmed. */
export class Keeper {
  readonly #drafts: Drafts;
  /** Per document, the edits that are kept, and whether its whole state is. */
  readonly #documents = new Map<DocumentName, { edits: number; whole: boolean }>();
  /** Output in the events that are kept, UTF-16 units. */
  #output = 0;
  #empty = true;

  constructor(drafts: Drafts) {
    this.#drafts = drafts;
  }

  /** Take over what closed pages left, as `Drafts.adopt` does. */
  async adopt(participant: string | null): Promise<Draft[]> {
    const drafts = await this.#drafts.adopt(participant);
    if (drafts.length > 0) this.#empty = false;
    return drafts;
  }

  /** `update` was just made here; `offline` says that its confirmation may take long. */
  edit(document: DocumentName, doc: Y.Doc, update: Uint8Array, offline: boolean): void {
    const { edits, whole } = this.#documents.get(document) ?? { edits: 0, whole: false };
    // Offline the whole is kept first: then the text can be read even if its session is gone.
    if (edits >= EDITS || (offline && !whole)) {
      this.whole(document, doc);
      return;
    }
    this.#empty = false;
    this.#documents.set(document, { edits: edits + 1, whole });
    this.#drafts.keep({ kind: 'edit', document, update, whole: false });
  }

  /** Keep all of `doc`, in the place of its edits. */
  whole(document: DocumentName, doc: Y.Doc): void {
    this.#empty = false;
    this.#documents.set(document, { edits: 0, whole: true });
    const update = Y.encodeStateAsUpdate(doc);
    this.#drafts.keep({ kind: 'edit', document, update, whole: true });
  }

  /** `own` was just said. Output beyond what a session remembers is not kept. */
  event(own: OwnEvent): void {
    this.#output += outputSize(own);
    if (this.#output > LIMITS.outputKept && outputSize(own) > 0) return;
    this.#empty = false;
    this.#drafts.keep({ kind: 'event', own });
  }

  /** All is confirmed, or not wanted any more. */
  clear(): void {
    if (this.#empty) return;
    this.#empty = true;
    this.#documents.clear();
    this.#output = 0;
    this.#drafts.clear();
  }
}
