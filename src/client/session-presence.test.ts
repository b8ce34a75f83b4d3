/** The cursors of a session. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
    ann.session.awareness.setLocalStateField('cursor', { anchor: 1, head: 2 });
    await pass();
    expect(others(bob)).toEqual([
      { user: { id: 'ann', name: 'Name of ann', color: '#123456' }, cursor: { anchor: 1, head: 2 } }
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
    const liar = seated('liar');
    liar.session.awareness.setLocalState({
      user: { id: 7, name: 'x'.repeat(500), color: 'url(http://evil)' },
      cursor: 'no',
      html: '<b>'
    });
    await pass();
    expect(others(bob)).toEqual([{ user: { id: '', name: 'x'.repeat(64), color: '#808080' } }]);
  });
});
