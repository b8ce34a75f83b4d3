import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionStatus } from './connection';
import type { SocketConstructor } from './socket';
import { WebSocketConnection } from './websocket';

/** A socket that is open, and whose server the test is. */
class FakeSocket {
  static made: FakeSocket[] = [];
  sent: unknown[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor() {
    FakeSocket.made.push(this);
  }

  /** The server's answer to a question, or any other binary message. */
  deliver(): void {
    this.onmessage?.({ data: Uint8Array.of(1, 1, 5).buffer });
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed = true;
  }
}

let statuses: ConnectionStatus[];
let page: EventTarget & { hidden?: boolean };
const QUESTION = Uint8Array.of(3);

/** A connection that has received everything. */
function synced(): { connection: WebSocketConnection; socket: FakeSocket } {
  const connection = new WebSocketConnection({
    baseUrl: 'http://host/',
    sessionId: 'abc',
    token: 'secret',
    WebSocket: FakeSocket as unknown as SocketConstructor
  });
  connection.open({ onStatus: status => statuses.push(status), onMessage: () => undefined });
  const [socket] = FakeSocket.made;
  if (!socket) throw new Error('no socket');
  socket.onopen?.();
  socket.deliver();
  return { connection, socket };
}

/** The computer sleeps: its clock goes on, and no timer does. */
function sleep(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  statuses = [];
  page = new EventTarget();
  vi.stubGlobal('document', page);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('after a sleep, a page', () => {
  it('asks the server at once, and is not sure meanwhile', () => {
    const { socket } = synced();
    sleep(60);
    vi.advanceTimersByTime(1000);
    expect(socket.sent).toEqual([QUESTION]);
    expect(statuses.at(-1)).toEqual({ phase: 'open', checking: true });
    socket.deliver();
    expect(statuses.at(-1)).toEqual({ phase: 'open' });
    vi.advanceTimersByTime(10_000);
    expect(FakeSocket.made).toHaveLength(1);
  });

  it('connects anew when the server does not answer for three seconds', () => {
    const { socket } = synced();
    sleep(60);
    vi.advanceTimersByTime(1000 + 3000);
    expect(socket.closed).toBe(true);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it.each(['visibilitychange', 'resume'])('notices it by %s', type => {
    const { socket } = synced();
    sleep(60);
    page.dispatchEvent(new Event(type));
    expect(socket.sent).toEqual([QUESTION]);
    // Asked once, whatever else happens before the answer.
    page.dispatchEvent(new Event(type));
    vi.advanceTimersByTime(1000);
    expect(socket.sent).toEqual([QUESTION]);
  });

  it('does not ask while it is hidden, nor right after a message', () => {
    const { socket } = synced();
    page.dispatchEvent(new Event('visibilitychange'));
    page.hidden = true;
    sleep(60);
    vi.advanceTimersByTime(1000);
    page.dispatchEvent(new Event('visibilitychange'));
    expect(socket.sent).toEqual([]);
  });

  it('is watched no more after the end', () => {
    const { connection, socket } = synced();
    connection.close();
    sleep(60);
    page.dispatchEvent(new Event('resume'));
    vi.advanceTimersByTime(60_000);
    expect(socket.sent).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
