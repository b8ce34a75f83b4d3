/**
 * One Yjs document over one connection after another: what the server lacks goes out, what we
 * lack comes in, neither side ever sees a gap, and where the texts differ all the same, the
 * server's counts.
 */
import * as Y from 'yjs';
import { Agreement, documentOf } from './consistency';
import { SYNC, decodeSync, encodeSync } from '../protocol/frames';
import { splitUpdate } from './split-update';

/** Edits of this many milliseconds share a frame; the first goes out at once. */
const GATHER = 10;

/** What a document needs of its session. */
export interface DocumentPort {
  /** Send a question that the server answers; it is not counted as an edit. */
  ask(message: Uint8Array): void;
  /** Send an edit, which the server confirms. */
  edit(message: Uint8Array): void;
  /** Keep `update`, an own edit, until it is confirmed. */
  keep(update: Uint8Array): void;
  /** Whether this participant may write the document now. */
  mayWrite(): boolean;
  /** Whether the server has confirmed all edits of the document that were sent. */
  settled(): boolean;
  /** The text was not the server's: `doc` is another one now, or else nothing helped. */
  differed(replaced: boolean): void;
  /** `unsent` may have changed. */
  changed(): void;
}

/** Keeps `doc` in step with the server. */
export class DocumentSync {
  readonly #port: DocumentPort;
  #doc: Y.Doc;
  #agreement = new Agreement();
  /** What the server was asked for and has not answered: what we lack, or all of a document. */
  #asked: 'rest' | 'all' | null = null;
  /** Edits in the order they were made, since the server's state vector or the last frame. */
  #queue: Uint8Array[] = [];
  /** Whether the server's first question on this connection is answered: then edits may flow. */
  #answered = false;
  #unsent = false;
  #gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(doc: Y.Doc, port: DocumentPort) {
    this.#port = port;
    this.#doc = doc;
    doc.on('update', this.#onUpdate);
  }

  /** The document; another one after it had to be replaced. */
  get doc(): Y.Doc {
    return this.#doc;
  }

  /** Whether there are edits that no frame of this connection carries. */
  get unsent(): boolean {
    return this.#unsent;
  }

  /** Take over own edits that no connection is known to have delivered. */
  adopt(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, this);
    this.#unsent = true;
  }

  /** A connection is ready: ask it for what we lack. */
  connect(): void {
    this.#asked = 'rest';
    const body = Y.encodeStateVector(this.doc);
    this.#port.ask(encodeSync({ type: SYNC.step1, body }));
  }

  /** The connection is gone; `lost` says whether it took unconfirmed edits with it. */
  disconnect(lost: boolean): void {
    this.#answered = false;
    this.#asked = null;
    this.#queue = [];
    this.#stopGathering();
    this.#unsent ||= lost;
  }

  /** Take a sync message from the server; raises `FrameError`. */
  receive(message: Uint8Array): void {
    const { type, body } = decodeSync(message);
    if (type === SYNC.step1) this.#answer(body);
    else if (type === SYNC.check) this.#compare(body);
    else if (type === SYNC.update || !this.#replaced(body)) Y.applyUpdate(this.doc, body, this);
  }

  /** Writing may be allowed again: send what waited for that. */
  resume(): void {
    if (this.#gathering === null) this.#gather();
  }

  /** Send what waits without gathering more, if it may be sent at all. Returns whether it was. */
  flush(): boolean {
    if (!this.#answered || this.#queue.length === 0 || !this.#port.mayWrite()) return false;
    const update = Y.mergeUpdates(this.#queue);
    this.#queue = [];
    this.#unsent = false;
    this.#send(SYNC.update, update);
    return true;
  }

  /** Stop listening; the document itself stays. */
  dispose(): void {
    this.doc.off('update', this.#onUpdate);
    this.#stopGathering();
  }

  #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    this.#port.keep(update);
    this.#unsent = true;
    // Before the first answer nothing needs keeping: the answer will hold it.
    if (this.#answered) this.#queue.push(update);
    this.resume();
    this.#port.changed();
  };

  /** Send what waits, then let more gather; a lock leaves the queue until `resume`. */
  #gather = (): void => {
    this.#gathering = null;
    if (!this.flush()) return;
    this.#gathering = setTimeout(this.#gather, GATHER);
    this.#port.changed();
  };

  /** Answer the server's question: everything that it lacks, what waits in the queue included. */
  #answer(stateVector: Uint8Array): void {
    // A reader has nothing to add; somebody locked out is asked again when the lock opens.
    if (!this.#port.mayWrite()) return;
    this.#answered = true;
    this.#queue = [];
    this.#unsent = false;
    this.#send(SYNC.step2, Y.encodeStateAsUpdate(this.doc, stateVector));
    this.#port.changed();
  }

  /** See whether we have what the server has; where we type at this moment, the next time will do. */
  #compare(told: Uint8Array): void {
    if (this.#asked !== null || !this.#settled) return;
    const verdict = this.#agreement.judge(this.doc, told);
    if (verdict === 'agreed' || verdict === 'said') return;
    console.warn('Arena: this page and the server have different texts. Next:', verdict);
    if (verdict === 'differ') {
      this.#port.differed(false);
      return;
    }
    this.#asked = verdict === 'ask' ? 'rest' : 'all';
    const body = Y.encodeStateVector(verdict === 'ask' ? this.doc : new Y.Doc());
    this.#port.ask(encodeSync({ type: SYNC.check, body }));
  }

  get #settled(): boolean {
    return !this.#unsent && this.#port.settled();
  }

  /** Take the answer to a question: whether it was the one that makes a new document. */
  #replaced(update: Uint8Array): boolean {
    const asked = this.#asked;
    this.#asked = null;
    if (asked !== 'all') return false;
    const doc = this.#settled ? documentOf(update) : null;
    if (!doc) {
      // Something was typed meanwhile. It goes its way, and then we begin again.
      this.#agreement = new Agreement();
      return false;
    }
    this.doc.off('update', this.#onUpdate);
    this.#doc = doc;
    doc.on('update', this.#onUpdate);
    this.#port.differed(true);
    return true;
  }

  #send(type: typeof SYNC.step2 | typeof SYNC.update, update: Uint8Array): void {
    const [first = update, ...rest] = splitUpdate(update);
    this.#port.edit(encodeSync({ type, body: first }));
    for (const body of rest) this.#port.edit(encodeSync({ type: SYNC.update, body }));
  }

  #stopGathering(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
  }
}
