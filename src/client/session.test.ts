import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { runnersBy } from './runner';
import { SYNC, encodeFrame } from '../protocol/frames';
import { LIMITS } from '../protocol/wire';
import type { Role } from '../protocol/wire';
import { ArenaSession } from './session';
import { FakeRunner } from '../testing/fake-runner';
import { Relay } from '../testing/relay';
import { user } from '../testing/user';
import type { Line } from '../testing/line';

interface Seat {
  session: ArenaSession;
  line: Line;
  runner: FakeRunner;
}

let relay: Relay;
let seats: Seat[];

function sit(name: string, role: Role = 'candidate'): Seat {
  const line = relay.line(user(name, role));
  const runner = new FakeRunner();
  const runners = runnersBy(() => runner);
  const session = new ArenaSession({ connection: line, runners, timeLimit: () => 1234 });
  const seat = { session, line, runner };
  seats.push(seat);
  return seat;
}

/** Somebody who is in and has nothing on the way. */
function seated(name: string, role: Role = 'candidate'): Seat {
  const seat = sit(name, role);
  seat.line.up();
  relay.settle();
  return seat;
}

/** Let `milliseconds` pass and everything arrive. */
async function pass(milliseconds = 200): Promise<void> {
  relay.settle();
  await vi.advanceTimersByTimeAsync(milliseconds);
  relay.settle();
}

const chunksOf = ({ session }: Seat) => session.snapshot.state?.runs.at(-1)?.chunks;

beforeEach(() => {
  vi.useFakeTimers();
  relay = new Relay();
  seats = [];
});

afterEach(() => {
  for (const { session } of seats) session.dispose();
  vi.useRealTimers();
});

describe('joining', () => {
  it('knows itself, the others, and the text', () => {
    relay.docs.pad.getText('code').insert(0, 'starter');
    const ann = seated('ann', 'interviewer');
    const bob = seated('bob');
    expect(bob.session.snapshot).toMatchObject({
      connection: { phase: 'open' },
      saving: 'saved',
      me: { id: 'bob', name: 'Name of bob', role: 'candidate' },
      run: null,
      notice: null
    });
    expect(bob.session.code.toJSON()).toBe('starter');
    expect([...(ann.session.snapshot.state?.present ?? [])]).toEqual(['ann', 'bob']);
  });

  it('is of no state before, and does nothing that needs one', () => {
    const { session, line } = sit('bob');
    expect(session.snapshot).toMatchObject({ me: null, state: null, saving: 'offline' });
    session.run();
    session.setLanguage('python');
    line.up();
    relay.settle();
    expect(relay.ids).toEqual([]);
  });

  it('gives the notes to interviewers alone, as long as they are', () => {
    const ann = seated('ann', 'interviewer');
    const bob = seated('bob');
    expect(bob.session.notes).toBeNull();
    ann.session.notes?.getText('notes').insert(0, 'secret');
    relay.settle();
    expect(relay.docs.notes.getText('notes').toJSON()).toBe('secret');
    expect(ann.session.snapshot.saving).toBe('saved');
    relay.log({ type: 'role-changed', payload: { userId: 'ann', role: 'observer' } });
    relay.settle();
    expect(ann.session.notes).toBeNull();
  });
});

describe('typing', () => {
  it('reaches the others at once, and is saved when the server says so', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, 'x');
    expect(ann.session.snapshot.saving).toBe('saving');
    ann.line.deliverOne('up');
    expect(ann.session.snapshot.saving).toBe('saving');
    relay.settle();
    expect(bob.session.code.toJSON()).toBe('x');
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('is saved only when the last of it is', async () => {
    const ann = seated('ann');
    for (let index = 0; index < 3; index++) {
      ann.session.code.insert(0, 'x');
      await vi.advanceTimersByTimeAsync(20);
    }
    ann.line.deliverOne('up');
    ann.line.deliverOne('up');
    while (ann.line.deliverOne('down')) expect(ann.session.snapshot.saving).toBe('saving');
    relay.settle();
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('sends the first edit at once and gathers what follows', async () => {
    const ann = seated('ann');
    const before = relay.edits.length;
    for (const letter of 'abcdef') ann.session.code.insert(ann.session.code.length, letter);
    relay.settle();
    expect(relay.text).toBe('a');
    await pass(10);
    expect(relay.text).toBe('abcdef');
    expect(relay.edits.length - before).toBe(2);
  });

  it('does not send back what came from others', async () => {
    const [ann] = [seated('ann'), seated('bob'), seated('cy', 'observer')];
    const before = relay.edits.length;
    ann.session.code.insert(0, 'x');
    await pass();
    expect(relay.edits.length - before).toBe(1);
    expect(relay.edits.at(-1)?.type).toBe(SYNC.update);
  });

  it('waits for the first answer of each connection, which carries it', () => {
    const ann = sit('ann');
    ann.session.code.insert(0, 'early');
    ann.line.up();
    ann.session.code.insert(5, '!');
    expect(ann.session.snapshot.saving).toBe('saving');
    relay.settle();
    expect(relay.text).toBe('early!');
    expect(relay.edits.map(edit => edit.type)).toEqual([SYNC.step2]);
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('goes on offline and merges', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, '0123456789');
    await pass();
    ann.line.down();
    expect(ann.session.snapshot).toMatchObject({
      saving: 'offline',
      connection: { phase: 'offline' }
    });
    ann.session.code.insert(5, '😀');
    ann.session.code.delete(0, 1);
    bob.session.code.insert(10, 'end');
    await pass();
    ann.line.up();
    await pass();
    expect(relay.text).toBe('1234😀56789end');
    expect(ann.session.code.toJSON()).toBe(relay.text);
    expect(bob.session.code.toJSON()).toBe(relay.text);
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('repeats an edit that was lost on its way', async () => {
    const ann = seated('ann');
    ann.session.code.insert(0, 'lost');
    ann.line.down();
    ann.line.up();
    await pass();
    expect(relay.text).toBe('lost');
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('answers whenever the server asks again', async () => {
    const ann = seated('ann');
    ann.session.code.insert(0, 'x');
    await pass();
    relay.ask(ann.line, 'pad');
    await pass();
    expect(relay.edits.at(-1)?.type).toBe(SYNC.step2);
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('sends a paste that is larger than a frame', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    const paste = '€😀\n'.repeat(100_000);
    ann.session.code.insert(0, paste);
    await pass();
    expect(relay.text === paste && bob.session.code.toJSON() === paste).toBe(true);
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('sends nothing while it may not, and all of it when it may', async () => {
    const ann = seated('ann');
    ann.line.down();
    ann.session.code.insert(0, 'offline');
    relay.log({ type: 'session-locked', payload: { userId: null, locked: true } });
    ann.line.up();
    await pass();
    expect(relay.text).toBe('');
    expect(ann.session.snapshot).toMatchObject({ saving: 'saving', state: { status: 'locked' } });
    relay.log({ type: 'session-locked', payload: { userId: null, locked: false } });
    await pass();
    expect(relay.text).toBe('offline');
    expect(relay.edits.map(edit => edit.type)).toEqual([SYNC.step2, SYNC.step2]);
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('does not answer while it may not', async () => {
    const ann = seated('ann');
    relay.log({ type: 'session-locked', payload: { userId: null, locked: true } });
    const before = relay.edits.length;
    relay.ask(ann.line, 'pad');
    await pass();
    expect(relay.edits.length).toBe(before);
    ann.session.code.insert(0, 'held');
    await pass();
    expect(relay.text).toBe('');
    relay.log({ type: 'session-locked', payload: { userId: null, locked: false } });
    await pass();
    expect(relay.text).toBe('held');
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('is none of an observer', async () => {
    const eve = seated('eve', 'observer');
    await pass();
    expect(relay.edits).toEqual([]);
    expect(eve.session.snapshot.saving).toBe('saved');
  });

  it('gives a connection up that confirms nothing', async () => {
    const ann = seated('ann');
    ann.session.code.insert(0, 'x');
    await vi.advanceTimersByTimeAsync(14_000);
    expect(ann.line.retries).toBe(0);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(ann.line.retries).toBe(1);
    relay.settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ann.line.retries).toBe(1);
  });
});

describe('language', () => {
  it('changes here at once, and there', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.setLanguage('python');
    expect(ann.session.snapshot).toMatchObject({ state: { language: 'python' }, saving: 'saving' });
    relay.settle();
    expect(bob.session.snapshot.state?.language).toBe('python');
    bob.session.run();
    relay.settle();
    expect(ann.session.snapshot.state).toMatchObject({ language: 'python', runs: [{}] });
    expect(ann.session.snapshot.saving).toBe('saved');
  });

  it('is the same for both when both change it at once', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.setLanguage('python');
    ann.line.deliverOne('up');
    bob.line.deliverOne('down');
    bob.session.setLanguage('javascript');
    relay.settle();
    for (const { session } of [ann, bob]) {
      expect(session.snapshot.state?.language).toBe(relay.state.language);
    }
  });

  it('is sent again under the same id after a lost connection, and taken once', async () => {
    const ann = seated('ann');
    ann.session.setLanguage('python');
    ann.line.deliverOne('up');
    ann.line.down();
    expect(relay.ids).toHaveLength(1);
    ann.line.up();
    await pass();
    expect(relay.ids).toHaveLength(1);
    expect(relay.events.filter(event => event.type === 'language-updated')).toHaveLength(1);
    expect(ann.session.snapshot).toMatchObject({ saving: 'saved', state: { language: 'python' } });
  });

  it('changes offline, too', async () => {
    const ann = seated('ann');
    ann.line.down();
    ann.session.setLanguage('python');
    expect(ann.session.snapshot.state?.language).toBe('python');
    ann.line.up();
    await pass();
    expect(relay.state.language).toBe('python');
  });

  it('goes back, with a notice, when the server refuses', () => {
    const ann = seated('ann');
    relay.refusal = 'Not now';
    ann.session.setLanguage('python');
    relay.settle();
    expect(ann.session.snapshot).toMatchObject({
      notice: 'Not now',
      saving: 'saved',
      state: { language: 'javascript' }
    });
    ann.session.dismissNotice();
    expect(ann.session.snapshot.notice).toBeNull();
  });

  it('is not for those who may not', () => {
    const eve = seated('eve', 'observer');
    eve.session.setLanguage('python');
    eve.session.run();
    relay.settle();
    expect(eve.runner.requests).toEqual([]);
    expect(relay.ids).toEqual([]);
  });
});

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

  it('ends for everybody even when a runner breaks its word', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.run();
    ann.runner.fail(new Error('out of memory'));
    await pass();
    expect(bob.session.snapshot.state?.runs).toMatchObject([
      { status: 'error', error: 'out of memory' }
    ]);
    expect(ann.session.snapshot.run).toBeNull();
  });

  it('cuts a flood, and says so once', async () => {
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

  it('refuses a text that no frame could carry', () => {
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

  it('stops when the server does not want it', async () => {
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

describe('presence', () => {
  const others = ({ session }: Seat) =>
    [...session.awareness.getStates()]
      .filter(([id]) => id !== session.awareness.clientID)
      .map(([, state]) => state);

  it('has the name and colour of the roster', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    const [anchor, head] = [null, { client: 1, clock: 2 }].map(item => {
      return { type: null, tname: 'code', item, assoc: 0 };
    });
    ann.session.awareness.setLocalStateField('cursor', { anchor, head });
    await pass();
    expect(others(bob)).toEqual([
      { user: { id: 'ann', name: 'Name of ann', color: '#123456' }, cursor: { anchor, head } }
    ]);
  });

  it('forgets the others offline, and finds them again', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    await pass();
    expect(others(bob)).toHaveLength(1);
    bob.line.down();
    expect(others(bob)).toEqual([]);
    bob.line.up();
    await pass();
    expect(others(bob)).toHaveLength(1);
    expect(others(ann)).toHaveLength(1);
  });

  it('is seen by the others again after a lost connection, without moving', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    await pass();
    ann.line.down();
    await pass();
    expect(others(bob)).toEqual([]);
    ann.line.up();
    await pass();
    expect(others(bob)).toMatchObject([{ user: { id: 'ann' } }]);
  });

  it('says goodbye', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    await pass();
    ann.session.dispose();
    await pass();
    expect(ann.line.closed).toBe(true);
    expect(others(bob)).toEqual([]);
  });

  it('passes on nothing of a state but a cursor and who it is', async () => {
    const bob = seated('bob');
    // The room says who somebody is; a server that passes lies on is not believed either.
    const liar = new Awareness(new Y.Doc());
    liar.setLocalState({
      user: { id: 7, name: 'x'.repeat(500), color: 'url(http://evil)' },
      cursor: 'no',
      html: '<b>'
    });
    const update = encodeAwarenessUpdate(liar, [liar.clientID]);
    liar.destroy();
    bob.line.tellFrame(encodeFrame({ kind: 'presence', update }));
    await pass();
    expect(others(bob)).toEqual([{ user: { id: '', name: 'x'.repeat(64), color: '#808080' } }]);
  });
});

describe('the snapshot', () => {
  it('is the same object until something changes, and says when', async () => {
    const ann = seated('ann');
    const seen: unknown[] = [];
    const stop = ann.session.subscribe(() => seen.push(ann.session.snapshot));
    const before = ann.session.snapshot;
    ann.session.awareness.setLocalStateField('cursor', null);
    await pass();
    expect(ann.session.snapshot).toBe(before);
    expect(seen).toEqual([]);
    ann.session.code.insert(0, 'x');
    relay.settle();
    expect(seen).toMatchObject([{ saving: 'saving' }, { saving: 'saved' }]);
    stop();
    ann.session.setLanguage('python');
    expect(seen).toHaveLength(2);
  });

  it('knows the end, by event or by the closing of the door', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    bob.line.end('ended');
    expect(bob.session.snapshot).toMatchObject({
      connection: { phase: 'closed', reason: 'ended' },
      state: { status: 'ended' }
    });
    relay.log({ type: 'session-ended', payload: { userId: null } });
    relay.settle();
    expect(ann.session.snapshot.state?.status).toBe('ended');
    ann.session.run();
    expect(ann.runner.requests).toEqual([]);
  });

  it('offers at the end what was on its way then, and nothing that was stored', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    for (const { session } of [ann, bob]) session.code.insert(0, 'stored. ');
    relay.settle();
    ann.session.code.insert(ann.session.code.length, 'on its way');
    expect(ann.session.snapshot).toMatchObject({ saving: 'saving', unsaved: null });
    relay.log({ type: 'session-ended', payload: { userId: null } });
    while (ann.line.deliverOne('down'));
    while (bob.line.deliverOne('down'));
    expect(ann.session.snapshot.unsaved).toBe('stored. stored. on its way');
    expect(bob.session.snapshot.unsaved).toBeNull();
    ann.session.discardUnsaved();
    ann.line.tell({ type: 'error', payload: { code: 'denied', message: 'you may not write now' } });
    while (ann.line.deliverOne('down'));
    expect(ann.session.snapshot.unsaved).toBeNull();
  });

  it('says nothing more after dispose, which ends a run', async () => {
    const ann = seated('ann');
    ann.session.run();
    let told = 0;
    ann.session.subscribe(() => told++);
    ann.session.dispose();
    await pass();
    expect(told).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('needs neither a page nor React', () => {
  expect('document' in globalThis).toBe(false);
  expect(seated('ann').session.pad).toBeInstanceOf(Y.Doc);
});
