import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { fingerprint } from '../session/fingerprint';
import type { Relay } from '../testing/relay';
import { Seats } from '../testing/seats';
import type { Seat } from '../testing/seats';

const seats = new Seats();
const { seated } = seats;
let relay: Relay;

/** The server sends its fingerprints, and all messages in flight arrive. */
function check(times = 1): void {
  for (let time = 0; time < times; time++) {
    relay.check();
    relay.settle();
  }
}

/** Change the text of a page behind its back: no edit of it is ever sent. */
function corrupt({ session }: Seat, change: (text: Y.Text) => void): void {
  const { pad } = session;
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(pad));
  const before = Y.encodeStateVector(other);
  change(other.getText('code'));
  const observers = [...(pad._observers.get('update') ?? [])];
  pad._observers.delete('update');
  Y.applyUpdate(pad, Y.encodeStateAsUpdate(other, before));
  for (const observer of observers) pad.on('update', observer as never);
}

/** Make a page read `text` although it has exactly the edits of the others. */
function alter({ session }: Seat, text: string): void {
  const item = [...session.pad.store.clients.values()][0]?.[0];
  if (!(item instanceof Y.Item) || !(item.content instanceof Y.ContentString)) throw new Error();
  item.content.str = text;
}

beforeEach(() => {
  relay = seats.begin();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

afterEach(() => {
  seats.end();
  vi.restoreAllMocks();
});

describe('a fingerprint', () => {
  it('is the same for every order of the edits', () => {
    const [one, other] = [new Y.Doc(), new Y.Doc()];
    other.getText('empty');
    for (const update of ['a', 'é', '😀']) {
      one.getText('code/7').insert(0, update);
      one.getText('code').insert(0, update);
    }
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    expect(fingerprint(other)).toEqual(fingerprint(one));
  });

  it('differs where a deletion is missing, or an edit that left no text', () => {
    const [one, other] = [new Y.Doc(), new Y.Doc()];
    one.getText('code').insert(0, 'text');
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    one.getText('code').delete(0, 1);
    expect(fingerprint(other)).not.toEqual(fingerprint(one));
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    one.getText('code').insert(0, 'x');
    one.getText('code').delete(0, 1);
    expect(other.getText('code').toJSON()).toBe(one.getText('code').toJSON());
    expect(fingerprint(other)).not.toEqual(fingerprint(one));
  });
});

describe('a page whose text is the server’s', () => {
  it('reports no difference, not even while typing', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, 'hello');
    relay.check();
    ann.session.code.insert(0, 'more ');
    relay.settle();
    check(3);
    expect([ann.line.differed, bob.line.differed]).toEqual([0, 0]);
  });
});

describe('a page that lost an edit', () => {
  it.each(['insert', 'delete'])('gets it at the next check: %s', kind => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, 'hello');
    relay.settle();
    const { pad } = bob.session;
    if (kind === 'insert') ann.session.code.insert(5, ' world');
    else ann.session.code.delete(0, 2);
    vi.advanceTimersByTime(20);
    while (ann.line.deliverOne('up'));
    bob.line.lose();
    relay.settle();
    expect(bob.session.code.toJSON()).toBe('hello');
    expect(relay.text).toBe(ann.session.code.toJSON());
    expect(relay.text).not.toBe('hello');
    check();
    expect(bob.session.code.toJSON()).toBe(relay.text);
    check();
    expect([ann.line.differed, bob.line.differed]).toEqual([0, 1]);
    expect(bob.session.snapshot.notice).toBeNull();
    expect(bob.session.pad).toBe(pad);
  });
});

describe('a page that has edits of its own', () => {
  it('sends them, where it may write', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, 'hello');
    relay.settle();
    corrupt(bob, text => text.insert(5, ' bob'));
    expect([ann, bob].map(({ session }) => session.code.toJSON())).toEqual(['hello', 'hello bob']);
    check();
    expect([ann, bob].map(({ session }) => session.code.toJSON())).toEqual([
      'hello bob',
      'hello bob'
    ]);
    expect(relay.text).toBe('hello bob');
  });

  it('drops them, where it may not', () => {
    const [ann, bob] = [seated('ann'), seated('bob', 'observer')];
    ann.session.code.insert(0, 'hello');
    relay.settle();
    corrupt(bob, text => text.insert(5, ' bob'));
    check(2);
    expect(bob.session.code.toJSON()).toBe('hello');
    expect(relay.text).toBe('hello');
    expect(bob.session.snapshot.notice).toMatch(/had gone wrong/);
  });
});

describe('a page that reads the same edits as another text', () => {
  it('takes the server’s document, and everybody types on', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, 'hello');
    relay.settle();
    alter(bob, 'jelly');
    const before = bob.session.snapshot;
    check();
    expect(bob.session.code.toJSON()).toBe('jelly');
    check();
    expect(bob.session.code.toJSON()).toBe('hello');
    expect(bob.session.snapshot.notice).toMatch(/had gone wrong/);
    expect(bob.session.snapshot.pad).not.toBe(before.pad);
    bob.session.code.insert(5, '!');
    relay.settle();
    ann.session.code.insert(0, '> ');
    vi.advanceTimersByTime(20);
    relay.settle();
    expect([ann, bob].map(({ session }) => session.code.toJSON())).toEqual([
      '> hello!',
      '> hello!'
    ]);
    check(3);
    expect([ann.line.differed, bob.line.differed]).toEqual([0, 2]);
    expect(bob.session.snapshot.saving).toBe('saved');
  });

  it('does not lose text that is typed at that moment', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, 'hello');
    relay.settle();
    alter(bob, 'jelly');
    check();
    relay.check();
    // The check arrives and the page asks; before the answer comes, somebody types.
    while (bob.line.differed < 2) expect(bob.line.deliverOne()).toBe(true);
    bob.session.code.insert(5, '!');
    relay.settle();
    expect(relay.text).toBe('hello!');
    check(2);
    expect(bob.session.code.toJSON()).toBe('hello!');
  });

  it('reports it once where that does not help, and keeps its text', () => {
    const [ann, bob] = [seated('ann'), seated('bob')];
    ann.session.code.insert(0, 'hello');
    relay.settle();
    const wrong = (): void => {
      alter(bob, 'jelly');
      check();
    };
    for (let time = 0; time < 3; time++) wrong();
    expect(bob.session.snapshot.notice).toMatch(/may see another text/);
    bob.session.dismissNotice();
    for (let time = 0; time < 3; time++) wrong();
    expect(bob.session.snapshot.notice).toBeNull();
    expect(bob.line.differed).toBe(2);
  });
});
