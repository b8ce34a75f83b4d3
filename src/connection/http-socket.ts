/**
 * A socket over HTTP, for networks that block WebSockets: server-sent events bring the server's
 * frames, and POSTs carry ours. The frames, the limits and the close codes are a WebSocket's.
 */
import { LIMITS } from '../protocol/wire';
import { MAX_HEAD, OPCODE, decodeServerFrames, encodeClientFrame } from './framing';
import type { SocketLike } from './socket';

/** `url` is the session's, below `arena/api/sessions/`; `fetch` adds the credentials of the page. */
export interface HttpSocketOptions {
  url: string;
  token: string;
  fetch: typeof globalThis.fetch;
}

/** Milliseconds from one request to the next: what is sent meanwhile shares a request. */
const POST_INTERVAL = 100;
/** Milliseconds before a request that failed is repeated; a proxy may have closed an idle connection. */
const REPEAT_AFTER = [200, 1000];
/** Bytes of a request's body, at most. */
const MAX_BODY = LIMITS.frame + MAX_HEAD;
/** The close code of a socket that ended without a close frame. */
const LOST = 1006;

export class HttpSocket implements SocketLike {
  binaryType: BinaryType = 'arraybuffer';
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;

  readonly #options: HttpSocketOptions;
  readonly #stop = new AbortController();
  /** The secret of the connection; null before it is open. */
  #secret: string | null = null;
  #number = 0;
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #posting = false;
  #ended = false;

  constructor(options: HttpSocketOptions) {
    this.#options = options;
    this.#read().then(
      () => this.#end(LOST),
      () => this.#end(LOST)
    );
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    const text = typeof data === 'string';
    const payload = text ? new TextEncoder().encode(data) : data;
    this.#enqueue(text ? OPCODE.text : OPCODE.binary, payload);
  }

  /** With a code, tell the server; without one, it takes the connection for lost. */
  close(code?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    if (code === undefined || this.#secret === null) {
      this.#stop.abort();
      return;
    }
    this.#queue.push(encodeClientFrame(OPCODE.close, bytesOf(code)));
    void this.#flush();
  }

  async #read(): Promise<void> {
    const { url, token, fetch } = this.#options;
    const response = await fetch(`${url}/events`, {
      headers: { Accept: 'text/event-stream', 'X-Arena-Token': token },
      cache: 'no-store',
      signal: this.#stop.signal
    });
    const type = response.headers.get('Content-Type') ?? '';
    // A network that asks its users to log in answers everything with a page of its own.
    if (!response.ok || !response.body || !type.startsWith('text/event-stream')) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (text + value).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) this.#receive(event);
    }
  }

  #receive(event: string): void {
    if (this.#ended) return;
    const data = event.slice(event.indexOf('data: ') + 'data: '.length);
    if (this.#secret === null) {
      this.#secret = data;
      this.onopen?.(new Event('open'));
      void this.#flush();
      return;
    }
    const bytes = Uint8Array.from(atob(data), character => character.charCodeAt(0));
    for (const { opcode, payload } of decodeServerFrames(bytes)) {
      if (opcode === OPCODE.close) this.#end(codeOf(payload));
      else if (opcode === OPCODE.ping) this.#enqueue(OPCODE.pong, payload);
      else if (opcode === OPCODE.text) this.#tell(new TextDecoder().decode(payload));
      else if (opcode === OPCODE.binary) this.#tell(payload.buffer);
    }
  }

  #tell(data: string | ArrayBuffer): void {
    if (!this.#ended) this.onmessage?.(new MessageEvent('message', { data }));
  }

  #end(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop.abort();
    this.onclose?.(new CloseEvent('close', { code }));
  }

  #enqueue(opcode: number, payload: Uint8Array): void {
    if (this.#ended) return;
    this.#queue.push(encodeClientFrame(opcode, payload));
    void this.#flush();
  }

  /** Send what waits, one request after another: the server answers when it takes more. */
  async #flush(): Promise<void> {
    if (this.#posting || this.#secret === null) return;
    this.#posting = true;
    while (this.#queue.length > 0 && !this.#stop.signal.aborted) {
      const interval = after(POST_INTERVAL);
      if (!(await this.#post(this.#take(), this.#secret))) this.#end(LOST);
      // What is sent last, before the end, does not wait.
      if (!this.#ended) await interval;
    }
    this.#posting = false;
    if (this.#ended) this.#stop.abort();
  }

  /** The next frames, as many as a request may have. */
  #take(): Blob {
    const taken: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    for (;;) {
      const [next] = this.#queue;
      if (!next || (taken.length > 0 && size + next.length > MAX_BODY)) return new Blob(taken);
      size += next.length;
      taken.push(next);
      this.#queue.shift();
    }
  }

  /** Whether the server took the frames. It takes them once, however often it is asked. */
  async #post(body: Blob, secret: string): Promise<boolean> {
    const { url, token, fetch } = this.#options;
    const headers = {
      'Content-Type': 'application/octet-stream',
      'X-Arena-Token': token,
      'X-Arena-Connection': secret,
      'X-Arena-Number': `${++this.#number}`
    };
    const { signal } = this.#stop;
    for (const pause of [...REPEAT_AFTER, null]) {
      try {
        return (await fetch(`${url}/frames`, { method: 'POST', headers, body, signal })).ok;
      } catch {
        if (pause === null || signal.aborted) return false;
        await after(pause);
      }
    }
    return false;
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

function bytesOf(code: number): Uint8Array {
  return Uint8Array.of(code >> 8, code & 0xff);
}

function codeOf(payload: Uint8Array): number {
  const [high, low] = payload;
  return high === undefined || low === undefined ? LOST : high * 256 + low;
}
