/**
 * The documents of one session in one page: the pad, and the notes for interviewers, each in sync
 * with the server.
 */
import type * as Y from 'yjs';
import { DocumentSync } from './document-sync';
import type { OwnText, SyncPort } from './document-sync';
import type { DocumentName } from '../protocol/wire';

/** The pad and, once the server offers them, the notes. */
export class SessionDocuments {
  readonly #port: SyncPort;
  readonly #pad: DocumentSync;
  #notes: DocumentSync | null = null;

  constructor(port: SyncPort) {
    this.#port = port;
    this.#pad = new DocumentSync('pad', port);
  }

  /** The shared document: another one after it had to be replaced. */
  get pad(): Y.Doc {
    return this.#pad.doc;
  }

  /** The interviewers' private document; null until the server offers it. */
  get notes(): Y.Doc | null {
    return this.#notes?.doc ?? null;
  }

  /** The documents with edits that no frame of this connection carries. */
  get unsent(): Map<DocumentName, OwnText> {
    return this.#those(sync => sync.unsent);
  }

  /** The documents with edits that the server has not confirmed, sent or not. */
  get unconfirmed(): Map<DocumentName, OwnText> {
    return this.#those((sync, document) => sync.unsent || !this.#port.settled(document));
  }

  /** The client ids of own text that is not known to be stored. */
  get own(): Set<number> {
    return new Set(this.#syncs().flatMap(([, sync]) => [...sync.own]));
  }

  /** Take over an update with the edits `own` that no connection is known to have delivered. */
  adopt(document: DocumentName, update: Uint8Array, own: Uint8Array): void {
    this.#sync(document).adopt(update, own);
  }

  /** A client id belongs to another participant: our text under it gets a new one. */
  refused(client: number): void {
    for (const [, sync] of this.#syncs()) sync.refused(client);
  }

  /** A connection is ready: ask it for the edits that the documents lack. */
  connect(): void {
    for (const [, sync] of this.#syncs()) sync.connect();
  }

  /** The server refused a text as too long: what was deleted is sent without its content. */
  tooLong(): void {
    for (const [, sync] of this.#syncs()) sync.tooLong();
  }

  /** The connection was lost, and with it unconfirmed edits of the documents in `lost`. */
  disconnect(lost: ReadonlySet<DocumentName>): void {
    for (const [document, sync] of this.#syncs()) sync.disconnect(lost.has(document));
  }

  /** Take a sync message from the server; raises `FrameError`. The first of the notes offers them. */
  receive(document: DocumentName, message: Uint8Array): void {
    if (document === 'notes' && !this.#notes) this.#sync(document).connect();
    this.#sync(document).receive(message);
  }

  /** Writing may be allowed again: send the edits that waited for that. */
  resume(): void {
    for (const [, sync] of this.#syncs()) sync.resume();
  }

  /** Send all queued edits now. */
  flush(): void {
    for (const [, sync] of this.#syncs()) sync.flush();
  }

  /** The notes are not for this participant any more. */
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

  #sync(document: DocumentName): DocumentSync {
    if (document === 'pad') return this.#pad;
    this.#notes ??= new DocumentSync('notes', this.#port);
    return this.#notes;
  }

  #those(which: (sync: DocumentSync, document: DocumentName) => boolean) {
    const some = this.#syncs().filter(([document, sync]) => which(sync, document));
    return new Map<DocumentName, OwnText>(some);
  }

  #syncs(): [DocumentName, DocumentSync][] {
    const pad: [DocumentName, DocumentSync] = ['pad', this.#pad];
    return this.#notes ? [pad, ['notes', this.#notes]] : [pad];
  }
}
