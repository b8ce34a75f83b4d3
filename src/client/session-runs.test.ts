/** The runs of a session: how they start, stream and end for everybody. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../protocol/wire';
import type { Relay } from '../testing/relay';
import { Seats } from '../testing/seats';
import type { Seat } from '../testing/seats';

const seats = new Seats();
const { seated, pass } = seats;
let relay: Relay;

beforeEach(() => {
  relay = seats.begin();
});

afterEach(() => {
  seats.end();
});

const chunksOf = ({ session }: Seat) => session.snapshot.state?.runs.at(-1)?.chunks;

describe('running', () => {
  it('streams to everybody and ends', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, 'print(1)');
    await pass();
    ann.session.run();
    expect(ann.runner.requests).toMatchObject([{ code: 'print(1)', timeLimit: 1234 }]);
    const { run } = ann.session.snapshot;
    expect(run?.id).toMatch(/^[0-9a-f-]{36}$/);
    relay.settle();
    expect(bob.session.snapshot).toMatchObject({
      run: null,
      state: { runs: [{ id: run?.id, userId: 'ann', code: 'print(1)', status: 'running' }] }
    });

    ann.runner.print({ stream: 'stdout', data: '1' });
    relay.settle();
    expect(chunksOf(bob)).toEqual([{ stream: 'stdout', data: '1' }]);
    ann.runner.print({ stream: 'stdout', data: '\n' });
    ann.runner.print({ stream: 'stderr', data: 'oops' });
    relay.settle();
    expect(chunksOf(bob)).toHaveLength(1);
    await pass(100);
    const all = [
      { stream: 'stdout', data: '1\n' },
      { stream: 'stderr', data: 'oops' }
    ];
    expect(chunksOf(bob)).toEqual(all);
    expect(chunksOf(ann)).toEqual(all);

    ann.runner.end({ status: 'error', error: 'Boom', durationMs: 5 });
    await pass();
    for (const { session } of [ann, bob]) {
      expect(session.snapshot).toMatchObject({
        run: null,
        saving: 'saved',
        state: { runs: [{ status: 'error', error: 'Boom', durationMs: 5 }] }
      });
    }
  });

  it('happens one at a time, and stops', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    ann.session.run();
    expect(ann.runner.requests).toHaveLength(1);
    ann.runner.print({ stream: 'stdout', data: 'a' });
    ann.runner.print({ stream: 'stdout', data: 'b' });
    ann.session.stop();
    await pass();
    expect(chunksOf(bob)).toEqual([{ stream: 'stdout', data: 'ab' }]);
    expect(bob.session.snapshot.state?.runs).toMatchObject([{ status: 'stopped' }]);
    ann.session.run();
    expect(ann.runner.requests).toHaveLength(2);
  });

  it('ends for everybody even when a runner rejects', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    ann.runner.fail(new Error('out of memory'));
    await pass();
    expect(bob.session.snapshot.state?.runs).toMatchObject([
      { status: 'error', error: 'out of memory' }
    ]);
    expect(ann.session.snapshot.run).toBeNull();
  });

  it('cuts a flood of output, with one note', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    for (let index = 0; index < 40; index++) {
      ann.runner.print({ stream: 'stdout', data: '\u0001😀'.repeat(20_000) });
    }
    ann.runner.print({ stream: 'stderr', data: 'never seen' });
    ann.runner.end({ status: 'ok', error: null, durationMs: 1 });
    await pass();
    const chunks = chunksOf(bob) ?? [];
    const text = chunks.map(chunk => chunk.data).join('');
    expect(text.length).toBeLessThanOrEqual(LIMITS.output);
    expect(text.length).toBeGreaterThan(LIMITS.output * 0.99);
    expect(text.match(/… output cut after \d+ characters/g)).toHaveLength(1);
    expect(text).not.toMatch(/\p{Surrogate}|\ufffd|never/u);
    expect(chunks.at(-1)).toMatchObject({ stream: 'stderr' });
    expect(Math.max(...chunks.map(chunk => chunk.data.length))).toBeLessThanOrEqual(LIMITS.chunk);
    expect(chunksOf(ann)).toEqual(chunks);
  });

  it('survives thousands of tiny chunks and half characters', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    for (let index = 0; index < 5_000; index++) {
      ann.runner.print({ stream: index % 2 ? 'stdout' : 'stderr', data: '\ud83d' });
    }
    ann.runner.end({ status: 'ok', error: '\udc00', durationMs: 1 });
    await pass();
    expect(bob.session.snapshot.state?.runs).toMatchObject([{ status: 'ok', error: '\ufffd' }]);
    expect(chunksOf(bob)?.[0]).toEqual({ stream: 'stderr', data: '\ufffd' });
    for (const event of relay.events) {
      if (event.type === 'execution-output') {
        expect(event.payload.chunks.length).toBeLessThanOrEqual(256);
      }
    }
  });

  it('prints many short lines', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    for (let index = 0; index < 10_000; index++) {
      ann.runner.print({ stream: 'stdout', data: '.\n' });
      if (index % 1000 === 0) await pass(100);
    }
    await pass(100);
    expect(chunksOf(bob)).toEqual([{ stream: 'stdout', data: '.\n'.repeat(10_000) }]);
  });

  it('cuts very many short lines on alternating streams, with one note', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    ann.runner.print({ mime: 'text/html', data: '' });
    for (let index = 0; index < 20_000; index++) {
      ann.runner.print({ stream: index % 2 ? 'stdout' : 'stderr', data: '.\n' });
    }
    await pass(100);
    const chunks = chunksOf(bob) ?? [];
    expect(chunks.at(-1)?.data).toMatch(/… output cut after \d+ characters/);
    expect(chunks.length).toBe(LIMITS.output / LIMITS.chunkCost - 1);
    expect(chunksOf(ann)).toEqual(chunks);
  });

  it('counts questions and answers as output', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    for (let index = 0; index < 100; index++) {
      void ann.runner.requests[0]?.ask?.('?');
      ann.session.answer('!');
      await pass();
    }
    for (let index = 0; index < 10_000; index++) {
      ann.runner.print({ stream: index % 2 ? 'stdout' : 'stderr', data: '.' });
    }
    await pass(100);
    const chunks = chunksOf(bob) ?? [];
    expect(chunks.at(-1)?.data).toMatch(/… output cut after \d+ characters/);
    expect(chunks.length).toBe(LIMITS.output / LIMITS.chunkCost - 1);
  });

  it('shows values, and names those that are too large', async () => {
    const ann = seated('ann');
    ann.session.run();
    const image = { mime: 'image/png', data: 'A'.repeat(LIMITS.value) };
    ann.runner.print(image);
    ann.runner.print({ mime: 'text/html', data: '\u0001'.repeat(LIMITS.chunk) });
    ann.runner.print({ mime: 'text/html', data: 'x'.repeat(LIMITS.value + 1) });
    await pass();
    const [first, second] = chunksOf(ann) ?? [];
    expect(first).toEqual(image);
    expect(second).toMatchObject({ stream: 'stderr' });
    expect(second?.data.match(/too large to show/g)).toHaveLength(2);
  });

  it('refuses a text that fits no frame', () => {
    const ann = seated('ann');
    ann.session.code.insert(0, 'x'.repeat(LIMITS.frame));
    ann.session.run();
    expect(ann.session.snapshot).toMatchObject({
      run: null,
      notice: 'This text is too long to run.'
    });
    expect(ann.runner.requests).toEqual([]);
  });

  it('goes on offline, and everybody gets each piece once', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    ann.runner.print({ stream: 'stdout', data: 'a' });
    ann.line.deliverOne('up');
    ann.line.deliverOne('up');
    ann.line.down();
    relay.settle();
    expect(bob.session.snapshot.state?.runs).toMatchObject([{ status: 'lost' }]);
    ann.runner.print({ stream: 'stdout', data: 'b' });
    await pass(100);
    expect(chunksOf(ann)).toEqual([{ stream: 'stdout', data: 'ab' }]);
    ann.line.up();
    await pass();
    expect(chunksOf(ann)).toEqual([{ stream: 'stdout', data: 'ab' }]);
    expect(chunksOf(bob)).toEqual([{ stream: 'stdout', data: 'ab' }]);
    expect(ann.session.snapshot.state?.runs).toMatchObject([{ status: 'running' }]);
    expect(bob.session.snapshot.state?.runs).toMatchObject([{ status: 'running' }]);
    ann.runner.end({ status: 'ok', error: null, durationMs: 1 });
    await pass();
    expect(bob.session.snapshot.state?.runs).toMatchObject([{ status: 'ok' }]);
    expect(relay.state.runs).toHaveLength(1);
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('starts offline, too', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.line.down();
    ann.session.run();
    ann.runner.print({ stream: 'stdout', data: 'x' });
    ann.runner.end({ status: 'ok', error: null, durationMs: 1 });
    await pass();
    expect(ann.session.snapshot.state?.runs).toMatchObject([{ status: 'ok' }]);
    ann.line.up();
    await pass();
    expect(bob.session.snapshot.state?.runs).toMatchObject([{ status: 'ok' }]);
    expect(chunksOf(bob)).toEqual([{ stream: 'stdout', data: 'x' }]);
  });

  it('stops when the server refuses it', async () => {
    const ann = seated('ann');
    relay.refusal = 'Locked';
    ann.session.run();
    await pass();
    expect(ann.session.snapshot).toMatchObject({
      run: null,
      notice: 'Locked',
      saving: 'saved',
      state: { runs: [] }
    });
  });
});
