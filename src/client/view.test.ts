/** The language of a session: optimistic updates that the server confirms or refuses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Relay } from '../testing/relay';
import { Seats } from '../testing/seats';

const seats = new Seats();
const { seated, pass } = seats;
let relay: Relay;

beforeEach(() => {
  relay = seats.begin();
});

afterEach(() => {
  seats.end();
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

  it('is rolled back, with a notice, when the server refuses', () => {
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

  it('does not change for a role that may not', () => {
    const eve = seated('eve', 'observer');
    eve.session.setLanguage('python');
    eve.session.run();
    relay.settle();
    expect(eve.runner.requests).toEqual([]);
    expect(relay.ids).toEqual([]);
  });
});
