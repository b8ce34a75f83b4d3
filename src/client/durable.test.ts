import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runnersBy } from './runner';
import { openDatabase } from '../storage/database';
import type { Database } from '../storage/database';
import { StoredDrafts } from '../storage/drafts';
import type { Language } from '../protocol/wire';
import { ArenaSession } from './session';
import { FakeLocks } from '../testing/fake-locks';
import { FakeRunner } from '../testing/fake-runner';
import { Relay } from '../testing/relay';
import { user } from '../testing/user';
import type { FakePageLocks } from '../testing/fake-locks';
import type { Line } from '../testing/line';

/** One tab: it ends by a crash, of which the session hears nothing. */
interface Page {
  name: string;
  session: ArenaSession;
  line: Line;
  runner: FakeRunner;
  locks: FakePageLocks;
  database: Promise<Database>;
}

/** Three people at three browsers, and one server that forgets nothing that it has confirmed. */
class World {
  readonly relay = new Relay();
  readonly browsers = new Map<string, { disk: IDBFactory; locks: FakeLocks }>();
  pages: Page[] = [];
  /** Every character that was typed and not erased; each is typed once in a lifetime. */
  readonly text = new Set<string>();
  #typed = 0;

  open(name: string): Page {
    const browser = this.browsers.get(name) ?? { disk: new IDBFactory(), locks: new FakeLocks() };
    this.browsers.set(name, browser);
    const database = opened(browser.disk);
    const line = this.relay.line(user(name));
    const locks = browser.locks.page();
    const drafts = new StoredDrafts({
      database,
      sessionId: 's',
      locks: locks.manager
    });
    const runner = new FakeRunner();
    const runners = runnersBy(() => runner);
    const session = new ArenaSession({ connection: line, runners, drafts });
    const page = { name, session, line, runner, locks, database };
    this.pages.push(page);
    return page;
  }

  type({ session }: Page, at: number, length: number): void {
    // Before the room is known, no editor is there to type in.
    if (!session.snapshot.state) return;
    for (let index = 0; index < length; index++) {
      const character = String.fromCodePoint(0x4e00 + this.#typed++);
      this.text.add(character);
      session.code.insert(Math.min(at + index, session.code.length), character);
    }
  }

  erase({ session }: Page, at: number, length: number): void {
    const start = Math.min(at, session.code.length);
    const end = Math.min(start + length, session.code.length);
    for (const character of session.code.toJSON().slice(start, end)) this.text.delete(character);
    session.code.delete(start, end - start);
  }

  /** A crash may take the last milliseconds of typing: what the database has not got yet. */
  async crash(page: Page): Promise<void> {
    // The second look is for what was written while the first waited.
    for (let look = 0; look < 2; look++) await (await page.database).count('drafts');
    this.pages = this.pages.filter(each => each !== page);
    this.relay.lines.splice(this.relay.lines.indexOf(page.line), 1);
    page.line.crash();
    page.locks.crash();
    (await page.database).close();
  }

  /** The server stops and starts: what was on its way is lost, what it has confirmed is not. */
  restart(): void {
    for (const { line } of this.pages) line.down();
  }

  /** Everybody is online, and somebody is there for what each left; until all is saved. */
  async settle(): Promise<void> {
    for (const name of this.browsers.keys()) this.open(name);
    for (const { runner, line } of this.pages) {
      line.up();
      runner.end({ status: 'ok', error: null, durationMs: 1 });
    }
    const done = ({ session: { snapshot } }: Page): boolean =>
      snapshot.saving === 'saved' && snapshot.me !== null;
    for (let round = 0; round < 1000; round++) {
      this.relay.settle();
      await vi.advanceTimersByTimeAsync(20);
      await new Promise(resolve => setImmediate(resolve));
      this.relay.settle();
      // What is taken over needs a while to begin; after that, saved is saved.
      if (round > 100 && this.pages.every(done)) break;
    }
    // Another page of its author keeps a run of a page that crashed from being lost.
    if (this.relay.state.runs.some(run => run.status === 'running')) this.restart();
    for (const { line } of this.pages) line.up();
    this.relay.settle();
  }

  check(): void {
    const { relay } = this;
    expect(Array.from(relay.text).sort()).toEqual([...this.text].sort());
    const stored = relay.state.runs.map(({ startedAt: _, ...run }) => run);
    expect(stored.some(run => run.status === 'running')).toBe(false);
    expect(new Set(relay.ids).size).toBe(relay.ids.length);
    for (const { session } of this.pages) {
      expect(session.code.toJSON()).toBe(relay.text);
      expect(session.snapshot).toMatchObject({ saving: 'saved', atRisk: false, unsaved: null });
      expect(session.snapshot.state?.language).toBe(relay.state.language);
      const seen = session.snapshot.state?.runs.map(({ startedAt: _, ...run }) => run);
      expect(seen?.toSorted(byId)).toEqual(stored.toSorted(byId));
    }
  }

  /** How much the browsers still keep. */
  async kept(): Promise<number> {
    let count = 0;
    for (const { disk } of this.browsers.values()) {
      const database = await opened(disk);
      count += await database.count('drafts');
      database.close();
    }
    return count;
  }

  async end(): Promise<void> {
    for (const { session } of this.pages) session.dispose();
    for (const { database } of this.pages) (await database).close();
  }
}

/** The database on `disk`, by a connection of its own. */
function opened(disk: IDBFactory): Promise<Database> {
  globalThis.indexedDB = disk;
  return openDatabase();
}

type Move =
  | { kind: 'type' | 'erase'; at: number; length: number }
  | { kind: 'language'; language: Language }
  | { kind: 'run' | 'end' | 'cut' | 'mend' | 'crash' | 'reopen' | 'second' | 'restart' | 'pause' }
  | { kind: 'print'; text: string }
  | { kind: 'carry'; direction: 'up' | 'down'; frames: number };

const edit = (kind: 'type' | 'erase') =>
  fc.record({ kind: fc.constant(kind), at: fc.nat(60), length: fc.nat(5) });
const plain = fc.constantFrom(
  ...(['run', 'end', 'cut', 'mend', 'mend', 'crash', 'reopen', 'second', 'restart'] as const)
);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: edit('type') },
  { weight: 3, arbitrary: edit('erase') },
  fc.record({
    kind: fc.constant('language' as const),
    language: fc.constantFrom<Language>('javascript', 'python')
  }),
  { weight: 6, arbitrary: fc.record({ kind: plain }) },
  fc.record({ kind: fc.constant('print' as const), text: fc.string({ maxLength: 6 }) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pause' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('carry' as const),
      direction: fc.constantFrom('up' as const, 'down' as const),
      frames: fc.nat(6)
    })
  }
);

beforeEach(() => {
  // A page that crashed finds its database closed, and says so.
  vi.spyOn(console, 'warn').mockReturnValue();
  // The database has its own clock.
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date']
  });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Let everybody's database come to rest, while no other time passes. */
async function database(): Promise<void> {
  for (let tick = 0; tick < 10; tick++) await new Promise(resolve => setImmediate(resolve));
}

async function pause(): Promise<void> {
  await vi.advanceTimersByTimeAsync(20);
  await database();
}

async function play(world: World, page: Page, each: Move): Promise<void> {
  switch (each.kind) {
    case 'type':
      world.type(page, each.at, each.length);
      break;
    case 'erase':
      world.erase(page, each.at, each.length);
      break;
    case 'language':
      page.session.setLanguage(each.language);
      break;
    case 'run':
      page.session.run();
      break;
    case 'print':
      page.runner.print({ stream: 'stdout', data: each.text });
      break;
    case 'end':
      page.runner.end({ status: 'ok', error: null, durationMs: 1 });
      break;
    case 'cut':
      page.line.down();
      break;
    case 'mend':
      page.line.up();
      break;
    case 'crash':
      await world.crash(page);
      break;
    case 'reopen':
      await world.crash(page);
      world.open(page.name).line.up();
      break;
    case 'second':
      world.open(page.name).line.up();
      break;
    case 'restart':
      world.restart();
      break;
    case 'carry':
      for (let n = 0; n < each.frames; n++) page.line.deliverOne(each.direction);
      break;
    case 'pause':
      await pause();
      break;
  }
}

it('every keystroke is there once, whatever happens to pages, wires and the server', async () => {
  const moves = fc.array(fc.record({ move, who: fc.nat(5) }), { maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(moves, async all => {
      const world = new World();
      for (const name of ['ann', 'bob', 'cy']) world.open(name).line.up();
      world.relay.settle();
      await pause();
      world.relay.settle();
      for (const { move: each, who } of all) {
        const page = world.pages[who % Math.max(1, world.pages.length)];
        if (page) await play(world, page, each);
      }
      await world.settle();
      world.check();
      await pause();
      expect(await world.kept()).toBe(0);
      await world.end();
    }),
    { numRuns: 100 }
  );
}, 120_000);

it('100 restarts with offline edits leave everything there once', async () => {
  const world = new World();
  for (const name of ['ann', 'bob', 'cy']) world.open(name).line.up();
  for (let restart = 0; restart < 100; restart++) {
    await pause();
    world.relay.settle();
    await pause();
    for (const [index, page] of world.pages.entries()) {
      world.type(page, index * 7, 3);
      page.line.deliverOne('up');
    }
    world.restart();
    for (const [index, page] of world.pages.entries()) world.type(page, index * 5, 3);
    const [first] = world.pages;
    // Every third restart takes a page with it.
    if (first && restart % 3 === 0) {
      await world.crash(first);
      world.open(first.name);
    }
    for (const { line } of world.pages) line.up();
  }
  await world.settle();
  world.check();
  expect(world.text.size).toBeGreaterThan(1000);
  await world.end();
}, 60_000);

describe('what one page left', () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.end());

  /** Let everything arrive that can. */
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

  it('is not taken from a page that lives', async () => {
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

  it('is not taken by somebody else at the same browser', async () => {
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

  it('is gone from the browser once it is saved', async () => {
    const page = await seated('ann');
    page.session.setLanguage('python');
    world.type(page, 0, 3);
    await pause();
    expect(await world.kept()).toBeGreaterThan(0);
    await arrive();
    expect(page.session.snapshot.saving).toBe('saved');
    expect(await world.kept()).toBe(0);
  });

  it('ends a run that nobody can go on with', async () => {
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

  it('is merged in order, however many pages wrote it and however long it is', async () => {
    for (const text of ['a', 'b', 'c', 'd']) {
      const page = world.open('ann');
      page.line.up();
      // It learns who it is, takes over what is there, and is cut off before it can pass that on.
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

  it.each(['offline', 'unconfirmed'])('takes little room, however many edits are %s', async how => {
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

  it('comes after an hour without a connection, among what the others did', async () => {
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

  it('is offered for copying when the session is gone, until that is done', async () => {
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

  it('is readable even where what it builds on is missing', async () => {
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

  it('is kept, and nobody is given up, while the server cannot store', async () => {
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

  it('goes out once a text that was too long is shorter, and somebody tries again', async () => {
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

  it('is nothing to offer when all was saved', async () => {
    const page = await seated('ann');
    page.session.code.insert(0, 'saved');
    await arrive();
    page.line.end('ended');
    expect(page.session.snapshot).toMatchObject({ unsaved: null, state: { status: 'ended' } });
  });

  it('is at risk only where the browser keeps nothing', async () => {
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

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}
