/**
 * Sync of one Yjs document with the server, over one connection after another: the y-protocols sync
 * protocol, with updates split to fit a frame and without gaps, and with a consistency check. Where
 * the documents differ all the same, the server's replaces ours. Where our client id turns out to be
 * somebody else's, our text continues under a new one.
 */
import { uint32 } from 'lib0/random';
import * as Y from 'yjs';
import { ConsistencyCheck, documentOf } from './consistency';
import { SYNC, decodeSync, encodeSync } from '../protocol/frames';
import type { DocumentName } from '../protocol/wire';
import { renameClient } from './rename-client';
import { splitUpdate } from './split-update';
import { Throttle } from './throttle';

/** Milliseconds for which edits share a frame. */
const EDIT_INTERVAL = 10;

/** An update without content. */
export const NO_EDIT = Uint8Array.of(0, 0);
/** The state vector of an empty document. */
const NOTHING = Uint8Array.of(0);
/** More than any clock. */
const ALL = 2 ** 31;

/** A document, and its own edits that are not known to be stored, as one update. */
export interface OwnText {
  readonly doc: Y.Doc;
  readonly edits: Uint8Array;
}

/** The functions that it needs from the documents of a session. */
export interface SyncPort {
  /** Send a question, which the server answers and does not count as an edit. */
  ask(document: DocumentName, message: Uint8Array): void;
  /** Send an edit, which the server confirms. */
  edit(document: DocumentName, message: Uint8Array): void;
  /** Keep `update`, an own edit of `text`, until it is confirmed. */
  keep(document: DocumentName, text: OwnText, update: Uint8Array): void;
  /** Keep the whole of `text`, another document, instead of its edits so far. */
  keepWhole(document: DocumentName, text: OwnText): void;
  /** Whether this participant may write the document now. */
  mayWrite(document: DocumentName): boolean;
  /** Whether the server has confirmed all edits of the document that were sent. */
  settled(document: DocumentName): boolean;
  /** A document differed from the server's; `replaced` says whether the server's replaced it. */
  differed(replaced: boolean): void;
  /** `unsent` may have changed. */
  changed(): void;
}

/** Keeps one document in sync with the server. */
export class DocumentSync implements OwnText {
  readonly #name: DocumentName;
  readonly #port: SyncPort;
  #doc: Y.Doc;
  #check = new ConsistencyCheck();
  /**
   * The question that has no answer yet: for edits that this document lacks, or for the whole
   * document.
   */
  #asked: 'rest' | 'all' | null = null;
  /** Own edits that are not known to be stored, oldest first, and their client ids. */
  #edits: Uint8Array[] = [];
  #own = new Set<number>();
  /** The state vector in the server's last question on this connection, if it was answered. */
  #answered: Uint8Array | null = null;
  /**
   * A question of the server that waits for the answer to ours: a client id that is somebody else's is
   * known by then, and no edit under it is sent.
   */
  #question: Uint8Array | null = null;
  /** Clients of others from whom the server takes no text through us, on this connection. */
  #foreign = new Set<number>();
  #connected = false;
  /** Edits in the order they were made, since the server's state vector or the last frame. */
  #queue: Uint8Array[] = [];
  #unsent = false;
  #isTooLong = false;
  readonly #throttle = new Throttle(EDIT_INTERVAL, () => {
    if (!this.flush()) return false;
    this.#port.changed();
    return true;
  });

  constructor(name: DocumentName, port: SyncPort) {
    this.#name = name;
    this.#port = port;
    this.#doc = this.#observed(new Y.Doc());
  }

  /** The document; another one after it had to be replaced. */
  get doc(): Y.Doc {
    return this.#doc;
  }

  /** Whether there are edits that no frame of this connection carries. */
  get unsent(): boolean {
    return this.#unsent;
  }

  get edits(): Uint8Array {
    return Y.mergeUpdates([NO_EDIT, ...this.#edits]);
  }

  /** The client ids of the own edits. */
  get own(): ReadonlySet<number> {
    return this.#own;
  }

  /** Take over an update with the edits `own` that no connection is known to have delivered. */
  adopt(update: Uint8Array, own: Uint8Array): void {
    Y.applyUpdate(this.doc, update, this);
    this.#edits.push(own);
    for (const client of Y.parseUpdateMeta(own).to.keys()) this.#own.add(client);
    this.#unsent = true;
  }

  /** A connection is ready: ask it for the edits that this document lacks. */
  connect(): void {
    this.#connected = true;
    this.#asked = 'rest';
    const body = Y.encodeStateVector(this.doc);
    this.#port.ask(this.#name, encodeSync({ type: SYNC.step1, body }));
  }

  /**
   * A client id belongs to another participant, so the server took no edit with text under it. Our
   * text under it gets a new one, and everything is sent again.
   */
  refused(client: number): void {
    if (this.#own.has(client)) this.#rename(client);
    else if (this.doc.clientID === client) this.doc.clientID = uint32();
    else if (Y.getState(this.doc.store, client) > 0 && !this.#foreign.has(client)) {
      // Text of somebody else that the server lost: its author will bring it back.
      this.#foreign.add(client);
    } else return;
    if (this.#answered) this.#answer(this.#answered);
  }

  /**
   * The server refused our text as too long. From now on, text that was deleted before it is sent goes
   * without its content: else nobody could make it shorter.
   */
  tooLong(): void {
    this.#isTooLong = true;
  }

  /** The connection was lost; `lost` says whether unconfirmed edits were lost with it. */
  disconnect(lost: boolean): void {
    this.#connected = false;
    this.#answered = null;
    this.#question = null;
    this.#foreign.clear();
    this.#asked = null;
    this.#queue = [];
    this.#throttle.stop();
    this.#unsent ||= lost;
  }

  /** Take a sync message from the server; raises `FrameError`. */
  receive(message: Uint8Array): void {
    const { type, body } = decodeSync(message);
    if (type === SYNC.step1 && this.#asked !== null) this.#question = body;
    else if (type === SYNC.step1) this.#answer(body);
    else if (type === SYNC.check) this.#compare(body);
    else {
      // Else the two texts under one id would become one. The server will refuse ours, or has.
      if (this.#isTaken(body)) this.refused(this.doc.clientID);
      if (type === SYNC.update || !this.#replaced(body)) Y.applyUpdate(this.doc, body, this);
      const question = this.#question;
      if (question && this.#asked === null) {
        this.#question = null;
        this.#answer(question);
      }
    }
  }

  /** Writing may be allowed again: send the edits that waited for that. */
  resume(): void {
    this.#throttle.request();
  }

  /** Send the queued edits now, if they may be sent at all. Returns whether they were sent. */
  flush(): boolean {
    if (!this.#answered || this.#queue.length === 0 || !this.#mayWrite) return false;
    const update = Y.mergeUpdates(this.#queue);
    this.#queue = [];
    this.#unsent = false;
    this.#send(SYNC.update, update);
    return true;
  }

  /** Stop observing the document, which stays usable. */
  dispose(): void {
    this.doc.off('update', this.#onUpdate);
    this.#throttle.stop();
  }

  #observed(doc: Y.Doc): Y.Doc {
    doc.on('update', this.#onUpdate);
    return doc;
  }

  #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    if (this.#settled) this.#forgetOwn();
    this.#edits.push(update);
    this.#own.add(this.doc.clientID);
    this.#port.keep(this.#name, this, update);
    this.#unsent = true;
    // Before the first answer no queue is needed: the answer will contain the edit.
    if (this.#answered) this.#queue.push(update);
    this.resume();
    this.#port.changed();
  };

  /** Answer the server's question with everything that it lacks, the queued edits included. */
  #answer(stateVector: Uint8Array): void {
    // An observer has no edits to send. After a lock, the server asks again.
    if (!this.#mayWrite) return;
    this.#answered = stateVector;
    this.#queue = [];
    this.#unsent = false;
    const known = Y.decodeStateVector(stateVector);
    for (const client of this.#foreign) known.set(client, ALL);
    const text = this.#isTooLong ? withoutDeleted(this.doc) : this.doc;
    this.#send(SYNC.step2, Y.encodeStateAsUpdate(text, Y.encodeStateVector(known)));
    this.#port.changed();
  }

  /** Whether an update has more text under our client id than we have written. */
  #isTaken(update: Uint8Array): boolean {
    const { clientID, store } = this.doc;
    const end = Y.parseUpdateMeta(update).to.get(clientID) ?? 0;
    return this.#own.has(clientID) && end > Y.getState(store, clientID);
  }

  /** Replace the document by one with our text under a new client id instead of `client`. */
  #rename(client: number): void {
    const { doc } = this;
    const name = uint32();
    const before = { edits: this.edits, clients: this.#own };
    const stored = Y.decodeStateVector(this.#answered ?? this.#question ?? NOTHING);
    const { whole, own } = renameClient(doc, before, stored, client, name);
    const next = new Y.Doc();
    Y.applyUpdate(next, whole, this);
    next.clientID = doc.clientID === client ? name : doc.clientID;
    this.#edits = [own];
    this.#own.delete(client);
    this.#own.add(name);
    this.#queue = [];
    this.#unsent = true;
    this.#exchange(next);
    this.#port.keepWhole(this.#name, this);
    // The text of the other participant under the id is not in it.
    if (this.#connected) this.connect();
    this.#port.changed();
  }

  #exchange(next: Y.Doc): void {
    this.doc.off('update', this.#onUpdate);
    this.#doc = this.#observed(next);
  }

  #forgetOwn(): void {
    this.#edits = [];
    this.#own.clear();
  }

  /** Compare with the server's fingerprint; while edits are in flight, the next one will do. */
  #compare(theirs: Uint8Array): void {
    if (this.#asked !== null || !this.#settled) return;
    const repair = this.#check.compare(this.doc, theirs);
    if (repair === 'equal' || repair === 'reported') return;
    console.warn('Arena: this page and the server have different texts. Next:', repair);
    if (repair === 'report') {
      this.#port.differed(false);
      return;
    }
    this.#asked = repair === 'ask' ? 'rest' : 'all';
    const body = Y.encodeStateVector(repair === 'ask' ? this.doc : new Y.Doc());
    this.#port.ask(this.#name, encodeSync({ type: SYNC.check, body }));
  }

  /** Take the answer to a question. Returns whether it replaced the document. */
  #replaced(update: Uint8Array): boolean {
    const asked = this.#asked;
    this.#asked = null;
    if (asked !== 'all') return false;
    const doc = this.#settled ? documentOf(update) : null;
    if (!doc) {
      // An edit was made meanwhile. It is sent as usual, and the check starts from the beginning.
      this.#check = new ConsistencyCheck();
      return false;
    }
    this.#forgetOwn();
    this.#exchange(doc);
    this.#port.differed(true);
    return true;
  }

  get #mayWrite(): boolean {
    return this.#port.mayWrite(this.#name);
  }

  get #settled(): boolean {
    return !this.#unsent && this.#port.settled(this.#name);
  }

  #send(type: typeof SYNC.step2 | typeof SYNC.update, update: Uint8Array): void {
    const [first = update, ...rest] = splitUpdate(update);
    this.#port.edit(this.#name, encodeSync({ type, body: first }));
    for (const body of rest) this.#port.edit(this.#name, encodeSync({ type: SYNC.update, body }));
  }
}

/** A copy of `doc` without the content of deleted text, which an undo history keeps. */
function withoutDeleted(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}
