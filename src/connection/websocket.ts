/** The Connection to a server, over one WebSocket after another. */
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
import { CLOSE, FRAME, SUBPROTOCOL, TOKEN_PREFIX } from '../protocol/wire';

/** The constructor of a socket: `WebSocket`, or a test's. */
export type SocketConstructor = new (url: string, protocols: string[]) => WebSocket;

/** `baseUrl` is Jupyter's, absolute or a path on this page's host. */
interface WebSocketOptions {
  baseUrl: string;
  sessionId: string;
  token: string;
  WebSocket?: SocketConstructor;
  /** From 0 to 1; spreads reconnects. */
  random?: () => number;
}

/** Milliseconds before the first retry, and at most. */
const RETRY_FIRST = 500;
const RETRY_MAX = 10_000;
/**
 * Milliseconds without a message after which we ask for an answer, and milliseconds that it may
 * take.
 */
const OPEN_TIMEOUT = 10_000;
/** Milliseconds without a message after which we ask for one, and those that an answer may take. */
const QUIET = 20_000;
const ANSWER_TIMEOUT = 15_000;
/** Milliseconds that an answer may take after the browser has reported a change of its network. */
const DOUBT_TIMEOUT = 3000;
/** A question that every server answers at low cost: the cursors of everybody. */
const QUESTION = Uint8Array.of(FRAME.queryAwareness);
/** The events by which a browser reports changes of its network. */
const NETWORK = ['online', 'offline'] as const;

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
  readonly #url: string;
  readonly #protocols: string[];
  readonly #Socket: SocketConstructor;
  readonly #random: () => number;
  #listener: ConnectionListener | null = null;
  #status: ConnectionStatus = { phase: 'connecting' };
  #socket: WebSocket | null = null;
  /** Sockets that were lost since the last message. */
  #failures = 0;
  /** The next step: a retry, the end of a socket, or a question whether it is alive. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether this socket has brought a binary frame: guests who wait get none, and no answers. */
  #answers = false;

  constructor(options: WebSocketOptions) {
    this.#url = socketUrl(options.baseUrl, options.sessionId);
    this.#protocols = [SUBPROTOCOL, TOKEN_PREFIX + options.token];
    this.#Socket = options.WebSocket ?? WebSocket;
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

  /** Listen to changes of the network, where the browser reports them. */
  #listen(): void {
    if (!('addEventListener' in globalThis)) return;
    for (const change of NETWORK) globalThis.addEventListener(change, this.#onNetwork);
  }

  #onNetwork = ({ type }: Event): void => {
    if (this.#status.phase === 'open') this.#ask(DOUBT_TIMEOUT);
    else if (this.#status.phase === 'offline' && type === 'online') this.retry();
  };

  #connect(): void {
    this.#setStatus({ phase: 'connecting' });
    let socket: WebSocket;
    try {
      socket = new this.#Socket(this.#url, this.#protocols);
    } catch (error) {
      // The socket rejects a token that is no valid subprotocol, so it is not one of ours.
      console.warn('Arena cannot connect:', error);
      this.#finish('refused');
      return;
    }
    this.#socket = socket;
    this.#answers = false;
    socket.binaryType = 'arraybuffer';
    this.#timer = setTimeout(() => this.#lose(), OPEN_TIMEOUT);
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      clearTimeout(this.#timer);
      this.#setStatus({ phase: 'open' });
    };
    socket.onmessage = event => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = event => {
      if (socket !== this.#socket) return;
      const reason = ENDS[event.code];
      if (reason) this.#finish(reason);
      else this.#lose(event.code === CLOSE.flood);
    };
  }

  #receive(data: unknown): void {
    this.#failures = 0;
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
    if ('removeEventListener' in globalThis) {
      for (const change of NETWORK) globalThis.removeEventListener(change, this.#onNetwork);
    }
    this.#setStatus({ phase: 'closed', reason });
  }

  #dropSocket(code?: number): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(code);
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    this.#listener?.onStatus(status);
  }
}

function socketUrl(baseUrl: string, sessionId: string): string {
  const page = 'location' in globalThis ? globalThis.location.href : undefined;
  const url = new URL(`arena/ws/${encodeURIComponent(sessionId)}`, new URL(baseUrl, page));
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:';
  return url.href;
}
