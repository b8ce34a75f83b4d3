import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { BrowserRoom } from './browser-room';
import { SYNC } from '../../protocol/frames';
import type { Role } from '../../protocol/wire';
import { fingerprint } from '../../session/fingerprint';
import { MemoryLog } from '../../storage/log';
import { Guest, roomOf } from '../../testing/guest';
import { user } from '../../testing/user';

let log: MemoryLog;
let room: BrowserRoom;

beforeEach(() => {
  log = new MemoryLog();
  room = roomOf(log);
});

const enter = (name: string, role: Role = 'candidate'): Guest => new Guest(room, user(name, role));
const lock = (locked: boolean): void =>
  room.record({ type: 'session-locked', payload: { userId: null, locked } });
const asked = (guest: Guest): string[] =>
  guest.syncs.flatMap(({ document, type }) => (type === SYNC.step1 ? [document] : []));
const edits = (): (string | null)[] =>
  log.entries.flatMap(({ body, participant }) => (body.kind === 'edit' ? [participant] : []));

describe('an edit', () => {
  it('reaches the others, and is stored once however often it is sent', () => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.type('hello');
    ann.sync('pad', SYNC.update, Y.encodeStateAsUpdate(ann.docs.pad));
    expect([ann.saved, bob.text, edits()]).toEqual([2, 'hello', ['ann']]);
    expect(ann.syncs.some(({ type }) => type === SYNC.update)).toBe(false);
  });

  it('that answers a question of the room was made earlier, and the log says so', () => {
    const ann = enter('ann');
    ann.docs.pad.getText('code').insert(0, 'offline');
    ann.sync('pad', SYNC.step2, Y.encodeStateAsUpdate(ann.docs.pad));
    ann.sync('pad', SYNC.step2, Y.encodeStateAsUpdate(ann.docs.pad));
    const types = log.entries.map(({ body }) => (body.kind === 'event' ? body.event.type : 'edit'));
    expect(types).toEqual(['participant-joined', 'typing-caught-up', 'edit']);
    expect(ann.saved).toBe(2);
  });

  it('has no author if the host made it', () => {
    const ann = enter('ann');
    room.documents.pad.getText('code').insert(0, 'starter');
    expect([ann.text, edits()]).toEqual(['starter', [null]]);
  });

  it('that depends on missing content is requested again', () => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    const before = asked(ann).length;
    ann.docs.pad.getText('code').insert(0, 'lost ');
    ann.type('kept');
    expect(asked(ann).length).toBe(before + 1);
    expect([ann.saved, edits(), ann.closed]).toEqual([1, [], null]);
    // The part that did not fit is in no answer to any client.
    bob.pull();
    expect(Y.encodeStateAsUpdate(bob.docs.pad)).toEqual(Y.encodeStateAsUpdate(new Y.Doc()));
    ann.sync('pad', SYNC.step2, Y.encodeStateAsUpdate(ann.docs.pad));
    expect(bob.text).toBe('lost kept');
  });

  it('that depends on missing content again and again ends the connection', () => {
    const ann = enter('ann');
    ann.docs.pad.getText('code').insert(0, 'lost');
    for (let edit = 0; edit < 256; edit++) ann.type('x');
    expect(ann.closed).toBeNull();
    ann.type('x');
    expect(ann.closed).toBe('malformed');
  });

  it.each([
    ['no update', Uint8Array.of(9, 9, 9)],
    ['half an update', Y.encodeStateAsUpdate(docOf('text')).slice(0, -2)],
    ['nothing at all', new Uint8Array()]
  ])('that is %s ends the connection and changes nothing', (_, body) => {
    const ann = enter('ann');
    ann.sync('pad', SYNC.update, body);
    expect(ann.closed).toBe('malformed');
    expect([...room.state.present]).toEqual([]);
    expect(room.documents.pad.getText('code').length).toBe(0);
  });
});

function docOf(text: string): Y.Doc {
  const doc = new Y.Doc();
  doc.getText('code').insert(0, text);
  return doc;
}

describe('an edit that meets a lock', () => {
  it('counts when the lock opens and the room has asked for it again', () => {
    const bob = enter('bob');
    lock(true);
    bob.type('held');
    expect([bob.errors, bob.saved, edits()]).toEqual([['denied'], 0, []]);
    const before = asked(bob).length;
    lock(false);
    expect(asked(bob).length).toBe(before + 1);
    bob.sync('pad', SYNC.step2, Y.encodeStateAsUpdate(bob.docs.pad));
    expect([bob.saved, edits()]).toEqual([2, ['bob']]);
  });

  it('does not delay an edit that changes nothing', () => {
    const bob = enter('bob');
    lock(true);
    bob.sync('pad', SYNC.step2, Y.encodeStateAsUpdate(new Y.Doc()));
    expect([bob.errors, bob.saved]).toEqual([[], 1]);
  });
});

describe('the notes', () => {
  it('are requested from and sent to interviewers only', () => {
    const [ann, eve] = [enter('ann', 'interviewer'), enter('eve', 'interviewer')];
    const others = [enter('bob'), enter('cy', 'observer')];
    expect([ann, ...others].map(asked)).toEqual([['pad', 'notes'], ['pad'], []]);
    ann.type('secret', 'notes');
    room.check('notes');
    expect(log.entries.at(-1)?.audience).toBe('interviewers');
    expect(eve.docs.notes.getText('notes').toJSON()).toBe('secret');
    for (const guest of others) {
      guest.pull('notes');
      guest.type('mine', 'notes');
      expect(guest.errors).toEqual(['denied', 'denied']);
      expect(guest.saved).toBe(1);
      expect(guest.syncs.some(({ document }) => document === 'notes')).toBe(false);
    }
    expect(edits()).toEqual(['ann']);
  });
});

describe('a check', () => {
  it('sends the fingerprint; a page that differs gets an answer and a question', () => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.type('hello');
    room.check('pad');
    const told = bob.syncs.findLast(({ type }) => type === SYNC.check);
    expect(told?.body).toEqual(Uint8Array.from(fingerprint(ann.docs.pad)));
    const before = asked(bob).length;
    bob.sync('pad', SYNC.check, Y.encodeStateVector(new Y.Doc()));
    expect(bob.syncs.findLast(({ type }) => type === SYNC.step2)?.body).toEqual(
      Y.encodeStateAsUpdate(room.documents.pad)
    );
    expect(asked(bob).length).toBe(before + 1);
  });

  it('waits until all entries that it includes are stored and sent', () => {
    const store: (() => void)[] = [];
    room = roomOf({ append: (_, stored) => store.push(stored) });
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.type('hello');
    room.check('pad');
    const checks = (): number => bob.syncs.filter(({ type }) => type === SYNC.check).length;
    while (store.length > 0) {
      expect(checks()).toBe(0);
      store.shift()?.();
    }
    expect([checks(), bob.text]).toEqual([1, 'hello']);
  });
});
