/**
 * The texts of one session in one page: the pad, and the notes for those who may have it, each in
 * step with the server.
 */
import * as Y from 'yjs';
import { DocumentSync } from './document-sync';
import type { DocumentName } from '../protocol/wire';

/** What the texts need of their session. */
export interface TextsPort {
  /** Send a question that the server answers; it is not counted as an edit. */
  ask(document: DocumentName, message: Uint8Array): void;
  /** Send an edit, which the server confirms. */
  edit(document: DocumentName, message: Uint8Array): void;
  /** Keep `update`, an own edit of `doc`, until it is confirmed. */
  keep(document: DocumentName, doc: Y.Doc, update: Uint8Array): void;
  /** Whether this participant may write the document now. */
  mayWrite(document: DocumentName): boolean;
  /** Whether no edit of the document is on its way. */
  settled(document: DocumentName): boolean;
  /** A text was not what the server has; `replaced` says whether it is now. */
  differed(replaced: boolean): void;
  /** `unsent` may have changed. */
  changed(): void;
}

/** Keeps both documents. */
export class SessionTexts {
  readonly #port: TextsPort;
  readonly #pad: DocumentSync;
  #notes: DocumentSync | null = null;

  constructor(port: TextsPort) {
    this.#port = port;
    this.#pad = this.#syncOf('pad');
  }

  /** The shared text: another document once it had to be replaced. */
  get pad(): Y.Doc {
    return this.#pad.doc;
  }

  /** The interviewers' private text; null until it is offered. */
  get notes(): Y.Doc | null {
    return this.#notes?.doc ?? null;
  }

  /** The documents with edits that no frame of this connection carries. */
  get unsent(): Map<DocumentName, Y.Doc> {
    return this.#those(sync => sync.unsent);
  }

  /** The documents with edits that the server has not confirmed, on their way or not. */
  get unconfirmed(): Map<DocumentName, Y.Doc> {
    return this.#those((sync, document) => sync.unsent || !this.#port.settled(document));
  }

  /** Take over own edits that no connection is known to have delivered. */
  adopt(document: DocumentName, update: Uint8Array): void {
    if (document === 'pad') this.#pad.adopt(update);
    else this.#notesSync().adopt(update);
  }

  /** A connection is ready: ask it for what we lack. */
  connect(): void {
    for (const [, sync] of this.#syncs()) sync.connect();
  }

  /** The connection is gone, and with it unconfirmed edits of the documents in `lost`. */
  disconnect(lost: ReadonlySet<DocumentName>): void {
    for (const [document, sync] of this.#syncs()) sync.disconnect(lost.has(document));
  }

  /** Take a sync message from the server; raises `FrameError`. The notes begin with its first. */
  receive(document: DocumentName, message: Uint8Array): void {
    if (document === 'notes' && !this.#notes) this.#notesSync().connect();
    (document === 'pad' ? this.#pad : this.#notesSync()).receive(message);
  }

  /** Writing may be allowed again: send what waited for that. */
  resume(): void {
    for (const [, sync] of this.#syncs()) sync.resume();
  }

  /** Send what waits without gathering more. */
  flush(): void {
    for (const [, sync] of this.#syncs()) sync.flush();
  }

  /** The notes are not ours any more. */
  dropNotes(): void {
    this.#notes?.dispose();
    this.#notes?.doc.destroy();
    this.#notes = null;
  }

  /** Free the documents. */
  dispose(): void {
    this.dropNotes();
    this.#pad.dispose();
    this.#pad.doc.destroy();
  }

  #notesSync(): DocumentSync {
    this.#notes ??= this.#syncOf('notes');
    return this.#notes;
  }

  #those(which: (sync: DocumentSync, document: DocumentName) => boolean) {
    const some = this.#syncs().filter(([document, sync]) => which(sync, document));
    return new Map(some.map(([document, { doc }]) => [document, doc]));
  }

  #syncs(): [DocumentName, DocumentSync][] {
    const pad: [DocumentName, DocumentSync] = ['pad', this.#pad];
    return this.#notes ? [pad, ['notes', this.#notes]] : [pad];
  }

  #syncOf(document: DocumentName): DocumentSync {
    const port = this.#port;
    const sync = new DocumentSync(new Y.Doc(), {
      ask: message => port.ask(document, message),
      edit: message => port.edit(document, message),
      keep: update => port.keep(document, sync.doc, update),
      mayWrite: () => port.mayWrite(document),
      settled: () => port.settled(document),
      differed: replaced => port.differed(replaced),
      changed: () => port.changed()
    });
    return sync;
  }
}
