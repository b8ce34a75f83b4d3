import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpServer } from '../testing/http-server';
import { OPCODE, decodeServerFrames, encodeClientFrame } from './framing';
import { HttpSocket } from './http-socket';

let server: HttpServer;
let log: unknown[];

function open(): HttpSocket {
  const socket = new HttpSocket({ url: 'http://host/s', token: 't', fetch: server.fetch });
  socket.onopen = () => log.push('open');
  socket.onmessage = ({ data }: MessageEvent<unknown>) =>
    log.push(data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data);
  socket.onclose = ({ code }) => log.push(code);
  return socket;
}

/** A socket that is open. */
async function opened(): Promise<HttpSocket> {
  const socket = open();
  await settle();
  server.write('event: open\ndata: secret\n\n');
  await settle();
  return socket;
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const later = (): Promise<unknown> => vi.advanceTimersByTimeAsync(100);
const sent = (): number[][] => server.posts.map(({ body }) => [...body]);

beforeEach(() => {
  vi.useFakeTimers();
  server = new HttpServer();
  log = [];
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a socket over HTTP', () => {
  it('has the token and the secret in headers, and not in addresses', async () => {
    const socket = await opened();
    socket.send('x');
    await settle();
    expect(server.requests.map(({ url }) => url)).toEqual([
      'http://host/s/events',
      'http://host/s/frames'
    ]);
    for (const { headers } of server.requests) expect(headers.get('X-Arena-Token')).toBe('t');
    expect(server.posts[0]).toMatchObject({ number: '1', secret: 'secret' });
  });

  it('carries messages both ways, in whatever pieces events arrive', async () => {
    const socket = await opened();
    server.send(0x81, 1, 0x61, 0x82, 2, 7, 8);
    const event = `data: ${btoa('\x81\x01b')}\n\n`;
    server.write(event.slice(0, 9));
    await settle();
    server.write(event.slice(9));
    await settle();
    expect(log).toEqual(['open', 'a', [7, 8], 'b']);
    socket.send(Uint8Array.of(5));
    await settle();
    expect(sent()).toEqual([[0x82, 0x81, 0, 0, 0, 0, 5]]);
  });

  it('answers a ping', async () => {
    await opened();
    server.send(0x89, 1, 9);
    await settle();
    expect(sent()).toEqual([[0x8a, 0x81, 0, 0, 0, 0, 9]]);
    expect(log).toEqual(['open']);
  });

  it('sends one request at a time, and in it all that was sent meanwhile', async () => {
    const socket = await opened();
    server.holds = true;
    for (const text of ['a', 'b', 'c']) socket.send(text);
    await later();
    expect(server.posts).toHaveLength(1);
    server.answer();
    await later();
    expect(server.posts.map(({ number, body }) => [number, body.length])).toEqual([
      ['1', 7],
      ['2', 14]
    ]);
  });

  it('repeats a request that failed under its number, and gives up after two', async () => {
    const socket = await opened();
    server.fail = true;
    socket.send('a');
    await settle();
    server.fail = false;
    await vi.advanceTimersByTimeAsync(200);
    expect(server.posts.map(({ number }) => number)).toEqual(['1']);
    await later();
    server.fail = true;
    socket.send('b');
    await vi.advanceTimersByTimeAsync(1500);
    expect(log).toEqual(['open', 1006]);
    expect(server.isOpen).toBe(false);
  });

  it('closes with the code of the server, and once', async () => {
    const socket = await opened();
    server.send(0x88, 2, 4410 >> 8, 4410 & 0xff, 0x81, 1, 0x61);
    await settle();
    socket.close();
    expect(log).toEqual(['open', 4410]);
    expect(server.isOpen).toBe(false);
  });

  it('tells the server that it leaves on purpose, after what was sent before', async () => {
    const socket = await opened();
    socket.send('a');
    socket.close(1000);
    await later();
    await later();
    expect(sent().flat()).toEqual([
      ...encodeClientFrame(OPCODE.text, Uint8Array.of(0x61)),
      ...encodeClientFrame(OPCODE.close, Uint8Array.of(3, 232))
    ]);
    expect(server.isOpen).toBe(false);
    expect(log).toEqual(['open']);
  });

  it('is lost where the stream ends, fails, or is no stream of events', async () => {
    await opened();
    server.end();
    await settle();
    server.fail = true;
    open();
    await settle();
    server.fetch = () => Promise.resolve(new Response('<h1>Log in to this network</h1>'));
    open();
    await settle();
    expect(log).toEqual(['open', 1006, 1006, 1006]);
  });
});

describe('frames', () => {
  it.each([0, 125, 126, 65_535, 65_536])('of %i bytes are read as they were written', length => {
    const payload = new Uint8Array(length).fill(7);
    const frame = encodeClientFrame(OPCODE.binary, payload);
    const head = frame.length - length - 4;
    // A server does not mask.
    const unmasked = Uint8Array.of(...frame.slice(0, head), ...payload);
    unmasked[1] = (unmasked[1] ?? 0) & 0x7f;
    expect(decodeServerFrames(unmasked)).toEqual([{ opcode: OPCODE.binary, payload }]);
    expect(() => decodeServerFrames(unmasked.slice(0, head - 1))).toThrow(RangeError);
  });
});
