/** Browsers whose pages crash, with a database each, for tests of data that survives a page. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, vi } from 'vitest';
import { runnersBy } from '../client/runner';
import { ArenaSession } from '../client/session';
import { openDatabase } from '../storage/database';
import type { Database } from '../storage/database';
import { StoredDrafts } from '../storage/drafts';
import { FakeLocks } from './fake-locks';
import type { FakePageLocks } from './fake-locks';
import { FakeRunner } from './fake-runner';
import type { Line } from './line';
import { Relay } from './relay';
import { user } from './user';

/** One tab. It ends by a crash, of which the session is not told. */
export interface Page {
  name: string;
  session: ArenaSession;
  line: Line;
  runner: FakeRunner;
  locks: FakePageLocks;
  database: Promise<Database>;
}

/** Three people at three browsers, and one server that keeps everything that it has confirmed. */
export class World {
  readonly relay = new Relay();
  readonly browsers = new Map<string, { disk: IDBFactory; locks: FakeLocks }>();
  pages: Page[] = [];
  /** Every character that was typed and not erased; each character is typed only once. */
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
    // Before the first snapshot there is no editor to type in.
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

  /** A crash may lose the typing of the last milliseconds, which the database does not have yet. */
  async crash(page: Page): Promise<void> {
    // The second query waits for writes that began while the first one waited.
    for (let look = 0; look < 2; look++) await (await page.database).count('drafts');
    this.pages = this.pages.filter(each => each !== page);
    this.relay.lines.splice(this.relay.lines.indexOf(page.line), 1);
    page.line.crash();
    page.locks.crash();
    (await page.database).close();
  }

  /** Restart the server: messages in flight are lost, confirmed ones are not. */
  restart(): void {
    for (const { line } of this.pages) line.down();
  }

  /**
   * Connect every page, with one more page for each browser's drafts, and wait until all is saved.
   */
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
      // Adopted drafts show as unsaved only after a while; from then on, "saved" is final.
      if (round > 100 && this.pages.every(done)) break;
    }
    // A run belongs to its author: another page of that author keeps a crashed page's run from
    // `lost`.
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

  /** The number of drafts in all browsers. */
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

/** Fake timers, except those of the database. A crashed page warns that its database is closed. */
export function useFakeClock(): void {
  vi.spyOn(console, 'warn').mockReturnValue();
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date']
  });
}

/** Let all databases finish, while no other time passes. */
async function settleDatabases(): Promise<void> {
  for (let tick = 0; tick < 10; tick++) await new Promise(resolve => setImmediate(resolve));
}

/** Let 20 ms pass, and all databases finish. */
export async function pause(): Promise<void> {
  await vi.advanceTimersByTimeAsync(20);
  await settleDatabases();
}

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}
