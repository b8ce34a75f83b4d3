/**
 * The Drafts port, for edits and events of one page that the server has not confirmed, so that they
 * survive a crash of the page; and its implementation in IndexedDB.
 */
import { uuidv4 } from 'lib0/random';
import type { Database } from './database';
import { lockName, pageLocks } from './page-locks';
import type { Draft, DraftRow } from './rows';

/** The drafts of one page in one session. */
export interface Drafts {
  /** Resolves when a draft could not be stored; from then on none survives the page. */
  readonly failed: Promise<void>;
  /**
   * Take over the drafts of closed pages of `participant`, or of anybody where that is null; oldest
   * first. Pages that are still open keep theirs. Called once, before `keep`.
   */
  adopt(participant: string | null): Promise<Draft[]>;
  /** Store `draft` until `clear()`; returns before it is stored. */
  keep(draft: Draft): void;
  /** Delete all drafts of this page: they are confirmed, or not wanted any more. */
  clear(): void;
  /** This page is done; the next one adopts its drafts. */
  close(): void;
}

/** Without `locks`, as on plain http, every other page counts as closed. */
interface StoredDraftsOptions {
  database: Promise<Database>;
  sessionId: string;
  locks?: LockManager | undefined;
}

/** Drafts in IndexedDB. A page is open as long as it holds the Web Lock of its id. */
export class StoredDrafts implements Drafts {
  readonly failed: Promise<void>;
  readonly #database: Promise<Database>;
  readonly #session: string;
  readonly #locks: LockManager | undefined;
  readonly #page = uuidv4();
  #participant: string | null = null;
  #order = 0;
  #waiting: Write[] = [];
  #writing = false;
  #dead = false;
  #fail: () => void = () => undefined;
  #unlock: () => void = () => undefined;

  constructor({ database, sessionId, locks = pageLocks() }: StoredDraftsOptions) {
    this.#database = database;
    this.#session = sessionId;
    this.#locks = locks;
    this.failed = new Promise(resolve => {
      this.#fail = resolve;
    });
    database.catch((error: unknown) => this.#broken(error));
  }

  async adopt(participant: string | null): Promise<Draft[]> {
    this.#participant = participant;
    try {
      // First: another page that finds our lock free takes our drafts.
      await this.#lock();
      const database = await this.#database;
      const keys = await database.getAllKeys('drafts', range(this.#session));
      const drafts: Draft[] = [];
      for (const page of new Set(keys.map(key => key[1]))) {
        if (!(await this.#alive(page))) drafts.push(...(await this.#take(database, page)));
      }
      return drafts;
    } catch (error) {
      this.#broken(error);
      return [];
    }
  }

  keep(draft: Draft): void {
    const row = { ...draft, participant: this.#participant };
    const place = placeOf(draft);
    const key = this.#nextKey(place);
    this.#write(store => [
      ...(draft.kind === 'edit' && draft.whole
        ? [store.delete(range(this.#session, this.#page, place))]
        : []),
      store.put(row, key)
    ]);
  }

  clear(): void {
    this.#write(store => [store.delete(range(this.#session, this.#page))]);
  }

  close(): void {
    this.#unlock();
  }

  /** Move the drafts of `page` to this page, in one transaction: of two pages, one gets them. */
  async #take(database: Database, page: string): Promise<Draft[]> {
    const transaction = database.transaction('drafts', 'readwrite');
    const { store } = transaction;
    const taken: Draft[] = [];
    let cursor = await store.openCursor(range(this.#session, page));
    while (cursor) {
      const { value: row } = cursor;
      if (this.#participant === null || row.participant === this.#participant) {
        taken.push(row);
        await cursor.delete();
        await store.put(row, this.#nextKey(placeOf(row)));
      }
      cursor = await cursor.continue();
    }
    await transaction.done;
    return taken;
  }

  #nextKey(place: string): [string, string, string, number] {
    return [this.#session, this.#page, place, this.#order++];
  }

  #write(write: Write): void {
    if (this.#dead) return;
    this.#waiting.push(write);
    if (this.#writing) return;
    this.#writing = true;
    this.#writeWaiting()
      .catch((error: unknown) => this.#broken(error))
      .finally(() => {
        this.#writing = false;
      });
  }

  /** One transaction at a time, for all drafts that wait: a crash aborts queued transactions. */
  async #writeWaiting(): Promise<void> {
    const database = await this.#database;
    while (this.#waiting.length > 0) {
      const transaction = database.transaction('drafts', 'readwrite', { durability: 'relaxed' });
      const requests = this.#waiting.splice(0).flatMap(write => write(transaction.store));
      transaction.commit();
      await Promise.all([...requests, transaction.done]);
    }
  }

  #broken(error: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#waiting = [];
    console.warn('Arena cannot keep unsaved text in this browser:', error);
    this.#fail();
  }

  async #lock(): Promise<void> {
    const { promise: released, resolve: unlock } = deferred();
    this.#unlock = unlock;
    if (!this.#locks) return;
    const { promise: held, resolve: hold } = deferred();
    const done = this.#locks.request(lockName(this.#page), () => {
      hold();
      return released;
    });
    await Promise.race([held, done]);
  }

  async #alive(page: string): Promise<boolean> {
    if (!this.#locks) return false;
    return this.#locks.request(lockName(page), { ifAvailable: true }, lock => lock === null);
  }
}

type Write = (store: WriteStore) => Promise<unknown>[];

/** Whether this browser has drafts of a session, of any participant; false where it has none. */
export async function hasDrafts(database: Promise<Database>, sessionId: string): Promise<boolean> {
  try {
    return (await (await database).count('drafts', range(sessionId))) > 0;
  } catch (error) {
    console.warn('Arena cannot look for unsaved text in this browser:', error);
    return false;
  }
}

interface WriteStore {
  put(row: DraftRow, key: [string, string, string, number]): Promise<unknown>;
  delete(keys: IDBKeyRange): Promise<unknown>;
}

function placeOf(draft: Draft): string {
  return draft.kind === 'edit' ? draft.document : 'event';
}

/** All keys that begin with `start`: in IndexedDB's order, arrays come after all other keys. */
function range(...start: string[]): IDBKeyRange {
  return IDBKeyRange.bound(start, [...start, []]);
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve };
}
