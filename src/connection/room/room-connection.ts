/** One connection as its room has it: whose it is, and how much of what it sent is dealt with. */
import type { CloseReason, Incoming } from '../connection';
import { encodeSync } from '../../protocol/frames';
import type { SyncMessage } from '../../protocol/frames';
import type { DocumentName, ServerEvent } from '../../protocol/wire';

/**
 * The other end of a connection, as a room needs it. What it is told arrives in order, after the
 * call: it never calls the room back from within. It does not raise.
 */
export interface RoomClient {
  tell(message: Incoming): void;
  /** The room has closed the connection, behind all that it told. */
  close(reason: Exclude<CloseReason, 'left'>): void;
}

/** Something that a connection sent: dealt with once it is stored or refused. */
export interface Receipt {
  settled: boolean;
  /** How many messages it stands for. */
  messages: number;
  /** Whether these are edits that came while the connection may not write, and that come again. */
  readonly denied: boolean;
}

/** One connection of one participant. */
export class RoomConnection {
  /** The last entry that was in the snapshot that it got. */
  since = 0;
  /** Edits in a row that build on what the room does not have. */
  gaps = 0;
  #receipts: Receipt[] = [];
  #handled = 0;

  constructor(
    readonly participant: string,
    readonly client: RoomClient
  ) {}

  /** Take note of an edit or an event that came. */
  received(): Receipt {
    const receipt = { settled: false, messages: 1, denied: false };
    this.#receipts.push(receipt);
    return receipt;
  }

  /** Take note of an edit that came while it may not write: it counts once writing is allowed. */
  deny(): void {
    const last = this.#receipts.at(-1);
    if (last?.denied) last.messages++;
    else this.#receipts.push({ settled: false, messages: 1, denied: true });
  }

  /** It may write again, and is asked for what was denied. */
  welcome(): void {
    for (const receipt of this.#receipts) if (receipt.denied) receipt.settled = true;
    this.#count();
  }

  /** `receipt` is dealt with; says so with the number of the last stored entry, `seq`. */
  settle(receipt: Receipt, seq: number): void {
    receipt.settled = true;
    if (this.#count()) this.tell({ type: 'saved', payload: { seq, count: this.#handled } });
  }

  /** Say that what it sent was not taken; `id` is the event's. */
  refuse(code: string, message: string, id?: string): void {
    this.tell({ type: 'error', payload: { code, message, ...(id !== undefined && { id }) } });
  }

  tell(event: ServerEvent): void {
    this.client.tell({ kind: 'event', event });
  }

  tellSync(document: DocumentName, type: SyncMessage['type'], body: Uint8Array): void {
    this.client.tell({ kind: 'sync', document, message: encodeSync({ type, body }) });
  }

  /** Count what is settled, and all before it; returns whether there is more than before. */
  #count(): boolean {
    const unsettled = this.#receipts.findIndex(receipt => !receipt.settled);
    const done = this.#receipts.splice(0, unsettled === -1 ? this.#receipts.length : unsettled);
    for (const { messages } of done) this.#handled += messages;
    return done.length > 0;
  }
}
