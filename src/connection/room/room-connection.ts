/** One connection in its room: its participant, and how many of its messages are settled. */
import type { CloseReason, Incoming } from '../connection';
import { encodeSync } from '../../protocol/frames';
import type { SyncMessage } from '../../protocol/frames';
import type { DocumentName, ServerEvent } from '../../protocol/wire';

/**
 * The client at the other end of a connection. Messages to it arrive in order, and after the call:
 * it never calls the room from within. It does not raise.
 */
export interface RoomClient {
  tell(message: Incoming): void;
  /** The room has closed the connection, after all earlier messages. */
  close(reason: Exclude<CloseReason, 'left'>): void;
}

/** A message of a connection: settled when it is stored or refused. */
export interface Receipt {
  settled: boolean;
  /** The number of messages that this receipt stands for. */
  messages: number;
  /**
   * Whether these are edits refused while the connection may not write; the client sends them
   * again.
   */
  readonly denied: boolean;
}

/** One connection of one participant. */
export class RoomConnection {
  /** The `seq` of the last entry in the snapshot that was sent to it. */
  since = 0;
  /** Consecutive edits that depend on content that the room does not have. */
  gaps = 0;
  /** Consecutive edits under a client id of somebody else. */
  taken = 0;
  #receipts: Receipt[] = [];
  #handled = 0;

  constructor(
    readonly participant: string,
    readonly client: RoomClient
  ) {}

  /** Note an edit or an event that arrived. */
  received(): Receipt {
    const receipt = { settled: false, messages: 1, denied: false };
    this.#receipts.push(receipt);
    return receipt;
  }

  /**
   * Note an edit that arrived while the connection may not write: it is settled when it may again.
   */
  deny(): void {
    const last = this.#receipts.at(-1);
    if (last?.denied) last.messages++;
    else this.#receipts.push({ settled: false, messages: 1, denied: true });
  }

  /** Settle the refused edits: the connection may write again, and is asked for them. */
  welcome(): void {
    for (const receipt of this.#receipts) if (receipt.denied) receipt.settled = true;
    this.#count();
  }

  /** Settle a message, and send `saved` with the number of the last stored entry, `seq`. */
  settle(receipt: Receipt, seq: number): void {
    receipt.settled = true;
    if (this.#count()) this.tell({ type: 'saved', payload: { seq, count: this.#handled } });
  }

  /** Tell the client that an event or edit was refused; `id` is the event's. */
  refuse(code: string, message: string, id?: string): void {
    this.tell({ type: 'error', payload: { code, message, ...(id !== undefined && { id }) } });
  }

  /** Tell the client that a client id is somebody else's: it has to take a new one. */
  refuseClient(client: number): void {
    const message = 'this client id is somebody else’s: take a new one';
    this.tell({ type: 'error', payload: { code: 'client-id-taken', message, client } });
  }

  tell(event: ServerEvent): void {
    this.client.tell({ kind: 'event', event });
  }

  tellSync(document: DocumentName, type: SyncMessage['type'], body: Uint8Array): void {
    this.client.tell({ kind: 'sync', document, message: encodeSync({ type, body }) });
  }

  /**
   * Count the settled messages up to the first unsettled one; returns whether the count has grown.
   */
  #count(): boolean {
    const unsettled = this.#receipts.findIndex(receipt => !receipt.settled);
    const done = this.#receipts.splice(0, unsettled === -1 ? this.#receipts.length : unsettled);
    for (const { messages } of done) this.#handled += messages;
    return done.length > 0;
  }
}
