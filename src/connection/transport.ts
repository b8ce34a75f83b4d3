/**
 * The transport of a connection: a WebSocket, or HTTP where the network blocks WebSockets. Some
 * proxies refuse them, some never answer, and some let them open and carry nothing.
 */
import { SUBPROTOCOL, TOKEN_PREFIX } from '../protocol/wire';
import { HttpSocket } from './http-socket';
import type { SocketConstructor, SocketLike } from './socket';

/** `baseUrl` is Jupyter's, absolute or a path on this page's host. Without `fetch` there is no HTTP. */
export interface TransportOptions {
  baseUrl: string;
  sessionId: string;
  token: string;
  fetch?: typeof globalThis.fetch;
  WebSocket?: SocketConstructor;
}

/** Milliseconds that the answer to a probe may take. */
const PROBE_TIMEOUT = 5000;
/** A token of nobody: the server answers it with a close code, which shows that frames get through. */
const NOBODY = 'nobody';
/** Close codes from here on are the server's own. */
const FIRST_OWN_CODE = 4000;
/** The entry of the tab's storage that says that the network blocks WebSockets. */
const KEY = 'arena:websockets-blocked';

export class Transport {
  readonly #url: string;
  readonly #token: string;
  readonly #Socket: SocketConstructor;
  readonly #http: { url: string; fetch: typeof globalThis.fetch } | null;
  /** Whether the next socket goes over HTTP. */
  #overHttp: boolean;
  #blocked: boolean;

  constructor({ baseUrl, sessionId, token, fetch, WebSocket: Socket }: TransportOptions) {
    const page = 'location' in globalThis ? globalThis.location.href : undefined;
    const base = new URL(baseUrl, page);
    const session = encodeURIComponent(sessionId);
    const url = new URL(`arena/ws/${session}`, base);
    url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:';
    this.#url = url.href;
    this.#token = token;
    this.#Socket = Socket ?? WebSocket;
    this.#http = fetch ? { url: new URL(`arena/api/sessions/${session}`, base).href, fetch } : null;
    this.#blocked = this.#http !== null && remembered();
    this.#overHttp = this.#blocked;
  }

  /** Whether the network blocks WebSockets, and HTTP works. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Whether a WebSocket that brings no message may be replaced. */
  get replaceable(): boolean {
    return this.#http !== null && !this.#overHttp;
  }

  /** A new socket. Raises `SyntaxError` where the token is no valid subprotocol. */
  connect(): SocketLike {
    return this.#http && this.#overHttp
      ? new HttpSocket({ ...this.#http, token: this.#token })
      : new this.#Socket(this.#url, [SUBPROTOCOL, TOKEN_PREFIX + this.#token]);
  }

  /** The last socket ended without a message. Returns whether the other transport is to be tried now. */
  failed(): boolean {
    if (!this.#http) return false;
    const wasFirst = this.#overHttp === this.#blocked;
    this.#overHttp = wasFirst ? !this.#blocked : this.#blocked;
    return wasFirst;
  }

  /** The last socket has brought a message: find out whether WebSockets are blocked. */
  async works(): Promise<void> {
    this.#blocked = this.#overHttp && !(await this.probe());
    remember(this.#blocked);
    // The connection stays as it is; the next one is a WebSocket again where that works.
    this.#overHttp = this.#blocked;
  }

  /** Whether a WebSocket gets an answer of the server. */
  probe(): Promise<boolean> {
    return new Promise(resolve => {
      const socket = new this.#Socket(this.#url, [SUBPROTOCOL, TOKEN_PREFIX + NOBODY]);
      const timer = setTimeout(() => {
        resolve(false);
        socket.close();
      }, PROBE_TIMEOUT);
      socket.onclose = ({ code }) => {
        clearTimeout(timer);
        resolve(code >= FIRST_OWN_CODE);
      };
    });
  }
}

function remembered(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false; // the browser denies the storage, or there is none
  }
}

function remember(blocked: boolean): void {
  try {
    if (blocked) sessionStorage.setItem(KEY, '1');
    else sessionStorage.removeItem(KEY);
  } catch {
    // The next page finds out by itself.
  }
}
