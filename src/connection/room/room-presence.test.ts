import { beforeEach, describe, expect, it } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { BrowserRoom } from './browser-room';
import type { Role } from '../../protocol/wire';
import { MemoryLog } from '../../storage/log';
import { Guest, roomOf } from '../../testing/guest';
import { user } from '../../testing/user';

const CURSOR = { type: null, tname: 'code', item: { client: 1, clock: 2 }, assoc: 0 };
let room: BrowserRoom;

beforeEach(() => {
  room = roomOf(new MemoryLog());
});

const enter = (name: string, role: Role = 'candidate'): Guest => new Guest(room, user(name, role));

/** The update that says `state`, `clock` times over, under `client`. */
function updateOf(client: number, state: Record<string, unknown> | null, clock = 1): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = client;
  const awareness = new Awareness(doc);
  awareness.setLocalState({});
  for (let time = 0; time < clock; time++) awareness.setLocalState(state);
  const update = encodeAwarenessUpdate(awareness, [client]);
  awareness.destroy();
  return update;
}

/** The states that a guest received, by client, as a page reads them. */
function seen({ presence }: Guest): Map<number, unknown> {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(null);
  for (const update of presence) applyAwarenessUpdate(awareness, update, null);
  awareness.destroy();
  return awareness.getStates();
}

describe('a cursor', () => {
  it('is relayed with the name, colour and role that the room knows', () => {
    const [ann, bob] = [enter('ann', 'interviewer'), enter('bob')];
    const user = { id: 'bob', name: 'Bob', color: '#000000', role: 'interviewer' };
    ann.move(updateOf(7, { user, cursor: { anchor: CURSOR, head: CURSOR }, html: '<b>' }));
    const known = { id: 'ann', name: 'Name of ann', color: '#123456', role: 'interviewer' };
    expect([...seen(bob)]).toEqual([
      [
        7,
        {
          user: { ...known, colorLight: '#12345633' },
          cursor: { anchor: CURSOR, head: CURSOR }
        }
      ]
    ]);
    expect(ann.presence).toEqual([]);
    expect(seen(enter('cy'))).toEqual(seen(bob));
  });

  it.each<[string, unknown]>([
    ['no record', 'here'],
    ['without an end', { anchor: CURSOR }],
    ['at a place that is none', { anchor: CURSOR, head: { ...CURSOR, item: { client: -1 } } }]
  ])('is none where it is %s', (_, cursor) => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.move(updateOf(7, { cursor }));
    expect([...seen(bob).values()]).toMatchObject([{ cursor: null }]);
  });

  it('is its owner’s to move and to remove', () => {
    const [ann, bob, cy] = [enter('ann'), enter('bob'), enter('cy')];
    ann.move(updateOf(7, {}));
    bob.move(updateOf(7, {}, 3));
    bob.move(updateOf(7, null, 5));
    expect([...seen(cy).values()]).toMatchObject([{ user: { id: 'ann' } }]);
    ann.leave();
    expect(seen(cy)).toEqual(new Map());
  });

  it.each(['code/999', 'codes', 'notes', 7])('is none in a text that is not there: %s', tname => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.move(updateOf(7, { cursor: { anchor: { ...CURSOR, tname }, head: CURSOR } }));
    expect([...seen(bob).values()]).toMatchObject([{ cursor: null }]);
  });

  it('has an id that is nobody else’s for the life of the session', () => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.move(updateOf(7, {}));
    ann.leave();
    bob.move(updateOf(7, {}, 3));
    bob.docs.pad.clientID = 7;
    bob.type('I am Ann');
    expect(bob.payloads('error').map(({ code, client }) => [code, client])).toEqual([
      ['client-id-taken', 7],
      ['client-id-taken', 7]
    ]);
    expect([bob.closed, bob.saved, room.documents.pad.getText('code').length]).toEqual([
      null,
      1,
      0
    ]);
    const again = enter('ann');
    again.docs.pad.clientID = 7;
    again.type('still me');
    expect([again.errors, room.documents.pad.getText('code').toJSON()]).toEqual([[], 'still me']);
  });

  it('of an observer gives way to a person who types', () => {
    const [oz, ann, bob] = [enter('oz', 'observer'), enter('ann'), enter('bob')];
    oz.move(updateOf(7, {}, 5));
    ann.move(updateOf(7, {}));
    expect([...seen(enter('cy')).values()]).toMatchObject([{ user: { id: 'ann' } }]);
    oz.move(updateOf(7, {}, 9));
    expect(oz.errors).toEqual(['client-id-taken']);
    expect(bob.presence).toHaveLength(3);
  });

  it('of a person with very many ids is shown no more, and closes nothing', () => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    const show = (client: number): number => {
      const before = bob.presence.length;
      ann.move(updateOf(client, {}));
      ann.move(updateOf(client, null, 2));
      return bob.presence.length - before;
    };
    for (let client = 1; client <= 200; client++) expect(show(client)).toBe(2);
    expect([show(201), show(200), ann.closed, ann.errors]).toEqual([0, 2, null, []]);
    ann.docs.pad.clientID = 201;
    ann.type('typed');
    expect(bob.text).toBe('typed');
  });

  it('is of four clients at most', () => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    for (let client = 1; client <= 6; client++) ann.move(updateOf(client, {}));
    expect([...seen(bob).keys()]).toEqual([1, 2, 3, 4]);
    ann.move(updateOf(1, null, 2));
    ann.move(updateOf(5, {}));
    expect([...seen(bob).keys()].sort()).toEqual([2, 3, 4, 5]);
  });

  it.each([
    ['cut off', updateOf(7, {}).slice(0, -1)],
    ['too large', updateOf(7, { text: 'x'.repeat(5000) })],
    ['of too many', Uint8Array.of(100)]
  ])('that is %s ends the connection', (_, update) => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.move(update);
    expect([ann.closed, bob.presence]).toEqual(['malformed', []]);
  });
});
