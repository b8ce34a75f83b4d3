import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpServer } from '../testing/http-server';
import type { ConnectionStatus } from './connection';
import type { SocketConstructor, SocketLike } from './socket';
import { WebSocketConnection } from './websocket';

/** What the network does with a WebSocket. */
type Network = 'works' | 'refuses' | 'swallows' | 'mutes';
let network: Network;
let sockets: NetworkSocket[];

/** A WebSocket, as the network lets it be. */
class NetworkSocket implements SocketLike {
  binaryType: BinaryType = 'blob';
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  closed = false;

  constructor(
    readonly url: string,
    readonly protocols: string[]
  ) {
    sockets.push(this);
    setTimeout(() => this.#arrive(), 10);
  }

  #arrive(): void {
    if (this.closed || network === 'swallows') return;
    if (network === 'refuses') this.#close(1006);
    else {
      this.onopen?.(new Event('open'));
      if (network === 'works') {
        if (this.isProbe) this.#close(4403);
        else this.onmessage?.(new MessageEvent('message', { data: HELLO }));
      }
    }
  }

  get isProbe(): boolean {
    return !this.protocols.includes('token.secret');
  }

  #close(code: number): void {
    this.onclose?.(new CloseEvent('close', { code }));
  }

  send(): void {
    // The room is not there.
  }

  close(): void {
    this.closed = true;
  }
}

const HELLO = '{"type":"newer","payload":{}}';
let server: HttpServer;
let statuses: ConnectionStatus[];
let storage: Map<string, string>;

function connect(): WebSocketConnection {
  const connection = new WebSocketConnection({
    baseUrl: 'http://host/',
    sessionId: 'abc',
    token: 'secret',
    fetch: server.fetch,
    WebSocket: NetworkSocket satisfies SocketConstructor,
    random: () => 1
  });
  connection.open({ onStatus: status => statuses.push(status), onMessage: () => undefined });
  return connection;
}

/** The room answers the requests over HTTP that are open. */
async function answer(): Promise<void> {
  server.write('event: open\ndata: s\n\n');
  server.send(0x81, HELLO.length, ...new TextEncoder().encode(HELLO));
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
  network = 'works';
  sockets = [];
  statuses = [];
  server = new HttpServer();
  storage = new Map();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key)
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a connection', () => {
  it('goes by a WebSocket where that works, and asks for nothing else', async () => {
    connect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(statuses.at(-1)).toEqual({ phase: 'open' });
    expect([sockets.length, server.requests.length]).toEqual([1, 0]);
  });

  it.each([
    ['refuses', 100],
    ['swallows', 2000],
    ['mutes', 7100]
  ] as const)('goes over HTTP where the network %s WebSockets', async (kind, milliseconds) => {
    network = kind;
    connect();
    await vi.advanceTimersByTimeAsync(milliseconds);
    expect(statuses.every(({ phase }) => phase !== 'offline')).toBe(true);
    await answer();
    expect(statuses.at(-1)).toEqual({ phase: 'open' });
    await vi.advanceTimersByTimeAsync(5000);
    expect(statuses.at(-1)).toEqual({ phase: 'open', blocked: true });
    expect(sockets.filter(({ isProbe }) => isProbe).length).toBeGreaterThan(0);
  });

  it('goes over HTTP at once where this tab knows the network', async () => {
    network = 'swallows';
    storage.set('arena:websockets-blocked', '1');
    connect();
    await vi.advanceTimersByTimeAsync(0);
    await answer();
    expect(sockets.filter(({ isProbe }) => !isProbe)).toEqual([]);
    expect(statuses.at(-1)).toEqual({ phase: 'open', blocked: true });
  });

  it('forgets the network when a WebSocket gets through again', async () => {
    storage.set('arena:websockets-blocked', '1');
    connect();
    await vi.advanceTimersByTimeAsync(0);
    await answer();
    await vi.advanceTimersByTimeAsync(20);
    expect(statuses.at(-1)).toEqual({ phase: 'open' });
    expect(storage.size).toBe(0);
    server.end();
    await vi.advanceTimersByTimeAsync(600);
    expect(sockets.filter(({ isProbe }) => !isProbe)).toHaveLength(1);
    expect(statuses.at(-1)).toEqual({ phase: 'open' });
  });

  it('is offline where neither works, and does not blame WebSockets', async () => {
    network = 'refuses';
    server.fail = true;
    connect();
    await vi.advanceTimersByTimeAsync(100);
    expect(statuses.at(-1)?.phase).toBe('offline');
    network = 'works';
    await vi.advanceTimersByTimeAsync(1000);
    expect(statuses.at(-1)).toEqual({ phase: 'open' });
  });

  it('waits for a server that is slow, where a WebSocket gets through', async () => {
    connect();
    const [socket] = sockets;
    if (!socket) throw new Error('no socket');
    // It opens, and the room takes its time.
    socket.onmessage = null;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toEqual([]);
    expect(statuses.at(-1)).toEqual({ phase: 'open' });
  });
});
