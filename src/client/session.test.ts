/** A session: joining, typing, and the snapshot for the screen. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { SYNC } from '../protocol/frames';
import type { Relay } from '../testing/relay';
import { Seats } from '../testing/seats';

const seats = new Seats();
const { sit, seated, pass } = seats;
let relay: Relay;

beforeEach(() => {
  relay = seats.begin();
});

afterEach(() => {
  seats.end();
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

  it('has no state before, and does nothing that needs one', () => {
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

  it('misses nothing after a change of role, although the numbers of roles differ', () => {
    const ann = seated('ann', 'interviewer');
    const bob = seated('bob');
    ann.session.notes?.getText('notes').insert(0, 'secret');
    relay.settle();
    for (const role of ['candidate', 'interviewer', 'observer'] as const) {
      relay.log({ type: 'role-changed', payload: { userId: 'ann', role } });
      relay.log({ type: 'title-updated', payload: { userId: null, title: role } });
      relay.settle();
      for (const { session } of [ann, bob]) {
        expect(session.snapshot.state?.title).toBe(role);
        expect(session.snapshot.state?.participants.get('ann')?.role).toBe(role);
      }
    }
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

  it('is saved only when the last edit is', async () => {
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

  it('sends the first edit at once, and the following ones together', async () => {
    const ann = seated('ann');
    const before = relay.edits.length;
    for (const letter of 'abcdef') ann.session.code.insert(ann.session.code.length, letter);
    relay.settle();
    expect(relay.text).toBe('a');
    await pass(10);
    expect(relay.text).toBe('abcdef');
    expect(relay.edits.length - before).toBe(2);
  });

  it('does not send back edits of others', async () => {
    const [ann] = [seated('ann'), seated('bob'), seated('cy', 'observer')];
    const before = relay.edits.length;
    ann.session.code.insert(0, 'x');
    await pass();
    expect(relay.edits.length - before).toBe(1);
    expect(relay.edits.at(-1)?.type).toBe(SYNC.update);
  });

  it('waits for the first answer of each connection, which contains it', () => {
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

  it('repeats an edit that was lost in flight', async () => {
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

  it('is not for observers', async () => {
    const eve = seated('eve', 'observer');
    await pass();
    expect(relay.edits).toEqual([]);
    expect(eve.session.snapshot.saving).toBe('saved');
  });

  it('replaces a connection that confirms nothing', async () => {
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

  it('has the end, by an event or by a close code', () => {
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

  it('offers at the end the text in flight, and no text that was stored', () => {
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

  it('does not change after dispose, which ends a run', async () => {
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
