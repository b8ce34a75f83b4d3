/** The cursors of a session. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { encodeFrame } from '../protocol/frames';
import { Seats } from '../testing/seats';
import type { Seat } from '../testing/seats';

const seats = new Seats();
const { seated, pass } = seats;

beforeEach(() => {
  seats.begin();
});

afterEach(() => {
  seats.end();
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

  it('is removed for the others at the end', async () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    await pass();
    ann.session.dispose();
    await pass();
    expect(ann.line.closed).toBe(true);
    expect(others(bob)).toEqual([]);
  });

  it('keeps nothing of people who are gone', async () => {
    const bob = seated('bob');
    for (let visit = 0; visit < 20; visit++) {
      const ann = seated('ann');
      await pass();
      ann.session.dispose();
      ann.line.down();
      await pass();
    }
    expect([...bob.session.awareness.meta.keys()]).toEqual([bob.session.awareness.clientID]);
  });

  it('is ours, whatever a server says of it', async () => {
    const bob = seated('bob');
    const doc = new Y.Doc();
    doc.clientID = bob.session.awareness.clientID;
    const other = new Awareness(doc);
    for (let time = 0; time < 50; time++) other.setLocalState({ user: { id: 'eve' } });
    const update = encodeAwarenessUpdate(other, [other.clientID]);
    other.destroy();
    bob.line.tellFrame(encodeFrame({ kind: 'presence', update }));
    await pass();
    expect(bob.session.awareness.getLocalState()).toMatchObject({ user: { id: 'bob' } });
  });

  it('takes only the cursor and the user of a state', async () => {
    const bob = seated('bob');
    // The room writes the identity, but a page does not trust a server that relays a false one.
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
