/**
 * A network between a client and the server that delivers only the updates that the client should
 * have seen. It holds all others back until they are due.
 */
import type {
  Connection,
  ConnectionListener,
  ConnectionStatus,
  Incoming,
  Outgoing
} from '../../../src/connection/connection';
import { SYNC, decodeSync } from '../../../src/protocol/frames';

export class Wire implements Connection {
  /** Edits that the client has sent. */
  sent = 0;
  /** Whether the client has answered the server's sync step 1: from then on it sends each edit. */
  ready = false;
  /** Whether the server has sent the updates that the client lacked. */
  answered = false;
  readonly #inner: Connection;
  readonly #due: (update: Uint8Array) => boolean;
  #listener: ConnectionListener | null = null;
  #lost: ConnectionStatus | null = null;
  #held: { message: Incoming; update: Uint8Array }[] = [];
  #waiting: (() => void)[] = [];

  /** `due` decides whether the client may receive an update of the pad now. */
  constructor(inner: Connection, due: (update: Uint8Array) => boolean) {
    this.#inner = inner;
    this.#due = due;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
    this.#inner.open({
      onStatus: status => this.#onStatus(status, listener),
      onMessage: message => this.#onMessage(message, listener)
    });
  }

  send(message: Outgoing): void {
    this.#inner.send(message);
    if (message.kind === 'sync') {
      const { type } = decodeSync(message.message);
      if (type === SYNC.update) this.sent++;
      if (type === SYNC.step2) this.ready = true;
    }
    this.#tell();
  }

  retry(): void {
    this.#inner.retry();
  }

  close(): void {
    this.#inner.close();
  }

  /** Deliver the held updates that are due now. */
  letIn(): void {
    const waiting = this.#held;
    this.#held = waiting.filter(({ message, update }) => {
      const due = this.#due(update);
      if (due) this.#listener?.onMessage(message);
      return !due;
    });
  }

  /** Resolves once `met()` is true, evaluated at every message; rejects when the connection is lost. */
  async until(met: () => boolean): Promise<void> {
    while (!met()) {
      if (this.#lost) throw new Error(`the connection is lost: ${JSON.stringify(this.#lost)}`);
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }

  #onStatus(status: ConnectionStatus, listener: ConnectionListener): void {
    if (status.phase === 'offline' || status.phase === 'closed') this.#lost = status;
    listener.onStatus(status);
    this.#tell();
  }

  #onMessage(message: Incoming, listener: ConnectionListener): void {
    if (message.kind === 'sync') {
      const { type, body } = decodeSync(message.message);
      if (type === SYNC.update || type === SYNC.step2) {
        this.#held.push({ message, update: body });
        this.letIn();
        this.answered ||= type === SYNC.step2;
        this.#tell();
        return;
      }
      // A check of a later text than this client's: held updates are still missing.
      if (type === SYNC.check && this.#held.length > 0) return;
    }
    listener.onMessage(message);
    this.#tell();
  }

  #tell(): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const each of told) each();
  }
}
