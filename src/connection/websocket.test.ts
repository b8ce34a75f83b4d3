import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionStatus, Incoming } from './connection';
import { CLOSE } from '../protocol/wire';
import { WebSocketConnection } from './websocket';
import type { SocketConstructor } from './socket';

/** A socket whose server is the test. */
class FakeSocket {
  static made: FakeSocket[] = [];
  static refuse: Error | null = null;
  binaryType = 'blob';
  sent: unknown[] = [];
  closed = false;
  code: number | undefined;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocols: string[]
  ) {
    if (FakeSocket.refuse) throw FakeSocket.refuse;
    FakeSocket.made.push(this);
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(code?: number): void {
    this.closed = true;
    this.code = code;
  }
}

let statuses: ConnectionStatus[];
let messages: Incoming[];

function connect(baseUrl = 'http://host:8888/base/', sessionId = 'abc'): WebSocketConnection {
  const connection = new WebSocketConnection({
    baseUrl,
    sessionId,
    token: 'secret',
    WebSocket: FakeSocket as unknown as SocketConstructor,
    random: () => 1
  });
  connection.open({
    onStatus: status => statuses.push(status),
    onMessage: message => messages.push(message)
  });
  return connection;
}

function socket(): FakeSocket {
  const last = FakeSocket.made.at(-1);
  if (!last) throw new Error('no socket');
  return last;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  FakeSocket.refuse = null;
  statuses = [];
  messages = [];
});

afterEach(() => {
  vi.useRealTimers();
});

describe('WebSocketConnection', () => {
  it('offers our subprotocol, then the token, and has no token in the address', () => {
    connect('https://host/base/', 'a/b');
    expect(socket().url).toBe('wss://host/base/arena/ws/a%2Fb');
    expect(socket().protocols).toEqual(['arena.v1', 'token.secret']);
    connect();
    expect(socket().url).toBe('ws://host:8888/base/arena/ws/abc');
  });

  it('resolves a base path on the host of this page', () => {
    vi.stubGlobal('location', { href: 'https://page.example:1/base/lab?x#y' });
    connect('/base/');
    expect(socket().url).toBe('wss://page.example:1/base/arena/ws/abc');
    vi.unstubAllGlobals();
  });

  it('carries events as text and the rest as bytes, both ways', () => {
    const connection = connect();
    connection.send({ kind: 'event', event: { type: 'leave-session', payload: {} } });
    socket().onopen?.();
    connection.send({ kind: 'event', event: { type: 'leave-session', payload: {} } });
    connection.send({ kind: 'presence', update: Uint8Array.of(5) });
    expect(socket().sent).toEqual([
      '{"type":"leave-session","payload":{}}',
      Uint8Array.of(1, 1, 5)
    ]);
    const saved = { type: 'saved', payload: { seq: 1, count: 1 } };
    socket().onmessage?.({ data: JSON.stringify(saved) });
    socket().onmessage?.({ data: '{"type":"newer","payload":{}}' });
    socket().onmessage?.({ data: Uint8Array.of(1, 1, 5).buffer });
    expect(messages).toEqual([
      { kind: 'event', event: saved },
      { kind: 'presence', update: Uint8Array.of(5) }
    ]);
    expect(socket().binaryType).toBe('arraybuffer');
  });

  it('waits longer after each failure, up to ten seconds, until a message arrives', () => {
    connect();
    const delays = Array.from({ length: 7 }, () => {
      socket().onclose?.({ code: 1006 });
      const last = statuses.at(-1);
      if (last?.phase !== 'offline') throw new Error('not offline');
      const delay = last.retryAt - Date.now();
      const before = FakeSocket.made.length;
      vi.advanceTimersByTime(delay - 1);
      expect(FakeSocket.made).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.made).toHaveLength(before + 1);
      return delay;
    });
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    socket().onopen?.();
    socket().onmessage?.({ data: '{"type":"newer","payload":{}}' });
    socket().onclose?.({ code: 1001 });
    expect(statuses.at(-1)).toEqual({ phase: 'offline', retryAt: Date.now() + 500 });
  });

  it.each([CLOSE.tooSlow, CLOSE.flood, 1001, 1006, 1011])('reconnects after %i', code => {
    connect();
    socket().onopen?.();
    socket().onclose?.({ code });
    expect(statuses.at(-1)?.phase).toBe('offline');
    vi.advanceTimersByTime(500);
    expect(statuses.at(-1)?.phase).toBe('connecting');
  });

  it('knows that the server is there and has no place', () => {
    connect();
    socket().onclose?.({ code: CLOSE.flood });
    expect(statuses.at(-1)).toMatchObject({ phase: 'offline', busy: true });
    vi.advanceTimersByTime(500);
    socket().onclose?.({ code: 1006 });
    expect(statuses.at(-1)).not.toHaveProperty('busy');
  });

  it.each([
    [CLOSE.malformed, 'malformed'],
    [CLOSE.refused, 'refused'],
    [CLOSE.joinTimeout, 'refused'],
    [CLOSE.ended, 'ended'],
    [1000, 'left']
  ])('ends after %i as %s', (code, reason) => {
    const connection = connect();
    socket().onclose?.({ code });
    expect(statuses.at(-1)).toEqual({ phase: 'closed', reason });
    connection.retry();
    connection.close();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
    expect(statuses.at(-1)).toEqual({ phase: 'closed', reason });
  });

  it.each([
    [CLOSE.textFull, 'full'],
    [1009, 'full'],
    [CLOSE.replaced, 'replaced']
  ])('after %i it is %s, until a retry', (code, reason) => {
    const connection = connect();
    socket().onclose?.({ code });
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
    expect(statuses.at(-1)).toEqual({ phase: 'closed', reason });
    connection.retry();
    expect(FakeSocket.made).toHaveLength(2);
    socket().onopen?.();
    expect(statuses.at(-1)).toEqual({ phase: 'open' });
  });

  it('has an answer to every close code', () => {
    const answered = Object.values(CLOSE).map(code => {
      connect();
      socket().onclose?.({ code });
      return statuses.at(-1)?.phase;
    });
    expect(answered.filter(phase => phase === 'offline')).toHaveLength(2);
    expect(answered.filter(phase => phase === 'closed')).toHaveLength(answered.length - 2);
  });

  it('reconnects at once on a retry, and replaces a silent socket', () => {
    const connection = connect();
    const first = socket();
    first.onopen?.();
    connection.retry();
    expect(first.closed).toBe(true);
    expect(FakeSocket.made).toHaveLength(2);
    first.onclose?.({ code: 1006 });
    expect(statuses.at(-1)?.phase).toBe('connecting');
    socket().onclose?.({ code: 1006 });
    connection.retry();
    expect(FakeSocket.made).toHaveLength(3);
    vi.advanceTimersByTime(9_000);
    expect(FakeSocket.made).toHaveLength(3);
  });

  it('does not wait for ever for a socket to open', () => {
    connect();
    vi.advanceTimersByTime(10_000);
    expect(socket().closed).toBe(true);
    expect(statuses.at(-1)?.phase).toBe('offline');
  });

  describe('that is open and quiet', () => {
    const presence = { data: Uint8Array.of(1, 1, 5).buffer };

    function network(type: 'online' | 'offline'): void {
      for (const listener of listeners.get(type) ?? []) listener(new Event(type));
    }
    const listeners = new Map<string, Set<(event: Event) => void>>();

    beforeEach(() => {
      listeners.clear();
      vi.stubGlobal('addEventListener', (type: string, listener: (event: Event) => void) =>
        listeners.set(type, (listeners.get(type) ?? new Set()).add(listener))
      );
      vi.stubGlobal('removeEventListener', (type: string, listener: (event: Event) => void) =>
        listeners.get(type)?.delete(listener)
      );
    });

    afterEach(() => {
      vi.unstubAllGlobals();
    });

    /** A connection that has received everything, and a server that sends nothing more. */
    function synced(): FakeSocket {
      connect();
      socket().onopen?.();
      socket().onmessage?.(presence);
      return socket();
    }

    it('asks whether the server is there, and stays open as long as it answers', () => {
      const first = synced();
      for (let round = 0; round < 60; round++) {
        vi.advanceTimersByTime(30_000);
        first.onmessage?.(presence);
      }
      expect(first.sent).toHaveLength(60);
      expect(first.sent[0]).toEqual(Uint8Array.of(3));
      expect(FakeSocket.made).toEqual([first]);
      expect(statuses.at(-1)).toEqual({ phase: 'open' });
    });

    it('is offline when nobody answers, and comes back', () => {
      const first = synced();
      vi.advanceTimersByTime(34_999);
      expect(statuses.at(-1)?.phase).toBe('open');
      vi.advanceTimersByTime(1);
      expect(statuses.at(-1)?.phase).toBe('offline');
      expect(first.closed).toBe(true);
      vi.advanceTimersByTime(500);
      socket().onopen?.();
      socket().onmessage?.(presence);
      expect(statuses.at(-1)?.phase).toBe('open');
      expect(socket()).not.toBe(first);
    });

    it.each(['offline', 'online'] as const)('asks at once when the browser is %s', change => {
      const first = synced();
      network(change);
      expect(first.sent).toEqual([Uint8Array.of(3)]);
      first.onmessage?.(presence);
      vi.advanceTimersByTime(3000);
      // The server may be on this very machine, for which no network is needed.
      expect(statuses.at(-1)?.phase).toBe('open');
      network(change);
      vi.advanceTimersByTime(3000);
      expect(statuses.at(-1)?.phase).toBe('offline');
    });

    it('tries at once when the network is back', () => {
      connect();
      socket().onclose?.({ code: 1006 });
      network('offline');
      expect(FakeSocket.made).toHaveLength(1);
      network('online');
      expect(FakeSocket.made).toHaveLength(2);
    });

    it('is not asked while a guest waits for admission, when nothing is answered', () => {
      connect();
      socket().onopen?.();
      socket().onmessage?.({ data: '{"type":"waiting","payload":{}}' });
      vi.advanceTimersByTime(3_600_000);
      network('offline');
      expect(socket().sent).toEqual([]);
      expect(statuses.at(-1)?.phase).toBe('open');
    });

    it('listens to the network no more after its end', () => {
      connect().close();
      expect([...listeners.values()].every(each => each.size === 0)).toBe(true);
    });
  });

  it('ends when it is closed, and on a malformed message', () => {
    const connection = connect();
    connection.close();
    expect(statuses.at(-1)).toEqual({ phase: 'closed', reason: 'left' });
    expect(socket().closed).toBe(true);
    // The server waits for a page whose socket closes otherwise.
    expect(socket().code).toBe(1000);

    vi.spyOn(console, 'error').mockReturnValue();
    connect();
    socket().onopen?.();
    socket().onmessage?.({ data: Uint8Array.of(9).buffer });
    expect(statuses.at(-1)).toEqual({ phase: 'closed', reason: 'malformed' });
  });

  it('counts a token that is no subprotocol as refused', () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    FakeSocket.refuse = new SyntaxError('invalid subprotocol');
    connect();
    expect(statuses.at(-1)).toEqual({ phase: 'closed', reason: 'refused' });
  });
});
