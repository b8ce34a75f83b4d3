/**
 * Outbox: the events and edits that the server has not confirmed. It counts the messages sent over
 * one connection, and keeps the events that the next connection must repeat.
 */
import { LIMITS } from '../protocol/wire';
import type { DocumentName } from '../protocol/wire';
import { outputSize } from '../session/own-event';
import type { OwnEvent } from '../session/own-event';

type Sent = { readonly own: OwnEvent } | { readonly document: DocumentName } | 'refused';

/** The unconfirmed events and edits of one session, in the order they were made. */
export class Outbox {
  /** Sent over this connection and not confirmed. */
  #sent: Sent[] = [];
  /** Confirmed, of the messages sent over this connection. */
  #settled = 0;
  /** Not yet sent over this connection. */
  #waiting: OwnEvent[] = [];

  /** Whether the server has confirmed everything. */
  get empty(): boolean {
    return this.#sent.length === 0 && this.#waiting.length === 0;
  }

  /** Whether the server has yet to confirm something that was sent. */
  get awaitsAnswer(): boolean {
    return this.#sent.length > 0;
  }

  /** Whether an edit of `document` is sent and not confirmed. */
  carries(document: DocumentName): boolean {
    return this.#sent.some(
      entry => typeof entry === 'object' && 'document' in entry && entry.document === document
    );
  }

  /** Events that the server has not confirmed, oldest first. */
  get events(): OwnEvent[] {
    return [...this.#sentEvents(), ...this.#waiting];
  }

  /** Keep `own` until it can be sent. Output beyond `LIMITS.outputKept` is dropped, oldest first. */
  add(own: OwnEvent): void {
    this.#waiting.push(own);
    let output = 0;
    for (let index = this.#waiting.length - 1; index >= 0; index--) {
      output += outputSize(this.#waiting[index]);
      if (output > LIMITS.outputKept && outputSize(this.#waiting[index]) > 0) {
        this.#waiting.splice(index, 1);
      }
    }
  }

  /** The waiting events, now counted as sent. The caller sends them, in this order. */
  takeWaiting(): OwnEvent[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#sent.push(...taken.map(own => ({ own })));
    return taken;
  }

  /** Count an edit of `document` that is about to be sent. */
  countEdit(document: DocumentName): void {
    this.#sent.push({ document });
  }

  /** The first `count` that this connection sent are stored; returns the events among the new ones. */
  settle(count: number): OwnEvent[] {
    const settled = this.#sent.splice(0, Math.max(0, count - this.#settled));
    this.#settled += settled.length;
    return settled.flatMap(entry =>
      typeof entry === 'object' && 'own' in entry ? [entry.own] : []
    );
  }

  /** The server refused the event `id`: it is not repeated, but still counts as sent. */
  refuse(id: string): OwnEvent | null {
    for (const [index, entry] of this.#sent.entries()) {
      if (typeof entry === 'object' && 'own' in entry && entry.own.event.id === id) {
        this.#sent[index] = 'refused';
        return entry.own;
      }
    }
    return null;
  }

  /** The connection was lost: its events wait for the next. Returns the documents with lost edits. */
  disconnect(): Set<DocumentName> {
    const lost = this.#sent.flatMap(entry =>
      typeof entry === 'object' && 'document' in entry ? [entry.document] : []
    );
    this.#waiting = [
      ...this.#sentEvents().map(own => ({ ...own, repeated: true })),
      ...this.#waiting
    ];
    this.#sent = [];
    this.#settled = 0;
    return new Set(lost);
  }

  #sentEvents(): OwnEvent[] {
    return this.#sent.flatMap(entry =>
      typeof entry === 'object' && 'own' in entry ? [entry.own] : []
    );
  }
}
