/** The Connection to a server, over one socket after another: WebSockets, or HTTP in their place. */
import { RETRIABLE } from './connection';
import type {
  CloseReason,
  Connection,
  ConnectionListener,
  ConnectionStatus,
  Outgoing
} from './connection';
import { decodeEvent, encodeEvent } from '../protocol/event-codec';
import { FrameError, decodeFrame, encodeFrame } from '../protocol/frames';
import { CLOSE, FRAME } from '../protocol/wire';
import type { SocketLike } from './socket';
import { Transport } from './transport';
import type { TransportOptions } from './transport';
import { watchForWake } from './wake';

interface WebSocketOptions extends TransportOptions {
  /** From 0 to 1; spreads reconnects. */
  random?: () => number;
}

/** Milliseconds before the first retry, and at most. */
const RETRY_FIRST = 500;
const RETRY_MAX = 10_000;
/** Milliseconds until a socket must be open. */
const OPEN_TIMEOUT = 10_000;
/** Milliseconds after which a WebSocket without a message is suspected to be blocked. */
const SUSPECT_AFTER = 2000;
/** Milliseconds without a message after which we ask for one, and those that an answer may take. */
const QUIET = 20_000;
const ANSWER_TIMEOUT = 15_000;
/** Milliseconds that an answer may take after a sleep, or after a change of the network. */
const DOUBT_TIMEOUT = 3000;
/** Milliseconds after a message for which nobody asks whether the server is there. */
const FRESH = 1000;
/** A question that every server answers at low cost: the cursors of everybody. */
const QUESTION = Uint8Array.of(FRAME.queryAwareness);

/** The close code of a socket that the server did not close. */
const UNANSWERED = 1006;
/** The code with which a page closes a session on purpose; a page that reloads closes with another. */
const LEAVING = 1000;

/**
 * The close codes after which a retry is of no use. Of WebSocket's own codes, 1000 means that the
 * server took us off the roster, 1009 that a message was too big.
 */
const ENDS: Readonly<Record<number, CloseReason>> = {
  1000: 'left',
  1009: 'full',
  [CLOSE.malformed]: 'malformed',
  [CLOSE.refused]: 'refused',
  [CLOSE.joinTimeout]: 'refused',
  [CLOSE.replaced]: 'replaced',
  [CLOSE.removed]: 'removed',
  [CLOSE.declined]: 'declined',
  [CLOSE.ended]: 'ended',
  [CLOSE.textFull]: 'full'
};

/** Connects, and reconnects with exponential backoff and jitter until a code in `ENDS`. */
export class WebSocketConnection implements Connection {
  readonly #transport: Transport;
  readonly #random: () => number;
  #listener: ConnectionListener | null = null;
  #status: ConnectionStatus = { phase: 'connecting' };
  #socket: SocketLike | null = null;
  /** Sockets that were lost since the last message. */
  #failures = 0;
  /** The next step: a retry, the end of a socket, or a question whether it is alive. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether this socket has brought a binary frame: guests who wait get none, and no answers. */
  #answers = false;
  /** When this socket brought its last message, a local time in milliseconds; null before the first. */
  #heardAt: number | null = null;
  #stopWatching: (() => void) | null = null;

  constructor(options: WebSocketOptions) {
    this.#transport = new Transport(options);
    this.#random = options.random ?? Math.random;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
    this.#listen();
    this.#connect();
  }

  send(message: Outgoing): void {
    if (this.#status.phase !== 'open') return;
    if (message.kind === 'event') this.#socket?.send(encodeEvent(message.event));
    else this.#socket?.send(new Uint8Array(encodeFrame(message)));
  }

  retry(): void {
    if (this.#status.phase === 'connecting') return;
    if (this.#status.phase === 'closed' && !RETRIABLE.includes(this.#status.reason)) return;
    this.#listen();
    this.#dropSocket();
    this.#connect();
  }

  close(): void {
    if (this.#status.phase !== 'closed') this.#finish('left');
  }

  #listen(): void {
    this.#stopWatching ??= watchForWake(reason => this.#onWake(reason));
  }

  #onWake(reason: string): void {
    const { phase } = this.#status;
    if (phase === 'offline' && reason !== 'offline') this.retry();
    const network = reason === 'online' || reason === 'offline';
    const fresh = Date.now() - (this.#heardAt ?? 0) < FRESH;
    if (phase === 'open' && (network || !fresh)) this.#check();
  }

  /** Find out whether the server is there; the text does not count as saved meanwhile. */
  #check(): void {
    if (!this.#answers || (this.#status.phase === 'open' && this.#status.checking)) return;
    this.#setOpen(true);
    this.#ask(DOUBT_TIMEOUT);
  }

  #connect(): void {
    this.#setStatus({ phase: 'connecting' });
    let socket: SocketLike;
    try {
      socket = this.#transport.connect();
    } catch (error) {
      // The socket rejects a token that is no valid subprotocol, so it is not one of ours.
      console.warn('Arena cannot connect:', error);
      this.#finish('refused');
      return;
    }
    this.#socket = socket;
    this.#answers = false;
    this.#heardAt = null;
    socket.binaryType = 'arraybuffer';
    const replaceable = this.#transport.replaceable;
    this.#timer = setTimeout(
      () => (replaceable ? void this.#suspect(socket) : this.#fail()),
      replaceable ? SUSPECT_AFTER : OPEN_TIMEOUT
    );
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      if (!replaceable) clearTimeout(this.#timer);
      this.#setOpen();
    };
    socket.onmessage = event => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = event => {
      if (socket !== this.#socket) return;
      const reason = ENDS[event.code];
      if (reason) this.#finish(reason);
      else if (this.#heardAt === null && event.code === UNANSWERED) this.#fail();
      else this.#lose(event.code === CLOSE.flood);
    };
  }

  /** A WebSocket has brought nothing: is it blocked, or is the server slow? */
  async #suspect(socket: SocketLike): Promise<void> {
    if (this.#status.phase === 'open' && (await this.#transport.probe())) return;
    if (socket === this.#socket && this.#heardAt === null) this.#fail();
  }

  /** The socket has brought nothing: try the other transport, or wait and try again. */
  #fail(): void {
    this.#dropSocket();
    if (this.#transport.failed()) this.#connect();
    else this.#lose();
  }

  #receive(data: unknown): void {
    this.#failures = 0;
    if (this.#heardAt === null) void this.#transport.works().then(() => this.#refresh());
    this.#heardAt = Date.now();
    if (this.#status.phase === 'open' && this.#status.checking) this.#setOpen();
    this.#answers ||= typeof data !== 'string';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(ANSWER_TIMEOUT), QUIET);
    try {
      if (typeof data === 'string') {
        const event = decodeEvent(data);
        if (event) this.#listener?.onMessage({ kind: 'event', event });
      } else if (data instanceof ArrayBuffer) {
        this.#listener?.onMessage(decodeFrame(new Uint8Array(data)));
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      console.error('Arena does not understand its server:', error);
      this.#finish('malformed');
    }
  }

  /** Ask for an answer: a socket whose other end was lost looks like any other. */
  #ask(timeout: number): void {
    if (!this.#answers) return;
    clearTimeout(this.#timer);
    this.#socket?.send(QUESTION);
    this.#timer = setTimeout(() => this.#lose(), timeout);
  }

  /** The socket was lost or is useless: wait, then try again. */
  #lose(busy = false): void {
    this.#dropSocket();
    const longest = Math.min(RETRY_MAX, RETRY_FIRST * 2 ** this.#failures);
    const delay = Math.max(RETRY_FIRST, longest * (0.5 + this.#random() / 2));
    this.#failures++;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#setStatus({ phase: 'offline', retryAt: Date.now() + delay, ...(busy && { busy }) });
  }

  #finish(reason: CloseReason): void {
    // With this code the participant leaves at once; the server waits for a page that reloads.
    this.#dropSocket(LEAVING);
    this.#stopWatching?.();
    this.#stopWatching = null;
    this.#setStatus({ phase: 'closed', reason });
  }

  #dropSocket(code?: number): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(code);
  }

  #setOpen(checking = false): void {
    const { blocked } = this.#transport;
    this.#setStatus({
      phase: 'open',
      ...(checking && { checking: true }),
      ...(blocked && { blocked: true })
    });
  }

  /** It may be known now whether the network blocks WebSockets. */
  #refresh(): void {
    const status = this.#status;
    if (status.phase !== 'open' || (status.blocked ?? false) === this.#transport.blocked) return;
    this.#setOpen(status.checking);
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    this.#listener?.onStatus(status);
  }
}
