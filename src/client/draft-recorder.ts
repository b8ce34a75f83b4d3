/**
 * Draft recorder: writes every own edit and event to the drafts at once, and clears them when the
 * server has confirmed all.
 */
import * as Y from 'yjs';
import type { Drafts } from '../storage/drafts';
import type { Draft } from '../storage/rows';
import type { OwnText } from './document-sync';
import { outputSize } from '../session/own-event';
import type { OwnEvent } from '../session/own-event';
import { LIMITS } from '../protocol/wire';
import type { DocumentName } from '../protocol/wire';

/** Edits of one document after which its whole state replaces them. */
const MAX_EDITS = 500;

/** Records the drafts of one session. */
export class DraftRecorder {
  readonly #drafts: Drafts;
  /** Per document: how many edits are recorded, and whether its whole state is. */
  readonly #documents = new Map<DocumentName, { edits: number; whole: boolean }>();
  /** Output in the recorded events, UTF-16 units. */
  #output = 0;
  #empty = true;

  constructor(drafts: Drafts) {
    this.#drafts = drafts;
  }

  /** Take over the drafts of closed pages, as `Drafts.adopt` does. */
  async adopt(participant: string | null): Promise<Draft[]> {
    const drafts = await this.#drafts.adopt(participant);
    if (drafts.length > 0) this.#empty = false;
    return drafts;
  }

  /** Record `update`, an own edit of `text`; `offline` says that its confirmation may take long. */
  edit(document: DocumentName, text: OwnText, update: Uint8Array, offline: boolean): void {
    const { edits, whole } = this.#documents.get(document) ?? { edits: 0, whole: false };
    // Offline the whole state is recorded first: it is readable even if its session is deleted.
    if (edits >= MAX_EDITS || (offline && !whole)) {
      this.whole(document, text);
      return;
    }
    this.#empty = false;
    this.#documents.set(document, { edits: edits + 1, whole });
    this.#drafts.keep({ kind: 'edit', document, update, whole: false });
  }

  /** Record the whole of a text instead of its edits. */
  whole(document: DocumentName, { doc, edits: own }: OwnText): void {
    this.#empty = false;
    this.#documents.set(document, { edits: 0, whole: true });
    const update = Y.encodeStateAsUpdate(doc);
    this.#drafts.keep({ kind: 'edit', document, update, whole: true, own });
  }

  /** Record an own event. Output beyond `LIMITS.outputKept` is not recorded. */
  event(own: OwnEvent): void {
    this.#output += outputSize(own);
    if (this.#output > LIMITS.outputKept && outputSize(own) > 0) return;
    this.#empty = false;
    this.#drafts.keep({ kind: 'event', own });
  }

  /** All drafts are confirmed, or not wanted any more. */
  clear(): void {
    if (this.#empty) return;
    this.#empty = true;
    this.#documents.clear();
    this.#output = 0;
    this.#drafts.clear();
  }
}
