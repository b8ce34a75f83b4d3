/** Unsaved work: the drafts of one page, and the pages that adopt or offer them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoredDrafts } from '../storage/drafts';
import { FakeRunner } from '../testing/fake-runner';
import { user } from '../testing/user';
import { World, pause, useFakeClock } from '../testing/browsers';
import type { Page } from '../testing/browsers';
import { runnersBy } from './runner';
import { ArenaSession } from './session';

beforeEach(() => {
  useFakeClock();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the drafts of one page', () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.end());

  /** Deliver all messages that can be delivered. */
  async function arrive(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      world.relay.settle();
      await pause();
    }
  }

  async function seated(name: string): Promise<Page> {
    const page = world.open(name);
    page.line.up();
    await arrive();
    return page;
  }

  it('are not taken from an open page', async () => {
    const first = await seated('ann');
    first.line.down();
    world.type(first, 0, 3);
    await seated('ann');
    expect(world.relay.text).toBe('');
    expect(await world.kept()).toBeGreaterThan(0);
    await world.crash(first);
    await seated('ann');
    expect(Array.from(world.relay.text)).toEqual([...world.text]);
  });

  it('are not taken by another participant in the same browser', async () => {
    const ann = await seated('ann');
    ann.line.down();
    world.type(ann, 0, 3);
    await world.crash(ann);
    const browser = world.browsers.get('ann');
    if (browser) world.browsers.set('bob', browser);
    await seated('bob');
    expect(world.relay.text).toBe('');
    await seated('ann');
    expect(Array.from(world.relay.text)).toEqual([...world.text]);
  });

  it('are deleted once they are saved', async () => {
    const page = await seated('ann');
    page.session.setLanguage('python');
    world.type(page, 0, 3);
    await pause();
    expect(await world.kept()).toBeGreaterThan(0);
    await arrive();
    expect(page.session.snapshot.saving).toBe('saved');
    expect(await world.kept()).toBe(0);
  });

  it('end a run that no page can continue', async () => {
    const page = await seated('ann');
    page.line.down();
    page.session.run();
    page.runner.print({ stream: 'stdout', data: 'so far' });
    await pause();
    await world.crash(page);
    const again = await seated('ann');
    expect(world.relay.state.runs).toMatchObject([
      { status: 'stopped', chunks: [{ stream: 'stdout', data: 'so far' }] }
    ]);
    expect(again.session.snapshot).toMatchObject({ notice: null, saving: 'saved' });
    expect(again.session.snapshot.state?.runs).toMatchObject([{ status: 'stopped' }]);
  });

  it('are merged in order, from many pages and of any length', async () => {
    for (const text of ['a', 'b', 'c', 'd']) {
      const page = world.open('ann');
      page.line.up();
      // The page learns its identity, adopts the drafts, and is cut off before it can send them.
      page.line.deliverOne('down');
      await pause();
      expect(page.session.snapshot.me).not.toBeNull();
      page.line.down();
      page.session.code.insert(Math.floor(page.session.code.length / 2), text.repeat(90_000));
      await pause();
      await world.crash(page);
    }
    expect(world.relay.text).toBe('');
    const last = await seated('ann');
    const { text } = world.relay;
    expect(text).toHaveLength(360_000);
    expect(last.session.code.toJSON()).toBe(text);
    expect(last.session.snapshot.saving).toBe('saved');
  });

  it.each(['offline', 'unconfirmed'])('take little space, however many edits are %s', async how => {
    const page = await seated('ann');
    if (how === 'offline') page.line.down();
    for (let round = 0; round < 4; round++) {
      world.type(page, round, 400);
      await pause();
      // One state and the edits since, not one row for each key.
      expect(await world.kept()).toBeLessThanOrEqual(501);
      expect(await world.kept()).toBeGreaterThan(0);
    }
    expect(world.relay.text).toBe('');
    await world.crash(page);
    await world.settle();
    expect(world.relay.text).toHaveLength(1600);
    world.check();
    expect(await world.kept()).toBe(0);
  });

  it('are merged after an hour without a connection', async () => {
    const [ann, bob] = [await seated('ann'), await seated('bob')];
    ann.line.down();
    for (let minute = 0; minute < 60; minute++) {
      world.type(ann, minute * 3, 5);
      if (minute % 3 === 0) world.erase(ann, minute, 2);
      world.type(bob, minute * 2, 3);
      await vi.advanceTimersByTimeAsync(60_000);
      await arrive();
      expect(ann.session.snapshot).toMatchObject({ saving: 'offline', atRisk: false });
      expect(bob.session.snapshot.saving).toBe('saved');
    }
    ann.session.setLanguage('python');
    expect(world.relay.text).toHaveLength(180);
    ann.line.up();
    await arrive();
    world.check();
    expect(world.relay.state.language).toBe('python');
    expect(world.text.size).toBeGreaterThan(400);
    expect(await world.kept()).toBe(0);
  });

  it('are offered for copying when the session is deleted, until that is done', async () => {
    const page = await seated('ann');
    page.session.code.insert(0, 'together');
    await arrive();
    page.line.down();
    page.session.code.insert(8, ' and alone');
    page.line.end('refused');
    expect(page.session.snapshot.unsaved).toBe('together and alone');
    await pause();
    await world.crash(page);
    const again = world.open('ann');
    again.line.end('refused');
    await arrive();
    expect(again.session.snapshot).toMatchObject({
      connection: { phase: 'closed', reason: 'refused' },
      unsaved: 'together and alone'
    });
    expect(await world.kept()).toBeGreaterThan(0);
    again.session.discardUnsaved();
    await pause();
    expect(again.session.snapshot.unsaved).toBeNull();
    expect(await world.kept()).toBe(0);
  });

  it('are readable even without the text that they depend on', async () => {
    const page = await seated('ann');
    page.session.code.insert(0, 'confirmed');
    await arrive();
    page.session.code.insert(9, ' typed');
    await pause();
    await world.crash(page);
    const again = world.open('ann');
    again.line.end('refused');
    await arrive();
    expect(again.session.snapshot.unsaved).toBe(' typed');
  });

  it('are kept on the same connection while the server cannot store', async () => {
    const page = await seated('ann');
    const retries = page.line.retries;
    page.line.tell({ type: 'storage', payload: { ok: false } });
    await arrive();
    world.type(page, 0, 2);
    expect(page.session.snapshot.saving).toBe('not-stored');
    await vi.advanceTimersByTimeAsync(60_000);
    await pause();
    expect(page.line.retries).toBe(retries);
    expect(await world.kept()).toBeGreaterThan(0);
    page.line.tell({ type: 'storage', payload: { ok: true } });
    await arrive();
    expect(page.session.snapshot.saving).toBe('saved');
    expect(await world.kept()).toBe(0);
  });

  it('are sent by a retry after a text that was too long is shorter', async () => {
    const page = await seated('ann');
    page.session.code.insert(0, 'much too long');
    page.line.end('full');
    expect(page.session.snapshot).toMatchObject({ saving: 'offline', unsaved: null });
    page.session.code.delete(0, 9);
    page.line.up();
    await arrive();
    expect(world.relay.text).toBe('long');
    expect(page.session.snapshot.saving).toBe('saved');
  });

  it('are not offered when all was saved', async () => {
    const page = await seated('ann');
    page.session.code.insert(0, 'saved');
    await arrive();
    page.line.end('ended');
    expect(page.session.snapshot).toMatchObject({ unsaved: null, state: { status: 'ended' } });
  });

  it('are at risk only where the browser stores nothing', async () => {
    const page = await seated('ann');
    page.line.down();
    world.type(page, 0, 1);
    expect(page.session.snapshot.atRisk).toBe(false);

    const drafts = new StoredDrafts({
      database: Promise.reject(new Error('a private window')),
      sessionId: 's'
    });
    const line = world.relay.line(user('bob'));
    const runners = runnersBy(() => new FakeRunner());
    const session = new ArenaSession({ connection: line, runners, drafts });
    line.up();
    await arrive();
    expect(session.snapshot.atRisk).toBe(false);
    session.code.insert(0, 'x');
    expect(session.snapshot.atRisk).toBe(true);
    await arrive();
    expect(session.snapshot).toMatchObject({ atRisk: false, saving: 'saved' });
    session.dispose();
  });
});
